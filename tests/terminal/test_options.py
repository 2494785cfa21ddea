"""The run options, set in the real dialog and looked at from inside the run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import Terminal
from tflab.runs.record import LEAST_MEMORY
from tflab.runs.store import RunStore

LOOK = (
    "import os, resource, numpy as np, tensorflow as tf",
    'print("nice", os.getpriority(os.PRIO_PROCESS, 0))',
    'print("threads", tf.config.threading.get_intra_op_parallelism_threads())',
    'print("bound", resource.getrlimit(resource.RLIMIT_DATA)[0] != resource.RLIM_INFINITY)',
    "try:",
    '    print("took", len(np.ones(1 << 27)))',
    "except MemoryError:",
    '    print("refused")',
)
"""Says what holds in the run; a gigabyte is taken last."""

LIMITED = f"nice 7, 1 thread, {LEAST_MEMORY} MiB"


def open_options(app: Terminal) -> None:
    app.wait_for(r"steps +\d")
    app.press("ctrl+p")
    app.wait_for("Type a command")
    app.type("Run options")
    app.wait_for("Set priority")
    app.press("enter")
    app.wait_for("How far runs let others go first")


def write_over(app: Terminal, text: str) -> None:
    """Put `text` in the place of what stands in the field."""
    app.press("end", *["backspace"] * 12)
    app.type(text)


def enter(app: Terminal, *texts: str) -> None:
    """Fill the fields from the first on, and ask for them to be kept."""
    for place, text in enumerate(texts):
        if place:
            app.press("tab")
        write_over(app, text)
    app.press("enter")


def said_by_the_run(app: Terminal, data: Path) -> list[str]:
    """Run the lesson, and return what it printed."""
    store = RunStore(data / "runs")
    number = len(list(store.ids())) + 1
    app.press("ctrl+r")
    # The status alone may be that of the run before, which is shown on return.
    app.wait_for(rf"✓ #{number} ")
    newest = max(store.ids(), key=lambda run: store.record(run).created)
    return (store.folder(newest) / "output.log").read_text().splitlines()


def test_options_hold_in_the_run_and_in_the_next_session(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    lesson, own = write_lesson(*LOOK), os.getpriority(os.PRIO_PROCESS, 0)
    app = open_app(lesson)
    open_options(app)
    enter(app, "7", "1", str(LEAST_MEMORY))
    app.wait_for(f"Runs now have {LIMITED}")
    assert said_by_the_run(app, data) == [f"nice {own + 7}", "threads 1", "bound True", "refused"]
    app.press("ctrl+q")
    assert app.wait_end() == 0

    app = open_app(lesson)
    open_options(app)
    for value in ("7", "1", str(LEAST_MEMORY)):
        app.wait_for(rf"│ +{value} +│")
    enter(app, "0", "0", "0")
    app.wait_for("Runs now have no limits")
    said = said_by_the_run(app, data)
    assert said == [f"nice {own}", "threads 0", "bound False", f"took {1 << 27}"]


def test_a_bad_option_is_named_and_nothing_typed_is_lost(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    app = open_app(write_lesson(*LOOK))
    open_options(app)
    enter(app, "99", "3", "64")
    app.wait_for("nice must be a whole number from 0 to 19; you gave 99")
    write_over(app, "4")
    app.press("enter")
    app.wait_for(f"memory_limit must be 0 or at least {LEAST_MEMORY}; you gave 64")
    assert b'"nice":4' not in (data / "settings.json").read_bytes(), "not kept in part"
    write_over(app, "2048")
    app.press("enter")
    app.wait_for("Runs now have nice 4, 3 threads, 2048 MiB")

    open_options(app)
    enter(app, "")
    app.wait_for("nice must be a whole number")
    app.press("escape")
    app.wait_gone("How far runs let others go first")
    open_options(app)
    enter(app, "4")
    app.wait_for("Runs now have nice 4, 3 threads, 2048 MiB")
