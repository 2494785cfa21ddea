"""A sweep with everything that an export may need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tflab.export.loaded import LoadedRun, iso_time, load_run
from tflab.export.writing import file_name
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.sweeps.plan import SweepPlan
from tflab.sweeps.run import SweepRun
from tflab.sweeps.store import SweepRecord, SweepStore
from tflab.sweeps.sweep import Sweep


@dataclass(frozen=True, slots=True)
class LoadedSweep:
    """What was asked of a sweep, and where its runs stand now.

    Attributes:
        record: The sweep as it is kept.
        sweep: Its runs, each read as far as its log goes.
        store: Where the runs are.
    """

    record: SweepRecord
    sweep: Sweep
    store: RunStore

    @property
    def plan(self) -> SweepPlan:
        """What it was to do."""
        return self.record.plan

    @property
    def created(self) -> str:
        """When it was made, as ISO 8601 with the offset of this machine's zone."""
        return iso_time(self.record.created)

    def loaded(
        self, best_first: bool = False, most: int | None = None
    ) -> Iterator[tuple[SweepRun, LoadedRun | None]]:
        """Yield runs, read in full; None for one that is not there.

        One at a time, because thousands of runs are more than memory may hold.

        Args:
            best_first: In the order of the table, not of the plan.
            most: Only so many.
        """
        runs = [run for row in self.sweep.rows() for run in row.runs]
        for run in (runs if best_first else self.sweep.runs)[:most]:
            try:
                found = load_run(self.store, run.id) if run.id else None
            except Problem:
                found = None
            yield run, found


def load_sweep(store: RunStore, sweep: str) -> LoadedSweep:
    """Read a sweep and its runs.

    Raises:
        Problem: When there is no such sweep or its file is damaged.
    """
    record = SweepStore().load(sweep)
    found = Sweep(record, store=store)
    found.catch_up()
    return LoadedSweep(record, found, store)


def folder_name(plan: SweepPlan, run: SweepRun) -> str:
    """Return a name for a run's folder: its number, so that it is one of a kind, and its values."""
    width = len(str(plan.count))
    return file_name(f"{run.index + 1:0{width}}", plan.label(run.point).replace(", ", ","))
