"""What a cell gave: printed text, values, results and figures, in the order they came."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from textual.content import Content

from tflab.charts.text import cell_width, pad
from tflab.runs.events import Check, Error, Figure, Picture, Prediction, Result, Value
from tflab.runs.state import CellItem, RunState
from tflab.runs.tensor_text import describe, grid, number_text, result_text
from tflab.runs.text import count_of, plain, shorten
from tflab.runs.transcript import Transcript
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import short_text, with_code
from tflab.ui.workbench.figure_rows import FigureRows, PictureStyle
from tflab.ui.workbench.lesson_document import Block, Row

_INDENT = 2
_BAR = 2
_MAX_LINES = 24
_MAX_COLUMNS = 400
_FEW_CELLS = 18
_LEAST_HEAD = 12
"""Cells of the word and the line before the name of the run."""
# Text that streams in is laid out anew each time, which costs the more the longer it is.
TEXT_SECONDS = 0.2

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
        self._shown: list[tuple[Item, int, Content | FigureRows]] = []
        self._error: Error | None = None
        self._note = ""
        self._next_text = 0.0
        self.label: Label | None = None

    @property
    def empty(self) -> bool:
        """Whether the cell gave nothing."""
        return not self._shown and self._error is None

    @property
    def has_figure(self) -> bool:
        """Whether there is any picture."""
        return any(isinstance(shown, FigureRows) for _, _, shown in self._shown)

    @property
    def pictures(self) -> list[FigureRows]:
        """The moving pictures."""
        return [s for _, _, s in self._shown if isinstance(s, FigureRows) and s.moving]

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
        for place, item in enumerate(_items(items)):
            stamp = _stamp(item, state)
            if place >= len(self._shown):
                self._shown.append((item, stamp, _drawn(item, state)))
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

    def error_rows(self, width: int) -> tuple[int, int]:
        """Return the first row of the error, and how many it has."""
        parts = self._parts(width)
        return sum(map(len, parts[:-2])), len(parts[-2])

    def _parts(self, width: int) -> list[list[Row]]:
        """Return the rows of head, items, error, and the blank row behind them."""
        room = max(width - _INDENT, 1)
        parts = [[] if self.empty else self._head(room)]
        for _, _, shown in self._shown:
            if isinstance(shown, FigureRows):
                found = shown.rows(room, self._style())
                parts.append([row._replace(indent=_INDENT) for row in found])
            else:
                parts.append([Row(line, _INDENT) for line in shown.wrap(room)])
        error: list[Row] = []
        if self._error is not None:
            lines = error_content(self._error).wrap(max(room - _BAR - 1, 1))
            error = [Row(line, _INDENT, "$error", "on $error 10%") for line in lines]
        return [*parts, error, [Row(Content())]]

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

    def _too_soon(self, state: RunState) -> bool:
        now = self._clock()
        if now >= self._next_text or state.ended is not None:
            self._next_text = now + TEXT_SECONDS
            return False
        return True


Item = Transcript | Value | Figure | Picture | Prediction | Check | list[Result]


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


def _stamp(block: Item, state: RunState) -> int:
    """Return a number that changes when the block has to be drawn again."""
    match block:
        case Transcript():
            return len(block.head) + len(block.tail) + block.skipped
        case list():
            return len(block)
        case Figure(title=title):
            return len(state.frames.get(title, ()))
        case _:
            return 0


def _drawn(
    item: Item, state: RunState, before: Content | FigureRows | None = None
) -> Content | FigureRows:
    """Return what is shown for an item; a picture stays at the frame that a person chose."""
    if not isinstance(item, Figure):
        return _content(item)
    frames = state.frames.get(item.title, [item])
    if not isinstance(before, FigureRows):
        return FigureRows(frames)
    before.show_frames(frames)
    return before


def _content(block: Item) -> Content:
    match block:
        case Transcript():
            return text_content(block.text())
        case Value(tensor=None):
            return text_content(plain(block.text))
        case Value(tensor=tensor) if tensor is not None:
            return Content.assemble(
                (describe(tensor) + "\n", "$text-quiet"), "\n".join(grid(tensor))
            )
        case list():
            return _table(block)
        case Prediction():
            return _prediction(block)
        case Check():
            return _check(block)
        case _:
            return Content("")


def _prediction(prediction: Prediction) -> Content:
    """Return guess and answer side by side under their question."""
    answer = Content.assemble(
        ("the run: ", "$text-quiet"), short_text(number_text(prediction.answer))
    )
    asked = with_code(prediction.question, "bold")
    question = Content.assemble(("? ", "bold $primary"), asked, "\n  ")
    if prediction.guess is None:
        return question + answer
    marks = glyphs()
    good = bool(prediction.correct)
    mark = (f"{marks.passed if good else marks.failed} ", "$success" if good else "$warning")
    guess = Content.assemble(
        mark, ("you said: ", "$text-quiet"), short_text(number_text(prediction.guess)), "   "
    )
    return question + guess + answer


def _check(check: Check) -> Content:
    """Return whether a check passed; of one that did not, the first case that fails."""
    marks = glyphs()
    if check.passed:
        cases = f" ({count_of(check.cases, 'case')})" if check.cases else ""
        return Content.assemble((f"{marks.passed} ", "$success"), short_text(check.name), cases)
    lines = [Content.assemble((f"{marks.failed} ", "$warning"), short_text(check.name))]
    rows = [("given", check.given), ("expected", check.expected), ("got", check.got)]
    for label, text in rows:
        if text:
            lines.append(Content.assemble("  ", (f"{label:<8}  ", "$text-quiet"), short_text(text)))
    if check.reason:
        lines.append(Content("  ") + Content(short_text(check.reason)))
    return Content("\n").join(lines)


def text_content(text: str) -> Content:
    """Return printed text, its beginning cut away when it is long; the whole is a key away."""
    lines = text.rstrip("\n").rsplit("\n", _MAX_LINES)
    mark = glyphs().ellipsis
    shown = "\n".join(shorten(line, _MAX_COLUMNS, mark) for line in lines[-_MAX_LINES:])
    if len(lines) <= _MAX_LINES:
        return Content(shown)
    above = count_of(lines[0].count("\n") + 1, "line")
    hidden = f"{mark} {above} above; Enter shows all\n"
    return Content.assemble((hidden, "$text-quiet"), shown)


def _table(results: Sequence[Result]) -> Content:
    width = max(cell_width(result.name) for result in results)
    lines = []
    for result in results:
        text = short_text(result_text(result))
        if result.tensor is not None:
            text = _few(text)
        line = Content.assemble((pad(result.name, width), "bold"), "  ", text)
        if result.tensor is not None:
            line += Content.styled(f"  {describe(result.tensor)}", "$text-quiet")
        lines.append(line)
    return Content("\n").join(lines)


def _few(numbers: str) -> str:
    """Return the first of the numbers where they would push aside what they are."""
    if len(numbers) <= _FEW_CELLS:
        return numbers
    kept = numbers[:_FEW_CELLS].rpartition("  ")[0] or numbers[:_FEW_CELLS]
    return f"{kept.rstrip()} {glyphs().ellipsis}"


def error_content(error: Error) -> Content:
    """Return an error as title, cause, next step and the lesson's own lines."""
    where = f" ({short_text(error.place)})" if error.place else ""
    parts: list[Content | tuple[str, str] | str] = [
        (f"{glyphs().failed} {short_text(error.title)}{where}\n", "bold $error"),
        short_text(error.cause),
        (f"\n{short_text(error.next_step)}", "$text-quiet"),
    ]
    if error.traceback:
        parts.append((f"\n\n{short_text(error.traceback).rstrip()}", "$text-quiet"))
    return Content.assemble(*parts)
