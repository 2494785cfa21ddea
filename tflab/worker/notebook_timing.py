"""`%timeit` and `%%timeit`: measuring code, which binds no name of the notebook's."""

from __future__ import annotations

import ast
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import mean, pstdev
from typing import Any

_LEAST_SECONDS = 0.2
_OPTION = re.compile(r"-([nrp])(\d*)|-([tcqov])")
_TIMED = """\
def timed(_loops, _now):
    _began = _now()
    for _ in _loops:
        pass
    return _now() - _began
"""


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
