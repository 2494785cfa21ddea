"""How far a run is, in words and as one line that is drawn over."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from tflab.runs.state import RunState
from tflab.runs.text import plain_line

_REDRAW_SECONDS = 0.1
_ERASE = "\r\x1b[K"


def progress_parts(state: RunState, now: float | None = None) -> list[str]:
    """Return count, rate, time left and the newest loss, as far as they are known.

    Args:
        state: The run.
        now: Seconds since the epoch, for the time left; by default the present.
    """
    if state.ended is None and state.started is None:
        return ["starting"]
    parts = _counted(state, time.time() if now is None else now)
    loss = next((s for tag, s in state.series.items() if tag.rpartition("/")[2] == "loss"), None)
    loss = loss or next(iter(state.series.values()), None)
    if loss is not None and len(loss):
        parts.append(f"{plain_line(loss.tag)} {loss.values[-1]:.4g}")
    return parts or ["running"]


def _counted(state: RunState, now: float) -> list[str]:
    begin, latest = state.progress_began, state.progress
    if begin is None or latest is None:
        return []
    total = "" if latest.total is None else f" of {latest.total}"
    parts = [f"{latest.done}{total}"]
    if latest.time > begin.time and latest.done > begin.done:
        rate = (latest.done - begin.done) / (latest.time - begin.time)
        parts.append(f"{rate:.0f}/s" if rate >= 10 else f"{rate:.2g}/s")
        if latest.total is not None:
            left = max(0.0, (latest.total - latest.done) / rate - max(0.0, now - latest.time))
            parts.append(f"{int(left + 0.5) // 60}:{int(left + 0.5) % 60:02} left")
    return parts


class ProgressLine:
    """The last line of a terminal, drawn over as the run goes on.

    Args:
        columns: Width of the terminal; the line stays below it, so that it never wraps.
        bar: The two marks of the bar: done, and still to do.
        write: Takes text; stdout by default.
        clock: Monotonic seconds; injected by tests.
    """

    def __init__(
        self,
        columns: int,
        bar: str = "#.",
        write: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._columns = columns
        self._bar = bar
        self._write = write or _to_stdout
        self._clock = clock
        self._next = -1.0
        self._shown = ""

    def update(self, state: RunState, words: str = "") -> None:
        """Draw where the run stands, or `words`; at most ten times a second."""
        if self._clock() < self._next:
            return
        self._next = self._clock() + _REDRAW_SECONDS
        line = (words or ", ".join(progress_parts(state)))[: self._columns - 1]
        latest = state.progress
        room = min(30, self._columns - len(line) - 3)
        if latest is not None and latest.total and room >= 5 and not words:
            done = round(room * min(1.0, latest.done / latest.total))
            line = f"{self._bar[0] * done}{self._bar[1] * (room - done)}  {line}"
        if line != self._shown:
            self._write(f"{_ERASE}{line}")
            self._shown = line

    def clear(self) -> None:
        """Take the line away, so that other text may follow."""
        if self._shown:
            self._write(_ERASE)
            self._shown = ""
            self._next = -1.0


def _to_stdout(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
