"""Exercises by keyboard: each kind is failed, solved and reset; hints lead, solutions wait."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.terminal import PATIENCE, Terminal

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

LESSON = '''\
# %% Add one id="add" tags=["exercise"]
### HINT What comes after 1?
### HINT Use `+`.
def add(x):
    """Return x and one more."""
    ### BEGIN SOLUTION
    return x + 1
    ### END SOLUTION
# %%
lab.check("add", add, cases=[(1, 2)])
# %% Half of it id="half" tags=["exercise"]
def half(x):
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION
    ### BEGIN STARTER
    # return x * 2
    ### END STARTER
# %%
lab.check("half", half, cases=[(2, 1)])
# %% The total id="total" tags=["exercise"]
### BEGIN SOLUTION
total = 1 + 2
### END SOLUTION
### BEGIN STARTER
# total = ...
### END STARTER
# %%
lab.check("total", total, 3)
# %%
print("all of it:", add(1), half(2), total)
'''.splitlines()


def check(app: Terminal, shows: str) -> None:
    """Run, and wait for the end of the run too: while one goes on, another does not begin."""
    app.press("ctrl+r")
    app.wait_for(shows, PATIENCE)
    app.wait_for("finished in")


def state(title: str, word: str) -> str:
    return rf"{title} +{word}"


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
def test_each_kind_is_failed_solved_and_reset(
    open_app: Callable[..., Terminal], write_lesson: Callable[..., Path], size: tuple[int, int]
) -> None:
    app = open_app(write_lesson(*LESSON), size)
    app.wait_for("Parameters: steps")
    app.press("f3")
    if size[1] < 30:
        app.press("f8")

    # A gap to fill in.
    for _ in range(2):
        app.press("j")
    app.wait_for(state("Add one", "to do"))
    app.press("h")
    app.wait_for("Hint 1 of 2 +What comes after 1")
    app.press("s")
    app.wait_for("Press s again")
    assert "return x + 1" not in app.text
    app.press("enter")
    app.wait_for("Esc keeps")
    app.type("return x + 2")
    check(app, r"add\(1\): expected 2, got 3")
    app.wait_for(state("Add one", "not yet"))
    app.press("backspace")
    app.type("1")
    check(app, state("Add one", "passed"))
    app.wait_gone("expected 2, got 3")
    app.press("escape")
    app.wait_for(r"▌ +return x \+ 1")
    app.press("s")
    app.wait_for("A solution")
    app.press("u")
    app.wait_for("YOUR CODE HERE")
    app.wait_gone("A solution")

    # Something to mend; the rest of the lesson ran on the solution all along.
    app.press("j")
    app.press("j")
    app.wait_for(state("Half of it", "to do"))
    app.press("enter")
    app.wait_for("Esc keeps")
    app.press("down")
    app.press("end")
    app.type("0")
    check(app, r"half\(2\): expected 1, got 40")
    for _ in range(4):
        app.press("backspace")
    app.type("/ 2")
    check(app, state("Half of it", "passed"))
    app.press("escape")
    app.wait_for(r"▌ +return x / 2")
    app.press("u")
    app.wait_for(r"return x \* 2")

    # A line to type.
    app.press("j")
    app.press("j")
    app.wait_for(state("The total", "to do"))
    app.press("enter")
    app.wait_for("Esc keeps")
    app.type("4")
    check(app, "expected 3, got 4")
    app.press("backspace")
    app.type("3")
    check(app, state("The total", "passed"))
    app.press("escape")
    app.wait_for(r"▌ total = 3")

    # What checks it stays as it is.
    app.press("j")
    app.press("e")
    app.wait_for("This cell checks")
    app.press("j")
    app.wait_for("all of it: 2 1.0 3")
