"""The command palette, opened and closed faster than it can search."""

from __future__ import annotations

import asyncio

from textual.app import App
from textual.command import Hit, Provider
from textual.widgets import Input

from tflab.ui.dialogs.palette import Palette
from tflab.ui.terminal.themes import DARK


class Slow(Provider):
    """Finds something, and finds it late."""

    async def search(self, query):
        for number in range(3):
            await asyncio.sleep(0)
            yield Hit(1, f"{query} {number}", lambda: None)


class Host(App):
    COMMANDS = {Slow}  # noqa: RUF012

    def __init__(self):
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name


async def test_it_may_go_while_it_searches():
    app = Host()
    async with app.run_test() as pilot:
        for turn in range(20):
            palette = Palette()
            await app.push_screen(palette)
            palette.query_one(Input).value = "r"
            for _ in range(turn):
                await asyncio.sleep(0)
            palette.dismiss()
            palette.dismiss()
            await pilot.pause()
            assert len(app.screen_stack) == 1
