"""The terminal's own cursor stands where somebody types, for input methods and screen readers."""

from __future__ import annotations

import re

import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import Terminal

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")


def behind(app: Terminal, text: str) -> tuple[int, int] | None:
    """Return the cell behind `text`, which stands once on the screen."""
    for row, cells in enumerate(app.cells):
        # A wide letter has an empty cell behind it.
        line = "".join(cell.data for cell in cells)
        if found := re.search(re.escape(text), line):
            column, letters = 0, 0
            while letters < found.end():
                letters += len(cells[column].data)
                column += 1
            return row, column + (cells[column].data == "" if column < len(cells) else 0)
    return None


@pytest.mark.parametrize("colours", ["truecolor", None])
def test_it_stands_behind_what_was_typed_wide_letters_too(open_app: OpenApp, colours) -> None:
    app = open_app(COLORTERM=colours, TERM="xterm-256color")
    app.wait_for(r"learning_rate +0\.1\b")
    assert app.cursor is None
    app.press("ctrl+y")
    app.wait_for(r"Filter \(/\)")
    app.press("/")
    app.type("rate")
    app.wait_until(lambda _: app.cursor == behind(app, "rate"), "the cursor behind the letters")
    app.type("한국")
    app.wait_until(lambda _: app.cursor == behind(app, "rate한국"), "it is behind wide ones too")
    app.press("left")
    app.wait_until(lambda _: app.cursor == behind(app, "rate한"), "it goes along")
    app.press("escape", "escape")
    app.wait_until(lambda _: app.cursor is None, "it is hidden where nothing is typed")


def test_it_is_given_back_in_its_usual_shape(open_app: OpenApp) -> None:
    app = open_app()
    app.wait_for(r"learning_rate +0\.1\b")
    app.press("f5")
    app.wait_until(lambda _: app.cursor is not None, "a cursor in the field")
    app.press("ctrl+q")
    assert app.wait_end() == 0
    assert app.raw.rfind(b"\x1b[0 q") > app.raw.rfind(b"\x1b[6 q") > 0
    assert app.raw.rfind(b"\x1b[?25h") > app.raw.rfind(b"\x1b[?25l")
