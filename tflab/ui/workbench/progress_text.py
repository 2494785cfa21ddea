"""How far a run is, as a line of the loss pane."""

from __future__ import annotations

from textual.content import Content

from tflab.runs.state import RunState
from tflab.session.progress import progress_parts
from tflab.ui.terminal.glyphs import glyphs


def progress_line(state: RunState) -> str:
    """Return count, rate and time left, such as `31/40 · 212/s · 0:03 left`."""
    return f" {glyphs().dot} ".join(progress_parts(state, of="/"))


def progress_content(state: RunState, width: int) -> Content:
    """Return a bar with the words beside it, in `width` cells."""
    words = progress_line(state)
    progress = state.progress
    if progress is None or not progress.total:
        return Content.styled(words, "$text-quiet")
    room = max(width - len(words) - 2, 4)
    filled = min(room, round(room * progress.done / progress.total))
    return Content.assemble(
        (glyphs().filled * filled, "$primary"),
        (glyphs().empty * (room - filled), "$border-quiet"),
        (f"  {words}", "$text-quiet"),
    )
