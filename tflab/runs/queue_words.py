"""How Slurm ended a job, as the end of a run: the same words on the node and at the workbench."""

from __future__ import annotations

import time
from typing import NamedTuple

from tflab.runs.events import Ended
from tflab.runs.events.life import EndState

QUEUE_LOG = "TFLAB_QUEUE_LOG"
"""The environment variable that names the file in which the queue says why it ends this job."""


class _Words(NamedTuple):
    state: EndState
    cause: str
    next_step: str = "Run it again."


_AGAIN = "Go on from what it saved (`tflab resume`, or g on the run), or run it again."

_ENDS = {
    "TIMEOUT": _Words(
        "failed",
        "Slurm ended it at its time limit.",
        "Give the target more `time` in targets.toml, then go on with `tflab resume`.",
    ),
    "DEADLINE": _Words("failed", "Slurm ended it: its deadline had come.", _AGAIN),
    "PREEMPTED": _Words(
        "lost", "Slurm took its place for a job that goes first (pre-emption).", _AGAIN
    ),
    "REQUEUED": _Words(
        "lost",
        "Its job was put back into the queue; it is not begun again behind your back.",
        _AGAIN,
    ),
    "NODE_FAIL": _Words("lost", "The node that it ran on failed.", _AGAIN),
    "BOOT_FAIL": _Words("lost", "The node that it was to run on did not start.", _AGAIN),
    "OUT_OF_MEMORY": _Words(
        "failed",
        "Slurm ended it: it needed more memory than its job has.",
        "Give the target more `memory` in targets.toml, or make the data or the model smaller.",
    ),
    "CANCELLED": _Words("cancelled", "Its job was cancelled in the queue (scancel).", ""),
    "REVOKED": _Words("lost", "Another cluster has taken its job.", _AGAIN),
}
_BY_SIGNAL = _Words(
    "lost",
    "The queue ended it and does not say why: it may have taken the machine for another job.",
    _AGAIN,
)


def known_end(state: str) -> Ended | None:
    """Return the end of a run that its queue has ended for a reason of its own, or None."""
    return ended_in_queue(state) if _key(state) in _ENDS else None


def ended_in_queue(state: str, when: float | None = None) -> Ended:
    """Return the end of a run that its queue has ended.

    Args:
        state: What Slurm calls it, such as `TIMEOUT`; anything else is the end of which no more is
            known.
        when: In seconds since the epoch; by default, now.
    """
    words = _ENDS.get(_key(state), _BY_SIGNAL)
    return Ended(
        state=words.state,
        time=time.time() if when is None else when,
        cause=words.cause,
        next_step=words.next_step,
        writer="server",
    )


def _key(state: str) -> str:
    return state.partition(" ")[0].rstrip("+").upper()
