"""How far a run is, and what the machine does meanwhile, each as a line of the loss pane."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from tflab.charts.metrics import Metric
from tflab.runs.state import RunState
from tflab.session.machine_text import TITLES, machine_parts, others_text
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


def machine_content(state: RunState, width: int) -> Content:
    """Return processor, memory and GPU in `width` cells, as many as have room.

    Who else is on the GPU comes first: it may be why the rest is slow.
    """
    marks = glyphs()
    words = [others_text(state)] if state.ended is None else []
    shown = ""
    for part in filter(None, [*words, *machine_parts(state, marks.unicode)]):
        longer = f"{shown} {marks.dot} {part}" if shown else part
        if cell_len(longer) > width:
            break
        shown = longer
    return Content.styled(shown, "$warning" if words and words[0] else "$text-quiet")


def metric_title(metric: Metric) -> str:
    """Return what a metric is called above its chart."""
    return TITLES.get(metric.name) or metric.name.capitalize()
