"""Where a part of a line has changed, that part alone is sent, and the screen is the same."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.app import App
from textual.strip import Strip

from tflab.ui.terminal.app_base import TerminalApp
from tflab.ui.terminal.partial_updates import PartialUpdate
from tflab.ui.widgets.drawing_view import changed_span

WIDTH = 40
CONSOLE = Console(force_terminal=True, color_system="truecolor", width=WIDTH)
PIECES = st.tuples(
    st.text("ab é─⠉漢🙂", max_size=8), st.sampled_from([Style(color="red"), Style(bold=True)])
)
LINES = st.lists(PIECES, max_size=6).map(
    lambda pieces: Strip([Segment(*piece) for piece in pieces]).adjust_cell_length(WIDTH)
)


def update_of(strip: Strip, first: int, end: int) -> ChopsUpdate:
    """Return the update of one row, whose cells from `first` to `end` have changed."""
    return ChopsUpdate([{0: strip}], [(0, first, end)], [[WIDTH]])


def shown(*sent: str) -> list[object]:
    """Return the cells of the first row of a terminal that all of this was sent to."""
    screen = pyte.Screen(WIDTH, 1)
    stream = pyte.Stream(screen)
    for text in sent:
        stream.feed(text)
    return [screen.buffer[0][x] for x in range(WIDTH)]


@given(LINES, LINES)
def test_what_is_on_the_screen_is_what_the_whole_line_would_show(before: Strip, after: Strip):
    whole = [update_of(strip, 0, WIDTH).render_segments(CONSOLE) for strip in (before, after)]
    span = changed_span(before, after)
    if span is not None:
        part = PartialUpdate.of(update_of(after, span[0], sum(span)))
        assert shown(whole[0], part.render_segments(CONSOLE)) == shown(whole[1])


def test_textual_sends_a_line_from_the_edge_of_its_widget_and_we_do_not():
    """Where it no longer does, `terminal/partial_updates.py` can go."""
    update = update_of(Strip([Segment("." * 30 + "42" + "." * 8)]), 30, 32)
    assert "." * 30 in update.render_segments(CONSOLE)
    assert PartialUpdate.of(update).render_segments(CONSOLE) == "\x1b[1;31H42"


def test_the_app_sends_its_updates_through_the_name_we_know():
    assert callable(App._display)
    assert TerminalApp._display is not App._display
