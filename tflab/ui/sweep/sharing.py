"""Taking a sweep elsewhere from the workbench: as files, and as the line that makes it again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tflab.programs.reader import ProgramError, parse_program, read_program
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.text import count_of
from tflab.session.command_line import sweep_line
from tflab.sweeps.plan import SweepPlan

if TYPE_CHECKING:
    from tflab.export.formats import Format
    from tflab.sweeps.sweep import Sweep
    from tflab.ui.app import LabApp


def export_sweep(app: LabApp, sweep: Sweep, store: RunStore) -> None:
    """Ask for a format and write the sweep into the folder that the workbench was opened in.

    A sweep that goes on is written as it stands.
    """
    from tflab.export.sweep_formats import SWEEP_FORMATS
    from tflab.ui.dialogs.pick import pick_format

    def take(kind: Format | None) -> None:
        if kind is not None:
            app.run_worker(lambda: _write(app, kind, sweep.id, store), thread=True, group="export")

    # Runs that have begun a moment ago are to be in it.
    sweep.keep()
    what = f"the sweep of {count_of(len(sweep.runs), 'run')}"
    app.push_screen(pick_format(what, SWEEP_FORMATS), take)


def copy_sweep_line(app: LabApp, plan: SweepPlan) -> None:
    """Put the line that makes the sweep again on the clipboard."""
    path = Path(plan.path)
    try:
        lesson = parse_program(plan.source, path)
    except ProgramError as problem:
        app.show_problem(problem)
        return
    try:
        now = read_program(path)
    except ProgramError:
        # A file that is gone or bad now has no defaults, so every value is written.
        line, current = sweep_line(plan, lesson, {}), False
    else:
        line, current = sweep_line(plan, lesson, now.defaults), now.source == plan.source
    app.copy_to_clipboard(line)
    changed = "" if current else " The lesson has changed since; export a script to keep it."
    app.notify(f"Command copied.{changed}")


def _write(app: LabApp, kind: Format, sweep: str, store: RunStore) -> None:
    from tflab.charts.drawing import ChartOptions
    from tflab.export import sweep_formats
    from tflab.export.sweep import load_sweep

    options = ChartOptions(colour="none", dark=False)
    try:
        found = load_sweep(store, sweep)
        target = Path.cwd() / sweep_formats.sweep_file_name(kind, found)
        path = sweep_formats.export_sweep(kind, found, target, options)
    except Problem as problem:
        app.call_later(app.show_problem, problem)
    else:
        app.call_later(app.notify, str(path), title="Exported")
