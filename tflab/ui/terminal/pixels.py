"""Pictures as pixels, by kitty's graphics protocol and its Unicode placeholders.

A picture is sent once, out of the way of the text. Where it is to be seen stand cells of text that
say in their marks which part of it they show, and in their colour which picture it is. So it
scrolls, is covered and is cut like any other text, and nothing of Textual has to know of it.
"""

from __future__ import annotations

import base64
import os
import re
import select
import subprocess
import sys
import termios
import time
import tty
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from rich.color import Color, ColorSystem

if TYPE_CHECKING:
    from tflab.charts.drawing import Row
    from tflab.charts.palette import Ink

PATIENCE = 0.3
"""Seconds that a terminal has to answer whether it shows pictures."""

_PLACEHOLDER = "\U0010eeee"
# The marks that number rows and columns, in the protocol's order: ranges of code points.
_RANGES = (
    (0x305, 0x305), (0x30D, 0x30E), (0x310, 0x310), (0x312, 0x312), (0x33D, 0x33F),
    (0x346, 0x346), (0x34A, 0x34C), (0x350, 0x352), (0x357, 0x357), (0x35B, 0x35B),
    (0x363, 0x36F), (0x483, 0x487), (0x592, 0x595), (0x597, 0x599), (0x59C, 0x5A1),
    (0x5A8, 0x5A9), (0x5AB, 0x5AC), (0x5AF, 0x5AF), (0x5C4, 0x5C4), (0x610, 0x617),
    (0x657, 0x65B), (0x65D, 0x65E), (0x6D6, 0x6DC), (0x6DF, 0x6E2), (0x6E4, 0x6E4),
    (0x6E7, 0x6E8), (0x6EB, 0x6EC), (0x730, 0x730), (0x732, 0x733), (0x735, 0x736),
    (0x73A, 0x73A), (0x73D, 0x73D), (0x73F, 0x741), (0x743, 0x743), (0x745, 0x745),
    (0x747, 0x747), (0x749, 0x74A), (0x7EB, 0x7F1), (0x7F3, 0x7F3), (0x816, 0x819),
    (0x81B, 0x823), (0x825, 0x827), (0x829, 0x82D),
)  # fmt: skip
MARKS = tuple(chr(code) for first, last in _RANGES for code in range(first, last + 1))
MOST_CELLS = len(MARKS)
"""The most rows, and the most columns, of a picture: there are marks for no more."""

_ASK_ID = 4211
_CHUNK = 4096
_KEPT = 512
"""More than a run keeps: what the page has drawn is there as long as the page."""
_PLACES = ("kitty", "ghostty")
_OUTER = ("xterm-kitty", "xterm-ghostty")
_ANSWER = re.compile(rb"\x1b_Gi=4211;([^\x1b]*)\x1b\\")
_ATTRIBUTES = re.compile(rb"\x1b\[\?[0-9;]*c")


class Asked(NamedTuple):
    """What came of asking the terminal.

    Attributes:
        wrap: How sequences reach it where it shows pictures; None where it does not.
        typed: What was typed meanwhile, and is still to be taken as keys.
    """

    wrap: Callable[[str], str] | None = None
    typed: bytes = b""


class Pixels:
    """Sends pictures to the terminal and says which text shows them.

    Args:
        write: Writes to the terminal, past the screen.
        true_colour: Whether text has any colour; else one of 256, and so fewer pictures at once.
        wrap: Wraps a sequence for what stands between here and the terminal, such as tmux.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        true_colour: bool,
        wrap: Callable[[str], str] = lambda sequence: sequence,
    ) -> None:
        self._write = write
        self._wrap = wrap
        self._inks = _inks(true_colour)
        self._next = count(int.from_bytes(os.urandom(2), "big") % len(self._inks))
        self._sent: OrderedDict[tuple[object, int, int], int] = OrderedDict()

    def rows(self, name: object, content: bytes, columns: int, rows: int) -> tuple[Row, ...]:
        """Return the text that shows a picture in so many cells, which is sent if it was not yet.

        Args:
            name: Tells the picture from others.
            content: Its PNG file.
            columns: Cells across, at most `MOST_CELLS`.
            rows: Cells down, at most `MOST_CELLS`.
        """
        # Not before the first paint, which needs no drawing.
        from tflab.charts.drawing import Run

        key = (name, columns, rows)
        place = self._sent.get(key)
        if place is None:
            place = self._sent[key] = next(self._next) % len(self._inks)
            self._send(self._inks[place][0], content, columns, rows)
        self._sent.move_to_end(key)
        while len(self._sent) > _KEPT:
            _, old = self._sent.popitem(last=False)
            self._delete(self._inks[old][0])
        ink = self._inks[place][1]
        marks = MARKS[:columns]
        return tuple(
            (Run("".join(_PLACEHOLDER + MARKS[row] + mark for mark in marks), ink),)
            for row in range(rows)
        )

    def forget(self) -> None:
        """Have the terminal let go of every picture."""
        for place in self._sent.values():
            self._delete(self._inks[place][0])
        self._sent.clear()

    def _send(self, number: int, content: bytes, columns: int, rows: int) -> None:
        data = base64.standard_b64encode(content).decode()
        pieces = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
        head = f"a=T,U=1,q=2,f=100,t=d,i={number},c={columns},r={rows},"
        for place, piece in enumerate(pieces):
            more = int(place < len(pieces) - 1)
            about = f"{head if place == 0 else 'q=2,'}m={more}"
            self._write(self._wrap(f"\x1b_G{about};{piece}\x1b\\"))

    def _delete(self, number: int) -> None:
        self._write(self._wrap(f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"))


def _inks(true_colour: bool) -> Sequence[tuple[int, Ink]]:
    """Return the numbers that pictures may have, each with the ink that is that number."""
    from tflab.charts.palette import Ink

    if true_colour:
        numbers = range(0x746C00, 0x756C00)
        return [(n, Ink((n >> 16, n >> 8 & 255, n & 255), 37)) for n in numbers]
    found = []
    for number in range(16, 256):
        red, green, blue = Color.from_ansi(number).get_truecolor()
        # Of some greys Rich makes another number.
        colour = Color.from_rgb(red, green, blue).downgrade(ColorSystem.EIGHT_BIT)
        if colour.number == number:
            found.append((number, Ink((red, green, blue), 37)))
    return found


def in_tmux(sequence: str) -> str:
    """Return a sequence as tmux hands it on to the terminal that it runs in."""
    return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\"


def ask_for_pixels() -> Asked:
    """Ask the terminal whether it shows pictures.

    Only terminals are asked that say of themselves that they do; no other has to wait for a start.
    To be called before the app takes over the terminal.
    """
    wrap = _wrapping()
    if wrap is None or os.environ.get("NO_COLOR") or not sys.__stdin__ or not sys.__stderr__:
        return Asked()
    try:
        shows, typed = _ask(sys.__stdin__.fileno(), sys.__stderr__.fileno(), wrap)
    except (OSError, termios.error):
        return Asked()
    return Asked(wrap if shows else None, typed)


def _wrapping() -> Callable[[str], str] | None:
    """Return how a sequence reaches a terminal that may show pictures as text; None if none may."""
    kind = os.environ.get("TERM", "")
    if os.environ.get("TMUX"):
        passes = _tmux("show-options", "-Agqv", "allow-passthrough") in ("on", "all")
        outer = _tmux("display-message", "-p", "#{client_termname}")
        return in_tmux if passes and outer in _OUTER else None
    program = os.environ.get("TERM_PROGRAM", "").lower()
    known = kind in _OUTER or program in _PLACES or "KITTY_WINDOW_ID" in os.environ
    return (lambda sequence: sequence) if known and not kind.startswith("screen") else None


def _tmux(*words: str) -> str:
    try:
        done = subprocess.run(
            ["tmux", *words], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _ask(reads: int, writes: int, wrap: Callable[[str], str]) -> tuple[bool, bytes]:
    """Send a picture of one dot to be looked at and not shown; say whether it was taken.

    What a person types meanwhile comes between the answers, and is returned too.
    """
    if not os.isatty(reads) or not os.isatty(writes):
        return False, b""
    before = termios.tcgetattr(reads)
    try:
        tty.setcbreak(reads, termios.TCSANOW)
        ask = wrap(f"\x1b_Gi={_ASK_ID},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\")
        # Every terminal answers the second one, so that nobody waits for the first in vain; tmux
        # does so itself, long before the terminal that it runs in can have answered the first.
        last = _ANSWER if wrap is in_tmux else _ATTRIBUTES
        os.write(writes, (ask if wrap is in_tmux else f"{ask}\x1b[c").encode())
        said = _read_answer(reads, last)
    finally:
        termios.tcsetattr(reads, termios.TCSANOW, before)
    found = _ANSWER.search(said)
    # The terminal's line discipline still takes Enter for the end of a line.
    typed = _ATTRIBUTES.sub(b"", _ANSWER.sub(b"", said)).replace(b"\n", b"\r")
    return found is not None and found[1] == b"OK", typed


def _read_answer(reads: int, last: re.Pattern[bytes]) -> bytes:
    said, end = b"", time.monotonic() + PATIENCE
    while (left := end - time.monotonic()) > 0 and not last.search(said):
        if not select.select([reads], [], [], left)[0]:
            break
        said += os.read(reads, 1024)
    return said
