"""Deleting runs, bringing them back, and knowing what they take."""

from __future__ import annotations

import os
import time

import pytest

from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.runs.trash import KEEP_SECONDS, Trash, bytes_text

REQUEST = RunRequest(lesson="t", title="T", path="/x/t.py", source="# %%\n1", parameters={})


@pytest.fixture
def store():
    return RunStore()


def test_a_deleted_run_comes_back_as_it_was(store):
    run = store.create(REQUEST).id
    (store.folder(run) / "output.log").write_text("words")
    trash = Trash(store)
    trash.delete(run)
    assert list(store.ids()) == []
    assert trash.ids() == [run]
    trash.restore(run)
    assert (store.folder(run) / "output.log").read_text() == "words"
    assert trash.ids() == []


@pytest.mark.parametrize("run", ["..", "20200101-000000-aaaaaa", "../../etc"])
def test_only_runs_can_be_deleted_or_brought_back(store, run):
    with pytest.raises(Problem):
        Trash(store).delete(run)
    with pytest.raises(Problem):
        Trash(store).restore(run)


def test_emptying_takes_what_is_old_enough(store):
    trash = Trash(store)
    runs = [store.create(REQUEST).id for _ in range(3)]
    for run in runs:
        os.utime(store.folder(run), (1e9, 1e9))
        trash.delete(run)
    assert trash.empty(KEEP_SECONDS) == 0, "the age counts from when they were deleted"
    old = time.time() - KEEP_SECONDS - 1
    os.utime(trash.root / runs[0], (old, old))
    assert trash.empty(KEEP_SECONDS) == 1
    assert runs[0] not in trash.ids()
    assert trash.empty() == 2
    assert trash.ids() == []


def test_disk_use_counts_runs_and_trash_apart(store):
    trash = Trash(store)
    kept, deleted = store.create(REQUEST).id, store.create(REQUEST).id
    (store.folder(kept) / "files" / "weights").write_bytes(b"x" * 300_000)
    (store.folder(deleted) / "files" / "weights").write_bytes(b"x" * 500_000)
    before = trash.disk_use()
    assert before.trash == 0
    assert 800_000 <= before.runs < 1_000_000
    trash.delete(deleted)
    after = trash.disk_use()
    assert 500_000 <= after.trash < 600_000
    assert after.runs + after.trash == pytest.approx(before.runs, abs=20_000)
    assert after.free > 0


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_450_000, "1.4 MB"), (23e9, "23 GB")],
)
def test_sizes_are_short(size, text):
    assert bytes_text(int(size)) == text
