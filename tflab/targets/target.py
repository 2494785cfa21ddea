"""A target made ready for runs: described, reached, tried, and open to take them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tflab.targets.device import Device
from tflab.targets.engine import NodeReport
from tflab.targets.engines import engine_of
from tflab.targets.server_pool import OWN, ServerPlace
from tflab.targets.target_file import SlurmTarget, Target
from tflab.targets.target_host import TargetHost
from tflab.targets.target_probe import ProbeBook

PROBE_SECONDS = 20.0
"""How long the first run of a day waits for the probe of its target."""


def try_target(
    target: Target, place: ServerPlace = OWN, patience: float = PROBE_SECONDS
) -> list[NodeReport]:
    """Try what runs need on a target, and note when it serves.

    Args:
        target: The target.
        place: The environment that runs are to have.
        patience: Seconds to wait for a machine of the target.

    Returns:
        A report for each machine that answered; none where the queue is long.

    Raises:
        Problem: When the engine does not answer.
    """
    engine = engine_of(target)
    try:
        engine.check()
        reports = engine.probe(place, patience)
    finally:
        engine.close()
    if reports and all(report.problem is None for report in reports):
        ProbeBook().note(target, place)
    return reports


def make_sure(
    target: Target, place: ServerPlace, tell: Callable[[str], object] = lambda _: None
) -> None:
    """Make sure that a target serves, before a run goes there; once a day it is tried.

    Args:
        target: The target.
        place: The environment that the run is to have.
        tell: Takes what the person should know, a sentence at a time.

    Raises:
        Problem: When it does not serve.
    """
    if ProbeBook().knows(target, place):
        return
    reports = try_target(target, place)
    for report in reports:
        for remark in report.remarks:
            tell(remark)
    serving = [report for report in reports if report.problem is None]
    broken = [report.problem for report in reports if report.problem is not None]
    if broken and not serving:
        raise broken[0]
    for problem in broken:
        tell(f"{problem.title}: {problem.cause}")
    if not reports:
        tell(f"{target.name} has not tried what runs need yet: its queue is long. Each run looks.")


def open_host(target: Target, place: ServerPlace = OWN, at_once: int = 0) -> TargetHost:
    """Return what takes runs for a target.

    Args:
        target: The target.
        place: The environment that they are to have.
        at_once: How many may run at once; 0 for as many as the target says.
    """
    if at_once and isinstance(target, SlurmTarget):
        target = replace(target, at_once=at_once)
    return TargetHost(engine_of(target), place)


def device_on(target: Target) -> str:
    """Return the key of the device that runs get on a target: `cpu`, or `gpu:0`."""
    return "gpu:0" if target.gpus else "cpu"


def entry_of(target: Target, name: str = "", note: str = "", problem: str = "") -> Device:
    """Return a target as an entry beside the devices of this machine.

    Args:
        target: The target.
        name: What it is called in a list.
        note: What its engine has.
        problem: Why it does not serve.
    """
    return Device(
        key=key_of(target.name),
        name=name or target.name,
        index=0,
        uuid="",
        memory_total=0,
        memory_free=0,
        note=note,
        target=target.name,
        gives=device_on(target),
        problem=problem,
    )


def key_of(target: str) -> str:
    """Return the key of a target among the devices."""
    return f"on:{target.lower()}"
