"""What the terminal can do; JSON goes alone to stdout, problems to stderr."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from tflab.charts.text import cell_width, pad
from tflab.runs.locale_text import speaks_unicode
from tflab.runs.record import Problem
from tflab.runs.text import plain

if TYPE_CHECKING:
    from tflab.charts.palette import ColourMode


@dataclass(frozen=True)
class Terminal:
    """What the terminal behind stdout can show.

    Attributes:
        live: Whether a line may be drawn over; never so in a file, a pipe or a dumb terminal.
        columns: Its width.
    """

    live: bool
    unicode: bool
    colour: ColourMode
    dark: bool
    columns: int

    @property
    def passed(self) -> str:
        """The mark of a goal that was reached."""
        return "✓" if self.unicode else "+"

    @property
    def open(self) -> str:
        """The mark of a goal that was not reached."""
        return "·" if self.unicode else "."


def terminal(stream: IO[str] | None = None) -> Terminal:
    """Return what the terminal behind `stream` (stdout by default) can show."""
    stream = sys.stdout if stream is None else stream
    kind = os.environ.get("TERM", "")
    encoding = (getattr(stream, "encoding", None) or "").lower().replace("-", "")
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return Terminal(
        live=stream.isatty() and kind not in ("", "dumb"),
        unicode=encoding.startswith("utf") and speaks_unicode(),
        colour=_colour(kind),
        dark=background not in ("7", "15"),
        columns=max(20, shutil.get_terminal_size((80, 24)).columns),
    )


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of texts in columns; the last one is as wide as it is."""
    widths = [max(map(cell_width, column)) for column in zip(*rows, strict=True)][:-1]
    for row in rows:
        cells = [pad(text, width) for text, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[-1]]).rstrip())


def print_json(found: Any) -> None:
    """Write one JSON value on one line. ASCII, so that every locale can carry it."""
    print(json.dumps(_finite(found), allow_nan=False).replace("\x7f", "\\u007f"))


def print_problem(problem: Problem) -> None:
    """Write title, cause and next step to stderr."""
    lines = (f"tflab: {problem.title}", f"  {problem.cause}", f"  {problem.next_step}")
    print(plain("\n".join(lines)), file=sys.stderr)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, dict):
        return {str(name): _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _colour(kind: str) -> ColourMode:
    if os.environ.get("NO_COLOR") or kind in ("", "dumb"):
        return "none"
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "true"
    return "256" if "256color" in kind else "16"
