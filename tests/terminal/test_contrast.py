"""Text, fields, the focus and selections stand out, in every colour mode and in both themes.

Computed from the screen as a terminal draws it, so that it holds after all blending and rounding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from pyte.screens import Char

from tests.reliability.kept_runs import finished
from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import Terminal
from tflab.runs.store import RunStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

TEXT = 4.5
CONTROL = 3.0
EDGES = "▌▐"
MODES = {
    "true": {"COLORTERM": "truecolor", "TERM": "xterm-256color"},
    "256": {"COLORTERM": None, "TERM": "xterm-256color"},
    "16": {"COLORTERM": None, "TERM": "xterm"},
}
# The colours of a Linux console, by the names that pyte has for them.
BASIC = {
    "black": "000000",
    "red": "aa0000",
    "green": "00aa00",
    "brown": "aa5500",
    "blue": "0000aa",
    "magenta": "aa00aa",
    "cyan": "00aaaa",
    "white": "aaaaaa",
    "brightblack": "555555",
    "brightred": "ff5555",
    "brightgreen": "55ff55",
    "brightbrown": "ffff55",
    "brightblue": "5555ff",
    "brightmagenta": "ff55ff",
    # As pyte spells it, for the ground.
    "bfightmagenta": "ff55ff",
    "brightcyan": "55ffff",
    "brightwhite": "ffffff",
}


class Box(NamedTuple):
    """A part of the screen."""

    top: int
    left: int
    bottom: int
    right: int


class Look:
    """The screen of a moment, and what contrasts with what on it."""

    def __init__(self, app: Terminal) -> None:
        self._cells = app.cells
        self.lines = ["".join(cell.data for cell in row) for row in self._cells]

    def find(self, pattern: str, box: Box | None = None) -> tuple[int, int]:
        """Return row and column of the first place of `pattern`, of its group if it has one."""
        top, left, bottom, right = box or self.all
        for row in range(top, bottom):
            if found := re.search(pattern, self.lines[row][left:right]):
                return row, left + found.start(found.re.groups)
        raise AssertionError(f"no {pattern}\n" + "\n".join(self.lines))

    @property
    def all(self) -> Box:
        """The whole of it."""
        return Box(0, 0, len(self.lines), len(self.lines[0]))

    def dialog(self, title: str) -> Box:
        """Return the box with this title."""
        row, column = self.find(f"(╭─+ *{title})")
        right = self.lines[row].index("╮", column) + 1
        below = next(y for y in range(row, len(self.lines)) if self.lines[y][column] == "╰")
        return Box(row, column, below + 1, right)

    def faint_text(self, box: Box) -> Iterator[tuple[str, float]]:
        """Yield the letters and digits that do not stand out, a word at a time."""
        for row in range(box.top, box.bottom):
            for word in re.finditer(r"\w+", self.lines[row][box.left : box.right]):
                columns = range(box.left + word.start(), box.left + word.end())
                least = min(contrast(*colours(self._cells[row][x])) for x in columns)
                if least < TEXT:
                    yield word[0], round(least, 2)

    def field(self, row: int, column: int) -> float:
        """Return how far the start of the field around a cell stands out: its edge, or ground."""
        return contrast(*self.field_colours(row, column))

    def field_colours(self, row: int, column: int) -> tuple[str, str]:
        """Return the colour of the edge of a field, which is nearest on the left, and that beside
        it; at the left of the screen that below."""
        edge = max(x for x in range(column + 1) if self._cells[row][x].data in EDGES)
        beside = (row, edge - 1) if edge else (row + 1, edge)
        return self.ink(row, edge), self.ground(*beside)

    def ground(self, row: int, column: int) -> str:
        """Return the colour on which a cell is written."""
        return colours(self._cells[row][column])[1]

    def ink(self, row: int, column: int) -> str:
        """Return the colour in which a cell is written."""
        return colours(self._cells[row][column])[0]


def colours(cell: Char) -> tuple[str, str]:
    """Return ink and ground of a cell as a person sees them."""
    ink, ground = (BASIC.get(name, name) for name in (cell.fg, cell.bg))
    return (ground, ink) if cell.reverse else (ink, ground)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2.2, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    assert colour != "default", "the terminal's own colours may be any"
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def settled(app: Terminal, pattern: str) -> Look:
    """Wait until the screen shows `pattern` and return how it looks."""
    app.wait_for(pattern)
    return Look(app)


def check_text(look: Look, box: Box | None = None) -> None:
    faint = list(look.faint_text(box or look.all))
    assert not faint, faint


def check_form(app: Terminal) -> None:
    """The fields of the form, one of them with the focus; the pane, and the lesson in the list."""
    app.press("f5", "tab")
    look = settled(app, "from 0.0001 to")
    places = {
        name: look.find(rf"{name} .*?({value})\b")
        for name, value in {"learning_rate": r"0\.1", "steps": "40", "seed": "0"}.items()
    }
    places["device"] = look.find("device .*?(CPU)")
    for name, place in places.items():
        assert look.field(*place) >= CONTROL, name
    focused, other = (look.field_colours(*places[name])[0] for name in ("learning_rate", "seed"))
    assert focused != other
    # Neighbours share their lines, which are joined at the corners.
    border, quiet = (look.find(rf"([╭┬├])─+ F\d {title}") for title in ("Parameters", "Runs"))
    assert contrast(look.ink(*border), look.ground(*border)) >= CONTROL
    assert look.ink(*border) != look.ink(*quiet)
    check_text(look)
    app.press("f2")
    look = settled(app, "Recent files")
    check_selection(look, look.find("Linear classifier", Box(1, 0, look.all.bottom, 26)))
    check_text(look)
    app.press("escape")
    app.wait_gone("Recent files")


def check_selection(look: Look, place: tuple[int, int]) -> None:
    row, column = place
    for beside in (row - 1, row + 1):
        assert contrast(look.ground(row, column), look.ground(beside, column)) >= CONTROL


def check_row(look: Look, row: int) -> None:
    """The row under the cursor has an edge that is seen, and the rows beside it have none."""
    assert look.lines[row][0] in EDGES
    assert contrast(look.ink(row, 0), look.ground(row, 0)) >= CONTROL
    assert contrast(look.ink(row, 0), look.ground(row + 1, 0)) >= CONTROL
    assert not {look.lines[row - 1][0], look.lines[row + 1][0]} & set(EDGES)


def check_field(look: Look, place: tuple[int, int]) -> None:
    """A field has a ground or an edge that is seen, and is told from what is above and below."""
    row, column = place
    assert look.field(row, column) >= CONTROL
    for beside in (row - 1, row + 1):
        assert look.ground(row, column) != look.ground(beside, column)


def check_palette(app: Terminal) -> None:
    app.press("ctrl+p")
    look = settled(app, r"─ Commands ─(.|\n)*Enter chooses")
    box = look.dialog("Commands")
    check_text(look, box)
    check_field(look, look.find("ype a command", box))
    row, column = look.find("Sweep", box)
    check_selection(look, (row - 1, column))
    app.press("escape")
    app.wait_gone("─ Commands ─")


def check_history(app: Terminal) -> None:
    """The table of runs, of which one is under the cursor, and its filter."""
    app.press("ctrl+y")
    look = settled(app, r"Filter \(/\)(.|\n)*✓ finished")
    check_text(look)
    check_row(look, look.find("finished +[0-9]")[0])
    check_field(look, look.find("Filter"))


@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
@pytest.mark.parametrize("mode", MODES)
def test_what_matters_stands_out(open_app: OpenApp, mode: str, dark: bool) -> None:
    finished(RunStore(), lesson="linear-classifier")
    app = open_app(**MODES[mode])
    app.wait_for(r"learning_rate +0\.1\b")
    if not dark:
        ground = Look(app).ground(0, 0)
        app.press("f9")
        app.wait_until(lambda _: Look(app).ground(0, 0) != ground, "another ground")
    check_form(app)
    check_palette(app)
    check_history(app)
