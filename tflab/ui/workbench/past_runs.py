"""Bringing runs of the past to the panes of the workbench."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.programs.code_cells import with_cells
from tflab.programs.reader import ProgramError, parse_program
from tflab.runs.record import Problem, RunRecord, RunRequest
from tflab.session.command_line import copied_text
from tflab.session.past_runs import RunUse, line_of, same_device
from tflab.targets.devices import list_devices

if TYPE_CHECKING:
    from tflab.ui.app import LabApp
    from tflab.ui.workbench.bench import Bench


class PastRuns:
    """Shows runs of the past, runs them again, and puts their values into the form."""

    def __init__(self, app: LabApp, bench: Bench) -> None:
        self._app = app
        self._bench = bench
        self._store = bench.runs.store

    async def use(self, run: str, use: RunUse) -> None:
        """Show a run as it was, run it again exactly, put its values in the form, or copy it."""
        try:
            record = self._store.record(run)
            if use is RunUse.VALUES:
                await self._take_values(record)
            elif use is RunUse.COMMAND:
                self._copy_line(record)
            elif self._bench.runs.own_running:
                self._app.notify("Wait for the run to end, or stop it (^x).", severity="warning")
            elif use is RunUse.RERUN:
                await self._run_again(record)
            else:
                await self._show_lesson(record)
                self._bench.runs.open(run)
        except Problem as problem:
            self._app.show_problem(problem)

    async def _show_lesson(self, record: RunRecord) -> None:
        """Show the lesson as the run had it; where it has changed since, say so."""
        request = record.request
        bench, path = self._bench, Path(request.path)
        shown = bench.lesson
        if shown is not None and (shown.path, shown.source) == (path, request.source):
            return
        try:
            lesson = await asyncio.to_thread(parse_program, request.source, path)
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
            with_cells(request),
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

    def _copy_line(self, record: RunRecord) -> None:
        line, current = line_of(record.request)
        self._app.copy_to_clipboard(line)
        self._app.notify(copied_text(current))


def _is_current(request: RunRequest) -> bool:
    try:
        return Path(request.path).read_text(encoding="utf-8-sig") == request.source
    except (OSError, UnicodeDecodeError):
        return False
