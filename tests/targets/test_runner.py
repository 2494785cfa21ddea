"""Following a run to its end: servers that fail, callers that fail, stops that come too early."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tflab import __version__
from tflab.runs.events import Ended, Environment, Started
from tflab.runs.log_writer import append
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import read_summary
from tflab.targets.live_run import LiveRun
from tflab.targets.runner import begin, follow, stop_live
from tflab.targets.stop_signals import StopSignals

REQUEST = RunRequest(lesson="x", title="X", path="x.py", source="", parameters={})


class SimulatedServer:
    """A fork server that only has a phase, and does what a test says at each `poll`."""

    def __init__(self, phase: str = "ready", problem: Problem | None = None) -> None:
        self.phase = phase
        self.problem = problem
        self.pid: int | None = None
        self.started: list[Path] = []
        self._ends = os.pipe()

    def start_run(self, folder: Path) -> None:
        self.started.append(folder)

    def poll(self) -> list[Any]:
        return []

    def fileno(self) -> int:
        return self._ends[0]


def start(server: SimulatedServer) -> LiveRun:
    return begin(server, RunStore(), REQUEST)  # type: ignore[arg-type]


def test_run_that_ends_leaves_a_summary() -> None:
    server = SimulatedServer()
    run = start(server)
    assert server.started == [run.folder]
    append(run.folder, Started(time=1.0, pid=os.getpid()))
    told = Environment(interpreter="/env/python", python="3.10.1", packages={"tensorflow": "2.16"})
    append(run.folder, told)
    append(run.folder, Ended(state="finished", time=2.0))
    seen: list[str] = []
    follow(server, run, lambda live: seen.append(live.state.status))  # type: ignore[arg-type]
    assert seen[-1] == "finished"
    summary = read_summary(run.folder)
    assert summary is not None
    assert summary.status == "finished"
    assert "tensorflow" not in run.record.versions, "only the run can tell"
    assert summary.versions == {
        "tflab": __version__,
        "python": "3.10.1",
        "tensorflow": "2.16",
    }


@pytest.mark.parametrize("phase", ["broken", "gone"])
def test_server_that_fails_ends_the_run_with_its_reason(phase: str) -> None:
    problem = Problem("TensorFlow cannot be imported", "No module.", "Install it.")
    server = SimulatedServer(phase, problem)
    run = start(server)
    follow(server, run)  # type: ignore[arg-type]
    kept = RunStore().load(run.record.id)
    assert kept.ended is not None
    assert kept.ended.cause == "TensorFlow cannot be imported. No module."
    assert kept.ended.next_step == "Install it."
    assert kept.status == "failed"


def test_stop_before_the_run_began_ends_the_import() -> None:
    importing = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True
    )
    server = SimulatedServer("importing")
    server.pid = importing.pid
    run = start(server)
    follow(server, run, stops=lambda: 1)  # type: ignore[arg-type]
    assert importing.wait(timeout=30) == -signal.SIGTERM
    assert RunStore().load(run.record.id).status == "cancelled"


def test_a_server_that_has_just_begun_the_run_is_not_ended_for_a_stop() -> None:
    """The run would go on, in a session of its own, while everybody calls it cancelled."""
    server = SimulatedServer("importing")
    bystander = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    )
    server.pid = bystander.pid

    def ready() -> list[Any]:
        server.phase = "ready"
        return []

    server.poll = ready  # type: ignore[method-assign]
    run = start(server)
    stop_live(server, run, kill=False)  # type: ignore[arg-type]
    assert run.stopping
    bystander.communicate(b"\n", timeout=30)
    assert bystander.returncode == 0


def test_stop_before_the_run_began_needs_no_room_on_the_disk() -> None:
    server = SimulatedServer("importing")
    run = start(server)
    shutil.rmtree(run.folder)
    stop_live(server, run, kill=False)  # type: ignore[arg-type]
    assert run.state.status == "cancelled"


def test_caller_that_fails_does_not_leave_the_run_behind() -> None:
    server = SimulatedServer()
    run = start(server)
    child = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True
    )
    append(run.folder, Started(time=1.0, pid=child.pid))

    def reap() -> list[Any]:
        if child.poll() is not None and run.state.ended is None:
            append(run.folder, Ended(state="cancelled", time=2.0, writer="server"))
        return []

    server.poll = reap  # type: ignore[method-assign]

    def fail(live: LiveRun) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        follow(server, run, fail)  # type: ignore[arg-type]
    assert child.wait(timeout=30) != 0
    assert run.state.status == "cancelled"


def test_signals_are_counted_and_given_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with StopSignals() as stops:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        assert (stops.count, stops.first) == (2, signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGHUP)
        assert (stops.count, stops.hung_up, stops.left) == (2, True, False), "the stop goes on"
    assert signal.getsignal(signal.SIGTERM) is before


def test_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with StopSignals() as stops:
            os.kill(os.getpid(), signal.SIGHUP)
            assert (stops.count, stops.hung_up) == (0, False)
    finally:
        signal.signal(signal.SIGHUP, before)
