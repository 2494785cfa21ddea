"""The terminal: what it can show, and what stands between it and the workbench."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from tflab.runs.locale_text import speaks_unicode
from tflab.runs.text import plain_line
from tflab.session.doctor.check import Check, ok, warning

_SMALLEST = (60, 20)
_ROOMY = (100, 28)


def check_terminal(
    environ: Mapping[str, str], size: tuple[int, int] | None, unicode: bool | None = None
) -> Iterator[Check]:
    """Look at the terminal that the environment describes.

    Args:
        environ: Environment variables.
        size: Columns and rows, or None where standard output is no terminal.
        unicode: Whether the locale can show it; the one in effect by default.
    """
    if size is None:
        yield warning(
            "Terminal",
            "Standard input or output is no terminal here.",
            "The workbench needs one; `tflab run LESSON` does not.",
        )
    else:
        yield _kind(environ.get("TERM", ""))
        yield _size(*size)
    yield _colours(environ)
    yield _locale(environ, speaks_unicode() if unicode is None else unicode)
    yield from _between(environ)


def terminal_size() -> tuple[int, int] | None:
    """Return columns and rows, or None where standard input or output is no terminal."""
    try:
        if os.isatty(0) and os.isatty(1):
            found = os.get_terminal_size(1)
            return found.columns, found.lines
    except OSError:
        return None
    return None


def _kind(term: str) -> Check:
    if term in ("", "dumb", "unknown"):
        return warning(
            "Terminal",
            f"TERM={plain_line(term)!r} promises nothing, not even a cursor.",
            "Set what your terminal is: `export TERM=xterm-256color` suits almost all.",
        )
    return ok("Terminal", f"TERM={plain_line(term)}")


def _size(columns: int, rows: int) -> Check:
    words = f"{columns}×{rows}"
    if columns < _SMALLEST[0] or rows < _SMALLEST[1]:
        return warning(
            "Size", f"{words} is too small.", "Make it {}×{} or larger.".format(*_SMALLEST)
        )
    if columns < _ROOMY[0] or rows < _ROOMY[1]:
        return ok("Size", f"{words}: one pane at a time; all of them from {_ROOMY[0]}×{_ROOMY[1]}")
    return ok("Size", f"{words}: all panes side by side")


def _colours(environ: Mapping[str, str]) -> Check:
    term = environ.get("TERM", "")
    if environ.get("NO_COLOR"):
        return ok("Colours", "none, because NO_COLOR is set")
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return ok("Colours", "16 million")
    if "256color" in term or "kitty" in term or "alacritty" in term:
        return ok("Colours", "256; 16 million where the terminal can, with COLORTERM=truecolor")
    return warning(
        "Colours",
        "16 at most, as far as TERM and COLORTERM tell.",
        "If your terminal can do more: `export COLORTERM=truecolor`. SSH does not pass it on by "
        "itself.",
    )


def _locale(environ: Mapping[str, str], unicode: bool) -> Check:
    name = next((environ[n] for n in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(n)), "")
    words = plain_line(name) or "none set"
    if unicode:
        return ok("Locale", words)
    return warning(
        "Locale",
        f"{words}: it cannot show Unicode, so plain marks are drawn and text may get lost.",
        "`export LANG=C.UTF-8`, or another that ends in UTF-8 from `locale -a`.",
    )


def _between(environ: Mapping[str, str]) -> Iterator[Check]:
    if environ.get("TMUX"):
        yield ok(
            "tmux",
            "Copying needs `set -s set-clipboard on` in ~/.tmux.conf; full colours need "
            "`set -as terminal-features ',*:RGB'`.",
        )
    elif environ.get("STY"):
        yield warning(
            "screen",
            "It passes neither the clipboard nor full colours on.",
            "Use tmux, or copy by mouse.",
        )
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        yield ok(
            "SSH",
            "Copying goes through the terminal (OSC 52), which some turn off. Runs go on when the "
            "line is lost.",
        )
