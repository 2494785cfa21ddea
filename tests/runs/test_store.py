"""The folder of all runs."""

from __future__ import annotations

import dataclasses
import os
import stat
import subprocess
import sys

import msgspec
import pytest

from tflab.runs.events import Ended, Started
from tflab.runs.history import History
from tflab.runs.log_writer import append
from tflab.runs.paths import data_folder
from tflab.runs.processes import start_of
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore, is_alive

REQUEST = RunRequest(
    lesson="t", title="T", path="/x/t.py", source="# %%\n1", parameters={"rate": 0.1, "n": 3}
)


def test_a_run_is_private_and_reads_back_as_asked(data):
    store = RunStore()
    record = store.create(REQUEST, {"tensorflow": "2"})
    folder = store.folder(record.id)
    assert folder.parent == data / "runs" == data_folder() / "runs"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(f.stat().st_mode) for f in folder.iterdir() if f.is_file()} == {0o600}
    assert store.record(record.id) == record
    assert record.request == REQUEST
    assert record.versions == {"tensorflow": "2"}


def test_ids_are_told_newest_first_and_strangers_are_passed_over(data):
    store = RunStore()
    assert list(store.ids()) == []
    for name in ("20200101-000000-aaaaaa", "20210101-000000-aaaaaa", "notes", ".cache"):
        (data / "runs" / name).mkdir(parents=True)
    assert list(store.ids()) == ["20210101-000000-aaaaaa", "20200101-000000-aaaaaa"]


def test_runs_of_one_second_are_told_newest_first():
    store = RunStore()
    made = [store.create(REQUEST).id for _ in range(100)]
    assert list(store.ids()) == made[::-1]
    assert [row.id for row in History(store).rows()] == made[::-1]
    assert store.find("last") == made[-1]


def test_an_id_that_another_run_has_is_not_taken(monkeypatch):
    """The same step of the clock and the same two digits of chance, as for two runs at once."""
    now = iter([1e9 + 0.25, 1e9 + 0.25, 1e9 + 0.5])
    monkeypatch.setattr("tflab.runs.store.secrets.token_hex", lambda _: "aa")
    monkeypatch.setattr("tflab.runs.store.time.time", lambda: next(now))
    store = RunStore()
    first, second = store.create(REQUEST), store.create(REQUEST)
    assert (first.id[-6:], second.id[-6:]) == ("4000aa", "8000aa")
    assert second.created == 1e9 + 0.5


def test_runs_that_an_older_tflab_made_keep_their_place():
    """Its ids have chance where ours have a fraction of the second; both are listed by time."""
    store = RunStore()
    record = store.create(REQUEST)
    for name, created in (("20200101-000000-ffffff", 1.0), ("20200101-000000-000000", 2.0)):
        folder = store.root / name
        folder.mkdir()
        old = dataclasses.replace(record, id=name, created=created)
        (folder / "run.json").write_bytes(msgspec.json.encode(old))
    assert [row.id for row in History(store).rows()][1:] == [
        "20200101-000000-000000",
        "20200101-000000-ffffff",
    ]


@pytest.mark.parametrize(
    "name", ["..", "../..", "/etc", "", "20210101-000000-aaaaaa/..", "20210101-000000-aaaaaa"]
)
def test_an_id_cannot_leave_the_folder(name):
    with pytest.raises(Problem, match="No such run"):
        RunStore().folder(name)


def test_a_symbolic_link_is_no_run(data, tmp_path):
    (data / "runs").mkdir(parents=True)
    (data / "runs" / "20210101-000000-aaaaaa").symlink_to(tmp_path)
    with pytest.raises(Problem, match="No such run"):
        RunStore().folder("20210101-000000-aaaaaa")


@pytest.mark.parametrize("content", [b"", b"{", b'{"id": 5}', b"\xff\xfe"])
def test_a_damaged_record_is_a_problem_with_a_next_step(content):
    store = RunStore()
    run = store.create(REQUEST).id
    (store.folder(run) / "run.json").write_bytes(content)
    with pytest.raises(Problem) as caught:
        store.record(run)
    assert caught.value.next_step


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match="cannot be kept"):
        RunStore(tmp_path / "file" / "runs").create(REQUEST)


def test_a_run_whose_process_is_gone_without_a_word_is_lost():
    store = RunStore()
    run = store.create(REQUEST).id
    assert store.load(run).status == "starting"
    child = subprocess.Popen([sys.executable, "-S", "-c", ""])
    started = Started(time=0.0, pid=child.pid, process_start=start_of(child.pid))
    append(store.folder(run), started)
    child.wait()
    assert store.load(run).status == "lost"
    append(store.folder(run), Ended(state="finished", time=1.0))
    assert store.load(run).status == "finished"


def _made_by_another(seconds_ago, folder_of):
    """Leave a run whose workbench is gone, made so many seconds ago."""
    code = (
        "import sys, msgspec\n"
        "from tflab.runs.store import RunStore\n"
        "from tflab.runs.record import RunRequest\n"
        "asked = RunRequest(lesson='t', title='T', path='/x/t.py', source='', parameters={})\n"
        "print(RunStore().create(asked).id)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    run = done.stdout.strip()
    path = folder_of(run) / "run.json"
    found = msgspec.json.decode(path.read_bytes())
    found["created"] -= seconds_ago
    path.write_bytes(msgspec.json.encode(found))
    return run


def test_a_run_that_never_got_a_process_is_lost_once_its_workbench_is_gone(data):
    """It would stand as starting for ever, and could not be deleted in the workbench."""
    store = RunStore()
    gone, fresh, own = (
        _made_by_another(61, store.folder),
        _made_by_another(0, store.folder),
        store.create(REQUEST).id,
    )
    states = [store.load(run) for run in (gone, fresh, own)]
    assert [state.status for state in states] == ["lost", "starting", "starting"]
    assert "gone before it had a process" in states[0].ended.cause
    rows = {row.id: row for row in History(store).rows()}
    assert [rows[run].summary.status for run in (gone, fresh, own)] == [
        "lost",
        "starting",
        "starting",
    ]
    assert rows[gone].over, "so it can be deleted"


def test_a_process_that_got_the_number_later_is_another():
    start = start_of(os.getpid())
    assert is_alive(Started(time=0.0, pid=os.getpid(), process_start=start))
    apart = 0.5 if sys.platform == "linux" else 100
    assert not is_alive(Started(time=0.0, pid=os.getpid(), process_start=start - apart))
    assert not is_alive(Started(time=0.0, pid=2**22 + 5))
