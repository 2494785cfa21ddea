"""The text around the history's table: its title, the room that runs take, why it is empty."""

from __future__ import annotations

from textual.content import Content

from tflab.runs.text import count_of
from tflab.runs.trash import DiskUse, bytes_text
from tflab.session.history_list import HistoryList, HistoryView
from tflab.ui.terminal.glyphs import glyphs


def title_text(view: HistoryView, runs: HistoryList, lesson_title: str) -> Content:
    """Return the title line: how many runs, how many of them marked, and whose they are.

    The name is last: where room is short it is cut, and never a number.
    """
    what = "all programs" if view.everywhere else lesson_title or "no program"
    dot = f" {glyphs().dot} "
    name = Content.assemble(dot, what)
    text = Content.assemble(("History", "bold $primary"), dot)
    if not runs.ready:
        return text + Content.styled("reading", "$text-quiet") + name
    shown = len(runs.shown)
    all_of = count_of(runs.count, "run")
    text += Content(all_of if shown == runs.count else f"{shown:,} of {all_of}")
    if runs.unreadable:
        text += Content.styled(f"  {runs.unreadable:,} cannot be read", "$warning")
    if view.marked:
        text += Content.styled(f"  {len(view.marked)} marked", "bold $primary")
    return text + name


def disk_text(use: DiskUse, narrow: bool) -> Content:
    """Return how much room runs and trash take, and where there is room to say so, what is free."""
    parts = [f"runs {bytes_text(use.runs)}"]
    if use.trash:
        parts.append(f"trash {bytes_text(use.trash)}")
    if not narrow:
        parts.append(f"{bytes_text(use.free)} free")
    return Content(f" {glyphs().dot} ".join(parts))


def empty_text(view: HistoryView, runs: HistoryList) -> Content:
    """Return why no run is shown, and what to do about it."""
    if runs.count:
        return Content("No run fits the filter.")
    more = "" if view.everywhere else "\nPress a to see the runs of all programs."
    return Content(f"No runs yet. Run something with ^r.{more}")
