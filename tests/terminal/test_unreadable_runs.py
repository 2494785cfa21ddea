"""A workbench among runs that cannot be read: it opens, says how many there are, and goes on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.reliability.disks import as_common_user
from tests.terminal.terminal import Terminal
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore
from tflab.sweeps.store import SweepStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

REQUEST = RunRequest(lesson="own", title="Own", path="/x/own.py", source="", parameters={})


def test_a_run_of_somebody_else_does_not_end_the_workbench(
    write_lesson, tmp_path: Path, tensorflow_stand_in: str
) -> None:
    """As after a run that was made once with sudo."""
    store = RunStore()
    folders = [store.folder(store.create(REQUEST).id) for _ in range(4)]
    folders[0].chmod(0)
    (folders[1] / "run.json").unlink()
    os.mkfifo(folders[1] / "run.json")
    (folders[2] / "run.json").unlink()
    (folders[2] / "run.json").mkdir()
    lesson = write_lesson("print('read on')")
    command = [*as_common_user(), sys.executable, "-m", "tflab", "open", str(lesson)]
    with Terminal(command, (120, 30), {"PYTHONPATH": tensorflow_stand_in}, tmp_path) as app:
        try:
            app.wait_for("read on")
            app.wait_for("ready|loading|TensorFlow")
            app.press("ctrl+y")
            app.wait_for(r"History .* 1 run  3 cannot be read")
            app.press("escape")
            app.press("ctrl+q")
            assert app.wait_end() == 0
        finally:
            folders[0].chmod(0o700)


def test_a_workbench_whose_every_file_is_a_pipe_waits_for_none_of_them(
    open_app, write_lesson, data: Path
) -> None:
    lesson = write_lesson("lab.log(0, loss=0.25)", "print('read on')")
    store, sweeps = RunStore(), SweepStore()
    run = store.create(REQUEST).id
    sweeps.root.mkdir()
    names = ["settings", "progress", "presets", "trust", "environments"]
    pipes = [data / f"{name}{end}" for name in names for end in (".json", ".lock")]
    pipes += [store.root / name for name in (".marks.lock", "index.jsonl")]
    pipes += [sweeps.root / f"{run}{end}" for end in (".json", ".stop")]
    pipes += [data / "server.log", data / "trash"]
    for name in ("run.json", "summary.json", "marks.json", "events.jsonl"):
        (store.folder(run) / name).unlink(missing_ok=True)
        pipes.append(store.folder(run) / name)
    for pipe in pipes:
        os.mkfifo(pipe)
    app = open_app(lesson, (120, 30))
    app.wait_for("read on")
    app.wait_for("The fork server cannot be started")
    (data / "server.log").unlink()
    app.press("escape")
    app.wait_gone("The fork server cannot be started")
    app.press("ctrl+r")
    app.wait_for("finished in", 90)
    app.press("ctrl+y")
    app.wait_for(r"History .* 1 run  1 cannot be read")
    app.wait_for(r"0\.25")
    for key, said in (("p", "The mark cannot be kept"), ("e", "The trash cannot be read")):
        app.press(key)
        app.wait_for(said)
        app.press("escape")
        app.wait_gone(said)
    app.press("escape")
    app.wait_for(r"steps +3\b")
    app.press("ctrl+s")
    app.wait_for("Sweep: A lesson of our own")
    app.press("ctrl+o")
    app.wait_for("No sweep of this program is kept yet")
    app.press("ctrl+q")
    assert app.wait_end() == 0
