"""Prose laid out for a pane: Markdown as rows of text.

Textual's own Markdown is a widget for each paragraph. A notebook has hundreds, and every one would
get its style anew at each change of the focus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style

from tflab.runs.text import plain, shorten
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.workbench.code_text import CodeText
from tflab.ui.workbench.glossary import LINK

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_WIDEST = 98
"""Cells of a line of prose; longer ones are hard to read."""

_LONGEST = 20_000
_NARROWEST = 6
_GAP = 2
_CODE = "$code-number on $code-background"
_QUIET = "$text-quiet"
_HEADING = "bold $primary"
_FENCE = "on $code-background"
_TAG = re.compile(r"<[^>]*>")
_MARKS = {"em": "italic", "strong": "bold", "s": "strike"}


@dataclass
class _Piece:
    """A paragraph, a heading, a table: what is followed by a blank row."""

    content: Content = field(default_factory=Content)
    first: str = ""
    rest: str = ""
    code: CodeText | None = None
    table: list[list[Content]] = field(default_factory=list)
    rule: bool = False
    close: bool = False
    """Whether the next piece follows without a blank row, as within a list."""


class ProseText:
    """A prose cell, parsed once, laid out for any width."""

    def __init__(self, source: str) -> None:
        text = "\n".join(shorten(line, _LONGEST) for line in plain(source).split("\n"))
        self._pieces = _pieces(_parser().parse(text))

    def rows(self, width: int) -> list[Content]:
        """Return the rows, a blank one behind each piece."""
        width = max(min(width, _WIDEST), _NARROWEST)
        rows: list[Content] = []
        for piece in self._pieces:
            rows += _rows(piece, width)
            if not piece.close:
                rows.append(Content())
        return rows


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("gfm-like", {"linkify": False}).disable("linkify")


def _rows(piece: _Piece, width: int) -> Iterator[Content]:
    room = max(width - len(piece.first), _NARROWEST)
    if piece.rule:
        lines = [Content.styled(("─" if glyphs().unicode else "-") * room, _QUIET)]
    elif piece.code is not None:
        lines = [
            (Content("  ") + line).pad_right(max(room - 2 - line.cell_length, 0)).stylize(_FENCE)
            for line in piece.code.rows(room - 2)
        ]
    elif piece.table:
        lines = list(_table(piece.table, room))
    else:
        lines = piece.content.wrap(room)
    for number, line in enumerate(lines):
        lead = piece.rest if number else piece.first
        yield Content.styled(lead, _QUIET) + line if lead else line


def _pieces(tokens: Sequence[Token]) -> list[_Piece]:
    """Turn tokens, which open and close, into pieces with their bullets and bars before them."""
    walk = _Walk()
    for token in tokens:
        walk.take(token)
    return walk.pieces


class _Walk:
    """Where one is among tokens: in which lists and quotes, in a heading, in a table."""

    def __init__(self) -> None:
        self.pieces: list[_Piece] = []
        self._leads: list[tuple[str, str]] = []
        self._numbers: list[int | None] = []
        self._style = ""
        self._close = False
        self._table: list[list[Content]] = []
        self._in_table = False

    def take(self, token: Token) -> None:
        """Go on by a token."""
        kind = token.type
        if kind == "inline":
            self._inline(token)
        elif kind in ("fence", "code_block"):
            self._add(_Piece(code=CodeText(token.content)))
        elif kind == "hr":
            self._add(_Piece(rule=True))
        elif kind == "html_block":
            words = " ".join(_TAG.sub(" ", token.content).split())
            if words:
                self._add(_Piece(Content.styled(words, _QUIET)))
        elif kind == "table_close":
            self._in_table = False
            self._add(_Piece(table=self._table))
        else:
            self._enter(token)

    def _enter(self, token: Token) -> None:
        match token.type:
            case "heading_open" | "heading_close":
                self._style = _HEADING if token.nesting > 0 else ""
            case "paragraph_open":
                # Markdown hides the paragraphs of a list whose items stand close together.
                self._close = token.hidden
            case "bullet_list_open" | "ordered_list_open":
                ordered = token.type == "ordered_list_open"
                self._numbers.append(int(token.attrs.get("start", 1)) if ordered else None)
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
                if not self._numbers and self.pieces:
                    self.pieces[-1].close = False
            case "list_item_open":
                bullet = self._bullet()
                self._leads.append((bullet, " " * len(bullet)))
            case "blockquote_open":
                bar = f"{glyphs().bar} "
                self._leads.append((bar, bar))
            case "list_item_close" | "blockquote_close":
                self._leads.pop()
            case "table_open":
                self._table, self._in_table = [], True
            case "tr_open":
                self._table.append([])

    def _bullet(self) -> str:
        number = self._numbers[-1]
        if number is None:
            return "• " if glyphs().unicode else "* "
        self._numbers[-1] = number + 1
        return f"{number}. "

    def _inline(self, token: Token) -> None:
        content = _inline_content(token.children or ())
        if self._in_table:
            self._table[-1].append(content)
        elif self._style:
            self._add(_Piece(content.stylize_before(self._style)))
        else:
            self._add(_Piece(content, close=self._close and bool(self._numbers)))

    def _add(self, piece: _Piece) -> None:
        """Put a piece behind its bullets and bars; each bullet stands there once."""
        piece.first = "".join(lead for lead, _ in self._leads)
        piece.rest = "".join(lead for _, lead in self._leads)
        self._leads = [(lead, lead) for _, lead in self._leads]
        self.pieces.append(piece)


def _inline_content(children: Sequence[Token]) -> Content:
    parts: list[Content] = []
    styles: list[Style | str] = []
    for token in children:
        kind = token.type
        if kind.endswith("_open"):
            styles.append(_MARKS.get(kind.removesuffix("_open"), "") or _link(token))
        elif kind.endswith("_close") and styles:
            styles.pop()
        else:
            text = _text(token)
            part = Content.styled(text, _CODE) if kind == "code_inline" else Content(text)
            for style in reversed(styles):
                part = part.stylize(style) if style else part
            parts.append(part)
    return Content("").join(parts)


def _text(token: Token) -> str:
    match token.type:
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "image":
            return f"[picture: {token.content}]" if token.content else "[picture]"
        case "html_inline":
            return "\n" if token.content.startswith("<br") else ""
        case _:
            return token.content


def _link(token: Token) -> Style | str:
    """Return the style of a link; a technical word can be pressed."""
    target = str(token.attrs.get("href", ""))
    if not target.startswith(LINK):
        return "underline" if target else ""
    word = target.removeprefix(LINK).replace("+", " ")
    return Style(underline=True) + Style.from_meta({"@click": f"explain({word!r})"})


def _table(rows: Sequence[Sequence[Content]], width: int) -> Iterator[Content]:
    """Yield the lines of a table; its widest columns are made narrower until it fits."""
    count = max(map(len, rows), default=0)
    cells = [[*row, *[Content()] * (count - len(row))] for row in rows]
    widths = [max(row[place].cell_length for row in cells) for place in range(count)]
    room = width - _GAP * (count - 1)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    for number, row in enumerate(cells):
        texts = [cell.wrap(w or 1) for cell, w in zip(row, widths, strict=True)]
        for line in range(max(map(len, texts), default=0)):
            parts = [
                text[line].pad_right(w - text[line].cell_length)
                if line < len(text)
                else Content(" " * w)
                for text, w in zip(texts, widths, strict=True)
            ]
            joined = Content(" " * _GAP).join(parts)
            yield joined.stylize_before("bold") if number == 0 else joined
        if number == 0:
            rule = "─" if glyphs().unicode else "-"
            yield Content.styled(rule * (sum(widths) + _GAP * (count - 1)), _QUIET)
