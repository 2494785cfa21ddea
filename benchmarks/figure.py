"""What a benchmark gives: our number, a peer's from the same run, their ratio and the budget."""

from __future__ import annotations

import statistics
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Unit = Literal["s", "B/s", "MB", "steps/s", "s/s", "steps", ""]
Samples = list[float]


@dataclass(frozen=True)
class Budget:
    """A limit on the ratio to the peer or on our own number.

    `limit` is in the figure's unit, or a factor. `of` says which of our numbers counts.
    """

    limit: float
    kind: Literal["at most", "at least"] = "at most"
    ratio: bool = False
    of: Literal["median", "p95"] = "median"


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        what: What was measured, in a few words.
        ours: Our measurements.
        peer: The peer's, taken in turn with ours; empty where there is none.
        beside: What the peer is.
        inverse: The ratio is the peer's over ours, for "so many times ahead".
        paired: The ratio is the median of the rounds' ratios, and not that of the medians. What
            slows a machine for seconds then slows both sides of a pair; for differences of a few
            percent between runs that take seconds.
    """

    what: str
    unit: Unit
    ours: Samples
    beside: str = ""
    peer: Samples | None = None
    budget: Budget | None = None
    inverse: bool = False
    paired: bool = False

    @property
    def ratio(self) -> float | None:
        """Our number over the peer's, or the other way round."""
        if not self.peer:
            return None
        if self.paired:
            return statistics.median(a / b for a, b in zip(self.ours, self.peer, strict=True))
        ours, peer = self._centre(self.ours), self._centre(self.peer)
        return peer / ours if self.inverse else ours / peer

    @property
    def verdict(self) -> str:
        """Whether the budget is met; by which factor it is missed, if not."""
        if self.budget is None:
            return ""
        found = self._measured(self.budget)
        factor = found / self.budget.limit
        factor = factor if self.budget.kind == "at most" else 1 / factor
        return "met" if factor <= 1 else f"MISSED {factor:.2f}×"

    def cells(self) -> tuple[str, ...]:
        """Return the line as the table shows it."""
        ratio = "" if self.ratio is None else f"{self.ratio:,.3g}×"
        centre = self._centre
        peer = spread(self.peer, self.unit, centre) if self.peer else ""
        beside = f"{peer} {self.beside}".strip()
        ours = spread(self.ours, self.unit, centre)
        return self.what, ours, beside, ratio, self._limit(), self.verdict

    def _centre(self, samples: Samples) -> float:
        if self.budget is not None and self.budget.of == "p95":
            return p95(samples)
        return statistics.median(samples)

    def _measured(self, budget: Budget) -> float:
        if budget.ratio:
            ratio = self.ratio
            assert ratio is not None, f"{self.what} has a ratio for budget and no peer"
            return ratio
        return self._centre(self.ours)

    def _limit(self) -> str:
        if self.budget is None:
            return ""
        sign = "≤" if self.budget.kind == "at most" else "≥"
        limit = self.budget.limit
        text = f"{limit:g}×" if self.budget.ratio else quantity(limit, self.unit)
        return f"{sign} {text}{' p95' if self.budget.of == 'p95' else ''}"


HEADER = ("what", "ours", "beside", "ratio", "budget", "")


def in_turn(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Samples]:
    """Measure each case once a round, A B B A, so that a busy machine is busy for all of them.

    A case returns its measurement, in whatever unit.
    """
    found: dict[str, Samples] = {name: [] for name in cases}
    for turn in range(rounds):
        for name in list(cases)[:: -1 if turn % 2 else 1]:
            found[name].append(cases[name]())
    return found


def p95(samples: Samples) -> float:
    """Return the value that 95 of a hundred samples do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


def quantity(value: float, unit: Unit) -> str:
    """Return a measurement with three digits that count, in a unit of its size."""
    match unit:
        case "s":
            for factor, name in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
                if value * factor >= 0.9995:
                    return f"{value * factor:.3g} {name}"
            return f"{value * 1e9:.3g} ns"
        case "B/s":
            return f"{value / 1e3:.3g} kB/s"
        case "steps":
            return f"{value:,.0f} steps"
        case "steps/s":
            return f"{value:,.0f} steps/s"
        case _:
            return f"{value:.3g} {unit}".strip()


def spread(
    samples: Samples, unit: Unit, centre: Callable[[Samples], float] = statistics.median
) -> str:
    """Return the median with the least and the greatest, which tell how noisy the machine was."""
    if len(samples) == 1:
        return quantity(samples[0], unit)
    low, high = quantity(min(samples), unit), quantity(max(samples), unit)
    return f"{quantity(centre(samples), unit)} ({low} to {high})"


def show(title: str, figures: Sequence[Figure], note: str = "") -> None:
    """Print the figures of one benchmark as a table."""
    from benchmarks.timing import table

    print(f"\n{title}")
    print(table(HEADER, [figure.cells() for figure in figures]))
    if note:
        print(textwrap.fill(note, 100))
