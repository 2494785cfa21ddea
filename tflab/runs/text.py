"""Text for people: foreign text made safe for a terminal, and numbers of things in words.

Text from a program must never move the cursor, clear the screen or set the title of a terminal.
Everything shown to people passes through here: output and names through `plain`, which reads them
as a terminal would; code, which must be read for what it is, through `visible`; and whatever the
command line writes once more through `inert`.
"""

from __future__ import annotations

import re
from functools import cache

_SEQUENCE = (
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)"
    r"|\x1b[ -/]*[0-~]"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
# Bidirectional marks reorder what is around them, so they count as control characters. Half a
# surrogate pair is no character at all: it cannot be written. In the form of a class of `re`.
STEERING = "\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_CONTROL = f"[\x00-\x08\x0b\x0c\x0e-\x1f{STEERING}]"
_OBEYED = f"[\x00-\x08\x0b-\x1f{STEERING}]"
UNSEEN = (
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff"
    "\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff"
    "\U000e01f0-\U000e0fff"
)
"""Characters that show nothing, in the form of a class of `re`; the joiners of scripts are not."""

_UNSEEN = f"[{UNSEEN}\u200c\u200d]"
_STEERING = f"[{STEERING}]"
_SURROGATE = "[\ud800-\udfff]"
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}


# The joiner is a part of many scripts; only between signs does it make one of several.
_JOINED = "(?<=[\u2190-\u2bff\U0001f000-\U0001faff])\u200d"
_PLAIN_EMOJI: dict[int, str] = {
    **{0xFE00 + number: "" for number in range(16)},
    **{0x1F3FB + number: "" for number in range(5)},
    **{0x1F1E6 + number: chr(ord("A") + number) for number in range(26)},
}


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when it is first needed: plain ASCII needs none, nor does the first paint.

    It takes a tenth of a millisecond and more, for each of the large classes above.
    """
    return re.compile(pattern)


def plain(text: str) -> str:
    """Return `text` without control sequences; other control characters become visible marks.

    Tabs become spaces, line ends stay, and a carriage return starts its line again, as a
    terminal would show a progress bar at its end.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _pattern(_SEQUENCE).sub("", text).replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(_last_pass(line) for line in text.split("\n"))
    if "\b" in text:
        text = _backspaces(text)
    return _pattern(_CONTROL).sub(_picture, text.expandtabs(8))


def inert(text: str) -> str:
    """Return `text` with a mark for each character that a terminal obeys; nothing is left out.

    A control character becomes its picture, such as `␛`, any other its number, such as `<U+202E>`.
    Line ends and tabs stay. Python begins a new line after a lone carriage return, so one follows
    its mark.
    """
    if text.isascii() and text.isprintable():
        return text
    return _pattern(_OBEYED).sub(_mark, text.replace("\r\n", "\n"))


def visible(text: str) -> str:
    """Return `text` as `inert` does, with a mark also for each character that shows nothing."""
    return _pattern(_UNSEEN).sub(_mark, inert(text))


def writable(text: str) -> str:
    """Return `text` such that UTF-8 can write it: half a surrogate pair becomes U+FFFD."""
    return text if text.isascii() else _pattern(_SURROGATE).sub("\ufffd", text)


def harmless_json(text: str) -> str:
    """Return JSON of the same meaning, with each character that a terminal obeys as its number."""
    return _pattern(_STEERING).sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def plain_line(text: str) -> str:
    """Return `text` as `plain` does, on one line."""
    return " ".join(plain(text).split())


def plain_emoji(text: str) -> str:
    """Return `text` with each emoji by itself, without variants, and flags as letters.

    Terminals do not agree on how wide those are, and what is joined cannot be cut in two.
    """
    if text.isascii():
        return text
    return _pattern(_JOINED).sub("", text.translate(_PLAIN_EMOJI))


def count_of(number: int, thing: str) -> str:
    """Return how many of a thing there are, such as `12,000 runs`; `thing` is in the singular."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def shorten(line: str, most: int, ellipsis: str = "…") -> str:
    """Return a line without what is beyond `most` characters; how many those are stands there."""
    if len(line) <= most:
        return line
    return f"{line[:most]} {ellipsis} {count_of(len(line) - most, 'more character')}"


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


def _mark(match: re.Match[str]) -> str:
    code = ord(match.group())
    mark = _PICTURES.get(code) or f"<U+{code:04X}>"
    return f"{mark}\n" if code == 0x0D else mark


def _picture(match: re.Match[str]) -> str:
    return _PICTURES.get(ord(match.group()), "\ufffd")
