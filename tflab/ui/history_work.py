"""What can be done with runs in the history: mark, delete, bring back, export, compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

from tflab.runs.history import HistoryRow
from tflab.runs.marks import change_marks
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash
from tflab.ui.screens.ask import AskScreen
from tflab.ui.screens.pick import Choice, PickScreen

if TYPE_CHECKING:
    from tflab.export.loaded import LoadedRun
    from tflab.ui.app import LabApp

MOST_COMPARED = 8

Then = Callable[[], None]


class HistoryWork:
    """Does it, and calls back when the list is to be read again."""

    def __init__(self, app: LabApp, store: RunStore, trash: Trash) -> None:
        self._app = app
        self._store = store
        self._trash = trash
        self._deleted: list[list[str]] = []
        self._emptying = False

    def do(self, what: str, rows: list[HistoryRow], then: Then) -> None:
        """Do one thing with these runs, then call `then` if the list has changed."""
        if what != "empty":
            self._emptying = False
        if what == "undo":
            self._undo(then)
        elif what == "empty":
            self._empty(then)
        elif rows:
            works: dict[str, Callable[[list[HistoryRow], Then], None]] = {
                "name": partial(self._ask, "name", "Name", "Name this run; empty takes it away."),
                "note": partial(self._ask, "note", "Note", "What is to be remembered of this run?"),
                "pin": self._pin,
                "delete": self._delete,
                "export": self._export,
                "compare": self._compare,
            }
            works[what](rows, then)

    def _ask(self, field: str, title: str, about: str, rows: list[HistoryRow], then: Then) -> None:
        def take(text: str | None) -> None:
            if text is not None:
                self._mark(rows, then, **{field: text})

        value = getattr(rows[0].marks, field)
        if len(rows) > 1:
            title, about = f"{title} of {len(rows)} runs", f"All {len(rows)} marked runs get it."
        self._app.push_screen(AskScreen(title, value, about), take)

    def _pin(self, rows: list[HistoryRow], then: Then) -> None:
        self._mark(rows, then, pinned=not all(row.marks.pinned for row in rows))

    def _mark(self, rows: list[HistoryRow], then: Then, **changes: object) -> None:
        for row in rows:
            if not self._try(lambda row=row: change_marks(self._store.folder(row.id), **changes)):  # type: ignore[misc]
                break
        then()

    def _delete(self, rows: list[HistoryRow], then: Then) -> None:
        over = [row for row in rows if row.over]
        if len(over) < len(rows):
            self._app.notify("A run that goes on is not deleted. Stop it first.")
        gone = [row.id for row in over if self._try(partial(self._trash.delete, row.id))]
        if gone:
            self._deleted.append(gone)
            self._app.notify(f"{_runs(len(gone))} deleted. Press u to bring back.")
        then()

    def _undo(self, then: Then) -> None:
        if not self._deleted:
            self._app.notify("Nothing was deleted since the workbench was opened.")
            return
        back = [run for run in self._deleted.pop() if self._try(partial(self._trash.restore, run))]
        self._app.notify(f"{_runs(len(back))} brought back.")
        then()

    def _empty(self, then: Then) -> None:
        count = len(self._trash.ids())
        if not count:
            self._app.notify("The trash is empty.")
        elif not self._emptying:
            self._emptying = True
            self._app.notify(
                f"{_runs(count)} will be gone for good. Press e again.", severity="warning"
            )
        else:
            self._emptying = False
            self._deleted.clear()
            if self._try(self._trash.empty):
                self._app.notify("The trash is empty now.")
            then()

    def _export(self, rows: list[HistoryRow], _: Then) -> None:
        from tflab.export.formats import FORMATS

        choices = [
            Choice(f"{kind.name}", kind.about, kind.name)
            for kind in FORMATS
            if kind.several or len(rows) == 1
        ]

        def find(query: str) -> Sequence[Choice]:
            return [c for c in choices if query.casefold() in f"{c.title} {c.about}".casefold()]

        def take(name: str | None) -> None:
            if name is not None:
                self._write(name, rows)

        self._app.push_screen(PickScreen(f"Export {_runs(len(rows))} as", find), take)

    def _write(self, name: str, rows: list[HistoryRow]) -> None:
        """Write into the folder that the workbench was opened in."""
        from tflab.charts.drawing import ChartOptions
        from tflab.export.formats import default_name, export_to, find_format
        from tflab.export.loaded import load_run

        def write() -> None:
            try:
                runs = [load_run(self._store, row.id) for row in rows]
                kind = find_format(name)
                target = Path.cwd() / default_name(kind, runs)
                path = export_to(kind, runs, target, ChartOptions(colour="none", dark=False))
            except Problem as problem:
                self._app.call_from_thread(self._app.show_problem, problem)
            else:
                self._app.call_from_thread(self._app.notify, str(path), title="Exported")

        self._app.run_worker(write, thread=True, group="export")

    def _compare(self, rows: list[HistoryRow], _: Then) -> None:
        if len(rows) < 2:
            self._app.notify("Mark two or more runs with Space first.")
            return
        if len(rows) > MOST_COMPARED:
            self._app.notify(f"The first {MOST_COMPARED} of {len(rows)} marked runs are compared.")
        from tflab.export.loaded import load_run

        def load() -> None:
            found: list[LoadedRun] = []
            for row in rows[:MOST_COMPARED]:
                try:
                    found.append(load_run(self._store, row.id))
                except Problem as problem:
                    self._app.call_from_thread(self._app.show_problem, problem)
                    return
            self._app.call_from_thread(self._show_comparison, found)

        self._app.run_worker(load, thread=True, group="compare", exclusive=True)

    def _show_comparison(self, runs: list[LoadedRun]) -> None:
        from tflab.ui.screens.compare import CompareScreen

        screen: Screen[None] = CompareScreen(runs)
        self._app.push_screen(screen)

    def _try(self, do: Callable[[], object]) -> bool:
        try:
            do()
        except Problem as problem:
            self._app.show_problem(problem)
            return False
        return True


def _runs(count: int) -> str:
    return f"{count:,} run{'' if count == 1 else 's'}"
