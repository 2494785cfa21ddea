"""A home that hangs, as one on a network does: the screen goes on, and nothing is lost."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.reliability.disks import small_ext4
from tests.terminal.conftest import OpenApp
from tests.terminal.processes import kill, processes_of
from tests.terminal.terminal import Terminal
from tests.worker.conftest import Bench
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.store import RunStore
from tflab.targets.live_run import LiveRun

STEPS = 1500
LESSON = (
    "import time",
    "for step in lab.track(range(steps)):",
    "    lab.log(step, loss=1 / (step + 1))",
    "    time.sleep(0.002)",
)
PROMPT = 2.0
"""Seconds in which a key must be answered while the disk hangs; it hangs for longer."""


@contextmanager
def frozen(disk: Path) -> Iterator[None]:
    """Let whoever writes to `disk` wait, as a network file system does whose server is gone."""
    if shutil.which("fsfreeze") is None:
        pytest.skip("there is no fsfreeze command here")
    subprocess.run(["fsfreeze", "--freeze", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["fsfreeze", "--unfreeze", str(disk)], check=True)


def answers(app: Terminal) -> None:
    app.press("f1")
    app.wait_for("Esc closes", timeout=PROMPT)
    app.press("escape")
    app.wait_gone("Esc closes", timeout=PROMPT)


def own_lesson(home: Path) -> Path:
    path = home / "lessons" / "own.py"
    path.parent.mkdir(parents=True)
    head = ("# %% [markdown]", "# # A lesson of our own", '# %% tags=["parameters"]')
    body = (f"steps = {STEPS}  # how many", "# %%", "from tflab import lab", *LESSON, "")
    path.write_text("\n".join((*head, *body)))
    return path


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with small_ext4(tmp_path / "disk", 16 << 10) as disk:
        yield disk
        kill(processes_of(disk))


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_a_disk_that_hangs_holds_up_neither_keys_nor_the_run(home: Path, open_app: OpenApp) -> None:
    lesson = own_lesson(home)
    app = open_app(lesson, TFLAB_DATA=str(home))
    app.wait_for("TensorFlow .* ready|CPU")
    app.press("ctrl+r")
    app.wait_for(r"running \d+/1,500")
    with frozen(home):
        # Each of these is remembered, in the folder that hangs.
        for keys in (("f9",), ("f5", "1"), ("f2", "home", "enter"), ("ctrl+y", "escape")):
            app.press(*keys)
            answers(app)
    app.press("f2", "end", "enter")
    app.wait_for("finished in")
    app.press("ctrl+q")
    assert app.wait_end() == 0
    store = RunStore(home / "runs")
    (run,) = store.ids()
    loss = store.load(run).series["loss"]
    assert list(loss.steps) == list(range(STEPS))
    assert b"lab-light" in (home / "settings.json").read_bytes()


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_a_run_can_be_stopped_while_the_disk_hangs(home: Path, open_app: OpenApp) -> None:
    app = open_app(own_lesson(home), TFLAB_DATA=str(home))
    app.wait_for("TensorFlow .* ready|CPU")
    app.press("ctrl+r")
    app.wait_for(r"running \d+/1,500")
    with frozen(home):
        app.press("ctrl+x")
        answers(app)
    app.wait_for("cancelled|stopped")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_a_run_that_the_disk_cannot_take_is_refused_and_leaves_nothing(
    home: Path, open_app: OpenApp
) -> None:
    app = open_app(own_lesson(home), TFLAB_DATA=str(home))
    app.wait_for("steps +1500")
    with frozen(home):
        app.press("ctrl+r")
        app.wait_for("The disk does not answer")
        app.press("escape")
        app.wait_gone("The disk does not answer", timeout=PROMPT)
    app.press("ctrl+r")
    app.wait_for("finished in")
    assert len(list(RunStore(home / "runs").ids())) == 1


def test_a_log_that_is_slow_to_read_is_taken_when_it_is_there(bench: Bench) -> None:
    run = bench.start("from tflab import lab\nfor step in range(5): lab.log(step, loss=step)")
    run.finish()
    live = LiveRun(bench.store.record(run.folder.name), run.folder)
    disk, hung = DiskQueue(), threading.Event()
    disk.do(hung.wait)
    assert live.poll_on(disk, 0.01) is None
    assert not live.state.series
    hung.set()
    while not live.over:
        assert live.poll_on(disk, PROMPT) is not None
    assert list(live.state.series["loss"].values) == [0, 1, 2, 3, 4]
