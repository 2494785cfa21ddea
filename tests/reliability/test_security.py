"""What docs/security.md promises of files, sockets and the environment, looked at from outside."""

from __future__ import annotations

import os
import select
import stat
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import HEAD, command
from tests.terminal.conftest import OpenApp
from tests.terminal.processes import processes_of
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.sweeps.store import SweepStore
from tflab.targets.fork_server import ForkServer

LOOP = ("import time", "for step in lab.track(range(10_000)):", "    time.sleep(0.01)")
SECRET = "hunter2-do-not-write-me-down"


def open_to_others(folder: Path) -> list[str]:
    """Every file and folder in it, and itself, that others than its owner may use."""
    return [
        f"{path} {stat.S_IMODE(path.lstat().st_mode):04o}"
        for path in (folder, *folder.rglob("*"))
        if not path.is_symlink() and stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]


def test_everything_kept_is_private_and_holds_no_secret(tmp_path: Path, data: Path) -> None:
    before = os.umask(0)
    try:
        path = tmp_path / "own.py"
        path.write_text(HEAD + "print('x')\nlab.log(0, loss=1.0)\n")
        assert command("run", path, "--trust", API_TOKEN=SECRET).returncode == 0
        assert command("sweep", path, "-p", "steps=1,2", API_TOKEN=SECRET).returncode == 0
        assert command("runs").returncode == 0
    finally:
        os.umask(before)
    assert open_to_others(data) == []
    names = {p.name for p in data.rglob("*")}
    assert {"run.json", "events.jsonl", "output.log", "stderr.log", "summary.json"} <= names
    assert {"trust.json", "server.log", "sweeps"} <= names
    for found in data.rglob("*"):
        if found.is_file():
            assert SECRET.encode() not in found.read_bytes(), found


def test_what_the_workbench_keeps_is_private(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    # Made before: a lesson that others may write is asked about.
    lesson = write_lesson("print('x')")
    before = os.umask(0)
    try:
        app = open_app(lesson)
        app.wait_for(r"steps +\d")
        app.press("ctrl+r")
        app.wait_for("finished in")
        app.press("ctrl+q")
        assert app.wait_end() == 0
    finally:
        os.umask(before)
    assert (data / "settings.json").is_file()
    assert (data / "progress.json").is_file()
    ours = [line for line in open_to_others(data) if not line.startswith(str(lesson.parent))]
    # The test itself made the data folder and the lesson in it, before the workbench began.
    assert [line for line in ours if line.split()[0] != str(data)] == []


def test_nothing_listens(open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]) -> None:
    """Workbench, fork server and run: no socket of theirs can be reached from anywhere."""
    app = open_app(write_lesson(*LOOP))
    app.wait_for(r"steps +\d")
    app.press("ctrl+r")
    app.wait_for(r"running +[1-9]")
    ours = processes_of(data)
    assert len(ours) >= 3
    for process in ours:
        for kind in ("inet", "unix"):
            found = process.net_connections(kind)
            assert [c for c in found if c.status == psutil.CONN_LISTEN] == []
            assert kind == "unix" or found == [], found
            assert [c for c in found if kind == "unix" and c.laddr] == [], "only unnamed pairs"


def test_no_module_comes_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tensorflow.py").write_text("raise SystemExit('mine')")
    monkeypatch.chdir(tmp_path)
    server = ForkServer()
    server.start()
    try:
        while server.phase == "importing":
            select.select([server], [], [], 60)
            server.poll()
        assert server.phase == "ready", server.problem
    finally:
        server.close()


@pytest.mark.parametrize("name", ["../../etc", "..", "/etc", "20260101-000000-abcdef/../../x", ""])
def test_ids_cannot_leave_the_data_folder(name: str, data: Path) -> None:
    for look in (RunStore().folder, RunStore().load, RunStore().record, SweepStore().load):
        with pytest.raises(Problem):
            look(name)


def test_a_record_that_names_another_run_is_damaged() -> None:
    store = RunStore()
    record = store.create(RunRequest(lesson="a", title="A", path="/a.py", source="", parameters={}))
    path = store.folder(record.id) / "run.json"
    path.write_text(path.read_text().replace(record.id, "../../outside"))
    with pytest.raises(Problem, match="of another run"):
        store.record(record.id)


def test_links_are_not_followed_out(tmp_path: Path) -> None:
    store = RunStore()
    record = store.create(RunRequest(lesson="a", title="A", path="/a.py", source="", parameters={}))
    outside = tmp_path / "20260101-000000-abcdef"
    store.folder(record.id).rename(outside)
    (store.root / record.id).symlink_to(outside)
    with pytest.raises(Problem):
        store.folder(record.id)
    assert list(store.ids()) == []
    SweepStore().root.mkdir()
    (SweepStore().root / "20260101-000000-abcdef.json").symlink_to(outside / "run.json")
    with pytest.raises(Problem, match="No such sweep"):
        SweepStore().load("20260101-000000-abcdef")
