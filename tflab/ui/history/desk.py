"""The history in the workbench: opening it, and doing what a person asks of the runs in it."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.programs.reader import ProgramError, parse_program, read_program
from tflab.programs.splitting import split_apart
from tflab.runs.history import HistoryRow
from tflab.runs.record import Problem, RunRecord, RunRequest
from tflab.runs.trash import Trash
from tflab.session.command_line import request_line
from tflab.targets.devices import Device, DeviceList, find_device, list_devices
from tflab.ui.history.reading import HistoryReading
from tflab.ui.history.work import HistoryWork

if TYPE_CHECKING:
    from tflab.ui.app import LabApp
    from tflab.ui.history.screen import HistoryScreen
    from tflab.ui.history.view import HistoryView, Wish
    from tflab.ui.workbench.bench import Bench


class HistoryDesk:
    """Shows the history, and brings runs from it to the bench."""

    def __init__(self, app: LabApp, bench: Bench) -> None:
        self._app = app
        self._bench = bench
        self._store = bench.runs.store
        trash = Trash(self._store)
        self._view: HistoryView | None = None
        self._reading = HistoryReading(app, self._store, trash)
        self._work = HistoryWork(app, self._store, trash, self._changed)

    def show(self) -> None:
        """Open the history at the runs of the open lesson."""
        from tflab.ui.history.screen import HistoryScreen
        from tflab.ui.history.view import HistoryView

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
        self._reading.read(screen)

    def look(self, screen: HistoryScreen) -> None:
        """List the runs for the screen again if something has changed."""
        self._reading.look(screen)

    def work(self, screen: HistoryScreen, what: str, rows: list[HistoryRow]) -> None:
        """Do something with these runs; the list follows."""
        if what == "copy":
            self._copy(rows[:1])
        else:
            self._work.do(screen, what, rows)

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
        self._show_runs()
        if wish is not None:
            await self.use(wish.run, wish.kind)

    def _changed(self, screen: HistoryScreen) -> None:
        """Have the list read again, or where the history was closed meanwhile, the Runs pane."""
        if screen.stays:
            self.read(screen)
        else:
            self._show_runs()

    def _show_runs(self) -> None:
        lesson = self._bench.lesson
        if lesson is not None:
            self._bench.run_list.show_runs(self._bench.runs.history(lesson.id), lesson.defaults)

    async def _show_lesson(self, record: RunRecord) -> None:
        """Show the lesson as the run had it; where it has changed since, say so."""
        request = record.request
        bench, path = self._bench, Path(request.path)
        shown = bench.lesson
        if shown is not None and (shown.path, shown.source) == (path, request.source):
            return
        try:
            # A text that was never shown here takes a helper process to split.
            lesson = await asyncio.to_thread(parse_program, request.source, path, split_apart)
        except ProgramError as problem:
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
        """Run exactly this again, with what a run now may take, through the gate of every run.

        A GPU may have another number by now; its own name for itself finds it again.

        Raises:
            Problem: When the run's device is not there.
        """
        request, options = record.request, self._app.settings.options
        device = same_device(request, self._bench.form.device.devices or list_devices())
        request = dataclasses.replace(
            request,
            device=device.key,
            device_uuid=device.uuid,
            nice=options.nice,
            threads=options.threads,
            memory_limit=options.memory_limit,
        )
        await self._show_lesson(record)

        def start() -> None:
            try:
                self._bench.runs.start(request)
            except Problem as problem:
                self._app.show_problem(problem)

        self._bench.gate.open(Path(request.path), request.source, [device], start)

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


def same_device(request: RunRequest, devices: DeviceList) -> Device:
    """Return the device that a run was on, by its own name for itself or else by its number.

    Raises:
        Problem: When it is not there.
    """
    named = [d for d in devices.devices if d.uuid and d.uuid == request.device_uuid]
    return named[0] if named else find_device(request.device, devices)


def line_of(request: RunRequest) -> tuple[str, bool]:
    """Return the line that makes a run again, and whether the lesson is still as it was.

    A file that is gone or bad now has no defaults, so every value is written.
    """
    path = Path(request.path)
    try:
        lesson = read_program(path, split_apart)
    except ProgramError:
        return request_line(request, {}, ()), False
    questions = tuple(question.text for question in lesson.questions)
    return request_line(request, lesson.defaults, questions), lesson.source == request.source


def _is_current(request: RunRequest) -> bool:
    try:
        return Path(request.path).read_text(encoding="utf-8-sig") == request.source
    except (OSError, UnicodeDecodeError):
        return False
