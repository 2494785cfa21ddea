"""What the driver makes of the terminal."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator

import pytest

from tflab.ui.terminal.driver import watch_size


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
