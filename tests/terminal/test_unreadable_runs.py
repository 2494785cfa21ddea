"""A workbench among runs that cannot be read: it opens, says how many there are, and goes on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.reliability.disks import as_common_user
from tests.terminal.terminal import Terminal
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore

REQUEST = RunRequest(lesson="own", title="Own", path="/x/own.py", source="", parameters={})


def test_a_run_of_somebody_else_does_not_end_the_workbench(write_lesson, tmp_path: Path) -> None:
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
    with Terminal(command, (120, 30), {}, tmp_path) as app:
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
