"""Foreign text where Textual would take markup: titles of boxes, rows of a choice, sentences."""

from __future__ import annotations

from rich.text import Text
from textual.content import Content
from textual.markup import escape

from tflab.runs.text import plain_line


def box_title(text: str) -> str:
    """Return `text` as the title of a box, which Textual reads as markup and wants not empty."""
    return escape(plain_line(text)) or " "


def choice_text(text: str) -> Text:
    """Return `text` as a row of a choice, which can be found by typing its first letters."""
    return Text(plain_line(text))


def with_code(text: str, style: str = "") -> Content:
    """Return `text` on one line with what stands between backticks set apart as code."""
    parts = plain_line(text).split("`")
    if len(parts) % 2 == 0:
        return Content.styled(plain_line(text), style)
    styles = [style, f"{style} $accent".strip()]
    return Content.assemble(*((part, styles[i % 2]) for i, part in enumerate(parts) if part))
