"""The messages that the panes of the workbench post to their screen, and the session to the app."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from textual.content import Content
from textual.message import Message

from tflab.session.events import Event

if TYPE_CHECKING:
    from textual.widget import Widget

    from tflab.runs.events import Picture
    from tflab.session.past_runs import RunUse
    from tflab.ui.actions import Scope


class SessionSpoke(Message):
    """The session tells something."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event

    def can_replace(self, message: Message) -> bool:
        """Let a burst of events collapse into the newest, where that is as good."""
        return isinstance(message, SessionSpoke) and message.event.replaces(self.event)


class RunRequested(Message):
    """The person asked for a run, of the whole lesson or up to a cell."""

    def __init__(self, until: int | None = None) -> None:
        super().__init__()
        self.until = until


class CellWork(Enum):
    """What can be done with the code of a cell."""

    EDIT = "edit"
    DIFFERENCE = "difference"
    PUT_BACK = "put back"
    PUT_ALL_BACK = "put all back"
    BRING_BACK = "bring back"
    OTHER_VERSION = "other version"
    TRY = "try"
    SAVE = "save"
    SAVE_COPY = "save a copy"


class CellWorkRequested(Message):
    """Something is to be done with the code of a cell, given by its index."""

    def __init__(self, work: CellWork, cell: int) -> None:
        super().__init__()
        self.work = work
        self.cell = cell


class CodeTyped(Message):
    """So much was typed in an editor; `text` is all of its cell, given by its index."""

    def __init__(self, cell: int, text: str, editor: Widget) -> None:
        super().__init__()
        self.cell = cell
        self.text = text
        self.editor = editor


class TakesNames(Protocol):
    """What asks for names to go on with."""

    cell: int

    @property
    def is_attached(self) -> bool:
        """Whether it is still there."""

    def take_names(self, at: tuple[int, int], names: Sequence[str]) -> None:
        """Take them, for what stands before a row and column."""


class HelpAsked(Message):
    """Something is to be known of the place of the cursor in an editor.

    Attributes:
        editor: The editor, which takes the answer.
        text: The code up to the end of its cell.
        at: Row and column of the cursor in that, from 0.
        want: Names to go on with, or what stands there.
    """

    def __init__(
        self, editor: TakesNames, text: str, at: tuple[int, int], want: Literal["names", "about"]
    ) -> None:
        super().__init__()
        self.editor = editor
        self.text = text
        self.at = at
        self.want = want


class LinesTried(Message):
    """Lines are to be tried after a cell, given by its index."""

    def __init__(self, cell: int, text: str) -> None:
        super().__init__()
        self.cell = cell
        self.text = text


class EditorClosed(Message):
    """The person has done writing in an editor; what was typed was told before."""

    def __init__(self, editor: Widget) -> None:
        super().__init__()
        self.editor = editor


class EditorMoved(Message):
    """The cursor of an editor stands elsewhere."""


class QuestionAnswered(Message):
    """A question was answered by a guess; by None it was waved on."""

    def __init__(self, question: str, guess: str | float | None) -> None:
        super().__init__()
        self.question = question
        self.guess = guess


class QuestionLeft(Message):
    """The person would rather not answer a question now."""


class StopRequested(Message):
    """The run on show is to be stopped."""


class PaneChosen(Message):
    """A pane is to be brought to the front."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope


class LessonChosen(Message):
    """A lesson was chosen from the list."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


class RunChosen(Message):
    """An earlier run is to be shown, its values used, or its command copied."""

    def __init__(self, run: str, use: RunUse) -> None:
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


class PicturesOpened(Message):
    """The pictures of a run are to be shown large, from one of them on.

    Attributes:
        pictures: The frames of each.
        which: The picture to begin with, and its frame.
        folder: The folder of the run.
    """

    def __init__(
        self, pictures: Sequence[Sequence[Picture]], which: tuple[int, int], folder: Path | None
    ) -> None:
        super().__init__()
        self.pictures = pictures
        self.which = which
        self.folder = folder


class RunSummedUp(Message):
    """What came out of the last run, and where to go on: in full, and the most of it in `short`."""

    def __init__(self, text: str, short: str) -> None:
        super().__init__()
        self.text, self.short = text, short


class ChartHeadingChanged(Message):
    """The loss pane is to have another title, or less room because nothing is drawn."""

    def __init__(self, title: str, low: bool) -> None:
        super().__init__()
        self.title = title
        self.low = low


class GoalsChanged(Message):
    """Goals were reached or exercises passed, and they may take more room or less.

    Args:
        goals: How many goals were reached, and how many there are.
        exercises: How many exercises were passed, and how many there are.
    """

    def __init__(self, goals: tuple[int, int], exercises: tuple[int, int]) -> None:
        super().__init__()
        self.goals = goals
        self.exercises = exercises


class FieldExplained(Message):
    """The form has another word on the field in focus, or on what is wrong."""

    def __init__(self, words: Content) -> None:
        super().__init__()
        self.words = words


class ListOpened(Message):
    """The list of lessons was opened: which files there are is looked at again."""


class ListClosed(Message):
    """The list of lessons is to be closed."""


class SearchRequested(Message):
    """A lesson is to be found by title or content."""


class ReviewRequested(Message):
    """Questions that are due are to be put."""


class PlacementRequested(Message):
    """Questions that say where to begin are to be put."""


class Guidance(Enum):
    """Help with the open lesson."""

    CONTENTS = "contents"
    GLOSSARY = "glossary"
    NEXT = "next"
    PREVIOUS = "previous"


class GuidanceRequested(Message):
    """The person wants help with the open lesson."""

    def __init__(self, guidance: Guidance) -> None:
        super().__init__()
        self.guidance = guidance


class PresetsRequested(Message):
    """A preset is to be chosen, saved or deleted."""


class WordAsked(Message):
    """A technical word in the prose is to be explained."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word


class HistoryRequested(Message):
    """The history of all runs is to be shown."""
