"""Asking for the format of an export: the same list for runs and for a sweep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.screen import Screen

from tflab.export.formats import Format
from tflab.ui.dialogs.pick import Choice, PickScreen


def ask_format(
    screen: Screen[Any], what: str, formats: Sequence[Format], take: Callable[[Format], None]
) -> None:
    """Show the formats, and call `take` with the one that is chosen.

    Args:
        screen: Whose question it is.
        what: What is exported, in words.
        formats: What to choose from.
        take: Called with the choice; not at all when there is none.
    """
    known = {kind.name: kind for kind in formats}
    choices = [Choice(kind.name, kind.about, kind.name) for kind in formats]

    def find(query: str) -> list[Choice]:
        return [c for c in choices if query.casefold() in f"{c.title} {c.about}".casefold()]

    def chosen(name: str | None) -> None:
        if name is not None:
            take(known[name])

    screen.app.push_screen(PickScreen(f"Export {what} as", find), chosen)
