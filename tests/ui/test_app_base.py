"""What the app keeps from Textual, and Textual from the app."""

from __future__ import annotations

from textual.events import MouseDown
from textual.widgets import Static

from tflab.ui.terminal.app_base import TerminalApp


class Host(TerminalApp):
    def compose(self):
        yield Static("a line to press on")


async def test_what_is_being_removed_can_be_pressed_on():
    app = Host()
    async with app.run_test() as pilot:
        line = app.query_one(Static)
        with app.batch_update():
            # As while a lesson gives way to the next: removed, and not laid out anew yet.
            await line.remove()
            press = MouseDown(None, 2, 0, 0, 0, 1, False, False, False, 2, 0)
            await app.on_event(press)
        await pilot.pause()
        assert app.is_running
