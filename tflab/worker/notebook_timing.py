"""`%time`, `%timeit` and the like: measuring code.

What `%timeit` measures binds no name of the notebook's.
"""

from __future__ import annotations

import ast
import math
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import mean, pstdev
from typing import Any

if sys.platform != "win32":
    import resource

_LEAST_SECONDS = 0.2
_OPTION = re.compile(r"-([nrp])(\d*)|-([tcqov])")
_TIMED = """\
def timed(_loops, _now):
    _began = _now()
    for _ in _loops:
        pass
    return _now() - _began
"""


Clock = tuple[float, float, float]
"""Seconds of wall time, and what the process has computed, by itself and in the system."""

_MINUTE = 60
_UNITS = ("s", "ms", "µs", "ns")


def clock() -> Clock:
    """Return what the clocks say now."""
    if sys.platform == "win32":
        now = os.times()
        return time.perf_counter(), now.user, now.system
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), used.ru_utime, used.ru_stime


def tell_time(began: Clock) -> None:
    """Print how long something took since then, as IPython does."""
    wall, user, system = (now - then for now, then in zip(clock(), began, strict=True))
    total = _time_text(user + system)
    sys.stdout.write(
        f"CPU times: user {_time_text(user)}, sys: {_time_text(system)}, total: {total}\n"
        f"Wall time: {_time_text(wall)}\n"
    )


def _time_text(seconds: float) -> str:
    if seconds >= _MINUTE:
        minutes, rest = divmod(int(seconds), _MINUTE)
        hours, minutes = divmod(minutes, _MINUTE)
        parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
        return " ".join(f"{number}{unit}" for number, unit in parts if number)
    size = min(-math.floor(math.log10(seconds) // 3), 3) if seconds > 0 else 0
    return f"{seconds * 1000 ** max(size, 0):.3g} {_UNITS[max(size, 0)]}"


@dataclass(frozen=True)
class Timing:
    """What was measured; `timings` are seconds a loop, one for each repeat."""

    loops: int
    timings: list[float]

    @property
    def average(self) -> float:
        """Their mean."""
        return mean(self.timings)

    @property
    def best(self) -> float:
        """The shortest."""
        return min(self.timings)

    @property
    def worst(self) -> float:
        """The longest."""
        return max(self.timings)

    @property
    def stdev(self) -> float:
        """How they scatter."""
        return pstdev(self.timings)

    def __str__(self) -> str:
        repeats = f", {len(self.timings)} times" if len(self.timings) > 1 else ""
        return f"{self.average:.3g} s per loop (mean of {self.loops:,} loops{repeats})"


def measure(
    line: str, body: str | None, names: dict[str, Any], place: tuple[str, int]
) -> Timing | None:
    """Measure some code, print what was measured, and return it where `-o` asks for it.

    Args:
        line: Options, and behind them the code, or what comes before it where there is a body.
        body: The code of a whole cell.
        names: The global names to execute it with; none of its own are put there.
        place: The file and the line that it stands on, for errors and for AutoGraph.
    """
    loops, repeats, wanted, code = _options(line)
    timed = _compiled("" if body is None else code, code if body is None else body, names, place)
    if not loops:
        loops = _enough(timed)
    found = Timing(loops, [_run(timed, loops) / loops for _ in range(repeats)])
    sys.stdout.write(f"{found}\n")
    return found if wanted else None


def _options(line: str) -> tuple[int, int, bool, str]:
    words, numbers, wanted = line.split(" "), {"n": 0, "r": 1, "p": 3}, False
    while words and (match := _OPTION.fullmatch(words[0])) is not None:
        words.pop(0)
        if match[1]:
            number = match[2] or (words.pop(0) if words else "")
            numbers[match[1]] = int(number) if number.isdecimal() else 0
        wanted = wanted or match[3] == "o"
    return numbers["n"], max(1, numbers["r"]), wanted, " ".join(words)


def _compiled(
    setup: str, code: str, names: dict[str, Any], place: tuple[str, int]
) -> Callable[..., float]:
    path, line = place
    tree = ast.parse(_TIMED)
    (function,) = tree.body
    assert isinstance(function, ast.FunctionDef)
    body = ast.parse(code, path)
    ast.increment_lineno(body, line - (0 if setup or "\n" in code else 1))
    before = ast.parse(setup, path).body
    loop = function.body[1]
    assert isinstance(loop, ast.For)
    loop.body = body.body or [ast.Pass()]
    function.body[0:0] = before
    made: dict[str, Any] = {}
    exec(compile(ast.fix_missing_locations(tree), path, "exec"), names, made)
    timed: Callable[..., float] = made["timed"]
    return timed


def _run(timed: Callable[..., float], loops: int) -> float:
    return timed(range(loops), time.perf_counter)


def _enough(timed: Callable[..., float]) -> int:
    """Return how many loops take long enough to be measured."""
    loops = 1
    while True:
        for step in (1, 2, 5):
            if _run(timed, loops * step) >= _LEAST_SECONDS:
                return loops * step
        loops *= 10
