"""What can be done with runs of the history: mark, delete, bring back, export, compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.history import HistoryRow
from tflab.runs.marks import change_marks
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.text import count_of
from tflab.runs.trash import Trash
from tflab.session.events import Emit, Event, Notice, ProblemRaised

if TYPE_CHECKING:
    from tflab.export.formats import Format
    from tflab.export.loaded import LoadedRun

MOST_COMPARED = 8


class RunsChanged(Event, frozen=True):
    """Runs were marked, deleted or brought back: lists of them are out of date."""


class RunsCompared(Event, frozen=True):
    """Runs were read in full, to be shown side by side.

    Attributes:
        asked: What `HistoryWork.compare` returned to whoever asked for it.
    """

    runs: list[LoadedRun]
    asked: object


@dataclass(frozen=True)
class _Done:
    """What became of work on runs: what to say of it, and what stood in the way."""

    notice: Notice | None = None
    problem: Problem | None = None


class HistoryWork:
    """Does what is asked one thing after the other, and says what came of it.

    Args:
        store: Where the runs are.
        trash: Where deleted runs go.
        disk: The work is done on a queue beside this one: an export may take long.
        emit: Takes `RunsChanged`, `RunsCompared`, notices and problems.
    """

    def __init__(self, store: RunStore, trash: Trash, disk: DiskQueue, emit: Emit) -> None:
        self._store = store
        self._trash = trash
        self._disk = disk.beside()
        self._emit = emit
        self._deleted: list[list[str]] = []
        self._asked_to_empty = False

    def name(self, rows: Sequence[HistoryRow], text: str) -> None:
        """Give runs a name; an empty one takes it away."""
        self._mark(rows, name=text)

    def note(self, rows: Sequence[HistoryRow], text: str) -> None:
        """Write a note on runs."""
        self._mark(rows, note=text)

    def pin(self, rows: Sequence[HistoryRow]) -> None:
        """Keep runs at the top; or no longer, where all of them are there."""
        self._mark(rows, pinned=not all(row.marks.pinned for row in rows))

    def delete(self, rows: Sequence[HistoryRow]) -> None:
        """Move runs to the trash, those that are over."""
        over = [row.id for row in rows if row.over]
        if len(over) < len(rows):
            self._emit(Notice("A run that goes on is not deleted. Stop it first."))
        if over:
            self._do(partial(self._delete, over))

    def undo(self) -> None:
        """Bring back what was deleted last."""
        self._do(self._undo)

    def empty(self) -> None:
        """Say what emptying the trash takes away; asked again at once, empty it."""
        again, self._asked_to_empty = self._asked_to_empty, not self._asked_to_empty
        if again:
            self._disk.do_then(self._empty, partial(self._take, changed=True))
        else:
            self._disk.do_then(self._trash.ids, self._warn_of_emptying)

    def export(self, rows: Sequence[HistoryRow], kind: Format) -> None:
        """Write runs as a file into the current folder."""
        self._asked_to_empty = False
        runs = [row.id for row in rows]
        self._disk.do_then(
            partial(_export, self._store, runs, kind), partial(self._take, changed=False)
        )

    def compare(self, rows: Sequence[HistoryRow]) -> object:
        """Read runs in full, so that they can be shown side by side.

        Returns:
            What tells the comparison from others that were asked for; None where there is none.
        """
        self._asked_to_empty = False
        if len(rows) < 2:
            self._emit(Notice("Mark two or more runs with Space first."))
            return None
        if len(rows) > MOST_COMPARED:
            about = f"The first {MOST_COMPARED} of {len(rows):,} marked runs are compared."
            self._emit(Notice(about))
        runs = [row.id for row in rows[:MOST_COMPARED]]
        asked = object()
        self._disk.do_then(partial(_load, self._store, runs), partial(self._take_loaded, asked))
        return asked

    def _mark(self, rows: Sequence[HistoryRow], **changes: object) -> None:
        def mark(run: str) -> None:
            change_marks(self._store.folder(run), **changes)

        self._do(lambda: _Done(problem=_each(mark, [row.id for row in rows])[1]))

    def _delete(self, runs: Sequence[str]) -> _Done:
        gone, problem = _each(self._trash.delete, runs)
        if not gone:
            return _Done(problem=problem)
        self._deleted.append(gone)
        it = "it" if len(gone) == 1 else "them"
        text = f"{count_of(len(gone), 'run')} deleted; u brings {it} back."
        return _Done(Notice(text), problem)

    def _undo(self) -> _Done:
        if self._deleted:
            back, problem = _each(self._trash.restore, self._deleted.pop())
            return _Done(Notice(f"{count_of(len(back), 'run')} brought back."), problem)
        kept = self._trash.ids()
        text = "Nothing was deleted since the workbench was opened."
        if kept:
            text += (
                f" The trash has {count_of(len(kept), 'run')}: "
                "`tflab trash --restore all` brings back every one."
            )
        return _Done(Notice(text))

    def _empty(self) -> _Done:
        self._deleted.clear()
        gone = self._trash.empty()
        return _Done(Notice(f"{count_of(gone, 'run')} gone for good." if gone else _NOTHING))

    def _warn_of_emptying(self, done: Future[list[str]]) -> None:
        try:
            count = len(done.result())
        except Problem as problem:
            self._emit(ProblemRaised(problem))
            return
        if count:
            text = f"{count_of(count, 'run')} will be gone for good. Press e again."
            self._emit(Notice(text, severity="warning"))
        else:
            self._emit(Notice(_NOTHING))

    def _do(self, work: Callable[[], _Done]) -> None:
        self._asked_to_empty = False
        self._disk.do_then(work, partial(self._take, changed=True))

    def _take(self, done: Future[_Done], changed: bool) -> None:
        try:
            found = done.result()
        except Problem as problem:
            found = _Done(problem=problem)
        if found.notice is not None:
            self._emit(found.notice)
        if found.problem is not None:
            self._emit(ProblemRaised(found.problem))
        if changed:
            self._emit(RunsChanged())

    def _take_loaded(self, asked: object, done: Future[list[LoadedRun]]) -> None:
        try:
            self._emit(RunsCompared(done.result(), asked))
        except Problem as problem:
            self._emit(ProblemRaised(problem))


_NOTHING = "The trash is empty."


def _load(store: RunStore, runs: Sequence[str]) -> list[LoadedRun]:
    from tflab.export.loaded import load_run

    return [load_run(store, run) for run in runs]


def _export(store: RunStore, runs: Sequence[str], kind: Format) -> _Done:
    """Write into the folder that the workbench was opened in."""
    from tflab.charts.drawing import ChartOptions
    from tflab.export.formats import default_name, export_to
    from tflab.export.writing import current_folder

    loaded = _load(store, runs)
    target = current_folder() / default_name(kind, loaded)
    path = export_to(kind, loaded, target, ChartOptions(colour="none", dark=False))
    return _Done(Notice(str(path), "Exported"))


def _each(act: Callable[[str], object], runs: Iterable[str]) -> tuple[list[str], Problem | None]:
    """Act on each run; return those that it worked for, and why it did not for the others.

    A problem with one is most often the same with the next, so they are told of together.
    """
    done: list[str] = []
    refused: list[Problem] = []
    for run in runs:
        try:
            act(run)
        except Problem as problem:
            refused.append(problem)
        else:
            done.append(run)
    return done, _together(refused) if refused else None


def _together(refused: Sequence[Problem]) -> Problem:
    first, more = refused[0], len(refused) - 1
    if not more:
        return first
    cause = f"{first.cause} So it is with {count_of(more, 'other run')}."
    return Problem(first.title, cause, first.next_step)
