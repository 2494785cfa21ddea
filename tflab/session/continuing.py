"""Going on with a run that has ended: what is asked of the run that does, and what stands against.

The new run gets a copy of the files that the earlier one saved, its values, edits, environment and
device. The program that it runs is the one that the earlier run had, whatever became of the file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tflab.programs.code_cells import with_cells
from tflab.programs.edits import program_as_run
from tflab.programs.parameters import format_value, parse_values
from tflab.programs.program import Program
from tflab.programs.reader import program_text
from tflab.runs.log_writer import FILES
from tflab.runs.record import Problem, RunRequest
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.runs.summary import GOING
from tflab.runs.text import plain_line
from tflab.runs.trash import Trash

_LENGTHS = ("epochs", "steps", "iterations")
"""What parameters are called that say how long a program trains."""


class Continuation(NamedTuple):
    """How a run is to be gone on with.

    Attributes:
        request: What is asked of the run that goes on.
        program: The program, as the earlier run had it.
        folder: The earlier run's.
        finished: Whether the earlier run came to its own end, and so needs another length.
        length: The parameter that seems to say how long it trains, with its value; or empty.
        notes: What a person should know, a sentence each.
    """

    request: RunRequest
    program: Program
    folder: Path
    finished: bool
    length: str
    notes: tuple[str, ...]


def continuation_of(
    store: RunStore, run: str, texts: Mapping[str, str] | None = None
) -> Continuation:
    """Return how a run is gone on with.

    Args:
        store: Where runs are.
        run: Its id.
        texts: Values that are to be others, as a person typed them.

    Raises:
        Problem: When it is still going, is gone, or cannot be run any more; or a value is bad.
    """
    if run in Trash(store).ids():
        raise Problem(
            "The run was deleted",
            f"Run {run} is in the trash.",
            f"Bring it back with `tflab trash --restore {run}`, or with u in the history.",
        )
    folder, record, state = store.folder(run), store.record(run), store.load(run)
    if state.status in GOING:
        raise Problem(
            "The run is still going",
            f"Run {run} has not ended, so there is nothing to go on from.",
            f"Stop it first: `tflab stop {run}`. Or follow it: `tflab attach {run}`.",
        )
    earlier = with_cells(record.request)
    program = program_as_run(earlier)
    values = parse_values(program, texts or {})
    request = replace(
        earlier,
        parameters={**earlier.parameters, **{name: values[name] for name in texts or {}}},
        continues=run,
        begins=_last_steps(state),
    )
    finished = state.status == "finished" and not texts
    length = next((name for name in _LENGTHS if name in earlier.parameters), "")
    length = f"{length}={format_value(earlier.parameters[length])}" if length else ""
    notes = tuple(_notes(request, folder))
    return Continuation(request, program, folder, finished, length, notes)


def read_assignments(text: str) -> dict[str, str]:
    """Read `epochs=40 rate=0.1`, as a person types it.

    Raises:
        Problem: When it is not of that form.
    """
    found: dict[str, str] = {}
    for word in text.replace(",", " ").split():
        name, mark, value = word.partition("=")
        if not mark or not name or not value:
            raise Problem(
                "That is no value",
                f"{plain_line(word)!r} is not of the form name=value.",
                "Write it without spaces, such as epochs=40.",
            )
        found[name] = value
    return found


def goes_on_words(request: RunRequest) -> str:
    """Say which run a run goes on from, and from where; empty for one that begins anew."""
    if not request.continues:
        return ""
    where = ", ".join(f"{axis} {step:,}" for axis, step in request.begins.items())
    return f"Goes on from run {request.continues}" + (f", which came to {where}" if where else "")


def _last_steps(state: RunState) -> dict[str, int]:
    """Return the last step that was logged, by what steps count."""
    found: dict[str, int] = {}
    for series in state.series.values():
        if len(series):
            axis = series.axis or "step"
            found[axis] = max(found.get(axis, 0), int(series.steps[-1]))
    return found


def _notes(request: RunRequest, folder: Path) -> list[str]:
    found = [f"{goes_on_words(request)}."]
    if not _has_files(folder / FILES):
        found.append(
            "That saved no files in lab.folder(), so the program begins from its start: "
            "`lab.checkpoint`, or Keras's BackupAndRestore there, lets it go on."
        )
    if program_text(Path(request.path)) != request.file_source:
        found.append("The program's file has changed since; this runs the code that the run had.")
    return found


def _has_files(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(True for _ in entries)
    except OSError:
        return False
