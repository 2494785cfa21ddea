"""Foreign text where Textual would take markup: titles of boxes, rows of a choice, sentences."""

from __future__ import annotations

from rich.text import Text
from textual.content import Content
from textual.markup import escape

from tflab.runs.text import plain, plain_emoji, plain_line, shorten
from tflab.ui.terminal.glyphs import glyphs

LONGEST_LINE = 1_000
"""Characters of a line of foreign text; laying out one without end takes minutes."""


def short_line(text: str) -> str:
    """Return `text` safe to show, on one line that somebody would read to its end."""
    return shorten(plain_emoji(plain_line(text)), LONGEST_LINE, glyphs().ellipsis)


def short_text(text: str) -> str:
    """Return `text` safe to show, without the rest of lines that nobody would read to their end."""
    lines = plain_emoji(plain(text)).split("\n")
    return "\n".join(shorten(line, LONGEST_LINE, glyphs().ellipsis) for line in lines)


def box_title(text: str) -> str:
    """Return `text` as the title of a box, which Textual reads as markup and wants not empty."""
    return escape(short_line(text)) or " "


def choice_text(text: str) -> Text:
    """Return `text` as a row of a choice, which can be found by typing its first letters."""
    return Text(short_line(text))


def with_code(text: str, style: str = "") -> Content:
    """Return `text` on one line with what stands between backticks set apart as code."""
    parts = short_line(text).split("`")
    if len(parts) % 2 == 0:
        return Content.styled(short_line(text), style)
    styles = [style, f"{style} $accent".strip()]
    return Content.assemble(*((part, styles[i % 2]) for i, part in enumerate(parts) if part))
