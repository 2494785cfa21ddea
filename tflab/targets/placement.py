"""Placement: what may run at once, on which device, and what one run is to an executor.

It is written against `concurrent.futures`: whoever has runs to do calls
`executor.submit(perform, request)` and gets a future of a `RunSummary`. Any executor will do, a
distributed one too, because `perform` and its request can be pickled; `run_executor` has ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import RunSummary, summarise
from tflab.targets.devices import Device, DeviceList, find_device
from tflab.targets.fork_server import ForkServer
from tflab.targets.runner import begin, follow


class Slot(NamedTuple):
    """Room for one run at a time on one device."""

    device: str = "cpu"
    uuid: str = ""


def make_slots(devices: Sequence[Device], jobs: int | None = None) -> tuple[Slot, ...]:
    """Return the slots on some devices: one a GPU, and one a core of the CPU.

    Args:
        devices: The chosen ones.
        jobs: At most this many runs at once, over all devices.
    """
    gpus = [
        Slot(device.key, device.uuid)
        for device in devices
        if device.key != "cpu" and not device.target
    ]
    cores = max((device.cores for device in devices if device.key == "cpu"), default=0)
    if cores and jobs is not None:
        cores = max(0, jobs - len(gpus))
    slots = [*gpus, *(Slot() for _ in range(cores))]
    return tuple(slots[:jobs] if jobs else slots)


def choose_devices(texts: Sequence[str], found: DeviceList) -> tuple[Device, ...]:
    """Return the devices that people name, each once; `gpus` stands for every GPU.

    Raises:
        Problem: When there is no such device.
    """
    chosen: dict[str, Device] = {}
    for text in texts or ("cpu",):
        named = [find_device("gpu" if text.strip().lower() == "gpus" else text, found)]
        if text.strip().lower() == "gpus":
            named = [d for d in found.devices if d.key != "cpu" and not d.target]
        chosen |= {device.key: device for device in named}
    return tuple(chosen.values())


def perform(request: RunRequest) -> RunSummary:
    """Do one run from start to end with a fork server of its own, and return what came out.

    This is what an executor that knows nothing of fork servers calls, in whatever process.

    Raises:
        Problem: When the run cannot be kept or the server cannot be started.
    """
    server = ForkServer()
    try:
        server.start()
        live = begin(server, RunStore(), request)
        follow(server, live)
        return summarise(live.record, live.state)
    finally:
        server.close()
