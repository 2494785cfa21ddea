"""A random-key soak of the real app: no crash, no hang, no lost run, no memory that is not let go.

`TFLAB_SOAK=10000` makes it as long as one likes, `TFLAB_SOAK_SEED=7` makes it another one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import psutil
import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.processes import processes_of, wait_gone
from tests.terminal.soak import LESSON, events
from tests.terminal.terminal import Terminal
from tflab.runs.store import RunStore

COUNT = int(os.environ.get("TFLAB_SOAK", "500"))
SEED = int(os.environ.get("TFLAB_SOAK_SEED", "2026"))
BURST = 40
HELP = "Esc closes(?!,)"
ASKED = 6
LONGEST_ANSWER = 30.0 / ASKED
"""Seconds that help may take to come, each time that it is asked for."""
MOST_MEMORY = 300 << 20
"""Bytes that the workbench may hold, however many keys came and runs were made."""

ESCAPES = b"\x1b[27u" * 8
"""Escape as the kitty protocol has it: no pause is needed to tell it from a sequence."""


def still_answers(app: Terminal) -> bool:
    """Come back to the panes and ask for help; False when the app was left, as keys may do."""
    for turn in range(ASKED):
        try:
            app.resize(110, 35)
            app.send(ESCAPES)
            app.press("f1")
            app.wait_for(HELP, timeout=LONGEST_ANSWER)
            app.send(ESCAPES)
            app.wait_gone(HELP)
            return True
        except (AssertionError, OSError):
            if app.ended and app.wait_end() == 0 and b"Traceback" not in app.raw:
                return False
            # A dialog that was just being closed keeps F1 for itself.
            if app.ended or turn == ASKED - 1:
                raise
    return True


@pytest.mark.timeout(120 + COUNT // 4)
def test_mashed_keys_neither_crash_nor_lose_a_run(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    lesson = write_lesson(*LESSON, steps=40)
    app = open_app(lesson, EDITOR="true")
    app.wait_for(r"steps +40")
    doing = events(SEED, COUNT)
    while burst := list(islice(doing, BURST)):
        try:
            for act in burst:
                act(app)
        except OSError:
            assert app.ended
        if not still_answers(app):
            app = open_app(lesson, EDITOR="true")
            app.wait_for(r"steps +40")
        assert psutil.Process(app.pid).memory_info().rss < MOST_MEMORY
    app.close()
    assert list(data.glob("crashes/*")) == []
    assert wait_gone(processes_of(data), timeout=90) == []
    store = RunStore(data / "runs")
    statuses = {run: store.load(run).status for run in store.ids()}
    assert statuses, "the keys started runs"
    begun = {run: status for run, status in statuses.items() if status != "starting"}
    assert set(begun.values()) <= {"finished", "failed", "cancelled"}, statuses
    # One that was asked for in the moment of closing never begins, and is told so in time.
    makers = [store.record(run).maker for run in statuses.keys() - begun.keys()]
    assert [maker.pid for maker in makers if maker is not None] in ([], [app.pid])
    assert len(makers) <= 1
