"""What can be done with runs in the history: mark, delete, bring back, export, compare."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.runs.history import HistoryRow
from tflab.runs.marks import change_marks
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.text import count_of
from tflab.runs.trash import Trash
from tflab.ui.dialogs.ask import AskScreen

if TYPE_CHECKING:
    from tflab.export.formats import Format
    from tflab.export.loaded import LoadedRun
    from tflab.ui.app import LabApp
    from tflab.ui.history.screen import HistoryScreen

MOST_COMPARED = 8

Work = Callable[["HistoryScreen", list[HistoryRow]], None]


class HistoryWork:
    """Does it in the background, one thing after the other, and has the list read again.

    Args:
        app: The workbench.
        store: Where the runs are.
        trash: Where deleted runs go.
        changed: Called when the list of a screen may have changed.
    """

    def __init__(
        self, app: LabApp, store: RunStore, trash: Trash, changed: Callable[[HistoryScreen], None]
    ) -> None:
        self._app = app
        self._store = store
        self._trash = trash
        self._changed = changed
        self._deleted: list[list[str]] = []
        self._emptying = False
        self._alone = threading.Lock()

    def do(self, screen: HistoryScreen, what: str, rows: list[HistoryRow]) -> None:
        """Do one thing with these runs; the screen's list follows."""
        if what != "empty":
            self._emptying = False
        if what == "undo":
            self._in_background(screen, self._undo)
        elif what == "empty":
            self._empty(screen)
        elif rows:
            works: dict[str, Work] = {
                "name": partial(self._ask, "name", "Name", "Name this run; empty takes it away."),
                "note": partial(self._ask, "note", "Note", "What is to be remembered of this run?"),
                "pin": self._pin,
                "delete": self._delete,
                "export": self._export,
                "compare": self._compare,
            }
            works[what](screen, rows)

    def _ask(
        self, field: str, title: str, about: str, screen: HistoryScreen, rows: list[HistoryRow]
    ) -> None:
        def take(text: str | None) -> None:
            if text is not None:
                self._mark(screen, rows, **{field: text})

        value = getattr(rows[0].marks, field)
        if len(rows) > 1:
            title = f"{title} of {count_of(len(rows), 'run')}"
            about = f"All {len(rows):,} marked runs get it."
        self._app.push_screen(AskScreen(title, value, about), take)

    def _pin(self, screen: HistoryScreen, rows: list[HistoryRow]) -> None:
        self._mark(screen, rows, pinned=not all(row.marks.pinned for row in rows))

    def _mark(self, screen: HistoryScreen, rows: list[HistoryRow], **changes: object) -> None:
        def mark(run: str) -> None:
            change_marks(self._store.folder(run), **changes)

        self._in_background(screen, lambda: self._each(mark, [row.id for row in rows]))

    def _delete(self, screen: HistoryScreen, rows: list[HistoryRow]) -> None:
        over = [row.id for row in rows if row.over]
        if len(over) < len(rows):
            self._app.notify("A run that goes on is not deleted. Stop it first.")

        def delete() -> None:
            gone = self._each(self._trash.delete, over)
            if gone:
                self._deleted.append(gone)
                it = "it" if len(gone) == 1 else "them"
                self._tell(f"{count_of(len(gone), 'run')} deleted; u brings {it} back.")

        if over:
            self._in_background(screen, delete)

    def _undo(self) -> None:
        if self._deleted:
            back = self._each(self._trash.restore, self._deleted.pop())
            self._tell(f"{count_of(len(back), 'run')} brought back.")
            return
        kept = self._trash.ids()
        words = "Nothing was deleted since the workbench was opened."
        if kept:
            words += (
                f" The trash has {count_of(len(kept), 'run')}: "
                "`tflab trash --restore all` brings back every one."
            )
        self._tell(words)

    def _empty(self, screen: HistoryScreen) -> None:
        count = len(self._trash.ids())
        if not count:
            self._app.notify("The trash is empty.")
        elif not self._emptying:
            self._emptying = True
            self._app.notify(
                f"{count_of(count, 'run')} will be gone for good. Press e again.",
                severity="warning",
            )
        else:
            self._emptying = False
            self._in_background(screen, self._empty_now)

    def _empty_now(self) -> None:
        self._deleted.clear()
        gone = self._trash.empty()
        self._tell(f"{count_of(gone, 'run')} gone for good.")

    def _export(self, _: HistoryScreen, rows: list[HistoryRow]) -> None:
        from tflab.export.formats import FORMATS
        from tflab.ui.dialogs.pick import pick_format

        def take(kind: Format | None) -> None:
            if kind is not None:
                self._in_background(None, lambda: self._write(kind, rows))

        formats = [kind for kind in FORMATS if kind.several or len(rows) == 1]
        self._app.push_screen(pick_format(count_of(len(rows), "run"), formats), take)

    def _write(self, kind: Format, rows: list[HistoryRow]) -> None:
        """Write into the folder that the workbench was opened in."""
        from tflab.charts.drawing import ChartOptions
        from tflab.export.formats import default_name, export_to
        from tflab.export.loaded import load_run

        runs = [load_run(self._store, row.id) for row in rows]
        target = Path.cwd() / default_name(kind, runs)
        path = export_to(kind, runs, target, ChartOptions(colour="none", dark=False))
        self._tell(str(path), "Exported")

    def _compare(self, screen: HistoryScreen, rows: list[HistoryRow]) -> None:
        if len(rows) < 2:
            self._app.notify("Mark two or more runs with Space first.")
            return
        if len(rows) > MOST_COMPARED:
            self._app.notify(
                f"The first {MOST_COMPARED} of {len(rows):,} marked runs are compared."
            )
        from tflab.export.loaded import load_run

        def load() -> None:
            found = [load_run(self._store, row.id) for row in rows[:MOST_COMPARED]]
            # Through the history's own queue: once it is closed, nothing opens over what is there.
            screen.call_later(self._show_comparison, found)

        self._in_background(None, load)

    def _show_comparison(self, runs: list[LoadedRun]) -> None:
        from tflab.ui.history.compare import CompareScreen

        self._app.push_screen(CompareScreen(runs))

    def _in_background(self, screen: HistoryScreen | None, work: Callable[[], object]) -> None:
        """Work in a thread, after what was asked for before; then have the screen's list read."""

        def run() -> None:
            with self._alone:
                try:
                    work()
                except Problem as problem:
                    self._app.call_later(self._app.show_problem, problem)
            if screen is not None:
                self._app.call_later(self._changed, screen)

        self._app.run_worker(run, thread=True, group="history-work")

    def _each(self, act: Callable[[str], object], runs: Iterable[str]) -> list[str]:
        """Act on each run; return those that it worked for, and tell of the first that it did not.

        A problem with one is most often the same with the next.
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
        if refused:
            self._app.call_later(self._app.show_problem, _together(refused))
        return done

    def _tell(self, text: str, title: str = "") -> None:
        self._app.call_later(self._app.notify, text, title=title)


def _together(refused: Sequence[Problem]) -> Problem:
    first, more = refused[0], len(refused) - 1
    if not more:
        return first
    cause = f"{first.cause} So it is with {count_of(more, 'other run')}."
    return Problem(first.title, cause, first.next_step)
