"""A run log that stays within a limit, so that no lesson can fill the disk with points."""

from __future__ import annotations

from collections.abc import Sequence

from tflab.runs.events import (
    CellEnded,
    CellStarted,
    Continued,
    Ended,
    Error,
    Event,
    Goal,
    InputAsked,
    InputTaken,
    Notice,
    Prediction,
    Started,
)
from tflab.runs.log_writer import LogWriter

EVENTS_LIMIT = 512 << 20
"""Bytes of a run log up to which everything is kept: about fifteen million points."""

_ROOM = 8 << 20
_ASKING = (InputAsked, InputTaken)
_LIFE = (Started, Continued, CellStarted, CellEnded, Error, Ended)
_OUTLINE = (*_LIFE, Goal, Prediction, Notice, *_ASKING)
_ENDING = (Error, Ended)


class BoundedLog(LogWriter):
    """Writes like any log, up to `EVENTS_LIMIT`. What is too much is said in a notice.

    Past the limit cells, goals and outcomes are still kept in a little more room, and how the run
    ended always is.
    """

    _was_cut = False

    def _append(self, events: Sequence[Event], fd: int, size: int) -> None:
        """Append `events`, or as many of their kinds as there is room for."""
        excess = size - EVENTS_LIMIT
        if excess >= 0:
            kinds = _OUTLINE if excess < _ROOM else _ENDING
            kept = [event for event in events if isinstance(event, kinds)]
            if len(kept) < len(events) and not self._was_cut:
                self._was_cut = True
                kept.insert(0, _notice())
            events = kept
        super()._append(events, fd, size)


def _notice() -> Notice:
    limit = EVENTS_LIMIT >> 20
    return Notice(
        text=f"The run log has reached {limit} MiB; points, results and figures from here on are "
        "not kept."
    )
