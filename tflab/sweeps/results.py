"""What has come of the runs of a sweep: rows, the best one, counts, times."""

from __future__ import annotations

from tflab.sweeps.plan import SweepPlan
from tflab.sweeps.run import SweepRun
from tflab.sweeps.table import SweepRow, make_rows


class SweepResults:
    """The runs of a sweep, looked at.

    Args:
        plan: What the sweep is to do.

    Attributes:
        plan: The same, with the runs that a search has added since.
        runs: One for each point of the plan, in its order.
    """

    def __init__(self, plan: SweepPlan) -> None:
        self.plan = plan
        self.runs: list[SweepRun] = []

    @property
    def best(self) -> SweepRow | None:
        """The best of the rows that have a finished run and a finite metric, or None."""
        rows = self.rows()
        return rows[0] if rows and rows[0].best else None

    def rows(self, metric: str | None = None) -> list[SweepRow]:
        """Return a row for each combination of values, best first."""
        return make_rows(self.plan, self.runs, metric)

    def count(self, *statuses: str) -> int:
        """Return how many runs are in one of these states."""
        return sum(run.status in statuses for run in self.runs)

    @property
    def done(self) -> int:
        """How many runs have begun and ended, whichever way."""
        return sum(run.over and run.status != "not begun" for run in self.runs)

    @property
    def seconds_a_run(self) -> float | None:
        """Mean time of the finished runs, or None before the first."""
        took = [r.seconds for r in self.runs if r.status == "finished" and r.seconds is not None]
        return sum(took) / len(took) if took else None

    def metrics(self) -> list[str]:
        """Return every metric and numeric result that any run has given."""
        return list(dict.fromkeys(name for run in self.runs for name in run.metrics()))
