"""Sweeps in a session: planned, approved, begun, followed, stopped, found again, exported."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.session.hearing import Heard, until, write_program
from tests.session.made_runs import NOBODY
from tflab.export.sweep_formats import find_sweep_format
from tflab.programs.program import Program
from tflab.programs.reader import read_program
from tflab.runs import events as ev
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.log_writer import LogWriter
from tflab.runs.record import Problem, RunOptions, RunRecord
from tflab.runs.store import RunStore
from tflab.session.events import Notice, ProblemRaised, TextCopied
from tflab.session.sweep_events import (
    EarlierSweepsListed,
    SweepAdvanced,
    SweepBasis,
    SweepEnded,
    SweepPlanning,
    SweepShown,
)
from tflab.session.sweeps import Sweeps
from tflab.sweeps.plan import SweepPlan, make_plan
from tflab.sweeps.store import SweepStore
from tflab.targets.devices import Device, DeviceList
from tflab.targets.fork_server import ForkServer
from tflab.targets.placement import Slot

CPU = Device("cpu", "A CPU", 0, "", 8 << 30, 4 << 30, cores=2)
SLOTS = (Slot(), Slot())


class WritingServer(ForkServer):
    """A fork server that writes what a run would log, instead of forking one."""

    def __init__(self) -> None:
        super().__init__()
        self.phase = "ready"
        self.held = False
        self.waiting: list[Path] = []

    def start_run(self, folder: Path) -> None:
        self.waiting.append(folder)
        if not self.held:
            self.write()

    def write(self) -> None:
        for folder in self.waiting:
            record = msgspec.json.decode((folder / "run.json").read_bytes(), type=RunRecord)
            writer = LogWriter(folder)
            loss = record.request.parameters["rate"]
            writer.write(
                ev.Started(time=time.time(), pid=NOBODY),
                ev.Scalars(tag="loss", steps=[0], values=[loss]),
                ev.Ended(state="finished", time=time.time()),
            )
            writer.close()
        self.waiting.clear()


class Sitting:
    def __init__(self, path: Path | None = None) -> None:
        self.heard, self.disk, self.server = Heard(), DiskQueue(), WritingServer()
        self.program: Program | None = read_program(path) if path is not None else None
        self.refused = False
        self.asked: list[tuple[Path, str, list[str]]] = []
        self.problem: Problem | None = None
        self.sweeps = Sweeps(
            RunStore(),
            self.disk,
            self.heard,
            server=self.ready_server,
            approve=self.approve,
            devices=lambda then: then(DeviceList((CPU,))),
            basis=self.basis,
        )

    def ready_server(self, python: str) -> ForkServer:
        assert python == ""
        if self.problem is not None:
            raise self.problem
        return self.server

    def approve(self, path, source, devices, then) -> None:  # type: ignore[no-untyped-def]
        self.asked.append((path, source, [device.key for device in devices]))
        if not self.refused:
            then()

    def basis(self) -> SweepBasis | None:
        if self.program is None:
            return None
        return SweepBasis(self.program, {"rate": 0.5}, 7, "cpu", RunOptions(threads=3))

    def plan(self, *rates: float) -> SweepPlan:
        assert self.program is not None
        return make_plan(self.program, {"rate": rates}).asking(RunOptions(threads=3))

    def do(self, act: Callable[[], object]) -> None:
        act()
        self.settle()

    def settle(self) -> None:
        while True:
            assert self.disk.finish(30)
            if not self.disk.deliver():
                return

    def follow(self) -> None:
        until(lambda: self.heard.of(SweepEnded), self.advance)

    def advance(self) -> None:
        self.sweeps.advance()
        self.settle()


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    return Sitting(write_program(tmp_path / "1_one.py", "print(rate)", "rate = 0.1"))


def test_a_sweep_is_planned_from_what_is_open(sitting: Sitting) -> None:
    sitting.do(sitting.sweeps.open)
    (planning,) = sitting.heard.of(SweepPlanning)
    assert planning.basis == sitting.basis()
    assert planning.usual is None
    assert planning.devices.devices == (CPU,)
    planning.texts["rate"] = "0.1, 0.2"
    sitting.do(sitting.sweeps.open)
    assert sitting.heard.of(SweepPlanning)[-1].texts == {"rate": "0.1, 0.2"}, "as one left it"


def test_without_a_program_there_is_nothing_to_sweep() -> None:
    sitting = Sitting()
    sitting.do(sitting.sweeps.open)
    assert sitting.heard.notices == ["Open a program first."]


def test_a_sweep_goes_from_approval_to_its_end(sitting: Sitting) -> None:
    plan = sitting.plan(0.3, 0.1, 0.2)
    sitting.do(lambda: sitting.sweeps.begin(plan, SLOTS))
    assert sitting.asked == [(Path(plan.each.path), plan.each.source, ["cpu"])]
    (shown,) = sitting.heard.of(SweepShown)
    assert sitting.sweeps.running
    assert shown.sweep is sitting.sweeps.current
    assert shown.sweep.plan.options == RunOptions(threads=3, nice=5), "the workbench has its share"
    sitting.follow()
    assert not sitting.sweeps.running
    assert sitting.heard.of(SweepAdvanced)
    (ended,) = sitting.heard.of(SweepEnded)
    assert ended.text == "The sweep is over: best loss 0.1. ^s shows it."
    assert not ended.left
    events = len(sitting.heard.events)
    sitting.advance()
    assert len(sitting.heard.events) == events, "an end is told once"
    sitting.do(sitting.sweeps.open)
    assert sitting.heard.of(SweepShown)[-1].sweep is shown.sweep, "the last one is shown again"


def test_a_sweep_that_was_left_is_shown_first_and_gone_on_with(sitting: Sitting) -> None:
    sitting.server.held = True
    sitting.do(lambda: sitting.sweeps.begin(sitting.plan(0.3, 0.1, 0.2), SLOTS))
    until(lambda: len(sitting.server.waiting) == 2, sitting.advance)
    sweep = sitting.sweeps.current
    assert sweep is not None
    sitting.sweeps.close()
    sitting.settle()
    sitting.server.write()
    assert sitting.program is not None
    later = Sitting(sitting.program.path)
    later.do(later.sweeps.open)
    (shown,) = later.heard.of(SweepShown)
    assert shown.sweep.id == sweep.id
    assert later.heard.notices == ["This sweep was left at 2 of 3 runs. g goes on with it."]
    later.follow()
    assert [run.status for run in shown.sweep.runs] == ["finished", "finished", "not begun"]
    assert shown.sweep.may_go_on
    later.heard.events.clear()
    later.do(lambda: later.sweeps.go_on(shown.sweep))
    assert later.asked, "it is approved of again"
    assert later.sweeps.running
    later.follow()
    assert shown.sweep.count("finished") == 3
    assert not shown.sweep.may_go_on
    later.do(later.sweeps.open)
    assert later.heard.of(SweepPlanning) == []


def test_a_sweep_whose_runs_go_on_without_the_workbench_is_shown_first(sitting: Sitting) -> None:
    sitting.server.held = True
    sitting.do(lambda: sitting.sweeps.begin(sitting.plan(0.3, 0.1), SLOTS))
    until(lambda: len(sitting.server.waiting) == 2, sitting.advance)
    sitting.sweeps.close()
    sitting.settle()
    assert sitting.program is not None
    later = Sitting(sitting.program.path)
    later.do(later.sweeps.open)
    (shown,) = later.heard.of(SweepShown)
    assert later.heard.notices == [], "nothing is left to go on with"
    sitting.server.write()
    later.follow()
    assert shown.sweep.count("finished") == 2
    third = Sitting(sitting.program.path)
    third.do(third.sweeps.open)
    assert third.heard.of(SweepShown) == [], "it is over"
    assert len(third.heard.of(SweepPlanning)) == 1


def test_what_is_not_approved_of_does_not_begin(sitting: Sitting) -> None:
    sitting.refused = True
    sitting.do(lambda: sitting.sweeps.begin(sitting.plan(0.1), SLOTS))
    assert sitting.sweeps.current is None
    assert list(SweepStore().ids()) == []


def test_a_server_that_cannot_start_is_a_problem(sitting: Sitting) -> None:
    sitting.problem = Problem("The fork server cannot be started", "No room.", "Make room.")
    sitting.do(lambda: sitting.sweeps.begin(sitting.plan(0.1), SLOTS))
    assert sitting.heard.of(ProblemRaised)[-1].problem is sitting.problem
    assert not sitting.sweeps.running


def test_one_sweep_at_a_time_and_stopping_it_lets_what_waits_go_on(sitting: Sitting) -> None:
    sitting.server.held = True
    sitting.do(lambda: sitting.sweeps.begin(sitting.plan(0.1, 0.2, 0.3), SLOTS))
    until(lambda: len(sitting.server.waiting) == 2, sitting.advance)
    sitting.do(sitting.sweeps.plan)
    assert sitting.heard.notices[-1] == "A sweep is going on. Stop it first."
    gone_on = []
    sitting.sweeps.stop_and_then(lambda: gone_on.append(True))
    assert not gone_on
    sitting.server.write()
    sitting.follow()
    assert gone_on == [True]
    assert sitting.heard.of(SweepEnded)[-1].left
    assert sitting.sweeps.current is not None
    assert sitting.sweeps.current.count("not begun") == 1
    sitting.sweeps.stop_and_then(lambda: gone_on.append(True))
    assert gone_on == [True, True], "with nothing to stop it goes on at once"


def test_an_earlier_sweep_is_listed_and_opened_again(sitting: Sitting) -> None:
    sitting.do(sitting.sweeps.list_earlier)
    assert sitting.heard.notices[-1] == "No sweep of this program is kept yet."
    sitting.do(lambda: sitting.sweeps.begin(sitting.plan(0.1, 0.2), SLOTS))
    sitting.follow()
    sitting.sweeps.close()
    assert sitting.sweeps.current is not None
    sweep = sitting.sweeps.current.id
    (SweepStore().root / "20200101-000000-abcdef.json").write_text("{damaged")
    assert sitting.program is not None
    later = Sitting(sitting.program.path)
    later.do(later.sweeps.list_earlier)
    (listed,) = later.heard.of(EarlierSweepsListed)
    assert [(one.id, one.about) for one in listed.sweeps] == [(sweep, "2 runs over rate")]
    later.do(lambda: later.sweeps.reopen(sweep))
    (shown,) = later.heard.of(SweepShown)
    later.follow()
    assert shown.sweep.best is not None
    assert shown.sweep.best.mean == 0.1
    assert not later.sweeps.running
    later.do(lambda: later.sweeps.reopen("20200101-000000-abcdef"))
    assert later.heard.of(ProblemRaised)[-1].problem.title == "The sweep's file is damaged"


def test_a_sweep_is_exported_and_its_line_copied(
    sitting: Sitting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sitting.do(lambda: sitting.sweeps.begin(sitting.plan(0.1, 0.2), SLOTS))
    sitting.follow()
    sweep = sitting.sweeps.current
    assert sweep is not None
    sitting.do(lambda: sitting.sweeps.export(sweep, find_sweep_format("csv")))
    notice = sitting.heard.of(Notice)[-1]
    assert notice.title == "Exported"
    assert Path(notice.text).parent == tmp_path
    assert "0.2" in Path(notice.text).read_text()
    sitting.do(lambda: sitting.sweeps.copy_line(sweep.plan))
    copied = sitting.heard.of(TextCopied)[-1]
    assert "-p rate=0.1,0.2" in copied.text.replace(", ", ",").replace("'", "")
    assert copied.notice == "Command copied."
    Path(sweep.plan.each.path).write_text("nothing")
    sitting.do(lambda: sitting.sweeps.copy_line(sweep.plan))
    assert "The program has changed since" in sitting.heard.of(TextCopied)[-1].notice


def test_a_disk_that_hangs_holds_neither_the_loop_nor_the_sweep_up_for_good(
    sitting: Sitting,
) -> None:
    hung = threading.Event()
    sitting.do(lambda: sitting.sweeps.begin(sitting.plan(0.1, 0.2, 0.3), SLOTS))
    sitting.disk.do(hung.wait)
    began = time.monotonic()
    for _ in range(20):
        sitting.sweeps.advance()
    spent = time.monotonic() - began
    assert list(RunStore().ids()) == [], "no folder could be made yet"
    hung.set()
    assert spent < 5, "each look waits for a frame at most, not for the disk"
    sitting.follow()
    assert sitting.sweeps.current is not None
    assert sitting.sweeps.current.count("finished") == 3


def test_a_folder_that_the_disk_makes_too_late_is_taken_away_again(sitting: Sitting) -> None:
    hung = threading.Event()
    sitting.do(lambda: sitting.sweeps.begin(sitting.plan(0.1, 0.2, 0.3), SLOTS))
    sitting.disk.do(hung.wait)
    sitting.sweeps.advance()
    sitting.sweeps.close()
    hung.set()
    sitting.settle()
    assert list(RunStore().ids()) == []
    assert sitting.server.waiting == []
    assert sitting.sweeps.current is not None
    kept = SweepStore().load(sitting.sweeps.current.id)
    assert kept.runs == [None, None, None]
    assert kept.driver is None


def test_a_run_that_is_stopped_while_its_folder_is_made_is_stopped_once_it_begins(
    sitting: Sitting,
) -> None:
    hung = threading.Event()
    sitting.server.held = True
    sitting.do(lambda: sitting.sweeps.begin(sitting.plan(0.1, 0.2), SLOTS))
    sweep = sitting.sweeps.current
    assert sweep is not None
    sitting.disk.do(hung.wait)
    sitting.sweeps.advance()
    sweep.stop(sweep.runs[0])
    hung.set()
    until(lambda: all(run.live for run in sweep.runs), sitting.advance)
    assert [run.live.stopping for run in sweep.runs if run.live] == [True, False]
    sitting.server.write()
    sitting.follow()
