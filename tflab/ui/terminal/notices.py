"""Notices of the terminal itself: what is sent to it, and whether anybody is looking.

Needs no Textual, so that the command line sends the same.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from typing import Literal

Loudness = Literal["off", "quiet", "loud"]
Kind = Literal["9", "99", "777", ""]

BELL = "\a"
_AWAY_SECONDS = 60.0
_TMUX_SECONDS = 0.3
_ST = "\x1b\\"

# What terminals call themselves: in TERM, which SSH hands on, or in a variable of their own.
_BY_TERM: tuple[tuple[str, Kind], ...] = (
    ("xterm-kitty", "99"),
    ("xterm-ghostty", "777"),
    ("foot", "777"),
    ("rxvt-unicode", "777"),
    ("wezterm", "777"),
    ("contour", "777"),
)
_BY_VARIABLE: tuple[tuple[str, str, Kind], ...] = (
    ("KITTY_WINDOW_ID", "", "99"),
    ("TERM_PROGRAM", "iTerm.app", "9"),
    ("LC_TERMINAL", "iTerm2", "9"),
    ("TERM_PROGRAM", "ghostty", "777"),
    ("TERM_PROGRAM", "WezTerm", "777"),
    ("WEZTERM_PANE", "", "777"),
    ("VTE_VERSION", "", "777"),
    ("ConEmuPID", "", "9"),
)


class Presence:
    """Whether somebody looks at the terminal.

    Terminals that tell when they get and lose the focus are believed. Of others nobody knows; a
    minute without a key or a click is taken for nobody.

    Args:
        clock: Monotonic seconds; injected by tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._focus: bool | None = None
        self._last = clock()

    def focused(self, focus: bool) -> None:
        """Take what the terminal says of its focus."""
        self._focus = focus
        self._last = self._clock()

    def touched(self) -> None:
        """Take it that somebody has pressed a key or a button."""
        self._last = self._clock()

    @property
    def away(self) -> bool:
        """Whether nobody looks."""
        if self._focus is not None:
            return not self._focus
        return self._clock() - self._last >= _AWAY_SECONDS


def notice_kind(environ: Mapping[str, str], outer: Callable[[], str]) -> Kind:
    """Return the number of the sequence that a terminal takes for a notice; empty for none.

    Args:
        environ: The environment.
        outer: Returns what the terminal around tmux calls itself.
    """
    term = outer() if environ.get("TMUX") else environ.get("TERM", "")
    if term.startswith("screen") or term in ("", "dumb", "linux"):
        return ""
    for name, kind in _BY_TERM:
        if term.startswith(name):
            return kind
    for variable, value, kind in _BY_VARIABLE:
        found = environ.get(variable)
        if found and (not value or found == value):
            return kind
    return ""


def notice_sequence(title: str, text: str, kind: Kind, in_tmux: bool = False) -> str:
    """Return what makes the terminal show a notice; empty where it cannot.

    Whatever could end the sequence early is taken out of the words.
    """
    title, text = _safe(title), _safe(text)
    match kind:
        case "9":
            parts = [f"\x1b]9;{title}: {text}{_ST}"]
        case "99":
            parts = [f"\x1b]99;i=tflab:d=0;{title}{_ST}", f"\x1b]99;i=tflab:p=body;{text}{_ST}"]
        case "777":
            # The title ends at the first semicolon.
            parts = [f"\x1b]777;notify;{title.replace(';', ',')};{text}{_ST}"]
        case _:
            return ""
    if in_tmux:
        parts = [f"\x1bPtmux;{part.replace(chr(27), chr(27) * 2)}{_ST}" for part in parts]
    return "".join(parts)


def alert_sequence(
    title: str,
    text: str,
    loudness: Loudness,
    environ: Mapping[str, str] | None = None,
    outer: Callable[[], str] | None = None,
) -> str:
    """Return what is sent to the terminal for an alert: a notice, and a bell where it is loud.

    Args:
        title: A few words.
        text: A sentence.
        loudness: How loud the person wants it.
        environ: Environment variables; those of this process by default.
        outer: Returns what the terminal around tmux calls itself; by default tmux is asked.
    """
    if loudness == "off":
        return ""
    found = os.environ if environ is None else environ
    kind = notice_kind(found, outer or outer_terminal)
    notice = notice_sequence(title, text, kind, bool(found.get("TMUX")))
    # tmux takes the bell itself, and marks the window.
    return notice + (BELL if loudness == "loud" else "")


def outer_terminal() -> str:
    """Ask tmux what the terminal around it calls itself; empty where it does not say."""
    words = ["tmux", "display-message", "-p", "#{client_termname}"]
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=_TMUX_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return done.stdout.strip()


def _safe(text: str) -> str:
    return "".join(char for char in text if char.isprintable())
