"""Ends that nobody could write, clocks that are set back, and runs on other machines."""

from __future__ import annotations

import os
import time

import pytest

from tests.reliability.test_log_under_fire import new_run
from tflab.cli import main
from tflab.runs.events import Ended, Started
from tflab.runs.log_reader import last_event
from tflab.runs.log_writer import EVENTS, append
from tflab.runs.lost import lost
from tflab.runs.record import Problem
from tflab.runs.reserve import RESERVE
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.session.discovery import look_at
from tflab.targets.live_run import LiveRun


def test_a_clock_that_is_set_back_makes_no_negative_time() -> None:
    state = RunState()
    state.apply(Started(time=5000.0, pid=1))
    state.apply(Ended(state="finished", time=1400.0, seconds=12.5))
    assert state.seconds == 12.5
    state.ended = Ended(state="lost", time=1400.0, writer="server")
    assert state.seconds == 0.0


def test_a_real_run_times_itself_by_a_clock_that_nobody_sets(bench) -> None:  # type: ignore[no-untyped-def]
    run = bench.run("import time\ntime.time = lambda: 0.0")
    ended = run.state.ended
    assert 0 < ended.seconds < 60
    assert run.state.seconds == ended.seconds


def test_a_lost_run_ends_at_its_last_word_and_says_what_is_known() -> None:
    folder = new_run(RunStore())
    append(folder, Started(time=1.0, pid=2**22 + 7))
    long_ago = 86_400.0
    os.utime(folder / EVENTS, (long_ago, long_ago))
    ended = lost(folder)
    assert (ended.state, ended.time) == ("lost", long_ago)
    assert "restarted" in ended.cause
    os.utime(folder / EVENTS, None)
    assert "no fork server was there" in lost(folder).cause
    (folder / "stop").touch()
    assert lost(folder).state == "cancelled"


def test_a_follower_writes_the_lost_end_once() -> None:
    store = RunStore()
    folder = new_run(store)
    append(folder, Started(time=time.time(), pid=2**22 + 7))
    now = [0.0]
    live = [LiveRun(store.record(folder.name), folder, lambda: now[0]) for _ in range(2)]
    for _ in range(6):
        now[0] += 3
        for one in live:
            one.poll()
    assert {one.state.status for one in live} == {"lost"}
    assert isinstance(last_event(folder), Ended)
    assert (folder / EVENTS).read_bytes().count(b'"ended"') == 1
    assert not (folder / RESERVE).exists()


def test_a_run_on_another_machine_is_neither_lost_nor_signalled() -> None:
    store = RunStore()
    folder = new_run(store)
    append(folder, Started(time=time.time(), pid=os.getpid(), host="another"))
    found = look_at(store, folder.name)
    assert found is not None
    assert (found.going, found.host) == (True, "another")
    live = LiveRun(store.record(folder.name), folder)
    live.poll()
    with pytest.raises(Problem, match="another machine"):
        live.stop()
    assert store.load(folder.name).status == "running"
    assert main(["stop", folder.name]) == 2
