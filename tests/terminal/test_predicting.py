"""Questions by keyboard: asked where they stand, and what follows waits for the answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.terminal import PATIENCE, Terminal

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

LESSON = """\
print("first output")
# %%
lab.predict("How much is twice?", 2 * steps, id="twice")
# %% [markdown]
# Now you know.
# %%
lab.predict("Is it odd?", "yes" if steps % 2 else "no", choices=["yes", "no"], id="odd")
# %% [markdown]
# The very end.
""".splitlines()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
def test_what_follows_a_question_waits(
    open_app: Callable[..., Terminal], write_lesson: Callable[..., Path], size: tuple[int, int]
) -> None:
    app = open_app(write_lesson(*LESSON), size)
    app.wait_for("Parameters: steps")
    app.press("f3")
    app.wait_for("first output")
    assert "Now you know" not in app.text
    app.press("ctrl+r")
    app.wait_for("finished in", PATIENCE)
    app.wait_for("outputs")
    assert "the run:" not in app.text

    # A number, typed in place.
    app.press("k", "k", "k", "j", "j")
    app.wait_for("Enter guess")
    app.press("enter")
    app.wait_for("a number")
    app.type("six")
    app.type("7")
    app.press("enter")
    app.wait_for("you said: 7 +the run: 6")
    if size[1] < 30:
        app.press("space")
    app.wait_for("Now you know")
    app.wait_for("Enter guess")
    assert "The very end" not in app.text

    # Waved on, by reading on.
    app.press("space")
    app.wait_for("The very end")
    app.wait_for("the run: yes")

    # Another value: asked anew, and the guess before is not held against it.
    app.press("f5")
    app.wait_for("how many")
    app.type("5")
    app.press("f3", "k", "k", "k", "j", "j")
    app.wait_for("steps changed. Guess anew")
    app.press("ctrl+r")
    app.wait_for("steps 5", PATIENCE)
    app.wait_gone("you said: 7")
    app.press("enter")
    app.wait_for("a number")
    app.type("10")
    app.press("enter")
    app.wait_for("✓ you said: 10 +the run: 10")
    app.press("ctrl+g")
    app.wait_gone("The very end")
