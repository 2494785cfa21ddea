"""What the session tells of sweeps, and what a new one is planned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from tflab.programs.program import Program
from tflab.runs.record import RunOptions
from tflab.session.events import Event
from tflab.sweeps.sweep import Sweep
from tflab.targets.devices import DeviceList


@dataclass(frozen=True)
class SweepBasis:
    """What a new sweep starts from: the open program, and what its form holds.

    Attributes:
        values: A value for each parameter; where one is missing, its default.
        device: Key of the chosen device.
        limits: How much of a shared machine each run may take.
    """

    program: Program
    values: Mapping[str, Any]
    seed: int
    device: str
    limits: RunOptions


class SweepPlanning(Event, frozen=True):
    """A new sweep is to be planned.

    Attributes:
        devices: The devices of this machine.
        usual: Seconds of a run of this program, if any has finished before.
        texts: What was typed before, by field; whoever asks keeps it up to date.
    """

    basis: SweepBasis
    devices: DeviceList
    usual: float | None
    texts: dict[str, str]


class SweepShown(Event, frozen=True):
    """A sweep is to be shown: just begun, still going on, or opened again."""

    sweep: Sweep


class SweepAdvanced(Event, frozen=True):
    """A run of the sweep has begun, gone on or ended."""

    sweep: Sweep

    def replaces(self, other: Event) -> bool:
        """Let a burst of these collapse into the newest."""
        return isinstance(other, SweepAdvanced) and other.sweep is self.sweep


class SweepEnded(Event, frozen=True):
    """Every run of a sweep has ended.

    Attributes:
        text: Says with what, for whoever does not see it.
        left: Whether it was stopped so that something else may be done.
    """

    ALERTS: ClassVar[bool] = True

    sweep: Sweep
    text: str
    left: bool


@dataclass(frozen=True)
class EarlierSweep:
    """A sweep that is kept."""

    id: str
    created: float
    about: str


class EarlierSweepsListed(Event, frozen=True):
    """The sweeps that may be opened again, newest first; at least one."""

    sweeps: list[EarlierSweep]
