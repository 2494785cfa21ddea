"""Characters that no editor would show, or that reorder what it shows: code could hide in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from tflab.runs.text import STEERING, UNSEEN

MOST_TOLD = 20

# Not among them: the joiners, which emoji and many scripts need; form feeds, an old way to part the
# sections of Python files; tabs and the ends of lines.
_NAMES = {0x00: "NUL", 0x07: "BELL", 0x08: "BACKSPACE", 0x1B: "ESCAPE", 0x7F: "DELETE"}
_SUSPECT = re.compile(f"[\x00-\x08\x0b\x0e-\x1f{STEERING}{UNSEEN}]")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_LINE = re.compile(r"\r\n|\r|\n")


class HiddenCharacter(NamedTuple):
    """One of them. `line` and `column` are from 1; `name` has its code point and its name."""

    line: int
    column: int
    name: str


def hidden_characters(source: str) -> Iterator[HiddenCharacter]:
    """Yield the hidden characters of a text, in order.

    A carriage return alone is one where other lines end otherwise: Python goes to a new line
    there, and a terminal back to the start of this one.
    """
    if source.isascii() and source.isprintable():
        return
    places = [match.start() for match in _SUSPECT.finditer(source)]
    if "\n" in source:
        places += (match.start() for match in _LONE_RETURN.finditer(source))
    if not places:
        return
    starts = [0, *(match.end() for match in _LINE.finditer(source))]
    line = 0
    for place in sorted(places):
        while line + 1 < len(starts) and starts[line + 1] <= place:
            line += 1
        yield HiddenCharacter(line + 1, place - starts[line] + 1, _name(source[place]))


def _name(character: str) -> str:
    if character == "\r":
        return "a carriage return alone"
    code = ord(character)
    name = unicodedata.name(character, "") or _NAMES.get(code, "control character")
    return f"U+{code:04X} {name}"
