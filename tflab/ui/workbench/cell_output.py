"""What a cell gave: printed text, values, results and figures, in the order they came."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from tflab.runs.events import Error, Figure, Prediction, Result, Value
from tflab.runs.state import CellItem, RunState
from tflab.runs.tensor_text import describe, grid, number_text, result_text
from tflab.runs.text import count_of, plain
from tflab.runs.transcript import Transcript
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import with_code
from tflab.ui.workbench.figure_view import FigureView

_MAX_LINES = 24
_MAX_COLUMNS = 400
_FEW_CELLS = 18
# Text that streams in is laid out anew each time, which costs the more the longer it is.
_TEXT_SECONDS = 0.2


class CellOutput(Vertical):
    """The output of one cell. `sync` adds what is new and leaves the rest as it is."""

    def __init__(self) -> None:
        super().__init__(classes="output")
        self._drawn: list[tuple[Widget, int]] = []
        self._error: Error | None = None
        self._next_text = 0.0
        self._coming_back: Timer | None = None
        self.display = False

    async def clear(self) -> None:
        """Take everything away, before a new run."""
        self._drawn, self._error = [], None
        if self._coming_back is not None:
            self._coming_back.stop()
            self._coming_back = None
        self.display = False
        await self.remove_children()

    async def sync(self, state: RunState, items: Sequence[CellItem], error: Error | None) -> None:
        """Show `items` and, if the cell failed, the error."""
        blocks = list(_blocks(items))
        for index, block in enumerate(blocks):
            stamp = _stamp(block, state)
            if index < len(self._drawn):
                widget, before = self._drawn[index]
                if before != stamp:
                    if isinstance(block, Transcript) and self._too_soon(state, items, error):
                        continue
                    _redraw(widget, block, state)
                    self._drawn[index] = (widget, stamp)
            else:
                widget = _make(block, state)
                self._drawn.append((widget, stamp))
                await self.mount(widget)
        if error is not None and self._error is None:
            self._error = error
            await self.mount(Static(error_content(error), classes="error"))
        self.display = bool(self._drawn) or self._error is not None

    def _too_soon(self, state: RunState, items: Sequence[CellItem], error: Error | None) -> bool:
        """Whether text was drawn a moment ago; it is then drawn a moment later."""
        now = time.monotonic()
        if now >= self._next_text or state.ended is not None:
            self._next_text = now + _TEXT_SECONDS
            return False
        if self._coming_back is None:

            async def again() -> None:
                self._coming_back = None
                await self.sync(state, items, error)

            self._coming_back = self.set_timer(_TEXT_SECONDS, again)
        return True


Block = Transcript | Value | Figure | Prediction | list[Result]


def _blocks(items: Sequence[CellItem]) -> Iterator[Block]:
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


def _stamp(block: Block, state: RunState) -> int:
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


def _make(block: Block, state: RunState) -> Widget:
    if isinstance(block, Figure):
        return FigureView(state.frames.get(block.title, [block]))
    return Static(_content(block))


def _redraw(widget: Widget, block: Block, state: RunState) -> None:
    if isinstance(widget, FigureView) and isinstance(block, Figure):
        widget.show_frames(state.frames.get(block.title, [block]))
    elif isinstance(widget, Static):
        widget.update(_content(block))


def _content(block: Block) -> Content:
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
        case _:
            return Content("")


def _prediction(prediction: Prediction) -> Content:
    """Return guess and answer side by side under their question."""
    answer = Content.assemble(("the run: ", "$text-quiet"), plain(number_text(prediction.answer)))
    asked = with_code(prediction.question, "bold")
    question = Content.assemble(("? ", "bold $primary"), asked, "\n  ")
    if prediction.guess is None:
        return question + answer
    marks = glyphs()
    good = bool(prediction.correct)
    mark = (f"{marks.passed if good else marks.failed} ", "$success" if good else "$warning")
    guess = Content.assemble(
        mark, ("you said: ", "$text-quiet"), plain(number_text(prediction.guess)), "   "
    )
    return question + guess + answer


def text_content(text: str) -> Content:
    """Return printed text, its beginning cut away when it is long; the whole is a key away."""
    text = text.rstrip("\n")
    lines = [_cut(line) for line in text[-_MAX_LINES * _MAX_COLUMNS :].split("\n")]
    total = text.count("\n") + 1
    if total <= _MAX_LINES:
        return Content("\n".join(lines))
    hidden = f"{glyphs().ellipsis} {count_of(total - _MAX_LINES, 'line')} above; Enter shows all\n"
    return Content.assemble((hidden, "$text-quiet"), "\n".join(lines[-_MAX_LINES:]))


def _cut(line: str) -> str:
    return line if len(line) <= _MAX_COLUMNS else line[: _MAX_COLUMNS - 1] + glyphs().ellipsis


def _table(results: Sequence[Result]) -> Content:
    width = max(len(result.name) for result in results)
    lines = []
    for result in results:
        text = result_text(result)
        if result.tensor is not None:
            text = _few(text)
        line = Content.assemble((result.name.ljust(width), "bold"), "  ", text)
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
    where = f" ({plain(error.place)})" if error.place else ""
    parts: list[Content | tuple[str, str] | str] = [
        (f"{glyphs().failed} {plain(error.title)}{where}\n", "bold $error"),
        plain(error.cause),
        (f"\n{plain(error.next_step)}", "$text-quiet"),
    ]
    if error.traceback:
        parts.append((f"\n\n{plain(error.traceback).rstrip()}", "$text-quiet"))
    return Content.assemble(*parts)
