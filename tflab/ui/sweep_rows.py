"""The table of a sweep as lines of the screen, and which of them changed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tflab.control.sweep_plan import SweepPlan
from tflab.control.sweep_table import SweepRow, cells, columns
from tflab.runs.transcript import plain_line
from tflab.ui.glyphs import glyphs
from tflab.ui.widgets.run_list import TONES, mark_of

_WIDEST = 28


class SweepRows:
    """Turns rows into aligned lines.

    Attributes:
        changed: Places of the lines that the last `render` changed.
    """

    def __init__(self, plan: SweepPlan) -> None:
        self._plan = plan
        self._texts: list[tuple[str, ...]] = []
        self.changed: list[int] = []

    def render(
        self, rows: Sequence[SweepRow], metric: str, width: int
    ) -> tuple[Content, list[Content]]:
        """Return the header and a line for each row, `width` cells wide at most."""
        plus_minus = "±" if glyphs().unicode else "+-"
        header = [plain_line(name) for name in columns(self._plan, metric)]
        found = [[plain_line(cell) for cell in cells(self._plan, row, plus_minus)] for row in rows]
        sizes = [
            min(_WIDEST, max(Content(line[place]).cell_length for line in [header, *found]))
            for place in range(len(header))
        ]
        sizes[-1] = 0
        texts: list[tuple[str, ...]] = []
        lines: list[Content] = []
        for row, line in zip(rows, found, strict=True):
            cause = next((run.cause for run in row.runs if run.cause), "")
            state = "best" if row.best else f"{line[-1]}: {cause}" if cause else line[-1]
            text = self._aligned([*line[:-1], plain_line(state)], sizes)
            mark = glyphs().here if row.best else mark_of(row.status)
            tone = "bold $primary" if row.best else TONES.get(row.status, "$text-quiet")
            shown = Content.assemble((f"{mark} ", tone), (text, "bold" if row.best else ""))
            texts.append((mark, text, str(width)))
            lines.append(shown.truncate(width, ellipsis=True))
        before = self._texts if len(self._texts) == len(texts) else [()] * len(texts)
        pairs = zip(before, texts, strict=True)
        self.changed = [place for place, (old, new) in enumerate(pairs) if old != new]
        self._texts = texts
        return Content("  " + self._aligned(header, sizes)), lines

    def _aligned(self, line: Sequence[str], sizes: Sequence[int]) -> str:
        padded = []
        for text, size in zip(line, sizes, strict=True):
            shown = Content(text)
            if size and shown.cell_length > size:
                shown = shown.truncate(size, ellipsis=True)
            padded.append(" " * max(0, size - shown.cell_length) + shown.plain)
        return "  ".join(padded)
