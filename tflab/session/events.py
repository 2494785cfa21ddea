"""What the session tells whoever shows it: plain events through one callback.

The session speaks only on the thread that drives it, so whoever listens may touch its own state.
The app posts each event to its screen as a message; the command line prints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tflab.runs.record import Problem

if TYPE_CHECKING:
    from tflab.programs.presets import Preset
    from tflab.programs.program import Program
    from tflab.programs.progress import Course
    from tflab.runs.history import HistoryRow
    from tflab.session.settings import RecentFile
    from tflab.targets.devices import DeviceList
    from tflab.targets.environments import Environment
    from tflab.targets.fork_server import Phase
    from tflab.targets.live_run import LiveRun


@dataclass(frozen=True)
class Event:
    """Something that happened in the session."""

    def replaces(self, other: Event) -> bool:
        """Return whether `other`, not yet shown, need not be shown once this is."""
        del other
        return False


Emit = Callable[[Event], None]
"""Where a piece of the session sends its events."""

Severity = Literal["information", "warning", "error"]


@dataclass(frozen=True)
class Notice(Event):
    """A sentence for the person, told in passing; `seconds` where it stays longer than most."""

    text: str
    title: str = ""
    severity: Severity = "information"
    seconds: float | None = None


@dataclass(frozen=True)
class ProblemRaised(Event):
    """A problem that is shown until the person has read it."""

    problem: Problem


@dataclass(frozen=True)
class TextCopied(Event):
    """A text is to be put on the clipboard, and the person told so."""

    text: str
    notice: str


@dataclass(frozen=True)
class DifferenceShown(Event):
    """How some code differs from other code is to be shown, as a unified diff."""

    title: str
    text: str


@dataclass(frozen=True)
class ProgramOpened(Event):
    """A program is now the one on show.

    Attributes:
        reloaded: It was open already, and its file has changed.
        same: It takes the place of an earlier reading of the same file: place and typed values
            stay.
        cell: The code cell where the person left it.
    """

    program: Program
    reloaded: bool = False
    same: bool = False
    cell: int = 0


@dataclass(frozen=True)
class ProgramRefused(Event):
    """A file could not be read as a program."""

    path: Path
    problem: Problem


@dataclass(frozen=True)
class CourseChanged(Event):
    """What is kept of the person's progress has changed."""

    course: Course


@dataclass(frozen=True)
class FormChanged(Event):
    """A value of the form, or the device, has changed.

    Attributes:
        texts: Whether other values were put in, which stand in no field yet.
        values: Whether a value may have changed, and not only the device.
    """

    texts: bool = False
    values: bool = True


@dataclass(frozen=True)
class ValueRefused(Event):
    """A run was asked for while this field of the form holds a bad value."""

    name: str
    problem: str


@dataclass(frozen=True)
class DevicesListed(Event):
    """The devices of this machine, as they are now."""

    devices: DeviceList


@dataclass(frozen=True)
class RunOpened(Event):
    """A run is now the one on show: just started, or opened from the history."""

    run: LiveRun


@dataclass(frozen=True)
class RunAdvanced(Event):
    """The log of a run grew, or its state changed."""

    run: LiveRun

    def replaces(self, other: Event) -> bool:
        """Let a burst of these collapse into the newest."""
        return isinstance(other, RunAdvanced) and other.run is self.run


@dataclass(frozen=True)
class RunEnded(Event):
    """The run on show came to its end, whichever way.

    Attributes:
        own: Whether it was started here.
        diagnosis: What stands out in its curves; empty for a healthy run.
    """

    run: LiveRun
    own: bool
    diagnosis: str = ""


@dataclass(frozen=True)
class InputWanted(Event):
    """The run on show waits for a line, or waits no longer: `run.state.question` says which."""

    run: LiveRun


@dataclass(frozen=True)
class RunsListed(Event):
    """The newest runs of a program."""

    program: str
    rows: Sequence[HistoryRow]


@dataclass(frozen=True)
class ServerChanged(Event):
    """The fork server's phase has changed."""

    phase: Phase


@dataclass(frozen=True)
class CommandsDecided(Event):
    """Whether the shell commands of the program on show run is known, or was changed."""


@dataclass(frozen=True)
class LiveModeChanged(Event):
    """Live mode was turned on or off."""

    on: bool


@dataclass(frozen=True)
class EnvironmentChosen(Event):
    """The environment that a program runs in was found.

    Attributes:
        program: The program's file.
        environment: The environment.
        passed_over: Those that went before it, but do not serve.
    """

    program: Path
    environment: Environment
    passed_over: Sequence[Environment] = ()


@dataclass(frozen=True)
class EnvironmentMissing(Event):
    """There is no environment that a program can run in."""

    program: Path
    problem: Problem


@dataclass(frozen=True)
class EnvironmentsListed(Event):
    """All environments that are known, to choose from; `current` is the choice in use."""

    environments: Sequence[Environment]
    current: str


@dataclass(frozen=True)
class QuestionsChanged(Event):
    """Questions of a program are to be shown otherwise: answered, waved on, or asked again.

    Attributes:
        again: Whether the person has asked for them, and so wants to see the first.
    """

    program: Program
    again: bool = False


@dataclass(frozen=True)
class PresetsListed(Event):
    """The presets of a program, to choose from."""

    program: Program
    presets: Sequence[Preset]


@dataclass(frozen=True)
class RecentListed(Event):
    """The person's own files that were opened last, and the paths of those that are not there."""

    files: Sequence[RecentFile]
    missing: frozenset[str]


@dataclass(frozen=True)
class LessonsRead(Event):
    """The texts of all lessons, to be searched."""

    texts: Mapping[Path, str]
