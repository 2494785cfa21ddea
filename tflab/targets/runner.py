"""Running a lesson to its end without a screen: for the command line and for sweeps."""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from pathlib import Path

from tflab import __version__
from tflab.runs.events import Ended
from tflab.runs.record import Problem, RunRecord, RunRequest
from tflab.runs.store import RunStore
from tflab.targets.host import Host
from tflab.targets.live_run import LiveRun
from tflab.targets.stop import end_group

_PAUSE = 0.03
_JOB_SECONDS = 60.0


def begin(server: Host, store: RunStore, request: RunRequest) -> LiveRun:
    """Keep a new run and hand it to the fork server, which may still be importing TensorFlow.

    Raises:
        Problem: When the run cannot be kept or the server cannot be reached.
    """
    record = store.create(request, versions())
    return hand_over(server, record, store.folder(record.id))


def hand_over(server: Host, record: RunRecord, folder: Path) -> LiveRun:
    """Hand a run that is kept in a folder to the fork server.

    Raises:
        Problem: When the server cannot be reached.
    """
    server.start_run(folder)
    return LiveRun(record, folder, server=server)


def follow(
    server: Host,
    run: LiveRun,
    on_change: Callable[[LiveRun], None] | None = None,
    stops: Callable[[], int] = lambda: 0,
    leaving: Callable[[], bool] = lambda: False,
    meanwhile: Callable[[LiveRun], None] = lambda _: None,
) -> None:
    """Follow a run until it is over and its whole log was read, or until it is let go.

    When `on_change` raises, the run is stopped and seen to its end before the error goes on.

    Args:
        server: The server that was asked to run it.
        run: What `begin` returned.
        on_change: Called each time something was added to the run's state.
        stops: How often a stop was asked for up to now. The first begins the stop ladder, the
            second kills the run at once.
        leaving: Whether to let go of the run, which goes on by itself.
        meanwhile: Called again and again, also while nothing is added.
    """
    handled = 0
    try:
        while not run.over:
            server.poll()
            if leaving():
                return
            asked = min(stops(), 2)
            while handled < asked:
                handled += 1
                stop_live(server, run, kill=handled == 2)
            if run.advance():
                if on_change is not None:
                    on_change(run)
            elif not run.over:
                _wait(server)
            meanwhile(run)
    except BaseException:
        _abandon(server, run)
        raise


def versions() -> dict[str, str]:
    """Return what the workbench knows of the versions of a run; the run tells the others itself."""
    return {"tflab": __version__}


def stop_live(server: Host, run: LiveRun, kill: bool) -> None:
    """Carry a stop on, or kill at once. While TensorFlow loads, the server itself is ended."""
    started = run.state.started
    if run.state.ended is not None:
        return
    if started is None:
        # It may have forked the run since it was last heard; the run then outlives its import.
        server.poll()
    if started is None and server.phase == "importing":
        # Nothing of the lesson runs yet, so there is nothing to interrupt but the import.
        end_group(server.pid)
        run.end(Ended(state="cancelled", time=time.time(), writer="server"))
        return
    run.stop()
    if kill:
        run.kill()


def stop_job(record: RunRecord, folder: Path) -> None:
    """Stop a run that a queue has, wherever it is, and wait until its log says so.

    Raises:
        Problem: When it has ended already, or neither it nor its queue answers within a minute.
    """
    live = LiveRun(record, folder)
    while live.advance():
        pass
    if live.over:
        raise Problem("The run has ended already", f"{folder.name} is over.", "See `tflab runs`.")
    live.stop()
    patience = time.monotonic() + _JOB_SECONDS
    while not live.over:
        if not live.advance():
            time.sleep(_PAUSE)
        if time.monotonic() >= patience:
            raise Problem(
                "The run does not stop",
                f"Its target was asked to stop it {_JOB_SECONDS:g} s ago. {live.state.queued}",
                "It stops as soon as its machine sees the mark; `tflab attach` follows it.",
            )


def _abandon(server: Host, run: LiveRun) -> None:
    stop_live(server, run, kill=False)
    while not run.over:
        server.poll()
        if not run.advance():
            _wait(server)


def _wait(server: Host) -> None:
    """Wait for the server to speak, or for the log to have grown."""
    if server.phase in ("importing", "ready") and server.fileno() >= 0:
        select.select([server.fileno()], [], [], _PAUSE)
    else:
        time.sleep(_PAUSE)
