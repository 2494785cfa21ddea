"""What a list of runs needs, in one small file per run: `summary.json`.

It is derived from the log and may be deleted at any time; whoever reads a finished run to its end
writes it again.
"""

from __future__ import annotations

import functools
import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from tflab.runs.atomic_files import read_file, replace_atomically
from tflab.runs.events import RunStatus
from tflab.runs.record import RunRecord
from tflab.runs.state import RunState

SUMMARY = "summary.json"

GOING = frozenset({"queued", "starting", "running"})
"""The states of a run that is not over."""

_YEAR_10000 = 253402300800.0 - 86400.0
"""Less a day, so that it is in the year 9999 in every time zone."""


class RunSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of a list of runs.

    Attributes:
        metrics: First, last, min, max, count and nonfinite of each series, by tag.
        goals: Whether each goal was reached, by its text.
        versions: As the run had them: see `versions_of`.
        code: Tells its code from other code, see `code_mark`; empty where it was not kept.
        number: Its number among the runs of its program; 0 where it has none.
        target: The name of its target; empty for the machine that it was started on.
        continues: Id of the run that it goes on from; empty for one that begins anew.
    """

    id: str
    created: float
    lesson: str
    title: str
    parameters: dict[str, Any]
    device: str
    seed: int
    status: RunStatus
    seconds: float | None = None
    metrics: dict[str, dict[str, Any]] = {}
    goals: dict[str, bool] = {}
    versions: dict[str, str] = {}
    code: str = ""
    number: int = 0
    target: str = ""
    continues: str = ""

    def changed_from(self, code: str) -> bool:
        """Return whether it is known to have run other code than the one that `code` marks."""
        return bool(code and self.code) and code != self.code


@functools.lru_cache(maxsize=64)
def code_mark(source: str) -> str:
    """Return a short text that is the same for the same code, and for no other."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def versions_of(record: RunRecord, state: RunState) -> dict[str, str]:
    """Return the versions that a run had, as it told: of tflab, Python, TensorFlow and others.

    A run that told none, as one of an older tflab, has those that its record was made with.
    """
    told = state.environment
    if told is None:
        return record.versions
    tflab = {name: found for name, found in record.versions.items() if name == "tflab"}
    return {**tflab, "python": told.python, **told.packages}


def summarise(record: RunRecord, state: RunState) -> RunSummary:
    """Return the row of a run from what was asked and what its log tells."""
    request = record.request
    return RunSummary(
        id=record.id,
        created=record.created,
        lesson=request.lesson,
        title=request.title,
        parameters=request.parameters,
        device=request.device,
        seed=request.seed,
        status=state.status,
        seconds=state.seconds,
        metrics={tag: series.summary() for tag, series in state.series.items()},
        goals={goal.text: goal.passed for goal in state.goals.values()},
        versions=versions_of(record, state),
        code=code_mark(request.source),
        number=record.number,
        target=request.target,
        continues=request.continues,
    )


def keep_summary(folder: Path, record: RunRecord, state: RunState) -> RunSummary:
    """Return the row of a run, and keep it once the run is over.

    What cannot be kept, on a full disk for one, is read from the log again by whoever asks next.
    """
    summary = summarise(record, state)
    if summary.status not in GOING:
        with suppress(OSError):
            write_summary(folder, summary)
    return summary


def write_summary(folder: Path, summary: RunSummary) -> None:
    """Keep the row of a finished run, whole or not at all.

    Raises:
        OSError: When the disk is full or the folder cannot be written.
    """
    replace_atomically(folder / SUMMARY, msgspec.json.encode(summary))


def read_summary(folder: Path) -> RunSummary | None:
    """Return the row kept in a run folder, or None when there is none or it is damaged."""
    try:
        found = msgspec.json.decode(read_file(folder / SUMMARY), type=RunSummary)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if is_moment(found.created) and found.id == folder.name else None


def is_moment(seconds: float) -> bool:
    """Return whether a time since the epoch is one that a calendar has."""
    return 0 <= seconds < _YEAR_10000
