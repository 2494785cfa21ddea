"""Using a run of the past: shown as it was, its values, run again through what every run passes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.session.hearing import Heard
from tflab.programs.code_cells import with_cells
from tflab.programs.library import user_folder
from tflab.programs.reader import read_program
from tflab.runs.record import RunOptions, RunRecord, RunRequest
from tflab.runs.store import RunStore
from tflab.session.approval import Approval
from tflab.session.disk import SessionDisk
from tflab.session.events import ProblemRaised, TextCopied
from tflab.session.form import Form
from tflab.session.open_program import OpenProgram
from tflab.session.past_runs import PastRuns, RunUse
from tflab.session.question_events import QuestionAsked
from tflab.targets.devices import Device, DeviceList, DeviceOwner

CPU = Device("cpu", "A CPU", 0, "", 8 << 30, 4 << 30, cores=2)
BUSY = Device(
    "gpu:0", "A GPU", 0, "GPU-abc", 80 << 30, 10 << 30,
    owners=(DeviceOwner("ann", 12, 70 << 30, False),),
)  # fmt: skip
SOURCE = '# %% [markdown]\n# # One\n# %% tags=["parameters"]\nrate = 0.1\n'


class Bench:
    """As much of a session as using past runs needs; no run is really started."""

    def __init__(self, devices: list[Device] = [], options: RunOptions | None = None) -> None:  # noqa: B006
        self.heard = Heard()
        self.disk = SessionDisk(self.heard)
        self.started: list[RunRequest] = []
        self.shown: list[str] = []
        self.runs: Any = SimpleNamespace(
            store=RunStore(),
            own_running=False,
            start=self.started.append,
            open=lambda run: self.shown.append(f"run {run}"),
        )
        self.form = Form(self.heard)
        self.opened = OpenProgram(self.disk, self.show, lambda path, problem: None)
        listed = DeviceList((CPU, *devices))
        self.form.show_devices(listed)
        self.past = PastRuns(
            self.opened,
            self.form,
            self.runs,
            Approval(self.disk, self.heard),
            lambda: options or RunOptions(),
            lambda then: then(listed),
            self.disk,
            self.heard,
        )

    def show(self, program: Any, before: Any, reloaded: bool) -> None:
        self.form.show(program, keep=False)
        self.shown.append(program.source)

    def use(self, record: RunRecord, use: RunUse) -> None:
        self.past.use(record.id, use)
        self.settle()

    def settle(self) -> None:
        for _ in range(4):
            assert self.disk.finish(30)
            self.disk.deliver()


def path_of_one() -> Path:
    path = user_folder() / "one.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def made(device: str = "cpu", uuid: str = "", source: str = SOURCE) -> RunRecord:
    path = path_of_one()
    path.write_text(SOURCE)
    request = RunRequest(
        lesson="one", title="One", path=str(path), source=source, parameters={"rate": 0.5},
        device=device, device_uuid=uuid, seed=3,
    )  # fmt: skip
    return RunStore().create(request)


def test_a_gpu_that_others_use_is_asked_about_and_the_limits_of_now_hold() -> None:
    record = made("gpu:0", "GPU-abc")
    bench = Bench([BUSY], RunOptions(nice=5, threads=2, memory_limit=4096))
    bench.use(record, RunUse.RERUN)
    asked = bench.heard.of(QuestionAsked)[-1]
    assert "ann" in asked.question.text
    assert bench.started == []
    asked.answer(False)
    assert bench.started == [], "no answer is a no"
    bench.use(record, RunUse.RERUN)
    bench.heard.of(QuestionAsked)[-1].answer(True)
    (request,) = bench.started
    # The record of an older tflab has no cells; they are read from its source.
    asked = with_cells(record.request)
    now = {"nice": 5, "threads": 2, "memory_limit": 4096, "stdin": "asked"}
    assert request == dataclasses.replace(asked, **now)


def test_a_card_that_has_another_number_now_is_found_by_its_own_name() -> None:
    moved = Device("gpu:1", "A GPU", 1, "GPU-abc", 80 << 30, 80 << 30)
    other = Device("gpu:0", "A GPU", 0, "GPU-xyz", 80 << 30, 80 << 30)
    bench = Bench([other, moved])
    bench.use(made("gpu:0", "GPU-abc"), RunUse.RERUN)
    assert [(r.device, r.device_uuid) for r in bench.started] == [("gpu:1", "GPU-abc")]


@pytest.mark.parametrize("devices", [[], [BUSY]])
def test_a_device_that_is_not_there_is_a_problem(devices: list[Device]) -> None:
    bench = Bench(devices)
    bench.use(made("gpu:3"), RunUse.RERUN)
    assert bench.started == []
    assert "There is no device gpu:3 here" in bench.heard.of(ProblemRaised)[0].problem.cause


def test_a_run_is_shown_with_its_program_as_it_was() -> None:
    then = SOURCE.replace("rate = 0.1", "rate = 7.0")
    record, bench = made(source=then), Bench()
    bench.use(record, RunUse.SHOW)
    assert bench.shown == [then, f"run {record.id}"]
    assert "changed since" in bench.heard.notices[-1]
    bench.use(record, RunUse.SHOW)
    assert bench.shown[2:] == [f"run {record.id}"], "it is on show already"


def test_values_go_into_the_form_of_the_program_that_is_open() -> None:
    record, bench = made(), Bench()
    bench.opened.show(read_program(path_of_one()))
    bench.shown.clear()
    bench.use(record, RunUse.VALUES)
    assert bench.form.values == {"rate": 0.5}
    assert bench.form.seed == 3
    assert bench.shown == [], "it is open already"


def test_what_runs_is_neither_pushed_aside_nor_lost() -> None:
    record, bench = made(), Bench()
    bench.runs.own_running = True
    for use in (RunUse.SHOW, RunUse.RERUN):
        bench.use(record, use)
    assert bench.shown == []
    assert bench.started == []
    assert all("Wait for the run" in text for text in bench.heard.notices)
    bench.use(record, RunUse.COMMAND)
    (copied,) = bench.heard.of(TextCopied)
    assert copied.text.startswith("tflab run")


def test_a_program_that_is_read_no_more_is_not_run_again() -> None:
    record, bench = made(source="no title"), Bench()
    bench.use(record, RunUse.RERUN)
    assert bench.started == []
    bench.use(record, RunUse.SHOW)
    assert bench.shown == [f"run {record.id}"], "what it gave can still be seen"
    assert len(bench.heard.of(ProblemRaised)) == 2
