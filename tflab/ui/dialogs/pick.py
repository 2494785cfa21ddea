"""Choosing from a list that narrows down as one types: sections, words, lessons, formats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tflab.ui.dialogs.dialog import Answer, Dialog
from tflab.ui.terminal.safe_text import short_line, with_code

if TYPE_CHECKING:
    from tflab.export.formats import Format


class Choice(NamedTuple, Generic[Answer]):
    """One line to choose, what is said below it, and what choosing it means."""

    title: str
    about: str
    value: Answer


_AROUND = 7
"""Cells of the box that hold no text: borders, padding and scrollbar."""

_INDENT = "  "

Find = Callable[[str], Sequence[Choice[Answer]]]


class PickScreen(Dialog[Answer]):
    """Lists choices that narrow down as one types; Enter takes the one under the cursor.

    Args:
        title: What is chosen.
        find: Gives the choices for what was typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    PLACEHOLDER: ClassVar[str] = "Type to narrow down"
    WIDTH: ClassVar[int] = 84
    """Cells of the box, where the terminal has so many."""

    def __init__(self, title: str, find: Find[Answer]) -> None:
        super().__init__()
        self._title = title
        self._find = find
        self._choices: Sequence[Choice[Answer]] = ()
        self._room = 0

    def compose(self) -> ComposeResult:
        """Lay out the field and the list."""
        with Vertical(classes="dialog -pick") as dialog:
            dialog.styles.width = self.WIDTH
            dialog.border_title = self._title
            dialog.border_subtitle = "Enter chooses, Esc closes"
            yield Input(placeholder=self.PLACEHOLDER, compact=True)
            yield OptionList()

    def on_mount(self) -> None:
        """Show everything first."""
        self._show("")
        self.query_one(OptionList).can_focus = False

    def on_resize(self) -> None:
        """Break lines where they end now."""
        if self._room and self._room != self._room_here():
            self._fill(self.query_one(OptionList).highlighted)

    def action_move(self, by: int) -> None:
        """Move the cursor of the list while the field keeps the focus."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        place = self.query_one(OptionList).highlighted
        self.dismiss(self._choices[place].value if place is not None else None)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._choices[event.option_index].value)

    def _show(self, query: str) -> None:
        self._choices = self._find(query)
        self._fill(0 if self._choices else None)

    def _fill(self, cursor: int | None) -> None:
        self._room = self._room_here()
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(self.row(choice, self._room)) for choice in self._choices])
        options.highlighted = cursor

    def _room_here(self) -> int:
        return min(self.WIDTH, self.app.size.width * 92 // 100) - _AROUND

    def row(self, choice: Choice[Answer], room: int) -> Content:
        """Return what stands in the list for a choice, in lines of `room` cells."""
        title = Content.styled(short_line(choice.title), "bold")
        if not choice.about:
            return title
        about = with_code(choice.about, "$text-quiet").wrap(max(room - len(_INDENT), 16))
        return Content("\n").join([title, *(Content(_INDENT) + line for line in about)])


def pick_format(what: str, formats: Sequence[Format]) -> PickScreen[Format]:
    """Return a dialog that asks for the format of an export.

    Args:
        what: What is exported, in words.
        formats: What to choose from.
    """
    choices = [Choice(kind.name, kind.about, kind) for kind in formats]

    def find(query: str) -> list[Choice[Format]]:
        return [c for c in choices if query.casefold() in f"{c.title} {c.about}".casefold()]

    return PickScreen(f"Export {what} as", find)
