"""Disks that fill up or refuse: what was written stays, and the run says how it ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.disks import as_common_user, fill, small_disk
from tests.worker.conftest import Bench
from tflab.cli import main
from tflab.runs.events import Ended, Notice
from tflab.runs.log_reader import LogReader, last_event
from tflab.runs.log_writer import EVENTS, append
from tflab.runs.record import Problem, RunRequest
from tflab.runs.reserve import RESERVE
from tflab.runs.store import RunStore

REQUEST = RunRequest(lesson="t", title="T", path="/x/t.py", source="# %%\n1", parameters={"n": 3})
FLOOD = """
from tflab import lab
for step in range(10_000_000):
    lab.log(step, loss=1.0 / (step + 1))
"""
FULL = """
from tflab import lab
import os, pathlib, time
lab.log(0, loss=1.0)
while not pathlib.Path("../full").exists(): time.sleep(0.001)
"""


def prefix(values: list[float]) -> bool:
    return values == [1.0 / (step + 1) for step in range(len(values))]


def start_at(bench: Bench, root: Path, *cells: str) -> Any:
    bench.store = RunStore(root / "runs")
    return bench.start(*cells)


def test_a_run_that_fills_the_disk_keeps_its_beginning_and_says_why(
    bench: Bench, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 1024) as disk:
        run = start_at(bench, disk, FLOOD)
        state = run.finish()
        assert state.ended is not None
        assert (state.ended.state, state.ended.writer) == ("failed", "server")
        assert "the disk is full" in state.ended.cause
        assert "Make room" in state.ended.next_step
        values = list(state.series["loss"].values)
        assert len(values) > 1000
        assert prefix(values)
        assert not (run.folder / RESERVE).exists()
        again = bench.store.load(run.folder.name)
        assert again.status == "failed"
        assert list(again.series["loss"].values) == values


@pytest.mark.parametrize(
    ("cell", "state", "cause"),
    [
        ("1", "finished", ""),
        ("print('done')", "failed", "No space left on device"),
        ("os.abort()", "failed", "SIGABRT"),
    ],
    ids=["ends", "prints", "crashes"],
)
def test_a_disk_that_others_filled_still_takes_the_end_of_a_run(
    bench: Bench, tmp_path: Path, cell: str, state: str, cause: str
) -> None:
    with small_disk(tmp_path / "disk", 1024) as disk:
        run = start_at(bench, disk, FULL, cell)
        run.logged("loss")
        fill(disk)
        (bench.root / "full").touch()
        ended = run.finish().ended
        assert ended.state == state
        assert cause in ended.cause
        assert list(run.state.series["loss"].values) == [1.0]


def test_a_full_disk_refuses_a_new_run_in_words(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 256) as disk:
        store = RunStore(disk / "runs")
        kept = store.create(REQUEST)
        fill(disk)
        with pytest.raises(Problem) as caught:
            store.create(REQUEST)
        assert "No space left" in caught.value.cause
        assert "Make room" in caught.value.next_step
        assert store.load(kept.id).status == "starting"


def test_files_of_the_lesson_that_do_not_fit_are_explained(bench: Bench, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1024) as disk:
        run = start_at(
            bench, disk, "from tflab import lab\n(lab.folder() / 'big').write_bytes(bytes(1 << 22))"
        )
        state = run.finish()
        assert state.status == "failed"
        assert state.error is not None
        assert "The disk is full" in state.error.next_step
        assert "let the program save less" in state.error.next_step


def test_a_quota_on_files_is_a_full_disk(bench: Bench) -> None:
    """Needs no rights: a limit on the size of files makes the kernel refuse in the same way."""
    limit = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, -1))\n{FLOOD}"
    run = bench.start(limit)
    state = run.finish()
    assert state.ended is not None
    assert state.ended.state == "failed"
    assert "disk is full" in state.ended.cause or "run log" in state.ended.cause
    values = list(state.series["loss"].values)
    assert len(values) > 100
    assert prefix(values)


READ_ONLY = """
import json, sys
from tflab.cli import main
from tflab.runs.events import Notice
from tflab.runs.log_writer import append
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from pathlib import Path
try:
    append(Path(sys.argv[1]), Notice(text="no"))
except OSError as error:
    print("refused")
try:
    RunStore().create(RunRequest(lesson="t", title="T", path="/x", source="", parameters={}))
except Problem as problem:
    print(problem.next_step)
sys.exit(main(["runs", "--json"]))
"""


def test_a_read_only_home_is_read_all_the_same(data: Path) -> None:
    user = as_common_user()
    store = RunStore()
    run = store.create(REQUEST).id
    folder = store.folder(run)
    append(folder, Notice(text="kept"))
    append(folder, Ended(state="finished", time=1.0))
    for place in (*folder.rglob("*"), folder, data / "runs", data):
        place.chmod(0o500 if place.is_dir() else 0o400)
    try:
        done = subprocess.run(
            [*user, sys.executable, "-c", READ_ONLY, str(folder)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": os.getcwd()},
        )
    finally:
        for place in (data, data / "runs", folder, *folder.rglob("*")):
            place.chmod(0o700)
    lines = done.stdout.splitlines()
    assert lines[0] == "refused", done.stderr
    assert "write access" in lines[1]
    (row,) = json.loads(lines[2])
    assert (row["run"], row["status"]) == (run, "finished")


def test_a_log_that_cannot_be_read_is_a_problem_not_a_crash(data: Path) -> None:
    """A folder in the log's place: the system refuses to read it, as a lost disk does."""
    store = RunStore()
    run = store.create(REQUEST).id
    folder = store.folder(run)
    (folder / EVENTS).unlink()
    (folder / EVENTS).mkdir()
    reader = LogReader(folder)
    assert reader.poll() == []
    assert reader.trouble == "It is no ordinary file"
    assert last_event(folder) is None
    with pytest.raises(Problem, match="It is no ordinary file"):
        store.load(run)
    (folder / EVENTS).rmdir()
    append(folder, Notice(text="back"))
    assert reader.poll() == [Notice(text="back")]
    assert reader.trouble == ""


def test_a_full_disk_is_named_by_what_keeps_settings_and_lessons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with small_disk(tmp_path / "disk", 256) as disk:
        monkeypatch.setenv("TFLAB_DATA", str(disk / "data"))
        (disk / "data").mkdir(mode=0o700)
        ballast = fill(disk)
        assert main(["alerts", "quiet"]) == 2
        said = capsys.readouterr().err
        assert f"{disk / 'data'}: No space left on device." in said
        assert "Make room on the disk" in said
        lesson = disk / "mine.py"
        assert main(["new", str(lesson)]) == 2
        assert "on a disk with room" in capsys.readouterr().err
        ballast.unlink()
        assert main(["new", str(lesson)]) == 0, "nothing of the first try is in the way"
        assert lesson.stat().st_size
