"""What an editor of Python does with the start of lines: indent, the next line, comments."""

from __future__ import annotations

import re
from collections.abc import Sequence

_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_ENDS_BLOCK = re.compile(r"\s*(?:return|pass|break|continue|raise)\b")
_SPACES = (2, 4)
_USUAL = "    "


def unit_of(text: str) -> str:
    """Return one step of indentation as a text has it; four spaces where it does not tell."""
    starts = [line[: len(line) - len(line.lstrip())] for line in text.split("\n") if line.strip()]
    if any(start.startswith("\t") for start in starts):
        return "\t"
    widths = [len(start) for start in starts if start]
    fitting = [step for step in _SPACES if any(width == step for width in widths)]
    return " " * fitting[0] if fitting else _USUAL


def start_of(line: str) -> str:
    """Return the white space that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def next_start(before: str, unit: str) -> str:
    """Return what a new line begins with after the code `before` the cursor in its line.

    Args:
        before: The line up to the cursor.
        unit: One step of indentation.
    """
    start = start_of(before)
    code = _STRING.sub('""', before).partition("#")[0].rstrip()
    if code.endswith((":", "(", "[", "{")):
        return start + unit
    if _ENDS_BLOCK.match(code):
        return start.removesuffix(unit)
    return start


def indented(lines: Sequence[str], unit: str) -> list[str]:
    """Return lines one step further to the right; empty ones stay empty."""
    return [unit + line if line.strip() else line for line in lines]


def dedented(lines: Sequence[str], unit: str) -> list[str]:
    """Return lines one step further to the left, as far as they go."""
    return [_without(line, unit) for line in lines]


def _without(line: str, unit: str) -> str:
    if line.startswith("\t"):
        return line[1:]
    step = 4 if unit == "\t" else len(unit)
    spaces = len(line) - len(line.lstrip(" "))
    return line[min(spaces, step) :]


def toggled(lines: Sequence[str]) -> list[str]:
    """Return lines as comments; where all of them are comments, as code again."""
    full = [line for line in lines if line.strip()]
    if full and all(line.lstrip().startswith("#") for line in full):
        return [re.sub(r"^(\s*)# ?", r"\1", line) for line in lines]
    column = min((len(start_of(line)) for line in full), default=0)
    return [f"{line[:column]}# {line[column:]}" if line.strip() else line for line in lines]
