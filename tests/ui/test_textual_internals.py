"""What `tflab/ui/terminal` leans on in Textual is still there, and still needs mending.

A test here that fails after an upgrade says which of two things has happened: a name that we use is
gone, so the mending must move with it; or the fault is gone, so the mending can go.
"""

from __future__ import annotations

import ast
import asyncio
import functools
import importlib
import inspect
import os
import pkgutil
import signal
import textwrap
from pathlib import Path

import pytest
from rich.segment import Segment
from textual import _parser, _xterm_parser
from textual.app import App
from textual.color import Color
from textual.containers import Vertical
from textual.document._wrapped_document import WrappedDocument
from textual.drivers.linux_driver import LinuxDriver
from textual.events import AppBlur, Key, MouseDown, Paste
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static, TextArea

import tflab.ui
from tflab.ui.terminal.app_base import ControlFilter, TerminalApp
from tflab.ui.terminal.cursor import typing_place
from tflab.ui.terminal.driver import TolerantDriver
from tflab.ui.terminal.hosting import HostingView
from tflab.ui.terminal.long_text import QuickHeight, keep_height
from tflab.ui.terminal.region_layout import PlacesChildren, ReadDownwards, SizedInput
from tflab.ui.terminal.screens import SafeTeardown

UI = Path(tflab.ui.__file__).parent
TERMINAL = UI / "terminal"


_NAMED_TUPLES = {"_replace", "_asdict", "_make", "_fields"}
"""Public in spite of their names."""


def _modules():
    names = [found.name for found in pkgutil.walk_packages([str(UI)], "tflab.ui.")]
    return [importlib.import_module(name) for name in names]


def _owned(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def test_nothing_outside_the_terminal_folder_takes_a_private_name_of_textual():
    """Neither by overriding one, which also happens by chance, nor by a name of its own alike."""
    taken = {place: names for place, names in _taken() if place.parent != TERMINAL}
    assert taken == {}
    # The search finds what there is to be found.
    assert "QuietWhenCovered._compositor_refresh" in dict(_taken())[TERMINAL / "screens.py"]


def _taken():
    for module in _modules():
        classes = [found for found in vars(module).values() if inspect.isclass(found)]
        names = []
        for found in classes:
            if found.__module__ == module.__name__:
                bases = [b for b in found.__mro__ if b.__module__.split(".")[0] == "textual"]
                theirs = set().union(*map(_names, bases))
                names += [f"{found.__qualname__}.{n}" for n in sorted(_names(found) & theirs)]
        if names:
            yield Path(module.__file__), names


@functools.cache
def _names(found) -> set[str]:
    """Return the private names that a class defines and that its methods give to `self`."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(found))).body
    names = {getattr(node, "name", "") for node in definition.body}
    for node in ast.walk(definition):
        stored = isinstance(getattr(node, "ctx", None), ast.Store)
        if stored and isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self":
            names.add(node.attr)
    return {name for name in names if _owned(name)}


def test_nothing_outside_the_terminal_folder_reaches_into_another_object():
    reached = []
    for path in UI.rglob("*.py"):
        if path.parent == TERMINAL:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Attribute) and _owned(node.attr)):
                continue
            if ast.unparse(node.value) not in ("self", "cls") and node.attr not in _NAMED_TUPLES:
                reached.append(f"{path.relative_to(UI)}:{node.lineno} {ast.unparse(node)}")
    assert reached == []


def _parameters(call) -> list[str]:
    return list(inspect.signature(call).parameters)


class TestLeavingAfterAFault:
    """`TerminalApp._fatal_error` and `_print_error_renderables`."""

    def test_the_names_are_there(self):
        assert _parameters(App._fatal_error) == ["self"]
        assert _parameters(App._print_error_renderables) == ["self"]
        assert _parameters(App._close_messages_no_wait) == ["self"]
        assert App()._exception is None

    @pytest.mark.parametrize("base", [App, TerminalApp])
    async def test_textual_prints_the_values_of_variables_and_we_do_not(self, base, tmp_path):
        printed: list[str] = []

        class Fails(base):
            def _print_error_renderables(self):
                for part in self._exit_renderables:
                    printed.extend(segment.text for segment in part.segments)
                self._exit_renderables.clear()
                super()._print_error_renderables()

            def on_mount(self):
                password = "hunter2"
                raise ValueError(len(password))

        app = Fails()
        with pytest.raises(ValueError, match="7"):
            async with app.run_test():
                pass
        assert ("hunter2" in "".join(printed)) == (base is App)


class TestReadingTheTerminal:
    """`TolerantDriver`."""

    async def test_the_names_are_there(self):
        assert issubclass(_parser.ParseError, Exception)
        assert _parameters(_xterm_parser.XTermParser)[0] == "debug"
        assert _parameters(_xterm_parser.XTermParser.feed) == ["self", "data"]
        assert _parameters(_xterm_parser.XTermParser.tick) == ["self"]
        driver = LinuxDriver(App())
        for name in ("fileno", "exit_event", "attrs_before", "_app", "_debug"):
            assert hasattr(driver, name), name
        # Being put aside, as `_sigtstp_application` has it, and what comes back reads.
        assert (driver._auto_restart, driver._must_signal_resume) == (True, False)
        assert _parameters(LinuxDriver._sigtstp_application)[:1] == ["self"]
        assert App()._driver is None, "until it runs"
        assert driver._in_band_window_resize is False
        assert _parameters(driver._get_terminal_size) == []
        assert _parameters(LinuxDriver.run_input_thread) == ["self"]
        assert _parameters(LinuxDriver.process_message) == ["self", "message"]

    @pytest.mark.parametrize("kind", [LinuxDriver, TolerantDriver])
    async def test_a_byte_that_is_no_text_ends_the_reading_of_textual_alone(self, kind):
        source, sink = os.pipe()
        driver, told = kind(App()), []
        driver.fileno = source

        def take(event):
            told.append(event)
            driver.exit_event.set()

        driver.process_message = take
        os.write(sink, b"\xff\xfea")
        if kind is LinuxDriver:
            with pytest.raises(UnicodeDecodeError):
                driver.run_input_thread()
        else:
            driver.run_input_thread()
            assert [event.key for event in told] == ["a"]
        os.close(source)
        os.close(sink)

    def test_textual_still_reads_the_size_inside_the_handler_of_the_signal(self, monkeypatch):
        handlers, read = {}, []
        monkeypatch.setattr(signal, "signal", handlers.__setitem__)

        class Probe(LinuxDriver):
            def _get_terminal_size(self):
                read.append(inspect.stack()[2].function)
                return 80, 24

            def write(self, data):
                if signal.SIGWINCH in handlers:
                    handlers[signal.SIGWINCH](signal.SIGWINCH, None)
                    raise StopIteration

        async def start():
            driver = Probe(App())
            try:
                driver.start_application_mode()
            except StopIteration:
                driver.close()

        asyncio.run(start())
        assert read == ["start_application_mode", "on_terminal_resize"]

    def test_an_escape_is_lost_to_what_follows_unless_it_comes_as_kitty_sends_it(self):
        def keys(text: str) -> list[str]:
            parser = _xterm_parser.XTermParser()
            told = [*parser.feed(text), *parser.feed("\x1b[27u")]
            return [event.key for event in told if isinstance(event, Key)]

        assert keys("\x1b\x13") == ["circumflex_accent", "ctrl+s", "escape"]
        assert keys("\x1b[27u\x13") == ["escape", "ctrl+s", "escape"]
        assert keys("\x1bj\x1bk") == ["circumflex_accent", "j", "circumflex_accent", "k", "escape"]
        assert keys("\x1b[106;3u\x1b[107;3u") == ["alt+j", "alt+k", "escape"]


class TestKeysInOrder:
    """`OrderedKeys`."""

    def test_the_names_are_there(self):
        assert isinstance(App.message_queue_size, property)
        assert Key("a", "a").is_forwarded is False
        assert _parameters(App.on_event) == ["self", "event"]
        assert _parameters(App._register)[:3] == ["self", "parent", "widgets"]

    @pytest.mark.parametrize("base", [App, TerminalApp])
    async def test_a_burst_is_mixed_up_by_textual_alone(self, base):
        class Fields(base):
            def compose(self):
                yield Input(id="one")
                yield Input(id="two")

        app = Fields()
        async with app.run_test() as pilot:
            app.query_one("#one", Input).focus()
            await pilot.pause()
            for key, character in (("a", "a"), ("tab", "\t"), ("b", "b")):
                app.post_message(Key(key, character))
            async with asyncio.timeout(10):
                while "".join(field.value for field in app.query(Input)) not in ("ab", "ba"):
                    await pilot.pause()
            typed = [field.value for field in app.query(Input)]
        assert (typed == ["a", "b"]) == (base is TerminalApp)

    @pytest.mark.parametrize("base", [App, TerminalApp])
    async def test_text_behind_what_opens_a_field_goes_there_with_us_alone(self, base):
        class Opens(base):
            BINDINGS = (("x", "open_field", "Open"), ("y", "take_key", "Of the page beneath"))
            taken = 0

            def compose(self):
                yield Static()

            def action_open_field(self):
                self.mount(Vertical(Field()))

            def action_take_key(self):
                self.taken += 1

        class Field(Input):
            def on_mount(self):
                self.focus()

        app = Opens()
        async with app.run_test() as pilot:
            for key in "xyy":
                app.post_message(Key(key, key))
            async with asyncio.timeout(10):
                while app.taken + sum(len(field.value) for field in app.query(Input)) < 2:
                    await pilot.pause()
            typed = [field.value for field in app.query(Input)]
        assert (typed == ["yy"]) == (base is TerminalApp)

    @pytest.mark.parametrize("base", [App, TerminalApp])
    async def test_a_click_overtakes_the_keys_before_it_in_textual_alone(self, base):
        class Fields(base):
            def compose(self):
                yield Input(id="one")
                yield Input(id="two")

        app = Fields()
        async with app.run_test() as pilot:
            one, two = app.query(Input)
            one.focus()
            await pilot.pause()
            # The tab leads to the second field, and the click back to the first.
            for key, character in (("tab", "\t"), ("a", "a")):
                app.post_message(Key(key, character))
            x, y = one.region.x + 2, one.region.y + 1
            app.post_message(MouseDown(None, x, y, 0, 0, 1, False, False, False, x, y))
            app.post_message(Key("b", "b"))
            async with asyncio.timeout(10):
                while len(one.value + two.value) < 2:
                    await pilot.pause()
            typed = [one.value, two.value]
        assert (typed == ["b", "a"]) == (base is TerminalApp)

    @pytest.mark.parametrize("base", [App, TerminalApp])
    async def test_the_loss_of_the_focus_overtakes_a_key_in_textual_alone(self, base):
        class Asks(base):
            def compose(self):
                yield Input("ab", select_on_focus=False)

        app = Asks()
        async with app.run_test() as pilot:
            field = app.query_one(Input)
            field.focus()
            await pilot.pause()
            for event in (Key("backspace", "\x7f"), AppBlur(), Paste("c"), AppBlur()):
                app.post_message(event)
            async with asyncio.timeout(10):
                while app.focused is not None:
                    await pilot.pause()
            assert field.value == ("ac" if base is TerminalApp else "ab")

    async def test_a_key_that_a_leaving_screen_did_not_take_goes_to_the_one_beneath(self):
        class Leaves(SafeTeardown[None], Screen[None]):
            pass

        class Beneath(TerminalApp):
            BINDINGS = (("ctrl+q", "take_key", "Leave"),)
            taken = 0

            def action_take_key(self):
                self.taken += 1

        app = Beneath()
        async with app.run_test() as pilot:
            over = Leaves()
            await app.push_screen(over)
            over.dismiss()
            async with asyncio.timeout(10):
                while over.stays:
                    await asyncio.sleep(0)
            # As on a busy machine, where closing took longer than a key waits.
            await over.on_event(Key("ctrl+q", "\x11"))
            async with asyncio.timeout(10):
                while not app.taken:
                    await pilot.pause()
        assert app.taken == 1


class TestWhatReachesTheTerminal:
    """`ControlFilter`."""

    def test_the_names_are_there(self):
        assert _parameters(LineFilter.apply) == ["self", "segments", "background"]
        assert _parameters(App.get_line_filters) == ["self"]

    @pytest.mark.parametrize("base", [App, TerminalApp])
    async def test_textual_lets_control_characters_through_and_we_do_not(self, base):
        class Says(base):
            def compose(self):
                yield Static("", markup=False)

        app = Says()
        async with app.run_test() as pilot:
            line = Segment("a\x1b]0;owned\x07b")
            passed = [line]
            for each in app.get_line_filters():
                passed = each.apply(passed, Color(0, 0, 0))
            await pilot.pause()
        assert ("\x1b" in passed[0].text) == (base is App)
        assert not isinstance(line, ControlFilter)


class TestPressesAndPages:
    """`TerminalApp.on_event` and `run_action`."""

    @pytest.mark.parametrize("base", [App, TerminalApp])
    async def test_a_press_on_what_was_removed_ends_textual_alone(self, base):
        class Pressed(base):
            def compose(self):
                yield Static("a line to press on")

        app = Pressed()
        async with app.run_test() as pilot:
            line = app.query_one(Static)
            with app.batch_update():
                await line.remove()
                press = MouseDown(None, 2, 0, 0, 0, 1, False, False, False, 2, 0)
                if base is App:
                    with pytest.raises(Exception, match="region"):
                        await app.on_event(press)
                else:
                    await app.on_event(press)
            await pilot.pause()

    @pytest.mark.parametrize("base", [App, TerminalApp])
    async def test_a_page_of_a_list_without_a_row_ends_textual_alone(self, base):
        class Lists(base):
            CSS = "OptionList { height: 0; width: 0; border: none; padding: 0; }"

            def compose(self):
                yield OptionList("one", "two")

        app = Lists()
        async with app.run_test():
            found = app.query_one(OptionList)
            found.highlighted = 0
            if base is App:
                with pytest.raises(LookupError):
                    await app.run_action("page_down", found)
            else:
                assert await app.run_action("page_down", found) is False

    def test_the_actions_that_page_have_the_names_we_know(self):
        of_lists = {binding.action for binding in OptionList.BINDINGS}
        assert {name for name in of_lists if "page" in name} == {"page_up", "page_down"}


def test_the_style_sheets_name_widgets_that_textual_has():
    """Some that they style are its own parts, which it may rename."""
    from textual import widgets
    from textual.widgets import _select

    assert _select.SelectOverlay.__name__ == "SelectOverlay"
    assert _select.SelectCurrent.__name__ == "SelectCurrent"
    assert widgets.Static is Static


def test_a_view_that_draws_its_rows_still_lays_out_no_children_by_itself():
    assert not ScrollView().is_container
    view = HostingView()
    assert not view.is_container
    for name in ("_clear_arrangement_cache", "_refresh_scroll"):
        assert callable(getattr(view, name))


async def test_textual_puts_the_cursor_one_cell_too_far_behind_the_last_letter():
    """Where it no longer does, `terminal/cursor.py` need not place the cursor of an `Input`."""

    class Typing(App[None]):
        def compose(self):
            yield Input("한a", compact=True)

    async with Typing().run_test() as pilot:
        field = pilot.app.query_one(Input)
        field.focus()
        await pilot.pause()
        there = typing_place(pilot.app.screen)
        assert there is not None
        assert there.x == field.content_region.x + 3
        assert field.cursor_screen_offset.x == there.x + 1


class _Rows(PlacesChildren):
    """Has its children below each other, as many rows apart as it is told."""

    def __init__(self, *children: Static) -> None:
        super().__init__(*children)
        self.step = 2

    def place(self, size: Size) -> dict[Widget, Region]:
        return {
            child: Region(1, at * self.step, size.width - 2, 1)
            for at, child in enumerate(self.children)
        }


async def test_a_widget_says_where_its_children_are_and_that_they_have_moved():
    """Textual asks each widget for its layout, and would keep the answer of a size."""
    rows = _Rows(Static("a"), Static("b"))

    class Host(App):
        CSS = "_Rows { height: 10; width: 20; }"

        def compose(self):
            yield rows

    async with Host().run_test() as pilot:
        await pilot.pause()
        assert [child.region for child in rows.children] == [
            Region(1, 0, 18, 1),
            Region(1, 2, 18, 1),
        ]
        rows.step = 3
        rows.refresh(layout=True)
        await pilot.pause()
        assert rows.children[1].region.y == 2, "the answer was kept: asking anew is still needed"
        rows.places_changed()
        await pilot.pause()
        assert rows.children[1].region.y == 3


class Downwards(ReadDownwards):
    """A field of a form."""

    def place(self, size: Size):
        return dict.fromkeys(self.children, size.region)


class Fields(PlacesChildren):
    """Two rows of two fields."""

    def place(self, size: Size):
        return {child: Region(10 * (n // 2), n % 2, 10, 1) for n, child in enumerate(self.children)}


async def test_typing_lays_nothing_out_and_the_cursor_stays_in_view():
    """Textual lays out everything for each letter, also in a field of a fixed size."""
    for kind, laid_out in ((Input, True), (SizedInput, False)):
        app = App()
        async with app.run_test(size=(40, 10)) as pilot:
            field = kind("12", compact=True)
            field.styles.width = 8
            await app.mount(field)
            field.focus()
            await pilot.pause()
            layouts = []
            signal_ = app.screen.screen_layout_refresh_signal
            signal_.subscribe(app.screen, layouts.append)
            await pilot.press("end", *"3456789")
            await pilot.pause()
            assert field.value == "123456789"
            assert field.scroll_offset.x == 2, "as far as the cursor behind the last letter"
            assert bool(layouts) is laid_out, kind


async def test_tab_goes_down_a_column_before_it_goes_to_the_next():
    app = App()
    async with app.run_test(size=(40, 10)) as pilot:
        inputs = [Input(compact=True) for _ in range(4)]
        await app.mount(Fields(*(Downwards(each) for each in inputs)))
        await pilot.pause()
        assert app.screen.focus_chain == inputs


def test_the_size_before_the_first_layout_is_the_terminals():
    """Textual takes it from Rich while the driver has none, and Rich has one for `dumb`."""
    assert "_size" in inspect.getsource(App.size.fget)
    assert "self._size = " in inspect.getsource(TolerantDriver.start_application_mode)


class TestHeightOfLongTexts:
    """`QuickHeight` in the place of Textual's wrapped text."""

    async def test_every_area_knows_its_height(self):
        keep_height()

        class Shows(App[None]):
            def compose(self):
                yield TextArea("a b c d " * 40 + "\n\nx = 1", soft_wrap=True)

        async with Shows().run_test(size=(30, 10)) as pilot:
            area = pilot.app.query_one(TextArea)
            for _ in range(3):
                wrapped = area.wrapped_document
                assert type(wrapped) is QuickHeight
                assert wrapped.height == WrappedDocument.height.fget(wrapped) > 3
                area.insert("\n" + "word " * 20, (1, 0))
                await pilot.pause()
