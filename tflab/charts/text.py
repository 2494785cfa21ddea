"""Words around a chart: cell widths, legends, and stacking it all for the command line."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from tflab.charts.drawing import RESET, ChartOptions, Drawing, LegendEntry, Size
from tflab.charts.palette import Ink, label_ink
from tflab.runs.text import plain_emoji

_BOLD = "\x1b[1m"
LEGEND_GAP = "   "
"""What stands between two entries of a legend."""


def cell_width(text: str) -> int:
    """Return how many terminal cells `text` takes; wide characters take two, marks none."""
    if text.isascii():
        return len(text)
    if all(map(_is_narrow, text)):
        return len(text)
    # Its tables take 5 MB, and longer to import than a lesson to be read.
    from wcwidth import wcswidth

    return max(int(wcswidth(text)), 0)


@lru_cache(1024)
def _is_narrow(character: str) -> bool:
    """Whether a character takes one cell beyond doubt: no mark, none that is wide or unknown."""
    kind = unicodedata.category(character)
    return kind[0] not in "CM" and unicodedata.east_asian_width(character) not in "WF"


def clean(text: str, unicode: bool = True) -> str:
    """Return `text` on one line, without characters that could steer a terminal.

    Labels come from lessons. Emoji lose their variants, and flags become letters: terminals do not
    agree on how wide those are. With `unicode` off, what is not ASCII becomes a question mark.
    """
    printable = "".join(
        " " if character.isspace() else character
        for character in plain_emoji(text)
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return printable if unicode else printable.encode("ascii", "replace").decode("ascii")


def fit(text: str, cells: int, unicode: bool = True) -> str:
    """Return `text` cut to at most `cells`, with an ellipsis where something is missing."""
    if cell_width(text) <= cells:
        return text
    if cells < 1:
        return ""
    kept = text[:cells]
    while cell_width(kept) > cells - 1:
        kept = kept[:-1]
    return kept + ("…" if unicode else "~")


def pad(text: str, cells: int, right: bool = False) -> str:
    """Return `text` filled with spaces to `cells`; `right` moves it to the right edge."""
    blank = " " * max(cells - cell_width(text), 0)
    return blank + text if right else text + blank


def legend_rows(
    legend: Sequence[LegendEntry], columns: int | None, unicode: bool = True
) -> list[list[LegendEntry]]:
    """Return the entries that stand on each line, their labels made fit to be shown.

    Args:
        legend: The entries in order; none is torn apart.
        columns: Cells that a line has, with `LEGEND_GAP` between entries; None for one line.
        unicode: Whether more than ASCII can be shown.
    """
    rows: list[list[LegendEntry]] = []
    used = 0
    for entry in legend:
        marker, label = cell_width(entry.marker) + 1, clean(entry.label, unicode)
        if columns is not None:
            label = fit(label, columns - marker, unicode)
        width = marker + cell_width(label)
        if not rows or (columns is not None and used + len(LEGEND_GAP) + width > columns):
            rows.append([])
            used = -len(LEGEND_GAP)
        rows[-1].append(entry._replace(label=label))
        used += len(LEGEND_GAP) + width
    return rows


def legend_lines(
    legend: Sequence[LegendEntry], columns: int, options: ChartOptions
) -> tuple[str, ...]:
    """Return the legend as lines of at most `columns` cells, several entries a line."""
    return tuple(
        LEGEND_GAP.join(f"{_sample(entry, options)} {entry.label}" for entry in row)
        for row in legend_rows(legend, columns, options.unicode)
    )


def stack(drawing: Drawing, columns: int, options: ChartOptions) -> str:
    """Return title, legend, drawing and notes as text, one below the other."""
    lines = []
    if drawing.title:
        title = fit(clean(drawing.title, options.unicode), columns, options.unicode)
        lines.append(title if options.colour == "none" else f"{_BOLD}{title}{RESET}")
    lines.extend(legend_lines(drawing.legend, columns, options))
    quiet = label_ink(options.dark)
    if drawing.y_label:
        label = fit(clean(drawing.y_label, options.unicode), columns, options.unicode)
        lines.append(_painted(label, quiet, options))
    lines.extend(drawing.rows)
    if drawing.x_label:
        label = fit(clean(drawing.x_label, options.unicode), columns, options.unicode)
        lines.append(_painted(pad(label, columns, right=True), quiet, options))
    notes = [clean(note, options.unicode) for note in drawing.notes]
    lines.extend(fit(note, columns, options.unicode) for note in notes)
    return "\n".join(lines)


def room_for_drawing(size: Size, other_lines: int) -> Size:
    """Return the size left for the drawing when `other_lines` go above and below it."""
    columns, rows = size
    return columns, max(rows - other_lines, min(rows, 3))


def _sample(entry: LegendEntry, options: ChartOptions) -> str:
    return "".join(_painted(run.text, run.ink, options) for run in entry.sample)


def _painted(text: str, ink: Ink | None, options: ChartOptions) -> str:
    code = ink.sgr(options.colour) if ink is not None else ""
    return f"{code}{text}{RESET}" if code else text
