"""What it costs to draw a loss chart again, from 1,000 to 1,000,000 points.

Every picture is the same curve at another resolution, so it has the same dots to draw. "first
frame" is a run just read from its log; "bare arrays" are points of which nothing is known, so
that everything is read; for both, no drawing is kept from the round before. "next frame" is a live
chart: 10 points are new since the frame before, once with what is kept of that frame and once with
nothing kept, as when the axes move. Beside them, the same data given to plotext as they are, and
thinned by `thin` (tsdownsample) first.

Run it with `python -m benchmarks.redraw`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import plotext

from benchmarks.timing import medians, milliseconds, table
from tflab.charts.drawing import ChartOptions, Curve, Memo
from tflab.charts.loss import draw_loss
from tflab.charts.plot import forget_drawings
from tflab.charts.thin import thin
from tflab.runs.series import Series

SIZE = (120, 14)
BUDGET = 1.5
_NEW = 10
_BATCH = 1000


def series(count: int, number: int = 0) -> tuple[array[float], array[float]]:
    """Return steps and values of a loss that falls and ripples."""
    x = np.linspace(0, 1, count)
    y = (1 + number / 5) * np.exp(-4 * x) + 0.03 * np.sin(900 * x) * np.exp(-x)
    return array("d", np.arange(count, dtype=float).tobytes()), array("d", y.tobytes())


def first_frame(count: int, curves: int, smoothing: float = 0.0) -> Callable[[], object]:
    """Return a case that draws series for the first time, as they are after their log was read."""
    read = []
    for number in range(curves):
        steps, values = series(count, number)
        one = Series(str(number))
        for at in range(0, count, _BATCH):
            one.extend(list(map(int, steps[at : at + _BATCH])), list(values[at : at + _BATCH]))
        read.append(one)
    options = ChartOptions(x_max=count, smoothing=smoothing)

    def draw() -> object:
        forget_drawings()
        data = [Curve(s.tag, s.steps, s.values, n, memo=Memo(s)) for n, s in enumerate(read)]
        return draw_loss(data, SIZE, options)

    return draw


def bare_arrays(count: int, curves: int, smoothing: float = 0.0) -> Callable[[], object]:
    """Return a case that draws points of which nothing is known."""
    data = [Curve(str(n), *series(count, n), style=n) for n in range(curves)]
    options = ChartOptions(x_max=count, smoothing=smoothing)

    def draw() -> object:
        forget_drawings()
        return draw_loss(data, SIZE, options)

    return draw


def next_frame(
    count: int, curves: int, smoothing: float = 0.0, kept: bool = True
) -> Callable[[], object]:
    """Return a case that draws growing series: 10 new points in each, every time."""
    data = [Curve(str(n), *series(count, n), style=n, memo=Memo()) for n in range(curves)]
    options = ChartOptions(x_max=count + 1000, smoothing=smoothing)
    draw_loss(data, SIZE, options)

    def draw() -> object:
        for curve in data:
            last_step, last_value = curve.steps[-1], curve.values[-1]
            curve.steps.extend(last_step + n for n in range(1, _NEW + 1))
            curve.values.extend(last_value + n % 3 / 100 for n in range(_NEW))
        if not kept:
            forget_drawings()
        return draw_loss(data, SIZE, options)

    return draw


def plotext_alone(count: int, thinned: bool = False) -> Callable[[], object]:
    """Return a case that gives one series to plotext as a braille line."""
    steps, values = series(count)

    def draw() -> object:
        plotext.terminal.limit(False, False)
        figure = plotext.figure.clear()
        figure.plot_size(*SIZE)
        x, y = thin(steps, values, SIZE[0]) if thinned else (np.array(steps), np.array(values))
        signal = figure.signal(x.tolist(), y.tolist(), marker="braille")
        figure.draw(signal.lines())
        return figure.build().string()

    return draw


_WHOLE = (("first frame", first_frame), ("bare arrays", bare_arrays))
_LIVE = (
    ("next frame", next_frame),
    ("next frame, nothing kept", partial(next_frame, kept=False)),
)


def _rows(
    makers: Sequence[tuple[str, Callable[..., Callable[[], object]]]],
    smoothing: float,
    repeats: int,
) -> list[tuple[str, ...]]:
    rows = []
    for name, make in makers:
        for curves in (1, 6):
            cases = {str(n): make(n, curves, smoothing) for n in (1_000, 100_000, 1_000_000)}
            took = medians(cases, repeats)
            ratio = took["1000000"] / took["1000"]
            label = f"{name}, {curves} series{', smoothed' if smoothing else ''}"
            rows.append((label, *map(milliseconds, took.values()), f"{ratio:.2f}"))
    return rows


def main(repeats: int = 15) -> None:
    """Print the table."""
    rows = _rows([*_WHOLE, *_LIVE], 0.0, repeats) + _rows(_LIVE, 0.9, repeats)
    peers = {
        "plotext, thinned first": [plotext_alone(n, True) for n in (1_000, 100_000, 1_000_000)],
        "plotext alone": [plotext_alone(n) for n in (1_000, 10_000, 100_000)],
    }
    thinned = medians(dict(zip("abc", peers["plotext, thinned first"], strict=True)), 7)
    alone = medians(dict(zip("abc", peers["plotext alone"], strict=True)), 3, warm_up=1)
    small, middle, large = thinned.values()
    shown = map(milliseconds, (small, middle, large))
    rows.append(("plotext, thinned first, 1 series", *shown, f"{large / small:.2f}"))
    print(f"Redraw of a loss chart, {SIZE[0]}x{SIZE[1]} cells, median of {repeats} rounds")
    print(table(("", "1,000", "100,000", "1,000,000", "1M : 1k"), rows))
    print(f"Budget: at most {BUDGET} for 1M : 1k, on the live chart.")
    names = ("1,000", "10,000", "100,000")
    facts = [f"{n} {milliseconds(s)}" for n, s in zip(names, alone.values(), strict=True)]
    print("plotext alone, 1 series, points as they are: " + ", ".join(facts))


if __name__ == "__main__":
    main()
