"""A difference in colours: what was taken away, what came, and where."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tflab.runs.text import visible
from tflab.ui.dialogs.notice import TextScreen
from tflab.ui.terminal.safe_text import box_title

_MOST_LINES = 5_000


class DifferenceScreen(TextScreen):
    """Shows a unified diff.

    Args:
        title: What it is of.
        text: The diff.
    """

    def __init__(self, title: str, text: str) -> None:
        super().__init__(title, text)
        self._heading = title
        self._shown = coloured(text)

    def compose(self) -> ComposeResult:
        """Lay out the difference."""
        with Vertical(classes="sheet") as sheet:
            sheet.border_title = box_title(self._heading)
            sheet.border_subtitle = "Esc closes, c copies"
            with VerticalScroll():
                yield Static(self._shown)

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one(VerticalScroll).focus()


def coloured(diff: str) -> Content:
    """Return a unified diff in colours; its signs say the same without any."""
    lines = visible(diff).split("\n")
    shown = [Content.styled(line, _style(line)) for line in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        more = f"{len(lines) - _MOST_LINES:,} more lines; c copies all of them."
        shown.append(Content.styled(more, "$text-quiet"))
    return Content("\n").join(shown)


def _style(line: str) -> str:
    if line.startswith(("+++", "---")):
        return "bold"
    if line.startswith("@@"):
        return "$secondary"
    if line.startswith("+"):
        return "$success"
    return "$error" if line.startswith("-") else ""
