"""Where the runs of a sweep go: over devices of this machine, or to a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from tflab.runs.record import Problem
from tflab.sweeps.plan import SweepPlan
from tflab.targets.devices import Device
from tflab.targets.placement import Slot, make_slots

SEARCHED_AT_ONCE = 4
"""Runs at once of a search on a target: it learns from what has run, so it asks for few."""


def place_runs(
    plan: SweepPlan, devices: Sequence[Device], jobs: int | None
) -> tuple[SweepPlan, tuple[Slot, ...]]:
    """Return a plan with its runs placed, and the slots that they get.

    Args:
        plan: What is run.
        devices: Devices of this machine, or the entry of one target.
        jobs: Runs at once; None for as many as there is room for. On a target that is for its
            queue to decide, so all are handed over.

    Raises:
        Problem: When a target is to be mixed with anything else.
    """
    target = next((device for device in devices if device.target), None)
    if target is None:
        slots = make_slots(devices, jobs)
        return plan.placed([device.key for device in devices], len(slots)), slots
    if len(devices) > 1:
        raise Problem(
            "A sweep runs in one place",
            f"{target.target} is a target, and runs do not mix with those of other places.",
            "Name one target, or devices of this machine.",
        )
    at_once = jobs or (plan.count if plan.search is None else SEARCHED_AT_ONCE)
    slots = (Slot(target.gives),) * max(1, at_once)
    plan = structs.replace(plan, each=replace(plan.each, target=target.target))
    return plan.placed([target.key], len(slots)), slots
