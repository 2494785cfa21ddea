"""Fair timing: cases take turns, so that a busy machine is busy for all of them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence


def medians(
    cases: Mapping[str, Callable[[], object]], repeats: int = 15, warm_up: int = 2
) -> dict[str, float]:
    """Return the median seconds of each case, run in turn `repeats` times.

    Args:
        cases: What to time, by name.
        repeats: Timed rounds.
        warm_up: Rounds before them that do not count.
    """
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    gc.collect()
    for turn in range(warm_up + repeats):
        for name, case in cases.items():
            start = time.perf_counter()
            case()
            spent = time.perf_counter() - start
            if turn >= warm_up:
                seconds[name].append(spent)
    return {name: statistics.median(times) for name, times in seconds.items()}


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as text in columns: the first to the left, the others to the right."""
    lines = [tuple(header), *map(tuple, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def milliseconds(seconds: float) -> str:
    """Return seconds as milliseconds with three digits that count."""
    return f"{seconds * 1e3:.3g} ms" if seconds < 0.1 else f"{seconds * 1e3:.0f} ms"
