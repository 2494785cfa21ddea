"""Stopping a sweep from another process than the one that begins its runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep

_PATIENCE = 60.0
_PAUSE = 0.05


def stop_sweep(
    sweep: str,
    store: RunStore | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Sweep:
    """Stop a sweep, and return it once it is over.

    The process that begins its runs is asked by a mark beside the sweep's file, which reaches it on
    another machine too. Where there is none any more, the runs that still go on are stopped.

    Args:
        sweep: Its id.
        store: Where runs are kept.
        clock: Monotonic seconds; injected by tests.
        sleep: Waits some seconds; injected by tests.

    Raises:
        Problem: When there is no such sweep, it is over, or it does not end within a minute.
    """
    sweeps = SweepStore()
    found = Sweep(sweeps.load(sweep), store=store, sweeps=sweeps)
    found.catch_up()
    if found.over:
        cause = f"All runs of {sweep} have ended."
        raise Problem("The sweep is over", cause, f"See it with `tflab sweeps {sweep}`.")
    deadline = clock() + _PATIENCE
    for over in _stopping(found, sweeps):
        if over:
            break
        if clock() >= deadline:
            raise _unheard(found)
        sleep(_PAUSE)
    return found


def _stopping(sweep: Sweep, sweeps: SweepStore) -> Iterator[bool]:
    """Yield whether the sweep is over, looking at it each time."""
    asked = sweep.driven
    if asked:
        sweeps.ask_stop(sweep.id)
    else:
        sweep.stop_all()
    while True:
        sweep.poll()
        yield sweep.over
        if asked and not sweep.driven:
            # Whoever began its runs has left; those that it let go of are stopped from here.
            asked = False
            sweeps.take_stop(sweep.id)
            sweep.stop_all()


def _unheard(sweep: Sweep) -> Problem:
    driver = sweep.driver
    if driver is None:
        cause, next_step = "Runs of it still go on.", "Stop each with `tflab stop RUN`."
    else:
        cause = f"Process {driver.pid} on {driver.host} begins its runs and does not answer."
        next_step = f"Look at it there; `kill {driver.pid}` ends it, and its runs go on."
    return Problem("The sweep does not stop", cause, next_step)
