"""What the driver makes of the terminal."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.app import ComposeResult
from textual.events import Key, Paste
from textual.widgets import Input

from tflab.ui.terminal.app_base import TerminalApp
from tflab.ui.terminal.driver import EscapeGuard, PasteGuard, watch_size


@pytest.fixture(autouse=True)
def _signal_handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGWINCH)
    yield
    signal.signal(signal.SIGWINCH, before)


async def test_the_last_size_is_told_last_however_the_signals_come() -> None:
    """A signal that comes while an earlier one is being answered is answered after it."""
    terminal, told, done = [80], [], asyncio.Event()

    def tell() -> None:
        size = terminal[0]
        if size == 80:
            terminal[0] = 120
            signal.raise_signal(signal.SIGWINCH)
        told.append(size)
        if size == 120:
            done.set()

    watch_size(tell)
    signal.raise_signal(signal.SIGWINCH)
    await asyncio.wait_for(done.wait(), 5)
    assert told == [80, 120]


PIECES = st.sampled_from(
    ["a", "한", "\n", "\x1b", "[", "2", "0", "1", "~", "\x12", "\x1b[20", "\x1b[A"]
)


@given(st.lists(PIECES).map("".join), st.lists(st.integers(1, 12)))
def test_a_paste_is_one_text_whatever_is_in_it_and_however_it_comes(text, sizes) -> None:
    """No key is pressed by what is pasted, an escape or a Ctrl+R in it."""
    assume("\x1b[201~" not in text)
    stream, guard, parser, told = f"q\x1b[200~{text}\x1b[201~w", PasteGuard(), XTermParser(), []
    for size in (*sizes, len(stream)):
        passed, stream = guard.guarded(stream[:size]), stream[size:]
        told += parser.feed(passed) if passed else ()
    keys = [event.key for event in told if isinstance(event, Key)]
    pasted = [event.text for event in told if isinstance(event, Paste)]
    assert keys == ["q", "w"]
    assert pasted == [text.replace("\x1b", "\x1a")]


def test_an_escape_that_no_paste_began_is_passed_on_at_once() -> None:
    guard = PasteGuard()
    assert [guard.guarded(part) for part in ("\x1b", "[200", "x")] == ["\x1b", "[200", "x"]


SEQUENCES = {
    "j": "j",
    "\x13": "ctrl+s",
    " ": "space",
    "\x1b[A": "up",
    "\x1b[<64;10;5M": "",
    "\x1bOP": "f1",
    "\x1b[27u": "escape",
}
AFTER_ESCAPE = {
    "\x13": ["escape", "ctrl+s"],
    " ": ["escape", "space"],
    "\x1b[A": ["escape", "up"],
    "\x1bOP": ["escape", "f1"],
    "\x1b[27u": ["escape", "escape"],
    "j": ["alt+j"],
    "\t": ["shift+tab"],
    "\r": ["enter"],
    "": ["escape"],
}
PARTS = st.one_of(
    st.sampled_from(list(SEQUENCES.items())).map(lambda one: (one[0], [one[1]] if one[1] else [])),
    st.sampled_from(list(AFTER_ESCAPE.items())).map(lambda one: (f"\x1b{one[0]}", one[1])),
)


@given(st.lists(PARTS), st.lists(st.integers(1, 12)))
def test_no_escape_is_lost_to_what_follows_it_however_it_comes(parts, sizes) -> None:
    """What is pressed behind Escape in one piece; an escape at the end was pressed alone."""
    for (text, _), (after, _) in pairwise(parts):
        # With what follows it would be another of these.
        assume(text != "\x1b" or after.startswith("\x1b"))
    stream, expected = "".join(text for text, _ in parts), [k for _, keys in parts for k in keys]
    guard, parser, told = EscapeGuard(), XTermParser(), []
    for size in (*sizes, len(stream) + 1):
        passed, stream = guard.guarded(stream[:size]), stream[size:]
        told += parser.feed(passed) if passed else ()
    told += parser.feed(guard.late() or "\x1b[27u")
    keys = [event.key for event in told if isinstance(event, Key)]
    assert keys in (expected, [*expected, "escape"])


class Heard(TerminalApp):
    """Hears every key, with a field to write in."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input()

    def on_key(self, event: Key) -> None:
        self.heard.append(event.key)


async def test_a_letter_with_alt_that_means_nothing_is_escape_and_the_letter() -> None:
    app = Heard()
    async with app.run_test() as pilot:
        for key in ("alt+x", "y"):
            app.post_message(Key(key, None))
        await pilot.pause()
        assert app.heard == ["alt+x"], "y was written"
        assert app.query_one(Input).value == "y"
        app.screen.set_focus(None)
        app.heard.clear()
        for key in ("alt+j", "k", "alt+l"):
            app.post_message(Key(key, key[-1]))
        while len(app.heard) < 5:
            await pilot.pause()
        assert app.heard == ["escape", "j", "k", "escape", "l"]
