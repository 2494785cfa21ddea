"""The checks of `benchmarks.gpu`: a good simulated card passes them, and each fault is found."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks import gpu
from benchmarks.gpu_machine import GIB, PROGRAMS, Run
from tflab.programs.reader import read_program
from tflab.runs.events import SYSTEM, Ended, Error, GpuShared, Result, Scalars, Started
from tflab.runs.state import RunState
from tflab.targets.devices import Device, DeviceList, DeviceOwner

_NAMES = ("cpu_percent", "gpu_percent", "gpu_memory_gib", "gpu_watts", "gpu_celsius")


class Card:
    """A run on a simulated card."""

    def __init__(self, machine: SimulatedMachine, program: str, device: Device, size: int) -> None:
        self.machine, self.device, self.program = machine, device, program
        self.state = RunState()
        self.pid = 100 + len(machine.runs)
        self.held = (1 + size) * GIB if "takes all" not in machine.faults else 79 * GIB
        self.state.apply(Started(time=1.0, pid=self.pid))

    def follow(self) -> None:
        """Let a moment go by."""
        faults, state = self.machine.faults, self.state
        if state.ended is not None:
            return
        if self.program == "too_much":
            title = "It went wrong" if "no words" in faults else "The GPU ran out of memory."
            state.apply(Error(title=title, cause="", next_step=""))
            self.end("failed")
            return
        seen = 2 if "sees two" in faults else 1
        state.apply(Result(cell=1, name="seen", value=seen))
        state.apply(Scalars(tag="ready", steps=[0], values=[1.0]))
        for name in _NAMES[: 2 if "tells little" in faults else None]:
            state.apply(Scalars(tag=f"{SYSTEM}{name}", steps=[1], values=[1.0], axis="second"))
        key = self.device.key
        others = [r for r in self.machine.living() if r.device.key == key and r is not self]
        if others and "no sharing" not in faults:
            state.apply(GpuShared(time=1.0, others={"ann": others[0].held}))

    def release(self) -> None:
        """Come to the end."""
        self.end("finished")

    def signal(self, number: signal.Signals) -> None:
        """End as asked."""
        if number != signal.SIGINT or "does not stop" not in self.machine.faults:
            self.end("lost" if number == signal.SIGKILL else "cancelled")

    def end(self, state: Any) -> None:
        if self.state.ended is None:
            self.state.apply(Ended(state=state, time=2.0))
            if "keeps memory" not in self.machine.faults:
                self.held = 0


class SimulatedMachine:
    """Cards of 80 GiB; `faults` says in what ways they, or tflab, go wrong."""

    def __init__(self, cards: int, *faults: str) -> None:
        self.cards = cards
        self.faults = faults
        self.runs: list[Card] = []

    def living(self) -> list[Card]:
        return [run for run in self.runs if run.state.ended is None]

    def gpus(self) -> list[Device]:
        found = []
        for index in range(self.cards):
            mine = [run for run in self.runs if run.device.index == index]
            if "wrong card" in self.faults:
                mine = [run for run in self.runs if run.device.index != index]
            owners = tuple(DeviceOwner("ann", run.pid, run.held, True) for run in mine if run.held)
            left = 80 * GIB - sum(run.held for run in mine)
            told = () if "silent driver" in self.faults else owners
            found.append(Device(f"gpu:{index}", "A card", index, "", 80 * GIB, left, owners=told))
        return found

    def start(self, program: str, gpu: Device, size: int = 0) -> Card:
        self.runs.append(Card(self, program, gpu, size))
        self.runs[-1].device = next(one for one in self.gpus() if one.key == gpu.key)
        return self.runs[-1]

    def wait(self, condition: Callable[[], object], runs: Sequence[Run], seconds: float) -> bool:
        assert seconds > 0
        for _ in range(3):
            for run in runs:
                run.follow()
            if condition():
                return True
        return False


def outcomes(cards: int, *faults: str) -> dict[str, bool | None]:
    machine = SimulatedMachine(cards, *faults)
    return {one.name: one.passed for one in gpu.check(machine, machine.gpus()[0])}


def test_a_good_card_passes_everything() -> None:
    found = outcomes(2)
    assert len(found) == len(gpu.CHECKS)
    assert set(found.values()) == {True}
    assert outcomes(1)["two runs on two cards"] is None


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("sees two", "one device visible"),
        ("wrong card", "one device visible"),
        ("takes all", "memory grows"),
        ("keeps memory", "given back after a kill"),
        ("no words", "out of memory told"),
        ("no sharing", "sharing told"),
        ("tells little", "card recorded"),
        ("does not stop", "interrupted"),
        ("wrong card", "two runs on two cards"),
    ],
)
def test_each_fault_is_found(fault: str, check: str) -> None:
    assert outcomes(2, fault)[check] is False


def test_what_a_driver_does_not_tell_is_not_judged() -> None:
    found = outcomes(2, "silent driver")
    assert found.pop("sharing told") is None
    assert set(found.values()) == {True}


def test_the_table_and_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cpu = Device("cpu", "A CPU", 0, "", GIB, GIB)
    monkeypatch.setattr(gpu, "list_devices", lambda: DeviceList((cpu,), "No driver here."))
    assert gpu.main() == 0
    assert capsys.readouterr().out == "There is no NVIDIA card to check. No driver here.\n"
    lines = gpu.table([gpu.Finding("one", True, "fine"), gpu.Finding("other", None, "one card")])
    assert lines == "one    passed      fine\nother  not judged  one card"


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_its_programs_are_good_lessons(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.py"
    path.write_text(PROGRAMS[name])
    assert [p.name for p in read_program(path).parameters] == ["size"]
