"""What the workbench and the fork server say to each other: one JSON object a line.

They speak over a socket pair that only the two of them hold; nothing listens anywhere.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal


@dataclass(frozen=True, kw_only=True)
class StartRun:
    """Workbench to server: run the run whose folder this is."""

    TYPE: ClassVar[str] = "start"

    folder: str


@dataclass(frozen=True, kw_only=True)
class ServerPhase:
    """Server to workbench: where it stands, and the TensorFlow that it has once it is ready.

    `broken` means that TensorFlow could not be imported: title, cause and next step say why, and
    the server leaves.
    """

    TYPE: ClassVar[str] = "phase"

    phase: Literal["importing", "ready", "broken"]
    title: str = ""
    cause: str = ""
    next_step: str = ""
    tensorflow: str = ""


@dataclass(frozen=True, kw_only=True)
class RunForked:
    """Server to workbench: the run's process id; it leads a session and group of its own."""

    TYPE: ClassVar[str] = "forked"

    folder: str
    pid: int


@dataclass(frozen=True, kw_only=True)
class RunReaped:
    """Server to workbench: the run's process is gone and its log is complete."""

    TYPE: ClassVar[str] = "reaped"

    folder: str
    pid: int


Request = StartRun
Message = ServerPhase | RunForked | RunReaped
_KINDS: dict[str, Any] = {kind.TYPE: kind for kind in (StartRun, ServerPhase, RunForked, RunReaped)}


def to_line(said: Request | Message) -> bytes:
    """Return the line that says this."""
    return json.dumps({"type": said.TYPE} | asdict(said)).encode() + b"\n"


def from_line(line: bytes) -> Any:
    """Return what a line says: a `Request` or a `Message`."""
    found = json.loads(line)
    return _KINDS[found.pop("type")](**found)
