"""What a program finds in `sys.argv`: the options that differ from its own defaults."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from tflab.runs.record import CommandOption


def command_line(options: Iterable[CommandOption], values: Mapping[str, Any]) -> list[str]:
    """Return the arguments that give a program its values; those that it has anyway are left out.

    Args:
        options: How it reads them, in its own order.
        values: A value for each.
    """
    listed = [option for option in options if option.name in values]
    positional = [option for option in listed if not option.flag]
    # Whoever gives one of these has to give all before it.
    given = [n for n, o in enumerate(positional) if values[o.name] != o.default]
    needed = positional[: given[-1] + 1] if given else []
    found: list[str] = []
    for option in listed:
        if option.flag and values[option.name] != option.default:
            found += _option(option, values[option.name])
    words = [word for option in needed for word in _words(option, values[option.name])]
    if any(word.startswith("-") for word in words):
        words.insert(0, "--")
    return found + words


def _option(option: CommandOption, value: Any) -> list[str]:
    flag = option.flag
    match option.style:
        case "on":
            return [flag] if value else []
        case "off":
            return [] if value else [flag]
        case "pair":
            return [flag if value else option.negative]
        case "several":
            return [flag, *_words(option, value)]
        case "text":
            return [f"{flag}={'True' if value else ''}"]
    return [f"{flag}={value}"]


def _words(option: CommandOption, value: Any) -> list[str]:
    if option.style != "several":
        return [str(value)]
    try:
        return shlex.split(str(value))
    except ValueError:
        # Quotes that do not close; the program says what it makes of it.
        return str(value).split()
