"""A run with everything that an export may need."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from tflab.runs.marks import NONE, Marks, read_marks
from tflab.runs.record import RunRecord
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.runs.summary import versions_of


@dataclass(frozen=True, slots=True)
class LoadedRun:
    """What was asked of a run, what its log tells, and what a person wrote on it.

    The record's versions are those that the run told.
    """

    record: RunRecord
    state: RunState
    folder: Path
    marks: Marks = NONE

    @property
    def created(self) -> str:
        """When it was made, as ISO 8601 with the offset of this machine's zone."""
        return iso_time(self.record.created)

    @property
    def label(self) -> str:
        """Its name, or else its id."""
        return self.marks.name or self.record.id


def iso_time(seconds: float) -> str:
    """Return seconds since 1970 as ISO 8601 with the offset of this machine's zone."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(seconds))


def load_run(store: RunStore, run: str) -> LoadedRun:
    """Read a run in full.

    Raises:
        Problem: When there is no such run or its record is damaged.
    """
    folder = store.folder(run)
    record, state = store.record(run), store.load(run)
    record = replace(record, versions=versions_of(record, state))
    return LoadedRun(record, state, folder, read_marks(folder))
