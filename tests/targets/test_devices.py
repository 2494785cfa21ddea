"""Devices through a simulated NVML: every way in which it can fail, and still the CPU is there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from tflab.runs.record import Problem
from tflab.targets import devices
from tflab.targets.devices import Device, DeviceList, DeviceOwner, find_device, list_devices

GIB = 1 << 30


class NVMLError(Exception):
    pass


def error(name: str) -> NVMLError:
    found: NVMLError = type(f"NVMLError_{name}", (NVMLError,), {})(f"about {name}")
    return found


class SimulatedNvml:
    """NVML with GPUs of 80 GiB; `fail` maps a function's name to what it raises.

    The functions are those of `pynvml`; a handle is the GPU's index.
    """

    NVMLError = NVMLError

    def __init__(self, gpus: int = 1, **fail: Exception) -> None:
        self.gpus = gpus
        self.fail = fail
        self.used = 0
        self.processes: list[Any] = []
        self.mig = 0

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            if name in self.fail:
                raise self.fail[name]
            return self.answer(name, *arguments)

        return call

    def answer(self, name: str, index: int = 0) -> Any:
        return {
            "nvmlInit": None,
            "nvmlDeviceGetCount": self.gpus,
            "nvmlDeviceGetHandleByIndex": index,
            "nvmlDeviceGetName": b"NVIDIA H100",
            "nvmlDeviceGetUUID": f"GPU-{index}abc",
            "nvmlDeviceGetMemoryInfo": SimpleNamespace(total=80 * GIB, free=80 * GIB - self.used),
            "nvmlDeviceGetUtilizationRates": SimpleNamespace(gpu=25),
            "nvmlDeviceGetMigMode": [self.mig, 0],
            "nvmlDeviceGetComputeRunningProcesses": self.processes,
            "nvmlDeviceGetGraphicsRunningProcesses": [],
        }[name]


def look(nvml: SimulatedNvml, **environ: str) -> DeviceList:
    return list_devices(nvml, environ)


def test_cpu_is_there() -> None:
    cpu = look(SimulatedNvml(0)).devices[0]
    assert (cpu.key, cpu.index, cpu.uuid) == ("cpu", 0, "")
    assert cpu.cores >= 1
    assert 0 < cpu.memory_free <= cpu.memory_total
    assert cpu.utilisation is not None
    assert not cpu.busy_with_others


@pytest.mark.parametrize("told", [None, "", "MemTotal: many kB\n", "MemTotal: 9 kB\n"])
def test_memory_is_what_psutil_tells(
    told: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From Linux itself, and by psutil where that tells nothing that makes sense."""
    if told is not None:
        (tmp_path / "meminfo").write_text(told)
        monkeypatch.setattr(devices, "_MEMORY", tmp_path / "meminfo")
    cpu = look(SimulatedNvml(0)).devices[0]
    memory = psutil.virtual_memory()
    assert cpu.memory_total == memory.total
    assert cpu.memory_free == pytest.approx(memory.available, rel=0.2)


def test_gpu_is_read() -> None:
    nvml = SimulatedNvml(2)
    nvml.used = 4 * GIB
    nvml.processes = [SimpleNamespace(pid=os.getpid(), usedGpuMemory=3 * GIB)]
    found = look(nvml)
    assert found.reason == ""
    assert [d.key for d in found.devices] == ["cpu", "gpu:0", "gpu:1"]
    gpu = found.devices[2]
    assert (gpu.name, gpu.index, gpu.uuid) == ("NVIDIA H100", 1, "GPU-1abc")
    assert (gpu.memory_total, gpu.memory_free, gpu.utilisation) == (80 * GIB, 76 * GIB, 0.25)
    user = psutil.Process().username()
    assert gpu.owners == (DeviceOwner(user=user, pid=os.getpid(), memory=3 * GIB, mine=True),)
    assert not gpu.busy_with_others


@pytest.mark.parametrize("memory", [40 * GIB, None])
def test_gpu_filled_by_another(memory: int | None) -> None:
    nvml = SimulatedNvml()
    nvml.used = 41 * GIB
    nobody = 1 << 30
    nvml.processes = [SimpleNamespace(pid=nobody, usedGpuMemory=memory)]
    gpu = look(nvml).devices[1]
    assert gpu.owners == (DeviceOwner(user="unknown", pid=nobody, memory=memory or 0, mine=False),)
    assert gpu.busy_with_others


def test_gpu_filled_by_processes_that_are_not_told() -> None:
    nvml = SimulatedNvml()
    nvml.used = 41 * GIB
    assert look(nvml).devices[1].busy_with_others


def test_gpu_filled_by_mine_of_unknown_size() -> None:
    nvml = SimulatedNvml()
    nvml.used = 41 * GIB
    nvml.processes = [SimpleNamespace(pid=os.getpid(), usedGpuMemory=None)]
    assert not look(nvml).devices[1].busy_with_others


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("LibraryNotFound", "install its driver"),
        ("DriverNotLoaded", "modprobe"),
        ("LibRmVersionMismatch", "Restart the machine"),
        ("NoPermission", "Ask an administrator"),
        ("OperatingSystem", "container"),
        ("Unknown", "answers with an error: about Unknown. See what `nvidia-smi` says."),
    ],
)
@pytest.mark.parametrize("function", ["nvmlInit", "nvmlDeviceGetCount"])
def test_reason_in_words(name: str, words: str, function: str) -> None:
    found = look(SimulatedNvml(1, **{function: error(name)}))
    assert [d.key for d in found.devices] == ["cpu"]
    assert words in found.reason


def test_driver_without_gpu() -> None:
    assert "it has no GPU" in look(SimulatedNvml(0)).reason


def test_nvml_package_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    found = list_devices(environ={})
    assert "nvidia-ml-py is missing" in found.reason
    assert [d.key for d in found.devices] == ["cpu"]


def test_lost_gpu_does_not_hide_the_others() -> None:
    nvml = SimulatedNvml(2)
    read = nvml.answer

    def lose_the_first(name: str, index: int = 0) -> Any:
        if name == "nvmlDeviceGetHandleByIndex" and index == 0:
            raise error("GpuIsLost")
        return read(name, index)

    nvml.answer = lose_the_first  # type: ignore[method-assign]
    found = look(nvml)
    assert [d.key for d in found.devices] == ["cpu", "gpu:1"]
    assert found.reason.startswith("GPU 0 cannot be read.")


@pytest.mark.parametrize(
    ("function", "note"),
    [
        ("nvmlDeviceGetName", "name"),
        ("nvmlDeviceGetUUID", "UUID"),
        ("nvmlDeviceGetMemoryInfo", "memory"),
        ("nvmlDeviceGetUtilizationRates", "use"),
        ("nvmlDeviceGetComputeRunningProcesses", "owners"),
        ("nvmlDeviceGetGraphicsRunningProcesses", "owners"),
    ],
)
def test_what_is_not_told_is_said(function: str, note: str) -> None:
    found = look(SimulatedNvml(1, **{function: error("NoPermission")}))
    gpu = found.devices[1]
    assert gpu.note == f"The driver does not tell its {note}."
    assert not gpu.busy_with_others


def test_what_is_not_supported_is_no_failure() -> None:
    gpu = look(SimulatedNvml(1, nvmlDeviceGetUtilizationRates=error("NotSupported"))).devices[1]
    assert (gpu.utilisation, gpu.note) == (None, "")


def test_mig_is_noted() -> None:
    nvml = SimulatedNvml()
    nvml.mig = 1
    assert "MIG" in look(nvml).devices[1].note


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ("", []),
        ("-1", []),
        ("1", ["gpu:1"]),
        ("1, 0", ["gpu:0", "gpu:1"]),
        ("GPU-0", ["gpu:0"]),
        ("0,7,1", ["gpu:0"]),
    ],
)
def test_cuda_visible_devices_hides_gpus(value: str, keys: list[str]) -> None:
    found = look(SimulatedNvml(3), CUDA_VISIBLE_DEVICES=value)
    assert [d.key for d in found.devices] == ["cpu", *keys]
    assert f"CUDA_VISIBLE_DEVICES={value!r} shows" in found.reason


def test_cuda_visible_devices_that_shows_all_says_nothing() -> None:
    assert look(SimulatedNvml(2), CUDA_VISIBLE_DEVICES="0,1").reason == ""


@pytest.mark.parametrize("text", ["gpu:1", " GPU:1 ", "gpu-1ABC"])
def test_find_device(text: str) -> None:
    assert find_device(text, look(SimulatedNvml(2))).key == "gpu:1"


def test_find_first_gpu() -> None:
    assert find_device("gpu", look(SimulatedNvml(2))).key == "gpu:0"


@pytest.mark.parametrize("text", ["gpu:0", "gpu", "tpu", ""])
def test_find_device_says_why_there_is_none(text: str) -> None:
    devices = look(SimulatedNvml(1, nvmlInit=error("DriverNotLoaded")))
    with pytest.raises(Problem) as caught:
        find_device(text, devices)
    assert "not running" in caught.value.cause
    assert caught.value.next_step == "Choose cpu; `tflab devices` shows them."


def test_names_cannot_carry_control_sequences() -> None:
    nvml = SimulatedNvml()
    read = nvml.answer
    nvml.answer = lambda name, index=0: (  # type: ignore[method-assign]
        "\x1b[2JH100" if name == "nvmlDeviceGetName" else read(name, index)
    )
    assert look(nvml).devices[1].name == "H100"


def test_this_machine_without_tensorflow() -> None:
    code = (
        "import sys; from tflab.targets.devices import list_devices; found = list_devices();"
        "print(found.devices[0].key, bool(found.reason) or len(found.devices) > 1,"
        " 'tensorflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["cpu", "True", "False"]


def test_device_without_memory_told_is_not_busy() -> None:
    assert not Device("gpu:0", "x", 0, "", 0, 0).busy_with_others
