"""What a cell gave: printed text, values, results and figures, in the order they came."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from textual.content import Content

from tflab.charts.text import cell_width
from tflab.runs.cell_state import CellItem
from tflab.runs.events import Error, Figure, Picture, Prediction, Result
from tflab.runs.state import RunState
from tflab.runs.transcript import Transcript
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.workbench.figure_rows import FigureRows, PictureStyle
from tflab.ui.workbench.lesson_document import Block, Row
from tflab.ui.workbench.output_content import Item, error_content, item_content
from tflab.ui.workbench.picture_rows import PictureRows

_INDENT = 2
_BAR = 2
_LEAST_HEAD = 12
"""Cells of the word and the line before the name of the run."""
# Text that streams in is laid out anew each time, which costs the more the longer it is.
TEXT_SECONDS = 0.2

Drawn = FigureRows | PictureRows

Label = Callable[[int], str]
"""Names a run in so many cells."""


class OutputBlock(Block):
    """The output of one cell, with a blank row behind it.

    Args:
        cell: Index of the cell.
        style: Says how pictures are drawn.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        label: Names the run that gave it, in so many cells; None where there is only one.
    """

    together = True

    def __init__(
        self,
        cell: int,
        style: Callable[[], PictureStyle],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.cell = cell
        self._style = style
        self._clock = clock
        self._shown: list[tuple[Item, int, Content | Drawn]] = []
        self._error: Error | None = None
        self._note = ""
        self._next_text = 0.0
        self.asked: frozenset[str] = frozenset()
        self.label: Label | None = None

    @property
    def empty(self) -> bool:
        """Whether the cell gave nothing."""
        return not self._shown and self._error is None

    @property
    def has_figure(self) -> bool:
        """Whether there is any picture."""
        return any(isinstance(shown, Drawn) for _, _, shown in self._shown)

    @property
    def pictures(self) -> list[Drawn]:
        """The moving pictures."""
        return [s for _, _, s in self._shown if isinstance(s, Drawn) and s.moving]

    @property
    def kept_pictures(self) -> list[PictureRows]:
        """The pictures that have a file."""
        found = [shown for _, _, shown in self._shown if isinstance(shown, PictureRows)]
        return [picture for picture in found if picture.frame.file]

    def clear(self) -> bool:
        """Take everything away, before a new run; return whether there was anything."""
        had = not self.empty
        self._shown, self._error, self._note = [], None, ""
        return had

    def sync(
        self, state: RunState, items: Sequence[CellItem], error: Error | None, note: str = ""
    ) -> tuple[bool, bool]:
        """Show `items`, the error if the cell failed, and a note above them.

        Returns:
            Whether anything is shown otherwise than before, and whether text was drawn a moment
            ago, so that this is to be called again a moment later.
        """
        changed, later = (error, note) != (self._error, self._note), False
        self._error, self._note = error, note
        found = [one for one in _items(items) if not self._is_asked(one)]
        if len(found) < len(self._shown):
            # The program has cleared its output.
            del self._shown[len(found) :]
            changed = True
        for place, item in enumerate(found):
            stamp = _stamp(item, state)
            if place >= len(self._shown):
                self._shown.append((item, stamp, _drawn(item, state)))
            elif not _is_same(self._shown[place][0], item):
                self._shown[place] = item, stamp, _drawn(item, state)
            elif self._shown[place][1] == stamp:
                continue
            elif isinstance(item, Transcript) and self._too_soon(state):
                later = True
                continue
            else:
                before = self._shown[place][2]
                self._shown[place] = item, stamp, _drawn(item, state, before)
            changed = True
        return changed, later

    def guess(self, width: int) -> int:
        """Return about how many rows it takes."""
        return 1 if self.empty else self.height(width)

    def rows(self, width: int) -> list[Row]:
        """Return the rows of everything in order."""
        return [row for part in self._parts(width) for row in part]

    def picture_rows(self, width: int) -> tuple[int, int] | None:
        """Return the first row of the last moving picture, and how many it has."""
        parts = self._parts(width)
        moving = [place for place, (_, _, s) in enumerate(self._shown) if s in self.pictures]
        if not moving:
            return None
        # The name of the run comes first, and a blank row is above and below a picture.
        place = moving[-1] + 1
        return sum(map(len, parts[:place])) + 1, max(len(parts[place]) - 2, 1)

    def wholes(self, width: int) -> list[tuple[int, int]]:
        """Return where each picture stands, and how many rows it has."""
        head, *parts = self._parts(width)
        tops = accumulate((len(part) for part in parts), initial=len(head))
        # A blank row is above and below a picture.
        return [
            (top + 1, max(len(part) - 2, 1))
            for top, part, (_, _, shown) in zip(tops, parts, self._shown, strict=False)
            if isinstance(shown, Drawn)
        ]

    def error_rows(self, width: int) -> tuple[int, int]:
        """Return the first row of the error, and how many it has."""
        parts = self._parts(width)
        return sum(map(len, parts[:-2])), len(parts[-2])

    def _parts(self, width: int) -> list[list[Row]]:
        """Return the rows of head, items, error, and the blank row behind them."""
        room = max(width - _INDENT, 1)
        parts = [[] if self.empty else self._head(room)]
        for _, _, shown in self._shown:
            if isinstance(shown, Drawn):
                found = shown.rows(room, self._style())
                parts.append([row._replace(indent=_INDENT) for row in found])
            else:
                parts.append([Row(line, _INDENT) for line in shown.wrap(room)])
        error: list[Row] = []
        if self._error is not None:
            lines = error_content(self._error).wrap(max(room - _BAR - 1, 1))
            error = [Row(line, _INDENT, "$error", "on $error 10%") for line in lines]
        # A picture has a blank row below it already.
        ends_blank = self._error is None and self._shown and isinstance(self._shown[-1][2], Drawn)
        return [*parts, error, [] if ends_blank else [Row(Content())]]

    def _head(self, room: int) -> list[Row]:
        """Return what stands above the output: which run gave it, and whether it is old."""
        rows = []
        if self.label is not None and room > _LEAST_HEAD:
            name = self.label(room - _LEAST_HEAD)
            line = ("─" if glyphs().unicode else "-") * max(room - cell_width(name) - 8, 2)
            head = Content.assemble("output ", (line, "$border-quiet"), f" {name}")
            rows.append(Row(head.stylize_before("$text-quiet"), _INDENT))
        if self._note:
            note = Content.styled(f"{glyphs().changed} {self._note}", "$warning")
            rows += [Row(line, _INDENT) for line in note.wrap(room)]
        return rows

    def _is_asked(self, item: Item) -> bool:
        """Whether an item stands elsewhere, at the question that it answers."""
        return isinstance(item, Prediction) and item.key in self.asked

    def _too_soon(self, state: RunState) -> bool:
        now = self._clock()
        if now >= self._next_text or state.ended is not None:
            self._next_text = now + TEXT_SECONDS
            return False
        return True


def _items(items: Sequence[CellItem]) -> Iterator[Item]:
    """Yield the items; results that follow each other make one table."""
    results: list[Result] = []
    for item in items:
        if isinstance(item, Result):
            results.append(item)
            continue
        if results:
            yield results
            results = []
        yield item
    if results:
        yield results


def _is_same(one: Item, other: Item) -> bool:
    return one is other or (isinstance(one, list) and isinstance(other, list))


def _stamp(block: Item, state: RunState) -> int:
    """Return a number that changes when the block has to be drawn again."""
    match block:
        case Transcript():
            return block.version
        case list():
            return len(block)
        case Figure(title=title):
            return len(state.frames.get(title, ()))
        case Picture(figure=number):
            return len(state.pictures.get(number, ()))
        case _:
            return 0


def _drawn(item: Item, state: RunState, before: Content | Drawn | None = None) -> Content | Drawn:
    """Return what is shown for an item; a picture stays at the frame that a person chose."""
    if isinstance(item, Picture):
        pictures = state.pictures.get(item.figure, [item])
        if not isinstance(before, PictureRows):
            return PictureRows(pictures, state.folder)
        before.show_frames(pictures)
        return before
    if not isinstance(item, Figure):
        return item_content(item)
    frames = state.frames.get(item.title, [item])
    if not isinstance(before, FigureRows):
        return FigureRows(frames)
    before.show_frames(frames)
    return before
