"""A drawing on the screen that sends only the cells that changed, and its legend as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tflab.charts.drawing import ChartOptions, Drawing, LegendEntry, Run
from tflab.charts.palette import ColourMode, Ink
from tflab.charts.text import LEGEND_GAP, legend_rows
from tflab.runs.text import count_of
from tflab.ui.terminal.glyphs import glyphs


class DrawingView(Widget):
    """Shows a drawing. A new one repaints only the spans that differ from the one before.

    A chart redrawn whole ten times a second costs about 144 KiB a second of terminal traffic; most
    of its cells are the same from one drawing to the next.
    """

    class Resized(Message):
        """There is more room for the drawing, or less."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"drawing--words"}
    DEFAULT_CSS = "DrawingView > .drawing--words { color: $text-quiet; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._drawing_rows: tuple[tuple[Run, ...], ...] = ()
        self._strips: list[Strip] = []
        self._base: Style | None = None

    def chart_options(self, **changes: Any) -> ChartOptions:
        """Return the options that fit the theme and the terminal, with `changes` made."""
        return chart_options(self, **changes)

    def on_resize(self) -> None:
        """Tell who draws that the drawing does not fit any longer."""
        self.post_message(self.Resized())

    def show_drawing(self, drawing: Drawing) -> None:
        """Show a drawing that is as wide as the widget."""
        rows, base = drawing.runs, self.rich_style
        alike = base == self._base and len(rows) == len(self._drawing_rows)
        if alike and rows == self._drawing_rows:
            return
        strips: list[Strip] = []
        regions: list[Region] = []
        for y, row in enumerate(rows):
            if alike and row == self._drawing_rows[y]:
                strips.append(self._strips[y])
                continue
            strip = Strip(drawing_segments(row, base))
            strips.append(strip)
            span = changed_span(self._strips[y], strip) if alike else None
            if span is not None:
                regions.append(Region(span[0], y, span[1], 1))
        self._drawing_rows, self._strips, self._base = rows, strips, base
        if regions or not alike:
            self.refresh(*regions)

    def show_words(self, text: str) -> None:
        """Show a sentence in the middle, where there is nothing to draw."""
        width, height = self.size
        style = self.get_component_rich_style("drawing--words")
        lines = [line.plain for line in Content(text).wrap(max(width - 4, 8))][:height]
        above = (height - len(lines)) // 2
        self._drawing_rows, self._base = (), None
        self._strips = [Strip.blank(width, self.rich_style)] * above
        for line in lines:
            left = " " * ((width - cell_len(line)) // 2)
            self._strips.append(Strip([Segment(left + line, style)]))
        self.refresh()

    def plain_rows(self) -> list[str]:
        """Return the rows on show as text without colours."""
        return ["".join(run.text for run in row).rstrip() for row in self._drawing_rows]

    def render_line(self, y: int) -> Strip:
        """Return one row of the drawing."""
        if y < len(self._strips):
            return self._strips[y].adjust_cell_length(self.size.width, self.rich_style)
        return Strip.blank(self.size.width, self.rich_style)


def chart_options(widget: Widget, **changes: Any) -> ChartOptions:
    """Return the options that fit the theme and the terminal of a widget, with `changes` made."""
    options = ChartOptions(
        colour="none" if widget.app.no_color else "true",
        dark=widget.app.current_theme.dark,
        unicode=glyphs().unicode,
    )
    return replace(options, **changes)


def picture_colour(widget: Widget) -> ColourMode:
    """Return the colours that pictures have here: curves do with the nearest of 16, they do not."""
    if widget.app.no_color:
        return "none"
    return "16" if widget.app.console.color_system in (None, "standard") else "true"


def legend_content(legend: Sequence[LegendEntry], width: int | None = None) -> Content:
    """Return a legend: a sample of each series in its colour, and its name.

    It has one line or, where `width` cells are given, as many as it takes: no entry is torn apart.
    """
    rows = legend_rows(legend, width, glyphs().unicode)
    return Content("\n").join(Content(LEGEND_GAP).join(map(_entry, row)) for row in rows)


def legend_in_rows(legend: Sequence[LegendEntry], width: int, most: int) -> Content:
    """Return a legend of at most so many rows; the last one says how many entries have no room."""
    rows = legend_rows(legend, width, glyphs().unicode)
    if len(rows) <= most:
        return legend_content(legend, width)
    left_out = len(legend) - sum(map(len, rows[: most - 1]))
    kept = legend_content([entry for row in rows[: most - 1] for entry in row], width)
    more = Content.styled(f"and {count_of(left_out, 'curve')} more", "$text-quiet")
    return Content("\n").join(part for part in (kept, more) if part)


def _entry(entry: LegendEntry) -> Content:
    sample = [(text, "" if ink is None else ink.hex) for text, ink, _ in entry.sample]
    return Content.assemble(*sample, " ", (entry.label, "$text-quiet"))


def changed_span(old: Strip, new: Strip) -> tuple[int, int] | None:
    """Return where a line differs: the first cell and how many; None where it does not."""
    if old == new:
        return None
    before, after = _cells(old), _cells(new)
    if len(before) != len(after):
        return 0, max(len(before), len(after))
    differ = [x for x, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    if not differ:
        return None
    if any(len(cell) > 1 for (cell, _), _ in (*before, *after)):
        # Where a line is cut, a mark goes with the character behind it: such a line stays whole.
        return 0, len(after)
    return differ[0], differ[-1] - differ[0] + 1


def with_selection(strip: Strip, span: tuple[int, int], style: Style | None) -> Strip:
    """Return a line with what was selected in it set apart.

    Args:
        strip: The line.
        span: The first character that was selected, and the one behind the last; -1 for all.
        style: How it is set apart.
    """
    text, width = strip.text, strip.cell_length
    left = cell_len(text[: span[0]])
    right = width if span[1] == -1 else cell_len(text[: span[1]])
    middle = Strip(Segment.apply_style(strip.crop(left, right), post_style=style))
    return Strip.join([strip.crop(0, left), middle, strip.crop(right, width)])


def _cells(strip: Strip) -> list[tuple[tuple[str, int], Style | None]]:
    return [(cell, segment.style) for segment in strip for cell in _cells_of(segment.text)]


@lru_cache(maxsize=4096)
def _cells_of(text: str) -> tuple[tuple[str, int], ...]:
    """Return what stands in each cell, and at which place of it.

    A wide character takes two cells, neither of which is drawn without the other; a mark belongs
    to the cell of the character before it.
    """
    if text.isascii():
        return tuple((char, 0) for char in text)
    clusters: list[str] = []
    for char in text:
        if clusters and not cell_len(char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return tuple((each, place) for each in clusters for place in range(cell_len(each)))


def drawing_segments(row: Sequence[Run], base: Style) -> list[Segment]:
    """Return the cells of a row of a drawing, over the style of what is beneath it."""
    return [Segment(run.text, base + _style(run.ink, run.ground)) for run in row]


@lru_cache(maxsize=4096)
def _style(ink: Ink | None, ground: Ink | None = None) -> Style:
    if ink is None:
        return Style.null()
    behind = None if ground is None else Color.from_rgb(*ground.rgb)
    return Style(color=Color.from_rgb(*ink.rgb), bgcolor=behind)
