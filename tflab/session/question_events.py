"""What a person is asked before something starts, and the event that asks it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import msgspec

from tflab.session.events import Event


class QuestionKind(Enum):
    """What is asked before a run may start."""

    TRUST = "trust"
    BUSY = "busy"
    COMMANDS = "commands"


class Question(msgspec.Struct, frozen=True):
    """What a person is asked before something starts.

    Attributes:
        kind: What it is about.
        title: Its title.
        text: What the person should know.
        yes: What the button that goes on says.
        source: The text that would run, where it is about that. A yes runs exactly this.
        no: What the other button says.
    """

    kind: QuestionKind
    title: str
    text: str
    yes: str
    source: str = ""
    no: str = "Not now"


class QuestionAsked(Event, frozen=True):
    """A yes is needed; everything else means no. `answer` takes it, once."""

    question: Question
    answer: Callable[[bool], None]


class LineAsked(Event, frozen=True):
    """A line is to be typed; `take` gets it, once. Nothing is done where none is.

    Attributes:
        title: What is asked for.
        about: A sentence on what it is for.
        text: What stands there at first.
    """

    title: str
    about: str
    text: str
    take: Callable[[str], object]
