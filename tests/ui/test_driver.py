"""What the driver makes of the terminal."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste

from tflab.ui.terminal.driver import PasteGuard, watch_size


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
