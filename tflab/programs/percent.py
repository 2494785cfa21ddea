"""Splitting a percent-format file into cells, each with its true line in the file.

The format is Jupytext's, which editors share; the tests hold this reader against Jupytext itself.
"""

from __future__ import annotations

import ast
import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from tflab.programs.exercise_marks import without_secrets
from tflab.programs.exercises import Grading, read_grading
from tflab.programs.program import Cell
from tflab.runs.text import plain_line

_LINE_END = re.compile(r"\r\n|\r|\n")
_MARK = re.compile(r"\s*#\s*(?:%%(%*\s.*)|(?:%%|<codecell>|In\[[0-9 ]*\]:?)\s*)", re.DOTALL)
_LONGEST_OPTIONS = 4096
_LONGEST_SECONDS = 3600
_KEY = re.compile(r"[\w.@/-]+")
_NAME = re.compile(r"[a-zA-Z_.][\w.]*")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)", re.DOTALL)
_QUOTES = re.compile(r"\"{3}|'{3}|\"(?:[^\"\\]+|\\.)*+\"?|'(?:[^'\\]+|\\.)*+'?|\\.|#.*", re.DOTALL)
_TO_CLOSING = {
    "'''": re.compile(r"(?:[^\\']+|\\.?|'(?!''))*+", re.DOTALL),
    '"""': re.compile(r'(?:[^\\"]+|\\.?|"(?!""))*+', re.DOTALL),
}


class MarkError(Exception):
    """The cell mark on `line` has options that make no sense, such as `tags=5`."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def split_lines(source: str) -> list[str]:
    """Return the lines of `source` as Python counts them, without their ends."""
    return _LINE_END.split(source)


def is_mark(line: str) -> bool:
    """Whether a line that stands in no text begins a cell."""
    return "#" in line and _MARK.fullmatch(line) is not None


def has_marks(lines: list[str]) -> bool:
    """Whether a file is in the percent format: any of its lines, outside of texts, is a mark."""
    quotes = ""
    for line in lines:
        if not quotes and is_mark(line):
            return True
        if quotes or not line.lstrip().startswith("#"):
            quotes = _open_quotes(line, quotes)
    return False


def split_cells(source: str) -> tuple[Cell, ...]:
    """Return the prose and code cells of `source`; empty cells and raw cells are left out.

    Code is exactly the file's; prose is Markdown, its comment marks removed. Comments before the
    first cell mark (an encoding, a licence, a notebook header) belong to no cell.

    Raises:
        MarkError: When the options of a cell mark cannot be read.
    """
    cells: list[Cell] = []
    lines = split_lines(source)
    for first, end, mark in _blocks(lines):
        kind = mark.kind
        if kind == "raw":
            continue
        begun = is_mark(lines[first])
        skipped, block = int(begun), lines[first + begun : end]
        if kind == "prose":
            before, block = _uncommented(block)
            skipped += before
        elif not begun and all(line.lstrip()[:1] in ("", "#") for line in block):
            continue
        empty = next((n for n, line in enumerate(block) if line.strip()), None)
        if empty is None:
            continue
        text = "\n".join(block[empty:]).rstrip()
        cell = Cell(
            index=len(cells),
            kind=kind,
            source=without_secrets(text) if kind == "prose" else text,
            line=first + skipped + empty + 1,
            tags=mark.tags,
            title=mark.title,
            id=mark.id,
            seconds=mark.seconds,
            grading=mark.grading,
        )
        cells.append(cell)
    return tuple(cells)


_Kind = Literal["prose", "code", "raw"]


class _Mark(NamedTuple):
    """What the mark of a cell says; code and nothing else where there is none."""

    kind: _Kind = "code"
    tags: tuple[str, ...] = ()
    title: str = ""
    id: str = ""
    seconds: float = 0.0
    grading: Grading | None = None


def _blocks(lines: list[str]) -> Iterator[tuple[int, int, _Mark]]:
    """Yield each cell's first line (from 0), the line after its last, and its mark."""
    fences = _Fences(lines)
    first, quotes = 0, ""
    mark = _mark(lines, 0)
    for number, line in enumerate(lines):
        if quotes:
            quotes = _open_quotes(line, quotes)
            continue
        if not line.lstrip().startswith("#"):
            quotes = _open_quotes(line, "")
        if mark.kind != "code" and fences.hides(number):
            continue
        if number and is_mark(line):
            yield first, number, mark
            first, mark = number, _mark(lines, number)
    yield first, len(lines), mark


def _mark(lines: list[str], number: int) -> _Mark:
    match = _MARK.fullmatch(lines[number])
    text = (match[1] or "").strip() if match else ""
    try:
        title, options = _split_options(text)
        language, tags = options.get("language"), options.get("tags", ())
    except (ValueError, AttributeError) as error:
        raise MarkError(number + 1) from error
    tags = [tags] if isinstance(tags, str) else tags
    if not isinstance(tags, list | tuple) or not all(isinstance(tag, str) for tag in tags):
        raise MarkError(number + 1)
    name, seconds = options.get("id"), options.get("seconds")
    name = name if isinstance(name, str) else ""
    if "[markdown]" in title or ("[md]" in title and "[raw]" not in title):
        return _Mark("prose", tuple(tags), id=name)
    if "[raw]" in title or language not in (None, "python"):
        return _Mark("raw", tuple(tags))
    if not isinstance(seconds, int | float) or not 0 < seconds <= _LONGEST_SECONDS:
        seconds = 0.0
    return _Mark(
        "code",
        tuple(tags),
        plain_line(title.lstrip("%").strip()),
        name,
        float(seconds),
        read_grading(options.get("nbgrader")),
    )


def _split_options(text: str) -> tuple[str, dict[str, Any]]:
    """Return a mark's title, and its options: `key=value` pairs, or one JSON object."""
    brace, equal = text.find("{"), text.find("=")
    if brace < 0 and equal < 0:
        return text, {}
    if len(text) > _LONGEST_OPTIONS:
        raise ValueError("too long")
    if brace >= 0 and not 0 <= equal < brace:
        try:
            return text[:brace], _value(text[brace:])
        except ValueError:
            return text[:brace], {}
    title = text[:equal].rstrip().rpartition(" ")[0].rstrip()
    return title, _pairs(text[len(title) :].strip())


def _pairs(text: str) -> dict[str, Any]:
    """Read `key=value` pairs from the right, since a value may hold spaces and `=` itself."""
    found: dict[str, Any] = {}
    end = len(text)
    while text and end >= 0:
        before, _, last = text.rpartition(" ")
        if _NAME.fullmatch(last):
            text, end = before.rstrip(), len(before)
            continue
        end = text.rfind("=", 0, end)
        before, _, key = text[: max(end, 0)].rstrip().rpartition(" ")
        if end < 0 or not _KEY.fullmatch(key):
            continue
        try:
            found.setdefault(key, _value(text[end + 1 :]))
        except ValueError:
            continue
        text, end = before.rstrip(), len(before)
    return found


def _value(text: str) -> Any:
    """Return a value written as JSON, or as Python writes it; anything else is a ValueError."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(text) from error


class _Fences:
    """Fenced blocks in prose, whose lines are no cell marks, whatever they look like."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._open = ""
        # Where fences close, and the longest that does from there on, by the sign they are of.
        self._places: dict[str, list[int]] = {"`": [], "~": []}
        self._longest: dict[str, list[int]] = {"`": [], "~": []}
        for number in reversed(range(len(lines))):
            fence, info = self._fence(number)
            if fence and not info:
                longest = self._longest[fence[0]]
                longest.append(max(len(fence), longest[-1] if longest else 0))
                self._places[fence[0]].append(-number)

    def hides(self, number: int) -> bool:
        """Take the next line of a prose cell; return whether a fenced block holds it."""
        fence, info = self._fence(number)
        if self._open:
            if fence.startswith(self._open) and not info:
                self._open = ""
            return True
        if fence:
            after = bisect_left(self._places[fence[0]], -number)
            if after and self._longest[fence[0]][after - 1] >= len(fence):
                self._open = fence
        return bool(self._open)

    def _fence(self, number: int) -> tuple[str, str]:
        line = self._lines[number]
        if "```" not in line and "~~~" not in line:
            return "", ""
        match = _FENCE.fullmatch(_without_sign(line))
        return (match[1], match[2].strip()) if match else ("", "")


def _uncommented(block: list[str]) -> tuple[int, list[str]]:
    """Return the lines of a prose cell, and how many lines of the file come before them."""
    text = "\n".join(block)
    inner = text.strip()
    raw = int(inner[:1] in ("r", "R"))
    quotes = inner[raw : raw + 3]
    if quotes in _TO_CLOSING and len(inner) >= raw + 6 and inner.endswith(quotes):
        before = text.count("\n", 0, len(text) - len(text.lstrip()))
        return before, inner[raw + 3 : -3].split("\n")
    return 0, [_without_sign(line) for line in block]


def _without_sign(line: str) -> str:
    return line.removeprefix("# ") if line.startswith("# ") else line.removeprefix("#")


def _open_quotes(line: str, quotes: str) -> str:
    """Return the triple quotes that are open after a line; `quotes` are open before it."""
    if '"""' not in line and "'''" not in line:
        return quotes
    place = 0
    while True:
        if quotes:
            match = _TO_CLOSING[quotes].match(line, place)
            place = match.end() if match else len(line)
            if place >= len(line):
                return quotes
            place, quotes = place + 3, ""
        match = _QUOTES.search(line, place)
        if match is None or match[0].startswith("#"):
            return ""
        place = match.end()
        quotes = match[0] if match[0] in _TO_CLOSING else ""
