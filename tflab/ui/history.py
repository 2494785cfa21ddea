"""The history in the workbench: opening it, and doing what a person asks of the runs in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from tflab.lessons.reader import LessonError, parse_lesson, read_lesson
from tflab.runs.history import History, HistoryRow
from tflab.runs.record import Problem, RunRecord, RunRequest
from tflab.runs.trash import KEEP_SECONDS, Trash
from tflab.ui.command_line import request_line
from tflab.ui.history_work import HistoryWork

if TYPE_CHECKING:
    from tflab.ui.app import LabApp
    from tflab.ui.bench import Bench
    from tflab.ui.screens.history import HistoryScreen, HistoryView, Wish


class HistoryDesk:
    """Shows the history, and brings runs from it to the bench."""

    def __init__(self, app: LabApp, bench: Bench) -> None:
        self._app = app
        self._bench = bench
        self._store = bench.runs.store
        self._history = History(self._store)
        self._trash = Trash(self._store)
        self._view: HistoryView | None = None
        self._work = HistoryWork(app, self._store, self._trash)

    def show(self) -> None:
        """Open the history at the runs of the open lesson."""
        from tflab.ui.screens.history import HistoryScreen, HistoryView

        lesson = self._bench.lesson
        self._view = self._view or HistoryView()
        if lesson is None:
            self._view.everywhere = True
        title = (lesson.id, lesson.title) if lesson is not None else ("", "")
        defaults = lesson.defaults if lesson is not None else {}
        screen = HistoryScreen(self, self._view, title, defaults)
        self._app.push_screen(screen, self._grant)

    def read(self, screen: HistoryScreen) -> None:
        """List the runs for the screen in the background, then mend rows and look at the disk."""
        self._app.run_worker(
            lambda: self._read(screen), thread=True, group="history", exclusive=True
        )

    def work(self, screen: HistoryScreen, what: str, rows: list[HistoryRow]) -> None:
        """Do something with these runs; the list follows."""
        if what == "copy":
            self._copy(rows[:1])
        else:
            self._work.do(what, rows, lambda: self.read(screen))

    async def use(self, run: str, kind: str) -> None:
        """Show a run as it was, run it again exactly, put its values in the form, or copy it."""
        try:
            record = self._store.record(run)
            if kind == "values":
                await self._take_values(record)
            elif kind == "command":
                self._copy_line(record)
            elif self._bench.runs.own_running:
                self._app.notify("Wait for the run to end, or stop it (^x).", severity="warning")
            elif kind == "rerun":
                await self._run_again(record)
            else:
                await self._show_lesson(record)
                self._bench.runs.open(run)
        except Problem as problem:
            self._app.show_problem(problem)

    async def _grant(self, wish: Wish | None) -> None:
        lesson = self._bench.lesson
        if lesson is not None:
            # Runs may have been deleted or brought back.
            self._bench.run_list.show_runs(self._bench.runs.history(lesson.id), lesson.defaults)
        if wish is not None:
            await self.use(wish.run, wish.kind)

    def _read(self, screen: HistoryScreen) -> None:
        worker, tell = get_current_worker(), self._app.call_from_thread
        rows = self._history.rows()
        tell(screen.take, rows)
        partial = [row for row in rows if row.partial]
        mended: dict[str, HistoryRow] = {}
        for row in partial:
            if worker.is_cancelled:
                return
            found = self._history.mend(row.id)
            if found is not None:
                mended[row.id] = found
        if mended and not worker.is_cancelled:
            tell(screen.take, [mended.get(row.id, row) for row in rows])
        try:
            self._trash.empty(KEEP_SECONDS)
        except Problem as problem:
            tell(self._app.notify, f"{problem.title}. {problem.cause}")
        use = self._trash.disk_use()
        if not worker.is_cancelled:
            tell(screen.take_disk_use, use)

    async def _show_lesson(self, record: RunRecord) -> None:
        """Show the lesson as the run had it; where it has changed since, say so."""
        request = record.request
        bench, path = self._bench, Path(request.path)
        shown = bench.lesson
        if shown is not None and (shown.path, shown.source) == (path, request.source):
            return
        try:
            lesson = parse_lesson(request.source, path)
        except LessonError as problem:
            self._app.show_problem(problem)
            return
        await bench.show_as_run(lesson)
        if not _is_current(request):
            self._app.notify(
                "The file has changed since. You see the lesson as this run had it; open it from "
                "the list for the file as it is now.",
                title="Lesson as run",
            )

    async def _run_again(self, record: RunRecord) -> None:
        await self._show_lesson(record)

        def start() -> None:
            try:
                self._bench.runs.start(record.request)
            except Problem as problem:
                self._app.show_problem(problem)

        self._trusted(record.request, start)

    def _trusted(self, request: RunRequest, start: Callable[[], None]) -> None:
        self._bench.gate.trusted(Path(request.path), request.source, start)

    async def _take_values(self, record: RunRecord) -> None:
        request, lesson = record.request, self._bench.lesson
        if lesson is None or lesson.id != request.lesson:
            await self._show_lesson(record)
        self._bench.form.set_values(request.parameters, request.seed, request.device)
        self._app.notify("The form has this run's values.")

    def _copy(self, rows: list[HistoryRow]) -> None:
        for row in rows:
            try:
                self._copy_line(self._store.record(row.id))
            except Problem as problem:
                self._app.show_problem(problem)

    def _copy_line(self, record: RunRecord) -> None:
        line, current = line_of(record.request)
        self._app.copy_to_clipboard(line)
        changed = "" if current else " The lesson has changed since; export a script to keep it."
        self._app.notify(f"Command copied.{changed}")


def line_of(request: RunRequest) -> tuple[str, bool]:
    """Return the line that makes a run again, and whether the lesson is still as it was.

    A file that is gone or bad now has no defaults, so every value is written.
    """
    path = Path(request.path)
    try:
        lesson = read_lesson(path)
    except LessonError:
        return request_line(request, {}, ()), False
    questions = tuple(question.text for question in lesson.questions)
    return request_line(request, lesson.defaults, questions), lesson.source == request.source


def _is_current(request: RunRequest) -> bool:
    try:
        return Path(request.path).read_text(encoding="utf-8-sig") == request.source
    except (OSError, UnicodeDecodeError):
        return False
