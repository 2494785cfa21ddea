"""The editor that stands in the place of a cell: code, what is wrong with it, and search."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, TextArea

from tflab.programs.code_names import word_before
from tflab.programs.edits import CellProblem, cell_problem, tidy
from tflab.programs.hidden_characters import hidden_characters
from tflab.programs.program import ProgramKind
from tflab.runs.disk_queue import DiskQueue
from tflab.ui.terminal.safe_text import box_title, short_line
from tflab.ui.widgets.css import beside
from tflab.ui.workbench.code_area import CodeArea
from tflab.ui.workbench.code_colours import LONG
from tflab.ui.workbench.messages import CodeTyped, EditorClosed, EditorMoved, HelpAsked

_TELL_SECONDS = 0.3
"""Seconds after which what is typed is told, at most; it is on the disk within the second."""

_CHECK_SECONDS = 0.25
"""Seconds without a key until the code is checked."""

_CHECKED_AT_ONCE = 50_000
"""Characters of code that Python reads within a moment; more is read beside the screen's thread."""

_SHARE = 70
"""Of a hundred rows of the view, those that an editor may take; below is what the cell gives."""

_BORDER = 2
_LEAST = 3


class CellEditor(Vertical):
    """Edits the code of one cell. It grows with its text up to most of the view, then scrolls.

    Args:
        cell: Index of the cell.
        text: The code to begin with.
        name: What the cell is called.
        kind: The kind of its program, which says what its code may hold.
        original: The code that the file has there.

    Attributes:
        area: Where the code is written.
        called: What the cell is called.
        told: What was told last of what stands there.
        problem: Why Python cannot read it, as far as it was looked at.
    """

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    KEYS = "^r runs, Esc keeps"
    """What the border says while nothing is wrong."""

    LONG_KEYS = "too long to check as you type: ^r checks, Esc keeps"

    class Checked(Message):
        """A long text was checked."""

    def __init__(self, cell: int, text: str, name: str, kind: ProgramKind, original: str) -> None:
        super().__init__()
        self.cell = cell
        self.area = CodeArea(text)
        self.called = name
        self._kind = kind
        self.told = text
        self._tell_timer: Timer | None = None
        self._check_timer: Timer | None = None
        self._height = 0
        self._needle = ""
        self._names: list[str] = []
        self._start = ""
        self._beside = DiskQueue(self._wake)
        self.problem: CellProblem | None = None
        self._original = original
        self.show_title()
        self.show_problem(cell_problem(text, kind) if len(text) <= _CHECKED_AT_ONCE else None)

    def compose(self) -> ComposeResult:
        """Lay out the code."""
        yield self.area

    def on_mount(self) -> None:
        """Take the keys."""
        self.area.focus(scroll_visible=False)

    @property
    def text(self) -> str:
        """The code as it stands there now."""
        return self.area.text

    def show_title(self) -> None:
        """Say in the border which cell it is, and whether it is changed."""
        text = self.text
        changed = ": changed" if (text if self._is_long else tidy(text)) != self._original else ""
        words = f"{self.called}{changed}"
        self.border_title = box_title(words[:1].upper() + words[1:])

    @property
    def _is_long(self) -> bool:
        return sum(map(len, self.area.document.lines)) > LONG

    def put_cursor(self, line: int, column: int = 1) -> None:
        """Put the cursor on a line and a column, from 1."""
        self.area.move_cursor(self.area.clamp_visitable((line - 1, column - 1)), center=True)

    # Room

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows of the text, as many as the view has room for."""
        del viewport
        most = max(container.height * _SHARE // 100 - _BORDER - self._below, _LEAST)
        room = max(width - _BORDER, 1)
        return self.area.rows_in(room, most) + self._below

    @property
    def _below(self) -> int:
        return int(bool(self.query("#search-code")))

    # Typing

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self._tell_timer is None:
            self._tell_timer = self.set_timer(_TELL_SECONDS, self.tell)
        if self._check_timer is not None:
            self._check_timer.stop()
        self._check_timer = self.set_timer(_CHECK_SECONDS, self._check)
        rows = self.area.wrapped_document.height
        if rows != self._height:
            self._height = rows
            self.refresh(layout=True)

    def tell(self) -> None:
        """Tell what was typed, if anything was."""
        if self.take_typed():
            self.post_message(CodeTyped(self.cell, self.told, self))

    def take_typed(self) -> bool:
        """Take note of what was typed, for who tells it; return whether anything was."""
        if self._tell_timer is not None:
            self._tell_timer.stop()
            self._tell_timer = None
        before, self.told = self.told, self.text
        return before != self.told

    @on(TextArea.SelectionChanged)
    def _moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        if self._names and not self.area.suggestion:
            self._names = []
            self.show_problem(self.problem)
        self.post_message(EditorMoved())

    @on(CodeArea.Refused)
    def _refused(self, event: CodeArea.Refused) -> None:
        event.stop()
        self.notify(event.reason, title="Pasted", severity="warning", timeout=10)

    def on_descendant_blur(self) -> None:
        """Tell what was typed: the keys go elsewhere now."""
        self.tell()

    @on(CodeArea.Left)
    def _left(self, event: CodeArea.Left) -> None:
        event.stop()
        self.tell()
        self.post_message(EditorClosed(self))

    # Completion and help

    @property
    def place(self) -> tuple[str, tuple[int, int]]:
        """The code of the cell, and the row and column of the cursor in it."""
        return self.text, self.area.cursor_location

    @on(CodeArea.HelpAsked)
    def _ask_help(self, event: CodeArea.HelpAsked) -> None:
        event.stop()
        if event.want == "names" and len(self._names) > 1 and self.area.suggestion:
            self._suggest(self._names[1:] + self._names[:1])
        else:
            self.post_message(HelpAsked(self, *self.place, event.want))

    def take_names(self, at: tuple[int, int], names: Sequence[str]) -> None:
        """Offer names for the word before the cursor, unless it has moved meanwhile."""
        if at != self.place[1]:
            return
        row, column = self.area.cursor_location
        self._start = word_before(self.area.document.get_line(row), column).rpartition(".")[2]
        fitting = [n for n in names if n.startswith(self._start) and n != self._start]
        if not fitting:
            self.notify("Nothing is known to complete here.")
        elif len(fitting) == 1:
            self.area.insert(fitting[0][len(self._start) :])
        else:
            self._suggest(fitting)

    def _suggest(self, names: Sequence[str]) -> None:
        """Show the first of some names behind the cursor, and how many others there are."""
        self._names = list(names)
        self.area.suggestion = names[0][len(self._start) :]
        others = ", ".join(names[1:4])
        self.border_subtitle = short_line(f"Tab takes {names[0]}; ^Space goes on: {others}")

    # What is wrong

    def _check(self) -> None:
        self._check_timer = None
        self.show_title()
        text = self.text
        if self._is_long:
            # Reading so much Python would hold the keys up, on whatever thread it is done.
            self.show_problem(None)
        elif len(text) <= _CHECKED_AT_ONCE:
            self.show_problem(cell_problem(text, self._kind))
        else:
            self._beside.do_then(
                lambda: cell_problem(text, self._kind), lambda done: self._checked(text, done)
            )

    def _checked(self, text: str, done: Future[CellProblem | None]) -> None:
        if text == self.text:
            self.show_problem(done.result())

    def _wake(self) -> None:
        self.post_message(self.Checked())

    @on(Checked)
    def _take_checked(self) -> None:
        self._beside.deliver()

    def show_problem(self, problem: CellProblem | None) -> None:
        """Show why Python cannot read the code, or that it can."""
        self.problem = problem
        self.set_class(problem is not None, "-bad")
        self.area.show_problem(problem)
        looks = problem is None and not self._is_long
        unseen = next(hidden_characters(self.text), None) if looks else None
        if problem is None and not looks:
            self.border_subtitle = self.LONG_KEYS
        elif unseen is not None:
            words = f"line {unseen.line} holds what is not seen: {unseen.name}"
            self.border_subtitle = Content(short_line(words)).markup
        elif problem is None:
            self.border_subtitle = self.KEYS
        else:
            words = f"line {problem.line}: {problem.message}"
            self.border_subtitle = Content(short_line(words)).markup

    # Searching

    @on(CodeArea.SearchAsked)
    def _open_search(self, event: CodeArea.SearchAsked) -> None:
        event.stop()
        found = self.query("#search-code")
        if found:
            found.first(Input).focus()
            return
        field = Input(self._needle, placeholder="Search", compact=True, id="search-code")
        self.mount(field)
        self.refresh(layout=True)
        field.focus()

    @on(Input.Submitted, "#search-code")
    def _search(self, event: Input.Submitted) -> None:
        event.stop()
        self._needle = event.value
        if not self._needle:
            self._end_search()
        elif not self.area.find_next(self._needle):
            self.notify(f"“{short_line(self._needle)}” is not in this cell.")

    def _end_search(self) -> None:
        self.query("#search-code").remove()
        self.call_after_refresh(self.refresh, layout=True)
        self.area.focus()

    def key_escape(self, event: events.Key) -> None:
        """Go back from the search to the code, and no further."""
        event.stop()
        self._end_search()
