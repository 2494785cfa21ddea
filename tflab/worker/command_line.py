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
    chosen = next((str(values[o.name]) for o in listed if o.style == "command"), "")
    own = _part([o for o in listed if not o.under and o.style != "command"], values, bool(chosen))
    if not chosen:
        return own
    return [*own, chosen, *_part([o for o in listed if chosen in o.under], values)]


def _part(
    listed: list[CommandOption], values: Mapping[str, Any], goes_on: bool = False
) -> list[str]:
    """Return the arguments of the program, or of a subcommand, which follow them where it goes on.

    Options of several values come first: they would take what follows.
    """
    positional = [option for option in listed if not option.flag]
    # Whoever gives one of these has to give all before it.
    given = [n for n, o in enumerate(positional) if values[o.name] != o.default]
    needed = positional[: given[-1] + 1] if given else []
    found: list[str] = []
    flagged = [o for o in listed if o.flag and values[o.name] != o.default]
    for option in sorted(flagged, key=lambda option: goes_on and option.style != "several"):
        found += _option(option, values[option.name])
    words = [word for option in needed for word in _words(option, values[option.name])]
    several = any(option.style == "several" for option in listed if option.flag)
    if words and not goes_on and (several or any(word.startswith("-") for word in words)):
        # An option of several values would take those of the arguments that follow it.
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
            words = _words(option, value)
            # One alone takes nothing of what follows.
            return [f"{flag}={words[0]}"] if len(words) == 1 else [flag, *words]
        case "append":
            return [f"{flag}={word}" for word in _split(value)]
        case "count":
            return [flag] * (int(value) - int(option.default))
        case "text":
            return [f"{flag}={'True' if value else ''}"]
    # With the sign for short ones too: `-lr0.1` is read as `-l` where there is one.
    return [f"{flag}={value}"]


def _words(option: CommandOption, value: Any) -> list[str]:
    return _split(value) if option.style == "several" else [str(value)]


def _split(value: Any) -> list[str]:
    try:
        return shlex.split(str(value))
    except ValueError:
        # Quotes that do not close; the program says what it makes of it.
        return str(value).split()
