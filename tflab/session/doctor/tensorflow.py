"""TensorFlow, tried in a process of its own: it may hang, or kill a process whose CPU it misfits.

And the devices that it can use.
"""

from __future__ import annotations

import json
import platform
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tflab.runs.processes import signal_name
from tflab.runs.record import Problem
from tflab.runs.text import count_of, plain_line
from tflab.session.doctor.check import Check, ok, problem, warning
from tflab.targets.devices import Device, DeviceList
from tflab.targets.worker_command import worker_command

PATIENCE = 120.0
"""Seconds that importing TensorFlow may take; a cold disk needs half a minute."""

_AGAIN = "Install it again: `python -m pip install --force-reinstall tensorflow`."


def check_tensorflow(gpus: int, patience: float = PATIENCE, python: str = "") -> Iterator[Check]:
    """Import TensorFlow and compute one sum; with GPUs, look whether it can use them.

    Args:
        gpus: How many GPUs the driver tells of.
        patience: Seconds to wait.
        python: The interpreter to try it in; empty for our own.
    """
    try:
        command = worker_command(python, "tflab.worker.probe", *(["--gpu"] if gpus else []))
    except OSError:
        # The data folder cannot be written, which has a line of its own.
        return
    except Problem as refused:
        yield problem("TensorFlow", refused.cause, refused.next_step)
        return
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        yield problem(
            "TensorFlow",
            f"It was not imported after {patience:.0f} s.",
            "See whether the disk it is on answers; a network disk can take very long. Else "
            + _AGAIN,
        )
        return
    yield from _found(done, gpus)


def _found(done: subprocess.CompletedProcess[bytes], gpus: int) -> Iterator[Check]:
    """Yield what the probe says, or how it ended without a word."""
    found = _answer(done.stdout)
    if found is None:
        yield _died(done.returncode, done.stderr)
    elif "version" not in found:
        yield problem("TensorFlow", f"{found['title']}. {found['cause']}", found["next_step"])
    else:
        yield ok(
            "TensorFlow",
            f"{found['version']} with Keras {found['keras']}, loaded in {found['seconds']:.1f} s",
        )
        if gpus:
            yield _gpu_use(found, gpus)


def check_cpu(cpuinfo: Path = Path("/proc/cpuinfo"), machine: str | None = None) -> Check:
    """Look whether the CPU has the instructions that TensorFlow's builds use."""
    machine = machine or platform.machine()
    try:
        text = cpuinfo.read_text(errors="replace")
    except OSError:
        return ok("CPU", machine)
    flags = next((line for line in text.splitlines() if line.startswith("flags")), "").split()
    if machine not in ("x86_64", "AMD64") or not flags:
        return ok("CPU", machine)
    missing = [name.upper() for name in ("avx", "avx2", "fma") if name not in flags]
    if "AVX" in missing:
        return problem(
            "CPU",
            "It has no AVX, which TensorFlow's builds use.",
            "Install a TensorFlow that was built for this machine, or use another machine.",
        )
    if missing:
        return warning(
            "CPU", f"It has no {' and no '.join(missing)}; TensorFlow works, but slowly.", "None."
        )
    return ok("CPU", f"{machine} with AVX2 and FMA")


def check_devices(devices: DeviceList) -> Iterator[Check]:
    """Say which devices there are, and why a GPU is missing or of little use now."""
    for device in devices.devices:
        yield _device(device)
    if devices.reason:
        # No GPU is no fault on a machine that has none, and nobody can tell from here.
        yield ok("GPU", devices.reason)


def _device(device: Device) -> Check:
    cores = f", {count_of(device.cores, 'core')}" if device.cores else ""
    free, total = device.memory_free / (1 << 30), device.memory_total / (1 << 30)
    words = f"{device.name}{cores}, {free:.1f} of {total:.1f} GiB free"
    if device.busy_with_others:
        return warning(
            device.key, f"{words}; others are using it.", "Choose another device, or wait."
        )
    if device.key == "cpu" and free < 1:
        return warning(
            device.key, f"{words}.", "Stop other programs: TensorFlow needs about 1 GiB."
        )
    return ok(device.key, words)


def _gpu_use(found: dict[str, Any], gpus: int) -> Check:
    if found["gpus"] >= gpus:
        return ok("CUDA", f"TensorFlow can use {found['gpus']} GPU{'s' if gpus > 1 else ''}")
    if not found["cuda"]:
        return problem(
            "CUDA",
            "This TensorFlow was built without CUDA, so it cannot use the GPU.",
            "Install a build with CUDA: `python -m pip install 'tflab[gpu]'`.",
        )
    return problem(
        "CUDA",
        f"TensorFlow can use {found['gpus']} of {gpus} GPUs: it finds no CUDA {found['cuda']} "
        "libraries that fit, or the driver is too old for them.",
        "Install the libraries: `python -m pip install 'tflab[gpu]'`; look at `nvidia-smi`.",
    )


def _answer(output: bytes) -> dict[str, Any] | None:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    try:
        found = json.loads(lines[-1])
    except (IndexError, json.JSONDecodeError):
        return None
    return found if isinstance(found, dict) else None


def _died(code: int, said: bytes) -> Check:
    if code == -signal.SIGILL:
        return problem(
            "TensorFlow",
            "It used an instruction that this CPU does not have (most builds need AVX).",
            "Install a TensorFlow that was built for this machine.",
        )
    how = f"with code {code}" if code >= 0 else f"by {signal_name(-code)}"
    lines = said.decode("utf-8", "replace").strip().splitlines()
    last = f" It said last: {plain_line(lines[-1])[:300]}" if lines else ""
    return problem("TensorFlow", f"Its process ended {how} while it loaded.{last}", _AGAIN)
