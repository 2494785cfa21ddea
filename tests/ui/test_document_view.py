"""The page that draws its rows itself, and has a live widget in the place of a block."""

from __future__ import annotations

from contextlib import asynccontextmanager

from textual.app import App
from textual.widgets import Static, TextArea

from tests.ui.test_lesson_document import Lines
from tflab.ui.terminal.themes import DARK
from tflab.ui.workbench.document_view import DocumentView


class Host(App):
    CSS = """
    DocumentView { height: 10; width: 40; background: $background; overflow-x: hidden; }
    TextArea { height: auto; border: none; padding: 0; }
    """

    def compose(self):
        yield DocumentView(id="page")
        yield Static("below")

    def on_mount(self):
        self.register_theme(DARK)
        self.theme = DARK.name

    def rows(self) -> list[str]:
        """What the terminal shows."""
        return [strip.text[:38].rstrip() for strip in self.screen._compositor.render_strips()]


@asynccontextmanager
async def page(*counts: int):
    host = Host()
    async with host.run_test(size=(40, 12)) as pilot:
        view = host.query_one(DocumentView)
        view.show_blocks([Lines(f"{n}.", count) for n, count in enumerate(counts)])
        await pilot.pause()
        yield host, view, pilot


async def settle(pilot) -> None:
    for _ in range(4):
        await pilot.pause()


async def test_a_widget_stands_in_place_of_a_block_and_scrolls_with_it():
    async with page(2, 3, 20) as (host, view, pilot):
        await view.host(view.document.blocks[1], TextArea("one\ntwo"))
        await settle(pilot)
        rows = [row.strip() for row in host.rows()]
        assert rows[:6] == ["0.0", "0.1", "one", "two", "2.0", "2.1"]
        view.scroll_to_row(3)
        await settle(pilot)
        rows = [row.strip() for row in host.rows()]
        # Half of it is above the view, and nothing of it is drawn there.
        assert rows[:2] == ["two", "2.0"]
        view.scroll_to_row(8)
        await settle(pilot)
        assert "two" not in "\n".join(host.rows())


async def test_a_widget_below_the_view_draws_nothing_under_it():
    async with page(9, 3) as (host, view, pilot):
        await view.host(view.document.blocks[1], TextArea("one\ntwo\nthree"))
        await settle(pilot)
        rows = [row.strip() for row in host.rows()]
        assert rows[8:11] == ["0.8", "one", "below"]


async def test_a_widget_that_grows_moves_what_is_below_it():
    async with page(2, 1, 5) as (host, view, pilot):
        area = TextArea("one")
        await view.host(view.document.blocks[1], area)
        await settle(pilot)
        area.focus()
        await settle(pilot)
        await pilot.press("x", "enter", "y")
        await settle(pilot)
        rows = [row.strip() for row in host.rows()]
        assert rows[2:6] == ["x", "yone", "2.0", "2.1"]
        assert view.document.span(view.document.blocks[1]) == (2, 2)


async def test_the_rows_come_back_when_the_widget_goes():
    async with page(2, 3, 5) as (host, view, pilot):
        block = view.document.blocks[1]
        await view.host(block, TextArea("one"))
        await settle(pilot)
        view.unhost(block)
        await settle(pilot)
        rows = [row.strip() for row in host.rows()]
        assert rows[:6] == ["0.0", "0.1", "1.0", "1.1", "1.2", "2.0"]
        assert not view.query(TextArea)


async def test_other_blocks_take_the_widget_away():
    async with page(2, 3) as (host, view, pilot):
        await view.host(view.document.blocks[1], TextArea("one"))
        view.show_blocks([Lines("new", 2)])
        await settle(pilot)
        assert not view.query(TextArea)
        assert host.rows()[0].strip() == "new0"


async def test_rows_that_come_above_it_move_it():
    async with page(2, 3) as (host, view, pilot):
        first, second = view.document.blocks
        await view.host(second, TextArea("one"))
        await settle(pilot)
        first.count = 4
        view.block_changed(first)
        await settle(pilot)
        rows = [row.strip() for row in host.rows()]
        assert rows[:5] == ["0.0", "0.1", "0.2", "0.3", "one"]


async def test_a_row_of_it_is_brought_into_view():
    async with page(2, 30) as (_host, view, _pilot):
        block = view.document.blocks[1]
        view.show_row(block, 25)
        assert view.top == 2 + 25 - 9
        view.show_row(block, 3)
        assert view.top == 5


async def test_what_comes_behind_the_end_is_still_to_be_read():
    async with page(8, 8) as (_host, view, pilot):
        view.scroll_to_row(100)
        await pilot.pause()
        top = view.top
        last = view.document.blocks[1]
        last.count = 30
        view.block_changed(last)
        await pilot.pause()
        assert view.top == top == 6
