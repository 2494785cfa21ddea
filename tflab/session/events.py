"""What the session tells whoever shows it: plain events through one callback.

The session speaks only on the thread that drives it, so whoever listens may touch its own state.
The app posts each event to its screen as a message; the command line prints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import msgspec

from tflab.runs.problem import Problem

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


class Event(msgspec.Struct, frozen=True):
    """Something that happened in the session.

    `ALERTS` says of a kind whether a person who is elsewhere may want to hear of it.
    """

    ALERTS: ClassVar[bool] = False

    def replaces(self, other: Event) -> bool:
        """Return whether `other`, not yet shown, need not be shown once this is."""
        del other
        return False


Emit = Callable[[Event], None]
"""Where a piece of the session sends its events."""

Severity = Literal["information", "warning", "error"]


class Notice(Event, frozen=True):
    """A sentence for the person, told in passing; `seconds` where it stays longer than most."""

    text: str
    title: str = ""
    severity: Severity = "information"
    seconds: float | None = None


class ProblemRaised(Event, frozen=True):
    """A problem that is shown until the person has read it."""

    problem: Problem


class TextCopied(Event, frozen=True):
    """A text is to be put on the clipboard, and the person told so."""

    text: str
    notice: str


class DifferenceShown(Event, frozen=True):
    """How some code differs from other code is to be shown, as a unified diff."""

    title: str
    text: str


class ProgramOpened(Event, frozen=True):
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


class ProgramRefused(Event, frozen=True):
    """A file could not be read as a program."""

    path: Path
    problem: Problem


class CourseChanged(Event, frozen=True):
    """What is kept of the person's progress has changed."""

    course: Course


class ReviewDue(Event, frozen=True):
    """How many questions on what was learned are due, as last looked up."""

    count: int


class FormChanged(Event, frozen=True):
    """A value of the form, or the device, has changed.

    Attributes:
        texts: Whether other values were put in, which stand in no field yet.
        values: Whether a value may have changed, and not only the device.
    """

    texts: bool = False
    values: bool = True


class ValueRefused(Event, frozen=True):
    """A run was asked for while this field of the form holds a bad value."""

    name: str
    problem: str


class DevicesListed(Event, frozen=True):
    """The devices of this machine, as they are now."""

    devices: DeviceList


class RunOpened(Event, frozen=True):
    """A run is now the one on show: just started, or opened from the history."""

    run: LiveRun


class RunAdvanced(Event, frozen=True):
    """The log of a run grew, or its state changed."""

    ALERTS: ClassVar[bool] = True

    run: LiveRun

    def replaces(self, other: Event) -> bool:
        """Let a burst of these collapse into the newest."""
        return isinstance(other, RunAdvanced) and other.run is self.run


class RunEnded(Event, frozen=True):
    """The run on show came to its end, whichever way.

    Attributes:
        own: Whether it was started here.
        diagnosis: What stands out in its curves; empty for a healthy run.
    """

    ALERTS: ClassVar[bool] = True

    run: LiveRun
    own: bool
    diagnosis: str = ""


class InputWanted(Event, frozen=True):
    """The run on show waits for a line, or waits no longer: `run.state.question` says which."""

    run: LiveRun


class RunsListed(Event, frozen=True):
    """The newest runs of a program."""

    program: str
    rows: Sequence[HistoryRow]


class ServerChanged(Event, frozen=True):
    """The fork server's phase has changed."""

    phase: Phase


class CommandsDecided(Event, frozen=True):
    """Whether the shell commands of the program on show run is known, or was changed."""


class LiveModeChanged(Event, frozen=True):
    """Live mode was turned on or off."""

    on: bool


class EnvironmentChosen(Event, frozen=True):
    """The environment that a program runs in was found.

    Attributes:
        program: The program's file.
        environment: The environment.
        passed_over: Those that went before it, but do not serve.
    """

    program: Path
    environment: Environment
    passed_over: Sequence[Environment] = ()


class EnvironmentMissing(Event, frozen=True):
    """There is no environment that a program can run in."""

    program: Path
    problem: Problem


class EnvironmentsListed(Event, frozen=True):
    """All environments that are known, to choose from; `current` is the choice in use."""

    environments: Sequence[Environment]
    current: str


class QuestionsChanged(Event, frozen=True):
    """Questions of a program are to be shown otherwise: answered, waved on, or asked again.

    Attributes:
        again: Whether the person has asked for them, and so wants to see the first.
    """

    program: Program
    again: bool = False


class PresetsListed(Event, frozen=True):
    """The presets of a program, to choose from."""

    program: Program
    presets: Sequence[Preset]


class RecentListed(Event, frozen=True):
    """The person's own files that were opened last, and the paths of those that are not there."""

    files: Sequence[RecentFile]
    missing: frozenset[str]


class LessonsRead(Event, frozen=True):
    """The texts of all lessons, to be searched."""

    texts: Mapping[Path, str]
