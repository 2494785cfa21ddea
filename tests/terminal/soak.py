"""Keys mashed at random, clicks, pastes and changes of size: the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.terminal.keys import key_bytes
from tests.terminal.terminal import Terminal

LESSON = (
    "import time",
    'lab.predict("How low?", 0.1)',
    "for step in lab.track(range(steps)):",
    "    lab.log(step, loss=1 / (step + 1), accuracy=step / 40)",
    "    time.sleep(0.002)",
    'lab.line("curve", {"a": ([0, 1, 2], [0, 1, 4])})',
    'lab.show(low=1 / steps, words="text [bold]")',
    'lab.goal("Low", steps > 2, hint=["More steps", "Ten steps"])',
)

_MOVES = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab")
_ACTS = ("enter", "space", "escape", "backspace", "delete")
_FUNCTIONS = tuple(f"f{number}" for number in range(1, 11))
# Not ctrl+q, which leaves, nor ctrl+z, which stops the whole program as it should.
# More often Ctrl+R: runs are what may be lost.
_CONTROLS = tuple(f"ctrl+{letter}" for letter in "abcdefghklmnoprstuvwxyrrrr")
# No slash: what is typed may become the path of an export.
_LETTERS = "abcdefghijklmnopqrstuvwxyzGJ0123456789.,-+_=[]() é漢"


def events(seed: int, count: int) -> Iterator[Callable[[Terminal], None]]:
    """Yield that many things that a person, or a cat, does to the terminal."""
    chance = random.Random(seed)
    for _ in range(count):
        kind = chance.random()
        if kind < 0.03:
            size = chance.randint(20, 400), chance.randint(5, 120)
            yield _resizing(size)
        elif kind < 0.08:
            yield _sending(_click(chance))
        elif kind < 0.10:
            text = "".join(chance.choices(_LETTERS, k=chance.randint(1, 3000)))
            yield _sending(b"\x1b[200~" + text.encode() + b"\x1b[201~")
        elif kind < 0.11:
            yield _sending(bytes(chance.choices(range(0x20, 0x100), k=chance.randint(1, 8))))
        else:
            groups = (_MOVES, _ACTS, _FUNCTIONS, _CONTROLS, tuple(_LETTERS))
            (group,) = chance.choices(groups, weights=(30, 20, 12, 18, 20))
            yield _sending(key_bytes(chance.choice(group)))


def _click(chance: random.Random) -> bytes:
    x, y = chance.randint(1, 120), chance.randint(1, 40)
    button = chance.choice((0, 0, 0, 2, 64, 65))
    return f"\x1b[<{button};{x};{y}M\x1b[<{button};{x};{y}m".encode()


def _resizing(size: tuple[int, int]) -> Callable[[Terminal], None]:
    return lambda app: app.resize(*size)


def _sending(data: bytes) -> Callable[[Terminal], None]:
    return lambda app: app.send(data)
