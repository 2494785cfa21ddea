"""Terminals of every kind: small, narrow, without colour, without Unicode, hardly one at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.workbench import CURVE, run

COLOUR = re.compile(rb"[34]8;2;(\d+);(\d+);(\d+)")
PANES = {
    "f2": "Tensors",
    "f3": "Two clouds of points",
    "f4": "Run the lesson to see its curves",
    "f5": "Points in each cloud",
    "f6": "None yet",
}


def test_a_narrow_terminal_shows_every_pane_by_keyboard(open_app: OpenApp) -> None:
    app = open_app(size=(80, 24))
    app.wait_for("Two clouds of points")
    for key, words in PANES.items():
        app.press(key)
        app.wait_for(words)
    app.press("f5", "tab")
    app.wait_for("Size of each gradient step")
    run(app, "running|finished")
    app.press("f4")
    app.wait_for(CURVE)
    app.press("f6")
    app.wait_for(r"defaults")
    app.press("f1")
    app.wait_for("Every run of this program is kept")
    app.press("escape")
    app.wait_gone("Every run of this program is kept")
    app.press("ctrl+p")
    app.wait_for("Type a command or a lesson")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_too_small_says_so_and_recovers(open_app: OpenApp) -> None:
    app = open_app(size=(50, 15))
    app.wait_for("50×15")
    app.wait_for("60×20 or more")
    app.resize(80, 24)
    app.wait_for("Two clouds of points")
    app.resize(120, 40)
    app.wait_for(r"learning_rate +0\.1\b")
    app.resize(59, 24)
    app.wait_for("59×24")
    app.resize(80, 24)
    app.wait_gone("59×24")
    app.wait_for("Two clouds of points")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_no_color_sends_no_colour(open_app: OpenApp) -> None:
    app = open_app(NO_COLOR="1")
    app.wait_for(r"learning_rate +0\.1\b")
    app.press("f5")
    app.wait_for("from 10 to")
    app.press("tab")
    app.wait_for("from 0.0001 to")
    shades = [match.groups() for match in COLOUR.finditer(app.raw)]
    assert shades
    assert all(red == green == blue for red, green, blue in shades), "greys only"


@pytest.mark.usefixtures("tensorflow_stand_in")
@pytest.mark.parametrize("term", ["dumb", "linux", "screen", "xterm"])
def test_a_poor_terminal_starts_and_quits(open_app: OpenApp, term: str) -> None:
    app = open_app(TERM=term, COLORTERM=None)
    app.wait_for(r"learning_rate +0\.1\b")
    app.press("f4")
    app.wait_for("Run the lesson to see its curves")
    app.press("ctrl+q")
    assert app.wait_end() == 0


@pytest.mark.usefixtures("tensorflow_stand_in")
@pytest.mark.parametrize(
    "python",
    [{}, {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=["C", "eight-bit"],
)
def test_a_locale_without_unicode_gets_ascii_marks(
    open_app: OpenApp, write_lesson: Callable[..., Path], python: dict[str, str]
) -> None:
    """What the workbench draws is ASCII, and not because question marks stand for the rest.

    Python takes the C locale for UTF-8 unless told otherwise; told so, it stands for a real
    eight-bit locale, which few machines have installed.
    """
    app = open_app(
        write_lesson("for step in range(9): lab.log(step, loss=9 - step)"), LC_ALL="C", **python
    )
    app.wait_for(r"steps +3\b")
    run(app, "finished in")
    text = app.text
    assert "for step in range(9)" in text
    assert text.isascii(), {char for char in text if not char.isascii()}
    assert "??" not in text, text
