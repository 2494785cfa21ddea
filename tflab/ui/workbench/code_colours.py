"""Code in colours while it is written, with what is wrong at its line."""

from __future__ import annotations

from typing import Any

from rich.style import Style as RichStyle
from rich.text import Text
from textual.content import Content
from textual.geometry import Offset
from textual.highlight import highlight
from textual.timer import Timer
from textual.widgets import TextArea

from tflab.programs.edits import CellProblem
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.long_text import keep_height
from tflab.ui.workbench.code_theme import CodeTheme
from tflab.ui.workbench.indentation import start_of

keep_height()

_AT_ONCE = 6_000
"""Characters that are coloured at every key, which takes 10 ms."""

LONG = 200_000
"""Characters from which a text is neither coloured nor checked while one types."""

_LONG_LINE = 5_000
"""Characters of a line from which lines are not wrapped: each row drawn would part all of it."""

_LEAST_WORDS = 12
"""Cells that a remark behind a line needs, to be of use."""

_PLAIN = "$text"
_PAUSE = 0.4
"""Seconds after the last key, until a longer text is coloured."""


class ColouredArea(TextArea):
    """An area of text, in the colours of Python.

    They are those that Pygments gives the page, so that a cell looks the same while it is edited,
    and no grammar has to be compiled or loaded.

    Args:
        text: The code.
        options: As for Textual's TextArea.

    Attributes:
        problem: What Python cannot read, marked at its line.
    """

    def __init__(self, text: str, **options: Any) -> None:
        super().__init__(text, **options)
        self.problem: CellProblem | None = None
        self._colours: list[Content] = []
        self._later: Timer | None = None

    def get_line(self, line_index: int) -> Text:
        """Return a line with its colours."""
        line = super().get_line(line_index)
        if line_index < len(self._colours) and self._colours[line_index].plain == line.plain:
            parse = self.app.stylesheet.parse_style
            for span in self._colours[line_index].spans:
                if span.style == _PLAIN:
                    continue
                found = parse(span.style) if isinstance(span.style, str) else span.style
                rich = found.rich_style
                ink = RichStyle(color=rich.color, bold=rich.bold, italic=rich.italic)
                line.stylize(ink, span.start, span.end)
        problem = self.problem
        if problem is not None and problem.line == line_index + 1:
            self._mark(line, problem.message)
        return line

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Scroll to the cursor.

        When many lines go at once, Textual asks for this before it has moved the cursor to one that
        is left, and would fail.
        """
        if self.cursor_location[0] >= self.document.line_count:
            return Offset()
        return super().scroll_cursor_visible(center, animate)

    def show_problem(self, problem: CellProblem | None) -> None:
        """Mark the line that Python cannot read; or none."""
        if problem != self.problem:
            self.problem = problem
            # Lines are kept as they were drawn until the text or the selection changes.
            self.notify_style_update()
            self.refresh()

    def _mark(self, line: Text, message: str) -> None:
        """Underline a line, and say behind it what is wrong, where there is room."""
        ink = self.app.stylesheet.parse_style("$error").rich_style.color
        start = len(start_of(line.plain))
        line.stylize(RichStyle(color=ink, underline=True), start, max(len(line.plain), start))
        room = self.wrap_width - line.cell_len - 2
        if room >= _LEAST_WORDS:
            words = Text(message, style=RichStyle(color=ink, italic=True))
            words.truncate(room, overflow="ellipsis" if glyphs().unicode else "crop")
            line.append("  ").append_text(words)

    def colour_from(self, row: int) -> None:
        """Colour the text: at once where it is short, or else from `row` on after a pause."""
        size = sum(map(len, self.document.lines))
        self.soft_wrap = max(map(len, self.document.lines), default=0) <= _LONG_LINE
        if size <= _AT_ONCE:
            self._colour()
            return
        del self._colours[row:]
        if self._later is not None:
            self._later.stop()
        if size <= LONG and self.is_mounted:
            self._later = self.set_timer(_PAUSE, self._colour_later)

    def _colour_later(self) -> None:
        self._colour()
        self.refresh()

    def _colour(self) -> None:
        found = highlight(self.text, language="python", theme=CodeTheme)
        self._colours = list(found.split("\n", allow_blank=True))

    def on_text_area_changed(self) -> None:
        """Colour what was typed."""
        self.colour_from(self.cursor_location[0])
