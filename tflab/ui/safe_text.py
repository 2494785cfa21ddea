"""Foreign text where Textual would take markup: titles of boxes, rows of a choice."""

from __future__ import annotations

from rich.text import Text
from textual.markup import escape

from tflab.runs.transcript import plain_line


def box_title(text: str) -> str:
    """Return `text` as the title of a box, which Textual reads as markup and wants not empty."""
    return escape(plain_line(text)) or " "


def choice_text(text: str) -> Text:
    """Return `text` as a row of a choice, which can be found by typing its first letters."""
    return Text(plain_line(text))
