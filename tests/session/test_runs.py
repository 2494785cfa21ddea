"""The runs of a session without a screen: started, superseded, stopped, followed, given up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.session.hearing import Clock, Heard, until
from tflab.runs import events as ev
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.log_writer import append
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import read_summary
from tflab.session.events import ProblemRaised, RunAdvanced, RunEnded, RunOpened
from tflab.session.runs import Runs
from tflab.targets.live_run import LiveRun


def request(**changes: Any) -> RunRequest:
    fields: dict[str, Any] = {"lesson": "x", "title": "X", "path": "/x.py", "source": ""}
    return RunRequest(**{**fields, "parameters": {"rate": 0.1}, **changes})


class Server:
    """A fork server that takes every run and starts none."""

    phase = "ready"
    problem: Problem | None = None

    def __init__(self) -> None:
        self.asked: list[Path] = []

    def ready(self, python: str) -> Any:
        assert python == ""
        if self.problem is not None and self.phase == "off":
            raise self.problem
        return self

    def start_run(self, folder: Path) -> None:
        self.asked.append(folder)


class Bench:
    def __init__(self) -> None:
        self.heard, self.disk, self.clock = Heard(), DiskQueue(), Clock()
        self.server = Server()
        server: Any = self.server
        self.runs = Runs(RunStore(), server, self.disk, self.heard, self.clock)

    def turn(self) -> None:
        self.clock.now += 1
        self.disk.deliver()
        self.runs.advance()

    def settle(self) -> None:
        assert self.disk.finish(30)
        self.disk.deliver()

    def start(self, **changes: Any) -> LiveRun:
        count = len(self.heard.of(RunOpened))
        self.runs.start(request(**changes))
        self.settle()
        (opened,) = self.heard.of(RunOpened)[count:]
        return opened.run

    def end(self, run: LiveRun, state: Any = "finished", **changes: Any) -> None:
        append(run.folder, ev.Ended(state=state, time=2.0, **changes))
        until(lambda: run.over, self.turn)


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that leads a group of its own, as a run does."""
    code = "import time; print(flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_run_is_opened_followed_and_ended_once(bench: Bench) -> None:
    run = bench.start()
    assert bench.server.asked == [run.folder]
    assert bench.runs.own_running
    append(run.folder, ev.Started(time=1.0, pid=os.getpid()))
    append(run.folder, ev.Scalars(tag="loss", steps=[0, 1], values=[1.0, 0.5]))
    until(lambda: "loss" in run.state.series, bench.turn)
    assert bench.heard.of(RunAdvanced)
    bench.end(run)
    bench.turn()
    (ended,) = bench.heard.of(RunEnded)
    assert (ended.run, ended.own) == (run, True)
    assert not bench.runs.running
    bench.settle()
    assert read_summary(run.folder) is not None


def test_how_a_run_failed_is_told(bench: Bench) -> None:
    run = bench.start()
    append(run.folder, ev.Notice(text="The log was cut."))
    append(run.folder, ev.Error(title="ValueError", cause="no", next_step="", cell=1, line=7))
    bench.end(run, "failed")
    assert bench.heard.notices == ["The log was cut.", "ValueError, line 7"]
    lost = bench.start()
    bench.end(lost, "lost", cause="It died.", next_step="Run again.")
    assert bench.heard.of(ProblemRaised)[-1].problem.cause == "It died."


def test_a_run_that_is_opened_again_tells_nothing_as_if_it_was_ours(bench: Bench) -> None:
    store = RunStore()
    record = store.create(request())
    folder = store.folder(record.id)
    append(folder, ev.Started(time=1.0, pid=1))
    append(folder, ev.Ended(state="failed", time=2.0, cause="Long ago."))
    bench.runs.open(record.id)
    until(lambda: bench.heard.of(RunEnded), bench.turn)
    assert not bench.heard.of(RunEnded)[0].own
    assert not bench.heard.of(ProblemRaised)
    bench.runs.open("20200101-000000-000000")
    bench.settle()
    assert bench.heard.of(ProblemRaised)[0].problem.title == "No such run"


def test_a_new_run_supersedes_the_last(bench: Bench, sleeper: subprocess.Popen[bytes]) -> None:
    first = bench.start()
    append(first.folder, ev.Started(time=1.0, pid=sleeper.pid))
    until(lambda: first.state.started, bench.turn)
    second = bench.start()
    assert bench.runs.current is second
    assert first.stopping
    assert sleeper.wait(30) == -signal.SIGINT
    append(first.folder, ev.Ended(state="cancelled", time=2.0))
    until(lambda: first.over, bench.turn)
    assert not bench.heard.of(RunEnded), "nobody looks at it any more"
    bench.end(second)
    assert [event.run for event in bench.heard.of(RunEnded)] == [second]


def test_of_two_asked_for_at_once_only_the_later_runs(bench: Bench) -> None:
    hung = threading.Event()
    bench.disk.do(hung.wait)
    for seed in (1, 2):
        bench.runs.start(request(seed=seed))
    assert bench.runs.own_running, "it is about to begin"
    hung.set()
    bench.settle()
    (opened,) = bench.heard.of(RunOpened)
    assert opened.run.record.request.seed == 2
    bench.settle()
    assert list(RunStore().ids()) == [opened.run.record.id], "the other left nothing behind"


def test_a_disk_that_hangs_gives_the_run_up_and_it_leaves_nothing(bench: Bench) -> None:
    hung, over = threading.Event(), []
    bench.disk.do(hung.wait)
    bench.runs.start(request())
    bench.runs.stop_and_then(lambda: over.append(True))
    bench.turn()
    assert not bench.heard.events
    bench.turn()
    assert bench.heard.of(ProblemRaised)[0].problem.title == "The disk does not answer"
    assert over == [True], "what waited for its end waits no longer"
    assert not bench.runs.running
    hung.set()
    for _ in range(2):
        bench.settle()
    assert not bench.heard.of(RunOpened)
    assert list(RunStore().ids()) == []


def test_a_stop_that_comes_before_the_run_is_there_still_stops_it(
    bench: Bench, sleeper: subprocess.Popen[bytes]
) -> None:
    bench.runs.start(request())
    assert bench.runs.stop()
    bench.settle()
    run = bench.heard.of(RunOpened)[0].run
    append(run.folder, ev.Started(time=1.0, pid=sleeper.pid))
    until(lambda: sleeper.poll() is not None, bench.turn)
    assert sleeper.returncode == -signal.SIGINT


def test_what_is_to_follow_the_end_follows_it_once(
    bench: Bench, sleeper: subprocess.Popen[bytes]
) -> None:
    after: list[int] = []
    bench.runs.stop_and_then(lambda: after.append(0))
    assert after == [0], "nothing goes on"
    run = bench.start()
    append(run.folder, ev.Started(time=1.0, pid=sleeper.pid))
    until(lambda: run.state.started, bench.turn)
    bench.runs.stop_and_then(lambda: after.append(1))
    assert after == [0]
    bench.end(run, "cancelled")
    assert after == [0, 1]
    assert not bench.runs.stop()


def test_a_server_that_is_lost_before_the_run_starts_ends_it(bench: Bench) -> None:
    run = bench.start()
    bench.server.phase = "broken"
    bench.server.problem = Problem("TensorFlow cannot be imported", "No module.", "Install it.")
    until(lambda: run.over, bench.turn)
    assert run.state.status == "failed"
    assert bench.heard.of(ProblemRaised)[-1].problem.next_step == "Install it."
    bench.server.phase = "off"
    bench.runs.start(request())
    assert len(bench.heard.of(ProblemRaised)) == 2
    assert not bench.runs.running


def test_the_pace_follows_what_goes_on(bench: Bench) -> None:
    assert bench.runs.pause > 1, "nothing goes on"
    run = bench.start()
    append(run.folder, ev.Started(time=1.0, pid=os.getpid()))
    until(lambda: run.state.started, bench.turn)
    assert bench.runs.pause <= 0.03
    bench.end(run)
    assert bench.runs.pause > 1


def test_a_run_that_was_found_is_followed_behind_the_one_on_show(bench: Bench) -> None:
    store = RunStore()
    record = store.create(request())
    found = LiveRun(record, store.folder(record.id))
    bench.runs.watch(found)
    bench.runs.watch(LiveRun(record, found.folder))
    append(found.folder, ev.Started(time=1.0, pid=os.getpid()))
    until(lambda: [e for e in bench.heard.of(RunAdvanced) if e.run is found], bench.turn)
    bench.runs.open(record.id)
    assert bench.runs.current is found, "the one that is followed, not a second reading of it"
    bench.end(found)
    assert not bench.heard.of(RunEnded)[0].own
