"""Text for people: foreign text made safe for a terminal, and numbers of things in words.

Text from a program must never move the cursor, clear the screen or set the title of a terminal.
`plain` is the one place that sees to it; everything shown to people passes through it.
"""

from __future__ import annotations

import re

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)"
    r"|\x1b[ -/]*[0-~]"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
# Bidirectional overrides reorder what is around them, so they count as control characters.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}


def plain(text: str) -> str:
    """Return `text` without control sequences; other control characters become visible marks.

    Tabs become spaces, line ends stay, and a carriage return starts its line again, as a
    terminal would show a progress bar at its end.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _SEQUENCE.sub("", text).replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(_last_pass(line) for line in text.split("\n"))
    if "\b" in text:
        text = _backspaces(text)
    return _CONTROL.sub(_picture, text.expandtabs(8))


def plain_line(text: str) -> str:
    """Return `text` as `plain` does, on one line."""
    return " ".join(plain(text).split())


def count_of(number: int, thing: str) -> str:
    """Return how many of a thing there are, such as `12,000 runs`; `thing` is in the singular."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _last_pass(line: str) -> str:
    passes = line.rstrip("\r").split("\r")
    return passes[-1]


def _backspaces(text: str) -> str:
    kept: list[str] = []
    for char in text:
        if char == "\b":
            if kept and kept[-1] != "\n":
                kept.pop()
        else:
            kept.append(char)
    return "".join(kept)


def _picture(match: re.Match[str]) -> str:
    return _PICTURES.get(ord(match.group()), "\ufffd")
