"""The command palette: every action with its key, and every lesson, found by typing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.fuzzy import FuzzySearch

from tflab.ui.actions import Action, key_name
from tflab.ui.dialogs.pick import Choice, PickScreen
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import short_line

_KEYS = 10
_TITLE = 30
_SHORT_TITLE = 24
_WIDE = 80
"""Cells of a row from which on titles have the wide column; below, sentences need the room."""
_LEAST_ABOUT = 24
"""Of a sentence with less room nothing is left that helps."""


class Command(NamedTuple):
    """Something that can be chosen in the palette."""

    title: str
    key: str
    about: str
    call: Callable[[], Any]


def action_command(action: Action, call: Callable[[], Any], place: str = "") -> Command:
    """Return the command for an action of the registry; `place` names the pane that it is of."""
    title = f"{place}: {action.label}" if place else action.label
    return Command(title, key_name(action.key) if action.key else "", action.help, call)


class PaletteScreen(PickScreen[Command]):
    """Lists commands with their keys, the likely ones first; the best match first once one types.

    It is dismissed with what was chosen, for the one who opened it to call.
    """

    PLACEHOLDER = "Type a command or a lesson"
    WIDTH = 120

    def __init__(self, commands: Iterable[Command]) -> None:
        super().__init__("Commands", self._search)
        self._commands = list(commands)
        self._fuzzy = FuzzySearch()
        self._query = ""

    def _search(self, query: str) -> Sequence[Choice[Command]]:
        self._query = query
        found = self._commands
        if query:
            scored = [(self._fuzzy.match(query, each.title)[0], each) for each in found]
            # Sorting is stable: of matches that are alike the likelier stays first.
            scored.sort(key=lambda pair: -pair[0])
            found = [each for score, each in scored if score > 0]
        return [Choice(each.title, each.about, each) for each in found]

    def row(self, choice: Choice[Command], room: int) -> Content:
        """Return one line: the key, the title with what matches set apart, and what it does."""
        title = short_line(choice.title)
        shown = Content.styled(title, "bold")
        if self._query:
            for offset in self._fuzzy.match(self._query, title)[1]:
                shown = shown.stylize("$primary underline", offset, offset + 1)
        shown = shown.truncate(room - _KEYS - 2, ellipsis=glyphs().unicode)
        line = Content.assemble((f"{choice.value.key:>{_KEYS}}  ", "$primary"), shown)
        gap = max((_TITLE if room >= _WIDE else _SHORT_TITLE) - cell_len(title), 2)
        if room - line.cell_length - gap < _LEAST_ABOUT:
            return line
        about = Content.styled(" " * gap + short_line(choice.about), "$text-quiet")
        return (line + about).truncate(room, ellipsis=glyphs().unicode)
