"""The list of runs as the session reads it, and what is done with runs, without a screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.session.hearing import Heard, until
from tests.session.made_runs import begin_run, make_run
from tflab.export.formats import find_format
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.history import History, HistoryRow
from tflab.runs.marks import read_marks
from tflab.runs.store import RunStore
from tflab.runs.summary import SUMMARY
from tflab.runs.trash import Trash
from tflab.session.events import Notice, ProblemRaised, RunsListed
from tflab.session.history import DiskUseMeasured, HistoryListed, RunHistory
from tflab.session.history_work import MOST_COMPARED, HistoryWork, RunsChanged, RunsCompared


class Sitting:
    """History and work over one data folder, as a session has them."""

    def __init__(self) -> None:
        self.heard = Heard()
        self.disk = DiskQueue()
        self.store = RunStore()
        self.trash = Trash(self.store)
        self.history = RunHistory(self.store, self.trash, self.disk, self.heard)
        self.work = HistoryWork(self.store, self.trash, self.disk, self.heard)

    def settle(self) -> None:
        assert self.disk.finish(30)
        self.disk.deliver()

    def rows(self) -> list[HistoryRow]:
        self.history.read()
        self.settle()
        return self.heard.of(HistoryListed)[-1].rows

    def do(self, act: Callable[[], object]) -> None:
        act()
        self.settle()


@pytest.fixture
def sitting() -> Iterator[Sitting]:
    found = Sitting()
    yield found
    assert found.disk.finish(30)


def test_every_run_is_listed_read_in_full_and_the_disk_measured(sitting: Sitting) -> None:
    old, new = make_run(age=60), make_run("two")
    rows = sitting.rows()
    assert [row.id for row in rows] == [new, old]
    assert all(not row.partial and row.summary.metrics["loss"]["last"] == 0.5 for row in rows)
    until(lambda: sitting.heard.of(DiskUseMeasured), sitting.settle)
    assert sitting.heard.of(DiskUseMeasured)[-1].use.runs > 0
    assert all((sitting.store.folder(run) / SUMMARY).exists() for run in (old, new))


def test_a_look_tells_what_is_new_and_nothing_when_nothing_is(sitting: Sitting) -> None:
    make_run()
    sitting.rows()
    listed = len(sitting.heard.of(HistoryListed))
    sitting.do(sitting.history.look)
    assert len(sitting.heard.of(HistoryListed)) == listed
    run = make_run()
    sitting.do(sitting.history.look)
    assert sitting.heard.of(HistoryListed)[-1].rows[0].id == run


def test_looks_do_not_pile_up_behind_a_disk_that_hangs(sitting: Sitting) -> None:
    hung, asked = threading.Event(), []
    sitting.disk.do(hung.wait)
    do = sitting.disk.do
    sitting.disk.do = lambda work: asked.append(work) or do(work)  # type: ignore[method-assign]
    for _ in range(10):
        sitting.history.look()
    hung.set()
    assert len(asked) == 2, "one look, and one mending after it"
    sitting.settle()


def test_the_runs_of_one_lesson_are_listed_newest_first(sitting: Sitting) -> None:
    old, _, new = make_run(age=60), make_run("two"), make_run()
    going, writer = begin_run()
    sitting.do(lambda: sitting.history.list_lesson("one"))
    listed = sitting.heard.of(RunsListed)[-1]
    assert listed.program == "one"
    assert [row.id for row in listed.rows] == [going, new, old]
    assert [row.summary.status for row in listed.rows] == ["running", "finished", "finished"]
    assert not (sitting.store.folder(going) / SUMMARY).exists(), "it is not over yet"
    writer.close()


def test_names_notes_and_pins_are_kept_and_told(sitting: Sitting) -> None:
    first, second = make_run(), make_run()
    rows = sitting.rows()
    sitting.do(lambda: sitting.work.name(rows, "good"))
    sitting.do(lambda: sitting.work.note(rows[:1], "why"))
    sitting.do(lambda: sitting.work.pin(rows[:1]))
    assert len(sitting.heard.of(RunsChanged)) == 3
    marks = [read_marks(sitting.store.folder(run)) for run in (second, first)]
    assert [(m.name, m.note, m.pinned) for m in marks] == [
        ("good", "why", True),
        ("good", "", False),
    ]
    rows = sitting.rows()
    sitting.do(lambda: sitting.work.pin(rows))
    assert all(read_marks(sitting.store.folder(row.id)).pinned for row in rows), "not all were"
    rows = sitting.rows()
    sitting.do(lambda: sitting.work.pin(rows))
    assert not any(read_marks(sitting.store.folder(row.id)).pinned for row in rows)


def test_deleting_and_bringing_back_go_step_by_step(sitting: Sitting) -> None:
    runs = [make_run() for _ in range(3)]
    rows = sitting.rows()
    sitting.do(lambda: sitting.work.delete(rows[:2]))
    sitting.do(lambda: sitting.work.delete(rows[2:]))
    assert sitting.heard.notices[-2:] == [
        "2 runs deleted; u brings them back.",
        "1 run deleted; u brings it back.",
    ]
    assert not list(sitting.store.ids())
    sitting.do(sitting.work.undo)
    assert list(sitting.store.ids()) == [runs[0]]
    sitting.do(sitting.work.undo)
    assert sorted(sitting.store.ids()) == sorted(runs)
    sitting.do(sitting.work.undo)
    assert sitting.heard.notices[-1] == "Nothing was deleted since the workbench was opened."


def test_a_run_that_goes_on_is_not_deleted(sitting: Sitting) -> None:
    run, writer = begin_run()
    sitting.do(lambda: sitting.work.delete(sitting.rows()))
    assert list(sitting.store.ids()) == [run]
    assert "Stop it first" in sitting.heard.notices[-1]
    writer.close()


def test_the_trash_is_emptied_the_second_time_and_only_in_a_row(sitting: Sitting) -> None:
    make_run()
    make_run()
    sitting.do(sitting.work.empty)
    assert sitting.heard.notices[-1] == "The trash is empty."
    rows = sitting.rows()
    sitting.do(lambda: sitting.work.delete(rows[:1]))
    sitting.do(sitting.work.empty)
    assert "1 run will be gone for good" in sitting.heard.notices[-1]
    sitting.do(lambda: sitting.work.delete(rows[1:]))
    sitting.do(sitting.work.empty)
    assert "2 runs will be gone" in sitting.heard.notices[-1], "something else came between"
    assert len(sitting.trash.ids()) == 2
    sitting.do(sitting.work.empty)
    assert sitting.heard.notices[-1] == "2 runs gone for good."
    assert not sitting.trash.ids()


def test_what_is_gone_meanwhile_is_a_problem_told_once(sitting: Sitting) -> None:
    for _ in range(3):
        make_run()
    rows = sitting.rows()
    for row in rows[1:]:
        sitting.trash.delete(row.id)
    sitting.trash.empty()
    sitting.do(lambda: sitting.work.name(rows, "x"))
    (raised,) = sitting.heard.of(ProblemRaised)
    assert raised.problem.title == "No such run"
    assert "1 other run" in raised.problem.cause
    assert read_marks(sitting.store.folder(rows[0].id)).name == "x"


def test_two_or_more_are_compared_and_not_too_many(sitting: Sitting) -> None:
    for number in range(MOST_COMPARED + 1):
        make_run(rate=number)
    rows = sitting.rows()
    sitting.do(lambda: sitting.work.compare(rows[:1]))
    assert "two or more" in sitting.heard.notices[-1]
    sitting.do(lambda: sitting.work.compare(rows))
    compared = sitting.heard.of(RunsCompared)[-1].runs
    assert [run.record.id for run in compared] == [row.id for row in rows[:MOST_COMPARED]]
    assert sitting.heard.notices[-1] == f"The first {MOST_COMPARED} of 9 marked runs are compared."


def test_runs_are_exported_into_the_current_folder(
    sitting: Sitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run()
    monkeypatch.chdir(tmp_path)
    rows = sitting.rows()
    sitting.do(lambda: sitting.work.export(rows, find_format("csv")))
    target = tmp_path / f"one-{run}.csv"
    assert "0.5" in target.read_text()
    notice = sitting.heard.of(Notice)[-1]
    assert (notice.text, notice.title) == (str(target), "Exported")
    target.unlink()
    target.mkdir()
    (target / f"one-{run}.csv").mkdir()
    sitting.do(lambda: sitting.work.export(rows, find_format("csv")))
    assert sitting.heard.of(ProblemRaised)[-1].problem.title == "The export cannot be written"


def test_a_folder_that_was_deleted_takes_no_export(
    sitting: Sitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run()
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    rows = sitting.rows()
    sitting.do(lambda: sitting.work.export(rows, find_format("csv")))
    problem = sitting.heard.of(ProblemRaised)[-1].problem
    assert problem.title == "The export cannot be written"
    assert "started in" in problem.cause


def test_work_that_takes_long_does_not_hold_the_list_up(sitting: Sitting) -> None:
    run, hung = make_run(), threading.Event()
    sitting.work._disk.do(hung.wait)
    row = History(sitting.store).mend(run)
    assert row is not None
    sitting.work.name([row], "late")
    sitting.history.read()
    until(lambda: sitting.heard.of(HistoryListed), sitting.disk.deliver)
    assert not sitting.heard.of(RunsChanged)
    hung.set()
    sitting.settle()
    assert sitting.heard.of(RunsChanged)
