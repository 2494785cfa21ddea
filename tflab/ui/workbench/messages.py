"""The messages that background work posts to the screen. It never touches a widget itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from textual.message import Message

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.runs.record import Problem
    from tflab.runs.summary import RunSummary
    from tflab.session.past_runs import RunUse
    from tflab.targets.devices import DeviceList
    from tflab.targets.live_run import LiveRun


class LessonLoaded(Message):
    """A lesson file was read. `reloaded` when it was open already and changed on disk."""

    def __init__(self, lesson: Program, reloaded: bool = False) -> None:
        super().__init__()
        self.lesson = lesson
        self.reloaded = reloaded


class LessonRefused(Message):
    """A lesson file could not be read as a lesson."""

    def __init__(self, path: Path, problem: Problem) -> None:
        super().__init__()
        self.path = path
        self.problem = problem


class DevicesListed(Message):
    """The devices of this machine, as they are now."""

    def __init__(self, devices: DeviceList) -> None:
        super().__init__()
        self.devices = devices


class RunOpened(Message):
    """A run is now the one on show: just started, or opened from the history."""

    def __init__(self, run: LiveRun) -> None:
        super().__init__()
        self.run = run


class RunAdvanced(Message):
    """The log of the run on show grew, or its state changed."""

    def __init__(self, run: LiveRun) -> None:
        super().__init__()
        self.run = run

    def can_replace(self, message: Message) -> bool:
        """Let a burst of these collapse into the newest."""
        return isinstance(message, RunAdvanced) and message.run is self.run


class RunEnded(Message):
    """A run came to its end, whichever way."""

    def __init__(self, run: LiveRun) -> None:
        super().__init__()
        self.run = run


class ServerChanged(Message):
    """The fork server's phase changed. `final` when no other one will be started by itself."""

    def __init__(self, phase: str, problem: Problem | None = None, final: bool = False) -> None:
        super().__init__()
        self.phase = phase
        self.problem = problem
        self.final = final


class ValuesChanged(Message):
    """A value in the form changed. `valid` is False while any field holds a bad one."""

    def __init__(self, valid: bool) -> None:
        super().__init__()
        self.valid = valid


class RunRequested(Message):
    """The person asked for a run, of the whole lesson or up to a cell."""

    def __init__(self, until: int | None = None) -> None:
        super().__init__()
        self.until = until


class DeviceChanged(Message):
    """Another device was chosen, or what is known of it changed."""


class LessonChosen(Message):
    """A lesson was chosen from the list."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


class RunChosen(Message):
    """An earlier run is to be shown, its values used, or its command copied."""

    def __init__(self, run: RunSummary, use: RunUse) -> None:
        super().__init__()
        self.run = run
        self.use = use


class TextCopied(Message):
    """Text is to be put on the clipboard; `what` names it."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__()
        self.text = text
        self.what = what


class OutputOpened(Message):
    """The whole output of a cell is to be shown."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.title = title
        self.text = text


class SearchRequested(Message):
    """A lesson is to be found by title or content."""


class GuideRequested(Message):
    """Help with the open lesson: contents, technical words, presets, or the lesson beside it."""

    def __init__(
        self, wish: Literal["contents", "glossary", "presets", "next", "previous"]
    ) -> None:
        super().__init__()
        self.wish = wish


class WordAsked(Message):
    """A technical word in the prose is to be explained."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
