"""`tflab devices`: the CPU and the GPUs of this machine."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from tflab.cli.command import Command
from tflab.cli.options import add_json
from tflab.cli.terminal import print_json
from tflab.runs.text import count_of
from tflab.targets.devices import Device, DeviceList, list_devices

_GIB = 1 << 30


def run(arguments: argparse.Namespace) -> int:
    """Print the devices as they are now."""
    found = list_devices()
    if arguments.json:
        print_json(_as_json(found))
        return 0
    for device in found.devices:
        print("\n  ".join(_lines(device)))
    if found.reason:
        print(found.reason)
    return 0


def _as_json(found: DeviceList) -> dict[str, object]:
    devices = [
        {**asdict(device), "busy_with_others": device.busy_with_others} for device in found.devices
    ]
    return {"devices": devices, "reason": found.reason}


def _lines(device: Device) -> list[str]:
    cores = f", {count_of(device.cores, 'core')}" if device.cores else ""
    facts = []
    if device.memory_total:
        free, total = device.memory_free / _GIB, device.memory_total / _GIB
        facts.append(f"{free:.1f} of {total:.1f} GiB free")
    if device.utilisation is not None:
        facts.append(f"{device.utilisation:.0%} in use")
    if device.uuid:
        facts.append(device.uuid)
    lines = [f"{device.key}: {device.name}{cores}", *([", ".join(facts)] if facts else [])]
    for owner in device.owners:
        memory = f", {owner.memory / _GIB:.1f} GiB" if owner.memory else ""
        who = "you" if owner.mine else owner.user
        lines.append(f"used by {who} (process {owner.pid}{memory})")
    if device.busy_with_others:
        lines.append("Others are using it: choose another one, or a run may lack memory.")
    return [*lines, device.note] if device.note else lines


COMMAND = Command("list the CPU and the GPUs", "tflab devices --json", run, add_json)
