"""What a live chart costs at 200 steps a second: terminal traffic, CPU, and how late it is.

The loss is a staircase with steps at times that nobody can be in step with. The lesson keeps when
it logged each one; we see when the chart reaches a new depth. Beside it, as many points in a
`Static` of the same size that plain plotext draws ten times a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from benchmarks.figure import Budget, Figure, Samples, show
from benchmarks.workbench import (
    curve_rows,
    data_folder,
    open_peer,
    open_workbench,
    wait_until_warm,
    write_lesson,
)
from tests.terminal.terminal import Terminal
from tests.terminal.workbench import POINTS
from tflab.runs.store import RunStore

TITLE = "Live chart, 200 steps a second for 10 s"
RATE = 200
SECONDS = 10.0
"""How long each is watched. The run and the plot go on a little longer."""
LONGER = 12.0
# The bits of a braille character's dots, by row.
DOTS = (0b00001001, 0b00010010, 0b00100100, 0b11000000)
# The loss of the staircase; the first two points fix the axis from 0 to 1.
LESSON = (
    "import random, time",
    "began, level, next_fall = time.monotonic(), 1.0, 1.5",
    "falls = open(lab.folder() / 'falls', 'w')",
    "lab.log(0, loss=1.0)",
    "lab.log(1, loss=0.0)",
    "for step in lab.track(range(2, int(rate * seconds))):",
    "    time.sleep(max(0.0, began + step / rate - time.monotonic()))",
    "    if step / rate >= next_fall and level > 0.15:",
    "        level -= 0.1",
    "        next_fall += random.uniform(0.6, 1.0)",
    "        print(time.time(), file=falls, flush=True)",
    "    lab.log(step, loss=level)",
)


@dataclass
class _Cost:
    """What one app took, a sample for each time it was watched."""

    traffic: Samples = field(default_factory=list)
    cpu: Samples = field(default_factory=list)
    lag: Samples = field(default_factory=list)


def measure(rounds: int = 2) -> list[Figure]:
    """Watch the workbench and the plain plot in turn."""
    ours, peer = _Cost(), _Cost()
    for _ in range(rounds):
        # With a folder anew: the curve of a run before would stand beside the staircase.
        with data_folder() as data:
            path = write_lesson(data, "stairs", *LESSON, rate=RATE, seconds=LONGER)
            with open_workbench(path) as app:
                wait_until_warm(app)
                _watch_run(app, ours)
        with open_peer("plotext_app", str(RATE), str(LONGER)) as plot:
            plot.wait_for("points: 2")
            _watch(plot, peer)
    beside = "plain plotext"
    return [
        Figure("terminal traffic", "B/s", ours.traffic, beside, peer.traffic, Budget(5e3)),
        Figure("CPU of the viewer", "s/s", ours.cpu, beside, peer.cpu, Budget(0.10)),
        Figure("lag, logged to drawn", "s", ours.lag, budget=Budget(0.3)),
    ]


def _watch_run(app: Terminal, cost: _Cost) -> None:
    app.press("ctrl+r")
    app.wait_for("● running")
    app.wait_for(POINTS)
    drawn = _watch(app, cost)
    (kept,) = RunStore().root.glob("*/files/falls")
    falls = [fall for fall in map(float, kept.read_text().split()) if fall < drawn[-1]]
    kept.unlink()
    assert len(drawn) >= len(falls), f"{len(falls)} falls, {len(drawn)} seen"
    cost.lag += [min(when for when in drawn if when > fall) - fall for fall in falls]


def _watch(app: Terminal, cost: _Cost) -> list[float]:
    """Watch for a while; return when the staircase reached each new depth."""
    process = psutil.Process(app.pid)
    clock = time.time() - time.perf_counter()
    drawn: list[float] = []
    depth = _depth(app.text)
    bytes_before, cpu_before, start = len(app.raw), _cpu(process), time.perf_counter()
    while time.perf_counter() < start + SECONDS:
        stamp = app.wait_until(_deeper_or_late(depth, start + SECONDS), "a change")
        if _depth(app.text) > depth + 1:
            depth = _depth(app.text)
            drawn.append(stamp + clock)
    took = time.perf_counter() - start
    cost.traffic.append((len(app.raw) - bytes_before) / took)
    cost.cpu.append((_cpu(process) - cpu_before) / took)
    return drawn


def _deeper_or_late(depth: int, end: float) -> Callable[[str], bool]:
    """Return a condition: the curve is two dots deeper, or the time is over."""
    return lambda text: _depth(text) > depth + 1 or time.perf_counter() > end


def _depth(text: str) -> int:
    """Return the lowest dot of the curve, counted down from the top, without its first column.

    In the first column stands the line that the first two points make, from top to bottom.
    """
    curve = [[max(0, ord(char) - 0x2800) & 0xFF for char in row] for row in curve_rows(text)]
    first = min((x for row in curve for x, dots in enumerate(row) if dots), default=0)
    found = 0
    for y, row in enumerate(curve):
        for dots in row[first + 1 :]:
            lowest = next((line for line in (3, 2, 1, 0) if dots & DOTS[line]), None)
            if lowest is not None:
                found = max(found, 4 * y + lowest)
    return found


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    show(TITLE, measure())
