"""The stop ladder on small children that ignore signals, and on numbers that were reused."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from tflab.runs.events import Ended, Started
from tflab.runs.log_reader import last_event
from tflab.runs.log_writer import STOP, append
from tflab.runs.lost import lost
from tflab.runs.processes import start_of
from tflab.runs.record import Problem
from tflab.targets.stop import StopLadder, mark_stop, stop_run

STUBBORN = """
import signal, sys, time
for name in sys.argv[1:]:
    signal.signal(getattr(signal, name), signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
"""


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def child():
    """Return a function that starts a child that ignores these signals and leads its group."""
    started = []

    def start(*ignored, code=STUBBORN):
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", code, *ignored],
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        started.append(process)
        process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def climb(ladder, clock, process):
    """Let each rung's two seconds pass, then wait for the child to go."""
    ladder.begin()
    while len(ladder.stages) < 3 and process.poll() is None:
        stage = ladder.stages[-1]
        assert ladder.tick() == stage
        clock.now += 1.9
        try:
            process.wait(0.3)
        except subprocess.TimeoutExpired:
            assert ladder.tick() == stage
        clock.now += 0.2
        ladder.tick()
    process.wait(5)
    assert ladder.tick() == "done"


@pytest.mark.parametrize(
    ("ignored", "stages"),
    [
        ((), ["interrupting", "done"]),
        (("SIGINT",), ["interrupting", "terminating", "done"]),
        (("SIGINT", "SIGTERM"), ["interrupting", "terminating", "killing", "done"]),
    ],
)
def test_each_rung_has_two_seconds(child, ignored, stages):
    process, clock = child(*ignored), Clock()
    ladder = StopLadder(process.pid, clock=clock)
    climb(ladder, clock, process)
    assert ladder.stages == stages
    assert ladder.tick() == "done"


def test_beginning_twice_signals_once(child):
    process, clock = child("SIGINT"), Clock()
    ladder = StopLadder(process.pid, clock=clock)
    ladder.begin()
    clock.now += 10
    ladder.begin()
    assert ladder.stages == ["interrupting"]


def test_a_group_whose_leader_is_gone_is_ended_too():
    code = "import os, time\npid = os.fork()\nif pid: print(pid, flush=True)\nelse: time.sleep(600)"
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, start_new_session=True
    )
    orphan = int(process.stdout.readline())
    process.stdout.close()
    process.wait()
    clock = Clock()
    ladder = StopLadder(process.pid, clock=clock)
    ladder.begin()
    until = time.monotonic() + 10
    while ladder.tick() != "done":
        assert time.monotonic() < until
        clock.now += 0.1
    assert not psutil.pid_exists(orphan) or psutil.Process(orphan).status() == "zombie"


def test_a_process_that_got_the_number_later_is_never_signalled(child):
    process = child()
    ladder = StopLadder(process.pid, process_start=start_of(process.pid) - 60)
    ladder.begin()
    assert ladder.tick() == "done"
    assert process.poll() is None


def test_a_group_that_got_the_number_later_is_never_signalled():
    """Its leader is gone as well, as that of a shell's pipeline may be."""
    code = "import os, time\npid = os.fork()\nif pid: print(pid, flush=True)\nelse: time.sleep(600)"
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, process_group=0
    )
    stranger = psutil.Process(int(process.stdout.readline()))
    process.stdout.close()
    process.wait()
    try:
        ladder = StopLadder(process.pid, process_start=1.0)
        ladder.begin()
        assert ladder.stages == ["done"]
        assert stranger.status() != psutil.STATUS_ZOMBIE
    finally:
        stranger.kill()


def test_a_process_that_is_gone_is_done_at_once():
    process = subprocess.Popen([sys.executable, "-S", "-c", ""], start_new_session=True)
    process.wait()
    ladder = StopLadder(process.pid)
    ladder.begin()
    assert ladder.stages == ["done"]


def test_stop_run_ends_a_run_whose_server_is_gone(child, tmp_path, monkeypatch):
    monkeypatch.setattr("tflab.targets.stop._WORD_SECONDS", 0.2)
    process = child()
    start = start_of(process.pid)
    append(tmp_path, Started(time=0.0, pid=process.pid, process_start=start))
    stop_run(tmp_path)
    assert process.wait(1) in (1, -2)
    ended = last_event(tmp_path)
    assert (ended.state, ended.writer) == ("cancelled", "server")
    assert (tmp_path / STOP).exists()


def test_a_run_that_is_gone_after_a_search_stopped_it_is_pruned(tmp_path):
    append(tmp_path, Started(time=0.0, pid=1))
    mark_stop(tmp_path, "Stopped early.")
    assert (lost(tmp_path).state, lost(tmp_path).cause) == ("pruned", "Stopped early.")


def test_stop_run_of_a_run_that_is_over_says_so(tmp_path):
    append(tmp_path, Started(time=0.0, pid=os.getpid()))
    append(tmp_path, Ended(state="finished", time=1.0))
    with pytest.raises(Problem, match="ended already"):
        stop_run(tmp_path)


def test_stop_run_of_a_run_that_never_began_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("tflab.targets.stop._WORD_SECONDS", 0.1)
    with pytest.raises(Problem, match="has not begun"):
        stop_run(tmp_path)
