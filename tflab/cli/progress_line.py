"""How far a run is, as one line of a terminal that is drawn over."""

from __future__ import annotations

import time
from collections.abc import Callable

from tflab.cli.output import stdout
from tflab.runs.state import RunState
from tflab.session.progress import status_parts

_REDRAW_SECONDS = 0.1


class ProgressLine:
    """The last line of a terminal, drawn over as the run goes on.

    Args:
        columns: Width of the terminal; the line stays below it, so that it never wraps.
        bar: The two marks of the bar: done, and still to do.
        draw_over: Takes a line in place of the one before; stdout by default.
        clock: Monotonic seconds; injected by tests.
    """

    def __init__(
        self,
        columns: int,
        bar: str = "#.",
        draw_over: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._columns = columns
        self._bar = bar
        self._draw_over = draw_over or stdout().draw_over
        self._clock = clock
        self._next = -1.0
        self._shown = ""

    def update(self, state: RunState, words: str = "") -> None:
        """Draw where the run stands, or `words`; at most ten times a second."""
        if self._clock() < self._next:
            return
        self._next = self._clock() + _REDRAW_SECONDS
        line = (words or ", ".join(status_parts(state)))[: self._columns - 1]
        latest = state.progress
        room = min(30, self._columns - len(line) - 3)
        if latest is not None and latest.total and room >= 5 and not words:
            done = round(room * min(1.0, latest.done / latest.total))
            line = f"{self._bar[0] * done}{self._bar[1] * (room - done)}  {line}"
        if line != self._shown:
            self._draw_over(line)
            self._shown = line

    def clear(self) -> None:
        """Take the line away, so that other text may follow."""
        if self._shown:
            self._draw_over("")
            self._shown = ""
            self._next = -1.0
