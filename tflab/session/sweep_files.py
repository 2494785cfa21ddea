"""Earlier sweeps, a sweep as files elsewhere, and as the line that makes it again."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.programs.edits import program_as_run
from tflab.programs.reader import ProgramError, read_program
from tflab.runs.log_writer import has_ended
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.summary import GOING
from tflab.runs.text import plain_line
from tflab.session.command_line import copied_text, sweep_line
from tflab.session.events import Notice, TextCopied
from tflab.session.sweep_events import EarlierSweep
from tflab.sweeps.plan import SweepPlan
from tflab.sweeps.store import SweepRecord, SweepStore

if TYPE_CHECKING:
    from tflab.export.formats import Format

_EARLIER = 50


def earlier_sweeps(store: SweepStore, program: str | None) -> list[EarlierSweep]:
    """Return the newest sweeps that are kept, of one program or of all.

    Raises:
        OSError: When the folder of sweeps cannot be read.
    """
    found: list[EarlierSweep] = []
    for sweep in store.ids():
        try:
            record = store.load(sweep)
        except Problem:
            continue  # A damaged file must not hide the others.
        if program is None or record.plan.each.lesson == program:
            found.append(EarlierSweep(sweep, record.created, plain_line(record.plan.about)))
        if len(found) >= _EARLIER:
            break
    return found


def newest_if_left(store: SweepStore, runs: RunStore, program: str) -> SweepRecord | None:
    """Return the newest sweep of a program, if it was left before all its runs had ended."""
    for sweep in islice(store.ids(), _EARLIER):
        try:
            record = store.load(sweep)
        except Problem:
            continue  # A damaged file must not hide the others.
        if record.plan.each.lesson == program:
            return record if record.unfinished or _goes_on(record, runs) else None
    return None


def _goes_on(record: SweepRecord, store: RunStore) -> bool:
    """Return whether runs of a sweep that was left go on, or wait in a queue."""
    open_ = (run for run in record.runs if run and not has_ended(store.folder(run)))
    for run in open_:
        # A deleted run, or one that cannot be read, is no reason to show the sweep.
        with suppress(Problem):
            if store.load(run).status in GOING:
                return True
    return False


def line_of_sweep(plan: SweepPlan) -> TextCopied:
    """Return the line that makes a sweep again.

    Raises:
        Problem: When its own text makes no sense any more.
    """
    path = Path(plan.each.path)
    lesson = program_as_run(plan.request(plan.example))
    try:
        now = read_program(path)
    except ProgramError:
        # A file that is gone or bad now has no defaults, so every value is written.
        return TextCopied(sweep_line(plan, lesson, {}), copied_text(current=False))
    line = sweep_line(plan, lesson, now.defaults)
    return TextCopied(
        line, copied_text(now.source == plan.each.source, edited=bool(plan.each.edits))
    )


def export_sweep_file(store: RunStore, sweep: str, kind: Format) -> Notice:
    """Write a sweep into the current folder, and return where.

    Raises:
        Problem: When it cannot be read or written.
    """
    from tflab.charts.drawing import ChartOptions
    from tflab.export import sweep_formats
    from tflab.export.sweep import load_sweep
    from tflab.export.writing import current_folder

    options = ChartOptions(colour="none", dark=False)
    found = load_sweep(store, sweep)
    target = current_folder() / sweep_formats.sweep_file_name(kind, found)
    path = sweep_formats.export_sweep(kind, found, target, options)
    return Notice(str(path), "Exported")
