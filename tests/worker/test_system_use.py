"""What the machine did: a simulated NVML through real `ctypes` calls, processor and memory real."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import c_ulonglong
from typing import Any

import psutil
import pytest

from tests.worker.conftest import Bench
from tflab.cli.run_text import machine_lines
from tflab.runs.events import SYSTEM, Event, GpuShared, Scalars
from tflab.runs.state import RunState
from tflab.runs.summary import summarise
from tflab.session.machine_text import machine_line, machine_parts, others_text
from tflab.worker.nvml import Process, Sample, open_gpu
from tflab.worker.process_use import use_of
from tflab.worker.system_use import AXIS, SystemUse, pause

GIB = 1 << 30
NOT_SUPPORTED = 3


class SimulatedLibrary:
    """`libnvidia-ml` as `ctypes` sees it: numbers come back through pointers, and an error code.

    `lacks` are functions that this driver does not have, `refuses` those that it answers badly.
    """

    def __init__(self, lacks: tuple[str, ...] = (), refuses: tuple[str, ...] = ()) -> None:
        self.lacks = lacks
        self.refuses = refuses
        self.running: list[tuple[int, int]] = []
        self.uuids = {b"GPU-abc": 1}

    def __getattr__(self, name: str) -> Callable[..., int]:
        if name in self.lacks or not name.startswith("nvml"):
            raise AttributeError(name)

        def call(*arguments: Any) -> int:
            return NOT_SUPPORTED if name in self.refuses else self.answer(name, arguments)

        return call

    def answer(self, name: str, arguments: tuple[Any, ...]) -> int:
        told: Any = arguments[-1] if arguments else None
        match name.removeprefix("nvmlDevice"):
            case "nvmlInit_v2":
                return 0
            case "GetHandleByUUID":
                if arguments[0].value not in self.uuids:
                    return 6
                told._obj.value = self.uuids[arguments[0].value]
            case "GetHandleByIndex_v2":
                if arguments[0].value > 3:
                    return 2
                told._obj.value = 100 + arguments[0].value
            case "GetUtilizationRates":
                told._obj.gpu = 97
            case "GetMemoryInfo":
                told._obj.total, told._obj.used = 80 * GIB, 22 * GIB
            case "GetPowerUsage":
                told._obj.value = 280_500
            case "GetTemperature":
                assert arguments[1].value == 0
                told._obj.value = 64
            case _:
                assert name.startswith("nvmlDeviceGetComputeRunningProcesses")
                for place, (pid, memory) in enumerate(self.running):
                    told[place].pid, told[place].used = pid, c_ulonglong(memory).value
                arguments[1]._obj.value = len(self.running)
        return 0


@contextmanager
def busy_child() -> Iterator[subprocess.Popen[bytes]]:
    code = "print(flush=True); data = bytearray(64 << 20)\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout is not None
            child.stdout.readline()
            yield child
        finally:
            child.kill()


def test_a_gpu_is_read_and_found_by_its_own_name() -> None:
    library = SimulatedLibrary()
    gpu = open_gpu(0, "GPU-abc", library)
    assert gpu is not None
    assert gpu._handle.value == 1
    assert gpu.sample() == Sample(97.0, 22 * GIB, 280.5, 64.0)
    library.running = [(7, 3 * GIB), (8, -1)]
    assert gpu.processes() == [Process(7, 3 * GIB), Process(8, 0)], "-1 stands for not told"
    by_number = open_gpu(2, "GPU-gone", library)
    assert by_number is not None
    assert by_number._handle.value == 102
    assert open_gpu(9, "", library) is None


@pytest.mark.parametrize("version", ["_v3", "_v2", ""])
def test_processes_are_asked_for_as_each_driver_takes_it(version: str) -> None:
    versions = ("_v3", "_v2", "")
    newer = versions[: versions.index(version)]
    lacks = tuple(f"nvmlDeviceGetComputeRunningProcesses{v}" for v in newer)
    library = SimulatedLibrary(lacks)
    library.running = [(7, GIB)]
    gpu = open_gpu(0, "", library)
    assert gpu is not None
    assert gpu.processes() == [Process(7, GIB)]


def test_what_a_driver_does_not_tell_is_left_out() -> None:
    refused = "nvmlDeviceGetPowerUsage", "nvmlDeviceGetComputeRunningProcesses_v3"
    gpu = open_gpu(0, "", SimulatedLibrary(("nvmlDeviceGetTemperature",), refused))
    assert gpu is not None
    assert gpu.sample() == Sample(97.0, 22 * GIB, None, None)
    assert gpu.processes() == []
    assert open_gpu(0, "", SimulatedLibrary(refuses=("nvmlInit_v2",))) is None
    assert open_gpu(0, "", SimulatedLibrary(lacks=("nvmlInit_v2",))) is None


def test_a_process_without_children_is_not_asked_for_them_thread_by_thread() -> None:
    """Each file that is read lets the interpreter go, in which the program computes."""
    code = (
        "import os\n"
        "from tflab.worker import process_use\n"
        "process_use._children = None\n"
        "print(process_use.use_of(os.getpid()).pids == {os.getpid()})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_children_count_with_their_time_and_memory() -> None:
    with busy_child() as child:
        deadline = time.monotonic() + 30
        while psutil.Process(child.pid).memory_info().rss < 64 << 20:
            assert time.monotonic() < deadline
        before, known = use_of(os.getpid()), psutil.Process(child.pid).cpu_times()
        while psutil.Process(child.pid).cpu_times().user < known.user + 0.1:
            assert time.monotonic() < deadline
        after, alone = use_of(os.getpid()), use_of(child.pid)
    assert {os.getpid(), child.pid} <= after.pids
    assert after.seconds >= before.seconds + 0.09
    assert alone.memory is not None
    assert alone.memory >= 64 << 20
    assert after.memory is not None
    assert after.memory > alone.memory


@pytest.mark.parametrize("visible", ["GPU-abc", "1", "GPU-abc,GPU-def"])
def test_a_run_and_who_else_is_on_its_gpu(visible: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    library, clock = SimulatedLibrary(), [100.0]
    use = SystemUse("gpu:0", lambda *_: None, lambda: clock[0], library)
    use.open()
    state = RunState()

    def after(seconds: float) -> list[Event]:
        clock[0] += seconds
        events = use.sample()
        for event in events:
            state.apply(event)
        return events

    with busy_child() as other:
        library.running = [(1, 5 * GIB)]
        assert not [e for e in after(1.0) if isinstance(e, GpuShared)], "it is not there itself"
        ours = (os.getpid(), 2 * GIB)
        # Our own child is ours; process 1 is of root, or of the machine's own.
        library.running = [ours, (other.pid, GIB), (1, 5 * GIB)]
        after(1.0)
        owner = pwd.getpwuid(os.stat("/proc/1").st_uid).pw_name
        assert state.gpu_others == {owner: 5 * GIB}
        assert others_text(state) == f"Also on this GPU: {owner} (5.0 GiB)."
        assert not [e for e in after(1.0) if isinstance(e, GpuShared)], "told once"
        library.running = [ours]
        after(1.0)
    assert others_text(state) == ""
    assert list(state.system["gpu_percent"].steps) == [1, 2, 3, 4]
    assert {name: s.values[-1] for name, s in state.system.items() if name.startswith("gpu")} == {
        "gpu_percent": 97, "gpu_memory_gib": 22, "gpu_watts": 280.5, "gpu_celsius": 64
    }  # fmt: skip
    assert state.series == {}, "they are no metrics of the run"
    assert state.points == 0
    words = machine_parts(state, unicode=False)
    assert words[2:] == ["gpu 97 %", "22.0 GiB", "280 W", "64 °C"]
    assert machine_parts(state)[2] == "gpu ████ 97 %"


@pytest.mark.parametrize(("gib", "words"), [(0.0293, "30 MiB"), (1.04, "1.0 GiB")])
def test_little_memory_is_not_told_as_none(gib: float, words: str) -> None:
    state = RunState()
    state.apply(Scalars(tag=f"{SYSTEM}memory_gib", steps=[1], values=[gib], time=1.0, axis=AXIS))
    assert machine_line(state) == f"memory up to {words}"
    assert machine_parts(state) == [words]


def test_samples_get_rarer_with_age() -> None:
    assert [pause(age) for age in (0, 599, 1200, 18_000, 1e7)] == [1, 1, 2, 30, 30]


def test_one_sample_costs_less_than_a_hundredth_of_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    use = SystemUse("gpu:0", lambda *_: None, library=SimulatedLibrary())
    use.open()
    before = time.thread_time()
    for _ in range(20):
        use.sample()
    assert (time.thread_time() - before) / 20 < 0.01


def test_a_real_run_has_them_beside_its_metrics(bench: Bench) -> None:
    code = """
    import time
    from tflab import lab
    end = time.monotonic() + {seconds}
    while time.monotonic() < end:
        lab.log(0, loss=1.0)
        sum(range(20000))
    """
    run = bench.start(code.format(seconds=60))
    run.wait_for(lambda: len(run.state.system.get("cpu_percent", ())) >= 2)
    os.kill(run.pid, 2)
    state = run.finish()
    assert set(state.series) == {"loss"}
    assert state.system["cpu_percent"].max > 5
    assert state.system["memory_gib"].max > 0.05
    record = bench.store.record(run.folder.name)
    assert set(summarise(record, state).metrics) == {"loss"}
    assert machine_lines(state)[0].startswith("Machine: cpu ")
    tags = {event.tag for event in run.events if isinstance(event, Scalars)}
    assert {"system/cpu_percent", "system/memory_gib", "loss"} <= tags


def test_nothing_is_recorded_where_a_person_wants_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFLAB_SYSTEM", "0")
    threads = len(psutil.Process().threads())
    SystemUse("cpu", lambda *_: None).start()
    assert len(psutil.Process().threads()) == threads
