"""What our screens lean on in Textual is still there, and still needs mending.

See `test_textual_internals.py` for what a failure here says.
"""

from __future__ import annotations

import asyncio
import inspect

import pytest
from textual.app import App
from textual.events import Key
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Button, Static

from tflab.ui.terminal.screens import QuietWhenCovered, SafeTeardown


def _parameters(call) -> list[str]:
    return list(inspect.signature(call).parameters)


class TestScreensThatGo:
    """`SafeTeardown`."""

    def test_the_names_are_there(self):
        assert _parameters(MessagePump._on_message) == ["self", "message"]
        assert isinstance(Message.control, property)
        assert _parameters(Screen.dismiss) == ["self", "result"]
        assert _parameters(Screen.call_after_refresh) == ["self", "callback", "args", "kwargs"]

    async def test_what_is_about_to_be_removed_is_no_longer_displayed(self):
        class Lines(App):
            def compose(self):
                yield Static("one")

        app = Lines()
        async with app.run_test():
            line = app.query_one(Static)
            assert line.display
            gone = line.remove()
            assert not line.display
            await gone

    @pytest.mark.parametrize("safe", [False, True])
    async def test_textual_takes_two_screens_away_when_one_is_dismissed_twice(self, safe):
        class Plain(ModalScreen):
            pass

        class Safe(SafeTeardown, ModalScreen):
            pass

        app = App()
        async with app.run_test() as pilot:
            screen = Safe() if safe else Plain()
            await app.push_screen(screen)
            screen.dismiss()
            if safe:
                screen.dismiss()
            else:
                with pytest.raises(Exception, match=r"dismiss|active|pop"):
                    screen.dismiss()
            await pilot.pause()
            assert len(app.screen_stack) == 1

    @pytest.mark.parametrize("safe", [False, True])
    async def test_a_screen_that_goes_at_once_takes_keys_from_textual_alone(self, safe):
        heard = []

        class Says:
            def compose(self):
                yield Button("one")

            def on_mount(self):
                heard.append(len(self.query(Button)))

            def on_key(self):
                heard.append("key")

        class Plain(Says, ModalScreen):
            pass

        class Safe(SafeTeardown, Says, ModalScreen):
            pass

        app = App()
        async with app.run_test() as pilot:
            screen = Safe() if safe else Plain()
            await app.push_screen(screen)
            heard.clear()
            gone = screen.dismiss()
            async with asyncio.timeout(10):
                while screen.display:
                    await asyncio.sleep(0)
            await screen.on_event(Key("a", "a"))
            await gone
            await pilot.pause()
        assert heard == ([] if safe else ["key"])


class TestScreensThatAreHidden:
    """`QuietWhenCovered`, and `COVERS`."""

    def test_the_names_are_there(self):
        assert _parameters(Screen._compositor_refresh) == ["self"]
        wanted = ["self", "regions", "repaint", "layout", "recompose"]
        assert _parameters(Widget.refresh) == wanted

    @pytest.mark.parametrize("quiet", [False, True])
    async def test_textual_draws_the_screen_above_for_a_change_below(self, quiet):
        drawn = []

        class Loud(Screen):
            def compose(self):
                yield Static("one")

        class Quiet(QuietWhenCovered):
            compose = Loud.compose

        class Above(ModalScreen):
            CSS = "Above { background: black; }"

            def refresh(self, *regions, **how):
                drawn.extend(regions)
                return super().refresh(*regions, **how)

        class Host(App):
            def get_default_screen(self):
                return Quiet() if quiet else Loud()

        app = Host()
        async with app.run_test() as pilot:
            below = app.screen
            await app.push_screen(Above())
            await pilot.pause()
            drawn.clear()
            below.query_one(Static).update("two")
            await pilot.pause()
            await pilot.pause()
        assert bool(drawn) != quiet
