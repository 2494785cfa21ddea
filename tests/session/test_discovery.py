"""Runs that were not started here: found, told of once, followed."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable

from tests.session.hearing import Clock, Heard
from tests.session.made_runs import begin_run, make_run
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.processes import this_host
from tflab.runs.record import Maker, RunRequest, to_json
from tflab.runs.store import RunStore
from tflab.runs.summary import SUMMARY, read_summary
from tflab.session.discovery import Discovery, RunDiscovered


class Sitting:
    def __init__(self, server_pid: int = 0) -> None:
        self.heard, self.clock = Heard(), Clock()
        self.disk, self.store = DiskQueue(), RunStore()
        self.own: set[str] = set()
        self.discovery = Discovery(
            self.store,
            self.disk,
            self.heard,
            is_own=lambda run: run in self.own,
            server_pids=lambda: {server_pid},
            clock=self.clock,
        )

    def do(self, act: Callable[[], object]) -> None:
        act()
        self.settle()

    def settle(self) -> None:
        while True:
            assert self.disk.finish(30)
            if not self.disk.deliver():
                return

    def later(self) -> None:
        self.clock.now += 3
        self.do(self.discovery.advance)

    @property
    def followed(self) -> list[str]:
        return [event.run.record.id for event in self.heard.of(RunDiscovered)]


def test_a_run_that_goes_on_is_followed_and_offered() -> None:
    run, writer = begin_run("one")
    sitting = Sitting()
    sitting.do(sitting.discovery.begin)
    assert sitting.followed == [run]
    assert sitting.heard.notices == [
        "A run of one is still going, started just now. Ctrl+O shows it."
    ]
    found = sitting.discovery.take_offer()
    assert found is not None
    assert found.record.id == run
    assert sitting.discovery.take_offer() is None
    writer.close()


def test_runs_that_ended_meanwhile_are_told_of_once_for_all() -> None:
    runs = {make_run(age=age) for age in (60, 0)}
    sitting = Sitting()
    sitting.do(sitting.discovery.begin)
    (text,) = sitting.heard.notices
    assert text.startswith("A run of one finished while you were away.")
    assert "And 1 more" in text
    assert all((sitting.store.folder(run) / SUMMARY).exists() for run in runs)
    again = Sitting()
    again.do(again.discovery.begin)
    assert again.heard.notices == []


def test_what_is_started_here_or_by_this_server_is_no_stranger() -> None:
    mine, writer = begin_run()
    sitting = Sitting()
    sitting.own.add(mine)
    sitting.do(sitting.discovery.begin)
    served = Sitting(server_pid=os.getppid())
    served.do(served.discovery.begin)
    for one in (sitting, served):
        assert one.followed == []
        assert one.heard.notices == []
    writer.close()


def test_a_run_that_begins_later_is_followed_without_a_word() -> None:
    sitting = Sitting()
    sitting.do(sitting.discovery.begin)
    sitting.later()
    run, writer = begin_run()
    sitting.do(sitting.discovery.advance)
    assert sitting.followed == [], "it is not time to look yet"
    sitting.later()
    assert sitting.followed == [run]
    sitting.later()
    assert sitting.followed == [run]
    assert sitting.heard.notices == []
    writer.close()


def test_a_run_whose_process_is_not_up_yet_is_looked_at_again() -> None:
    request = RunRequest(lesson="t", title="T", path="/x/t.py", source="", parameters={})
    sitting = Sitting()
    record = sitting.store.create(request)
    sitting.do(sitting.discovery.begin)
    assert sitting.followed == []
    (sitting.store.folder(record.id) / "events.jsonl").write_text(
        f'{{"type":"started","time":{time.time()},"pid":{os.getpid()}}}\n'
    )
    sitting.later()
    assert sitting.followed == [record.id]


def test_a_run_that_never_began_is_seen_as_lost() -> None:
    """It is looked at once: its summary is kept, and every list says the same."""
    sitting = Sitting()
    record = sitting.store.create(
        RunRequest(lesson="t", title="T", path="/x/t.py", source="", parameters={})
    )
    gone = Maker(pid=2**22 + 5, process_start=1.0, host=this_host())
    old = dataclasses.replace(record, created=record.created - 61, maker=gone)
    folder = sitting.store.folder(record.id)
    (folder / "run.json").write_bytes(to_json(old))
    sitting.do(sitting.discovery.begin)
    assert sitting.followed == []
    assert sitting.heard.notices == ["A run of t was lost while you were away. Ctrl+O shows it."]
    summary = read_summary(folder)
    assert summary is not None
    assert summary.status == "lost"


def test_looks_do_not_pile_up_and_a_missing_folder_is_no_news() -> None:
    sitting = Sitting()
    sitting.do(sitting.discovery.begin)
    for _ in range(3):
        sitting.later()
    assert sitting.heard.events == []
    asked = []
    sitting.disk.do_then = lambda *_: asked.append(1)  # type: ignore[method-assign,assignment]
    for _ in range(5):
        sitting.clock.now += 3
        sitting.discovery.advance()
    assert asked == [1]
