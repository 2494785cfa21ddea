"""Fields, buttons and the focus of dialogs stand out, in every colour mode and in both themes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import Terminal
from tests.terminal.test_contrast import (
    CONTROL,
    EDGES,
    MODES,
    Box,
    Look,
    check_field,
    check_text,
    contrast,
    settled,
)

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

LESSON = """\
# %% [markdown]
# # As many fields as the classifier
# %% tags=["parameters"]
samples_per_class = 1000  # how many
learning_rate = 0.1  # how far
steps = 40  # how long
# %%
import time
from tflab import lab
for step in lab.track(range(steps)):
    lab.log(step, loss=1 / (step + 1))
    time.sleep(0.01)
"""


def stands_out(look: Look, place: tuple[int, int]) -> None:
    """A button has a ground of its own, and does not touch the one above or below."""
    row, column = place
    ground = look.ground(row, column)
    for beside in (row - 1, row + 1):
        assert contrast(ground, look.ground(beside, column)) >= CONTROL, look.lines[row]


def fields_differ(look: Look, focused: tuple[int, int], others: list[tuple[int, int]]) -> None:
    """Fields have an edge or a ground that is seen, and the one in focus another."""
    for place in (focused, *others):
        check_field(look, place)
    edges = [look.field_colours(*place)[0] for place in (focused, *others)]
    assert edges[0] not in edges[1:]


def differs(look: Look, focused: tuple[int, int], others: list[tuple[int, int]]) -> None:
    stands_out(look, focused)
    for other in others:
        stands_out(look, other)
        assert look.ground(*focused) != look.ground(*other)


def places(look: Look, box: Box, *patterns: str) -> list[tuple[int, int]]:
    return [look.find(pattern, box) for pattern in patterns]


def check_sweep_form(app: Terminal) -> None:
    app.press("ctrl+s")
    look = settled(app, r"Sweep: (.|\n)*first seed(.|\n)*Run \((.|\n)*goes back ─╯")
    box = look.dialog("Sweep")
    check_text(look, box)
    names = ("samples_per_class", "learning_rate", "steps")
    fields = [look.find(rf"{name} +[{EDGES}]?(\S)", box) for name in names]
    fields_differ(look, fields[0], fields[1:])
    app.press("escape")
    app.wait_gone("─ Sweep")


def is_drawn(look: Look, title: str, pattern: str) -> bool:
    """Whether a dialog is there to its last corner, with this in it: it may come in pieces."""
    try:
        look.find(pattern, look.dialog(title))
    except (AssertionError, StopIteration, ValueError):
        return False
    return True


def check_leave(app: Terminal) -> None:
    """A run that goes on is asked about, and the focus is not on what would end it."""
    app.press("f5", "tab", "tab")
    app.type("100000")
    app.press("ctrl+r")
    app.wait_for("running .*100,?000")
    app.press("ctrl+q")
    app.wait_until(lambda _: is_drawn(Look(app), "A run is going on", r"Stay \("), "the question")
    look = Look(app)
    box = look.dialog("A run is going on")
    check_text(look, box)
    stop, leave, stay = places(look, box, r"Stop it \(", r"Leave it running \(", r"Stay \(")
    differs(look, stay, [stop, leave])
    app.press("s")
    app.wait_end()


@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
@pytest.mark.parametrize("mode", MODES)
def test_dialogs_stand_out(open_app: OpenApp, data: Path, mode: str, dark: bool) -> None:
    lesson = data / "lessons" / "own.py"
    lesson.parent.mkdir(parents=True)
    lesson.write_text(LESSON)
    app = open_app(lesson, **MODES[mode])
    app.wait_for(r"samples_per_class +\d")
    if not dark:
        ground = Look(app).ground(0, 0)
        app.press("f9")
        app.wait_until(lambda _: Look(app).ground(0, 0) != ground, "another ground")
    check_sweep_form(app)
    check_leave(app)
