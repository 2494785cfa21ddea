"""What the workbench and the fork server say to each other: one JSON object a line.

They speak over a socket pair that only the two of them hold; nothing listens anywhere.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class StartRun(msgspec.Struct, frozen=True, tag_field="type", tag="start"):
    """Workbench to server: run the run whose folder this is."""

    folder: str


class ServerPhase(msgspec.Struct, frozen=True, tag_field="type", tag="phase", kw_only=True):
    """Server to workbench: where it stands, and the TensorFlow that it has once it is ready.

    `broken` means that TensorFlow could not be imported: title, cause and next step say why, and
    the server leaves.
    """

    phase: Literal["importing", "ready", "broken"]
    title: str = ""
    cause: str = ""
    next_step: str = ""
    tensorflow: str = ""


class RunForked(msgspec.Struct, frozen=True, tag_field="type", tag="forked", kw_only=True):
    """Server to workbench: the run's process id; it leads a session and group of its own."""

    folder: str
    pid: int


class RunReaped(msgspec.Struct, frozen=True, tag_field="type", tag="reaped", kw_only=True):
    """Server to workbench: the run's process is gone and its log is complete."""

    folder: str
    pid: int


Request = StartRun
Message = ServerPhase | RunForked | RunReaped
