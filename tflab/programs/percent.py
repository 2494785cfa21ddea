"""Splitting a percent-format file into cells, each with its true line in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from tflab.programs.program import Cell

_LINE_END = re.compile(r"\r\n|\r|\n")
_FORMAT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
_QUOTES_ALONE = re.compile(r"[rR]?(\"{3}|'{3})")


class MarkError(Exception):
    """The cell mark on `line` has options that make no sense, such as `tags=5`."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def split_lines(source: str) -> list[str]:
    """Return the lines of `source` as Python counts them, without their ends."""
    return _LINE_END.split(source)


def split_cells(source: str) -> tuple[Cell, ...]:
    """Return the prose and code cells of `source`; empty cells and raw cells are left out.

    Code is exactly the file's; prose is Markdown, its comment marks removed. Comments before the
    first cell mark (an encoding, a licence, a notebook header) belong to no cell.

    Raises:
        MarkError: When the options of a cell mark cannot be read.
    """
    cells: list[Cell] = []
    for first, block, reader, found in _blocks(split_lines(source)):
        if found.cell_type == "code" and reader.language in (None, "python"):
            kind: Literal["prose", "code"] = "code"
            skipped = 1 if _is_mark(reader, block[0]) else 0
            lines = block[skipped:]
            if not skipped and all(line.lstrip()[:1] in ("", "#") for line in lines):
                continue
        elif found.cell_type == "markdown":
            kind, lines = "prose", reader.content
            skipped = 1 + _opening(reader)
        else:
            continue
        empty = next((n for n, line in enumerate(lines) if line.strip()), None)
        if empty is None:
            continue
        cell = Cell(
            index=len(cells),
            kind=kind,
            source="\n".join(lines[empty:]).rstrip(),
            line=first + skipped + empty + 1,
            tags=_tags(found.metadata),
        )
        cells.append(cell)
    return tuple(cells)


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str], Any, Any]]:
    """Yield each cell's first line (from 0), its lines, and what jupytext made of it.

    jupytext's own cell reader is driven line by line here, because `jupytext.reads` does not say
    where in the file a cell was, and unescapes magics that Python reads as comments.
    """
    from jupytext.cell_reader import DoublePercentScriptCellReader

    first = 0
    while first < len(lines):
        reader = DoublePercentScriptCellReader(dict(_FORMAT), "python")
        try:
            found, length = reader.read(lines[first:])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise MarkError(first + 1) from error
        yield first, lines[first : first + length], reader, found
        first += length


def _is_mark(reader: Any, line: str) -> bool:
    return bool(reader.start_code_re.match(line) or reader.alternative_start_code_re.match(line))


def _tags(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    tags = metadata.get("tags", ())
    return tuple(map(str, tags)) if isinstance(tags, list | tuple) else (str(tags),)


def _opening(reader: Any) -> int:
    """Return how many lines before a prose cell's text its opening quotes take."""
    written: list[str] = reader.org_content
    if len(written) == len(reader.content):
        return 0
    first = next((n for n, line in enumerate(written) if line.strip()), 0)
    return first + (1 if _QUOTES_ALONE.fullmatch(written[first].strip()) else 0)
