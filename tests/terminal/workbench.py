"""What a person does at the workbench, by keyboard; each step waits until the screen shows it."""

from __future__ import annotations

import re

from tests.terminal.terminal import PATIENCE, Terminal

CURVE = r"┤.*[⡀-⣿]"
"""A row of the loss chart that has some of the curve."""

POINTS = r"[⠁-⣿]{3,} +loss"
"""The legend of the loss chart, which is there from the first point on."""

# What a field's help says only while it has the focus, in the order of the fields.
_CLASSIFIER = {
    "samples_per_class": "from 10 to",
    "learning_rate": "from 0.0001 to",
    "steps": "from 1 to",
}


def fill(app: Terminal, name: str, text: str) -> None:
    """Go to a field of the linear classifier's form, and type into it."""
    app.press("f5")
    for field, words in _CLASSIFIER.items():
        if field != "samples_per_class":
            app.press("tab")
        app.wait_for(words)
        if field == name:
            break
    app.type(text)
    app.wait_for(rf"{name} +(\S +)?{re.escape(text)}\b")


def run(app: Terminal, shows: str) -> float:
    """Press Run, and wait until the screen shows that it `shows`; return when Run was pressed."""
    pressed = app.press("ctrl+r")
    app.wait_for(shows, PATIENCE)
    return pressed
