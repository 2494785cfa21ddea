"""What only a real NVIDIA card can show: `python -m benchmarks.gpu`.

Elsewhere the driver and the card are simulated. Here each claim is put to the card itself, by real
runs through the real fork server, and by what the driver says meanwhile. Where there is no card it
says so, and nothing is wrong. What the driver does not tell, as in many containers, is not judged.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from benchmarks.gpu_machine import GIB, Machine, RealMachine, Run
from benchmarks.workbench import data_folder
from tflab.session.machine_text import others_text
from tflab.targets.devices import Device, list_devices
from tflab.targets.fork_server import ForkServer

PATIENCE = 120.0
_STARTED = 3 * GIB
"""What CUDA, cuDNN and the first kernels hold at most, before any data of the program's."""

_SLACK = GIB // 4


@dataclass(frozen=True)
class Finding:
    """What came of a check: `passed` is None where it could not be made."""

    name: str
    passed: bool | None
    told: str


class Held:
    """A run that holds memory on a card until it is let go. A context manager."""

    def __init__(self, machine: Machine, gpu: Device, size: int = 0) -> None:
        self._machine = machine
        self.before = free(machine, gpu)
        self.run = machine.start("hold", gpu, size)

    def __enter__(self) -> Run:
        run = self.run
        self._machine.wait(
            lambda: run.state.series.get("ready") or run.state.ended, [run], PATIENCE
        )
        if run.state.ended is not None:
            error = run.state.error
            why = f"{error.title} {error.cause}" if error else run.state.ended.cause
            raise RuntimeError(f"the run ended: {why}")
        return run

    def __exit__(self, *_: object) -> None:
        run = self.run
        run.release()
        self._machine.wait(lambda: run.state.ended, [run], 30)


def free(machine: Machine, gpu: Device) -> int:
    """Return the bytes of a card that nobody holds now."""
    return next((one.memory_free for one in machine.gpus() if one.key == gpu.key), 0)


def one_visible(machine: Machine, gpu: Device) -> Finding:
    """One card is all that a run sees, and it is the chosen one."""
    with Held(machine, gpu) as run:
        seen = run.state.results["seen"].value
        on = {one.key for one in machine.gpus() if run.pid in {o.pid for o in one.owners}}
    told = f"{seen} seen" + (f", its process is on {', '.join(sorted(on))}" if on else "")
    return Finding("one device visible", seen == 1 and on <= {gpu.key}, told)


def memory_grows(machine: Machine, gpu: Device) -> Finding:
    """A run takes what it needs, not the whole card."""
    small = Held(machine, gpu)
    with small as run:
        first = small.before - free(machine, gpu)
    # The process goes a moment after its last word.
    machine.wait(lambda: free(machine, gpu) >= small.before - _SLACK, [run], 30)
    large = Held(machine, gpu, 2)
    with large:
        second = large.before - free(machine, gpu)
    grew = second - first >= GIB
    told = f"{first / GIB:.1f} GiB for nothing, {second / GIB:.1f} GiB with 2 GiB of data"
    return Finding("memory grows", first < _STARTED and grew, told)


def given_back(machine: Machine, gpu: Device) -> Finding:
    """Killed at once, a run leaves nothing on the card."""
    held = Held(machine, gpu, 2)
    with held as run:
        run.signal(signal.SIGKILL)
        began = time.monotonic()
        back = machine.wait(lambda: free(machine, gpu) >= held.before - _SLACK, [run], 30)
        took = time.monotonic() - began
    told = f"after {took:.1f} s" if back else f"{free(machine, gpu) / GIB:.1f} GiB free after 30 s"
    return Finding("given back after a kill", back, told)


def out_of_memory(machine: Machine, gpu: Device) -> Finding:
    """A program that asks for too much is told so in words."""
    run = machine.start("too_much", gpu, 2 * gpu.memory_total // GIB + 1)
    machine.wait(lambda: run.state.ended, [run], PATIENCE)
    error, ended = run.state.error, run.state.ended
    words = f"{error.title} {error.cause}" if error else ended.cause if ended else "it goes on"
    told = ended is not None and ended.state == "failed" and "memory" in words.lower()
    return Finding("out of memory told", told, words.partition("\n")[0][:90])


def sharing_told(machine: Machine, gpu: Device) -> Finding:
    """Of two runs on one card each is told of the other."""
    with Held(machine, gpu) as first, Held(machine, gpu) as second:
        pids = {owner.pid for one in machine.gpus() for owner in one.owners}
        if not {first.pid, second.pid} <= pids:
            return Finding("sharing told", None, "the driver does not tell of processes here")
        told = machine.wait(lambda: second.state.gpu_others, [first, second], 30)
        words = others_text(second.state)
    return Finding("sharing told", told, words or "nothing was said")


def machine_recorded(machine: Machine, gpu: Device) -> Finding:
    """Use, memory, power and temperature of the card are series of the run."""
    wanted = {"gpu_percent", "gpu_memory_gib", "gpu_watts", "gpu_celsius", "cpu_percent"}
    with Held(machine, gpu) as run:
        machine.wait(lambda: wanted <= set(run.state.system), [run], 15)
        found = {name: series.values[-1] for name, series in run.state.system.items()}
    told = ", ".join(f"{name} {value:.3g}" for name, value in found.items())
    return Finding("card recorded", wanted <= set(found), told or "nothing was recorded")


def stops(machine: Machine, gpu: Device) -> Finding:
    """A run that computes on the card can be interrupted."""
    with Held(machine, gpu) as run:
        began = time.monotonic()
        run.signal(signal.SIGINT)
        ended = machine.wait(lambda: run.state.ended, [run], 10)
        took = time.monotonic() - began
    state = run.state.status
    return Finding("interrupted", ended and state == "cancelled", f"{state} after {took:.1f} s")


def two_cards(machine: Machine, gpu: Device) -> Finding:
    """Two runs at once are on two cards, each on its own."""
    other = next((one for one in machine.gpus() if one.key != gpu.key), None)
    if other is None:
        return Finding("two runs on two cards", None, "there is one card")
    with Held(machine, gpu, 1) as first, Held(machine, other, 1) as second:
        seen = [run.state.results["seen"].value for run in (first, second)]
        places = {
            run.pid: [one.key for one in machine.gpus() if run.pid in {o.pid for o in one.owners}]
            for run in (first, second)
        }
    apart = places[first.pid] in ([], [gpu.key]) and places[second.pid] in ([], [other.key])
    told = f"each sees {seen[0]}; " + ", ".join("+".join(keys) or "?" for keys in places.values())
    return Finding("two runs on two cards", seen == [1, 1] and apart, told)


CHECKS: tuple[Callable[[Machine, Device], Finding], ...] = (
    one_visible,
    memory_grows,
    given_back,
    out_of_memory,
    sharing_told,
    machine_recorded,
    stops,
    two_cards,
)


def check(machine: Machine, gpu: Device) -> list[Finding]:
    """Make every check on a card; one that breaks is told, and the others are made all the same."""
    found = []
    for one in CHECKS:
        try:
            found.append(one(machine, gpu))
        except (RuntimeError, OSError, KeyError) as error:
            found.append(Finding(one.__name__.replace("_", " "), False, str(error)[:90]))
    return found


def table(findings: Sequence[Finding]) -> str:
    """Return the findings as lines of text."""
    words = {True: "passed", False: "FAILED", None: "not judged"}
    width = max(len(one.name) for one in findings)
    return "\n".join(
        f"{one.name:<{width}}  {words[one.passed]:<10}  {one.told}" for one in findings
    )


def main() -> int:
    """Check every claim on the first card; return 1 when one does not hold."""
    found = list_devices()
    gpus = [device for device in found.devices if device.key != "cpu"]
    if not gpus:
        print(f"There is no NVIDIA card to check. {found.reason}".rstrip())
        return 0
    print(
        f"{len(gpus)} x {gpus[0].name}, {gpus[0].memory_total / GIB:.0f} GiB; on {gpus[0].key}:\n"
    )
    with data_folder() as data, closing(ForkServer()) as server:
        data.mkdir(parents=True, exist_ok=True)
        server.start()
        findings = check(RealMachine(server, data), gpus[0])
    print(table(findings))
    return 1 if any(one.passed is False for one in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
