"""An area to write Python in: coloured, indented, safe for what is pasted."""

from __future__ import annotations

import codeop
from typing import ClassVar, Literal

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.message import Message

from tflab.programs.edits import LARGEST_CELL
from tflab.programs.hidden_characters import hidden_characters
from tflab.programs.magics import plain_python
from tflab.runs.text import count_of
from tflab.ui.actions import bindings
from tflab.ui.workbench.code_colours import ColouredArea
from tflab.ui.workbench.indentation import (
    dedented,
    indented,
    next_start,
    start_of,
    toggled,
    unit_of,
)


class CodeArea(ColouredArea):
    """Where code is written.

    Args:
        text: The code.

    Attributes:
        enters: Whether Enter enters code that is whole, rather than begin another line.
    """

    BINDINGS: ClassVar[list[BindingType]] = list(bindings("editor"))

    class Left(Message):
        """The person goes back to reading."""

    class SearchAsked(Message):
        """The person wants to search in the code."""

    class HelpAsked(Message):
        """Names to go on with are asked for, or what stands at the cursor."""

        def __init__(self, want: Literal["names", "about"]) -> None:
            super().__init__()
            self.want = want

    class Entered(Message):
        """Whole code was entered, where Enter does that."""

    class Refused(Message):
        """Something cannot be typed or pasted; `reason` says why."""

        def __init__(self, reason: str) -> None:
            super().__init__()
            self.reason = reason

    def __init__(self, text: str) -> None:
        super().__init__(
            text,
            soft_wrap=True,
            tab_behavior="indent",
            highlight_cursor_line=False,
            id="code-area",
        )
        # A blinking cursor would send something twice a second for as long as one thinks.
        self.cursor_blink = False
        self.indent_width = 4
        self.enters = False
        self._unit = unit_of(text)
        self.colour_from(0)

    def rows_in(self, width: int, most: int) -> int:
        """Return the rows that the text takes in a width: one at least, and `most` at most."""
        rows = 0
        for line in self.document.lines:
            # The cursor takes a cell behind the last character.
            rows += 1 + (cell_len(line.expandtabs(self.indent_width)) // width if line else 0)
            if rows >= most:
                return most
        return max(rows, 1)

    # Typing

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Say which keys are typed here, whatever they do elsewhere."""
        if key in ("enter", "tab", "shift+tab", "escape"):
            return True
        return super().check_consume_key(key, character)

    async def on_key(self, event: events.Key) -> None:
        """Indent, and leave."""
        match event.key:
            case key if key.startswith("alt+"):
                # A terminal gives it a character too, which is none to type.
                event.prevent_default()
                return
            case "enter" if self.enters and self.cursor_at_end_of_text and not self.goes_on:
                self.post_message(self.Entered())
            case "enter":
                self._new_line()
            case "tab" if self.suggestion:
                self.insert(self.suggestion)
            case "tab":
                self._indent()
            case "shift+tab":
                self._replace_lines(dedented(self._selected_lines(), self._unit))
            case "escape":
                self.action_keep()
            case "ctrl+home" | "ctrl+shift+home":
                self.move_cursor((0, 0), select="shift" in event.key)
            case "ctrl+end" | "ctrl+shift+end":
                self.move_cursor(self.document.end, select="shift" in event.key)
            case _:
                return
        event.stop()
        event.prevent_default()

    @property
    def goes_on(self) -> bool:
        """Whether the code is not at its end: what opens a block goes on until an empty line."""
        # A line that was only indented is empty.
        text = self.text.rstrip(" \t")
        try:
            return codeop.compile_command(plain_python(text).source) is None
        except (SyntaxError, ValueError, OverflowError):
            return False  # What is wrong is said, and more lines would not mend it.

    def _new_line(self) -> None:
        start, end = sorted((self.selection.start, self.selection.end))
        before = self.document.get_line(start[0])[: start[1]]
        found = self.replace(
            "\n" + next_start(before, self._unit), start, end, maintain_selection_offset=False
        )
        self.move_cursor(found.end_location)

    def _indent(self) -> None:
        start, end = self.selection
        if start[0] != end[0]:
            self._replace_lines(indented(self._selected_lines(), self._unit))
            return
        step = "\t" if self._unit == "\t" else " " * self._to_next_step(min(start, end))
        found = self.replace(step, *sorted((start, end)), maintain_selection_offset=False)
        self.move_cursor(found.end_location)

    def _to_next_step(self, place: tuple[int, int]) -> int:
        step = len(self._unit)
        return step - self.get_column_width(*place) % step

    def action_delete_left(self) -> None:
        """Delete the character before the cursor, or a step of indentation."""
        (row, column), end = self.selection
        line = self.document.get_line(row)
        step = len(self._unit)
        if end != (row, column) or self._unit == "\t" or not line[:column].isspace():
            super().action_delete_left()
        elif len(start_of(line)) >= column and not line[:column].strip(" "):
            back = (column - 1) % step + 1
            self.delete((row, column - back), (row, column))
        else:
            super().action_delete_left()

    def action_keep(self) -> None:
        """Go back to reading."""
        self.post_message(self.Left())

    def action_find(self) -> None:
        """Ask for a search."""
        self.post_message(self.SearchAsked())

    def find_next(self, needle: str) -> bool:
        """Select the next place of a text after the cursor, or from the top; case is no matter.

        Returns:
            Whether there is one.
        """
        wanted = needle.casefold()
        row, column = max(self.selection.start, self.selection.end)
        lines = self.document.lines
        for turn in range(len(lines) + 1):
            at = (row + turn) % len(lines)
            first = column if turn == 0 else 0
            place = lines[at].casefold().find(wanted, first)
            if place >= 0:
                self.selection = type(self.selection)((at, place), (at, place + len(needle)))
                self.scroll_cursor_visible(center=True)
                return True
        return False

    def action_complete(self) -> None:
        """Ask for names to go on with."""
        self.post_message(self.HelpAsked("names"))

    def action_explain_code(self) -> None:
        """Ask for what stands at the cursor."""
        self.post_message(self.HelpAsked("about"))

    def action_comment(self) -> None:
        """Make the lines of the selection comments, or code again."""
        self._replace_lines(toggled(self._selected_lines()))

    def _rows(self) -> tuple[int, int]:
        """Return the first and the last row of the selection."""
        first, last = sorted((self.selection.start, self.selection.end))
        # A selection that ends before the first character of a row does not reach into it.
        return first[0], last[0] - (last[1] == 0 and last[0] > first[0])

    def _selected_lines(self) -> list[str]:
        first, last = self._rows()
        return [self.document.get_line(row) for row in range(first, last + 1)]

    def _replace_lines(self, lines: list[str]) -> None:
        """Put other lines in the place of those of the selection, which stays on them."""
        first, last = self._rows()
        before = self._selected_lines()
        if lines == before:
            return
        selection = self.selection
        self.replace("\n".join(lines), (first, 0), (last, len(before[-1])))

        def moved(place: tuple[int, int]) -> tuple[int, int]:
            row, column = place
            if not first <= row <= last or not column:
                return place
            grown = len(lines[row - first]) - len(before[row - first])
            return row, max(0, column + grown)

        self.selection = type(selection)(moved(selection.start), moved(selection.end))

    # Pasting

    async def on_paste(self, event: events.Paste) -> None:
        """Take what is pasted, as far as it is text."""
        event.stop()
        event.prevent_default()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        size = len(text) + sum(map(len, self.document.lines))
        if size > LARGEST_CELL:
            self.post_message(
                self.Refused(
                    f"That is {size:,} characters; a cell has room for {LARGEST_CELL:,}. Nothing "
                    "was pasted: keep data in a file of its own."
                )
            )
            return
        found = list(hidden_characters(text))
        if found:
            text = _without(text)
            names = ", ".join(dict.fromkeys(one.name for one in found[:3]))
            self.post_message(
                self.Refused(
                    f"{count_of(len(found), 'character')} that nobody would see left out of what "
                    f"was pasted: {names}."
                )
            )
        start, end = sorted((self.selection.start, self.selection.end))
        placed = self.replace(text, start, end, maintain_selection_offset=False)
        self.move_cursor(placed.end_location)


def _without(text: str) -> str:
    """Return a text without its hidden characters."""
    lines = text.split("\n")
    for one in reversed(list(hidden_characters(text))):
        line, column = one.line - 1, one.column - 1
        lines[line] = lines[line][:column] + lines[line][column + 1 :]
    return "\n".join(lines)
