"""A lesson that attacks the terminal with everything it can put on the screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import command
from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import Terminal
from tflab.session.trust import TrustStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

# The title of a terminal, the clipboard, another screen, the cursor, a reset, C1 and bidi.
EVIL = (
    "\x1b]0;stolen\x07\x1b]52;c;c3RvbGVu\x07\x1b[?1049l\x1b[2J\x1bc"
    "\x9b2J\x9d0;stolen\x9c\u202e[bold][/x]"
)
"""What is put everywhere. The last part is markup to Textual, and bad markup at that."""

LESSON = f"""\
# %% [markdown]
# # Hostile {EVIL} title
#
# Prose with `code {EVIL}` and a [link](http://x{EVIL}) in it.
#
# ## Section {EVIL}

# %% tags=["parameters"]
from typing import Annotated, Literal
from tflab import Meta

steps = 3  # help {EVIL}
kind: Literal["a{EVIL}", "b{EVIL}"] = "a{EVIL}"
name = "text {EVIL}"

# %%
from tflab import lab
evil = {EVIL!r}
lab.predict("Question {EVIL}", 1.0)
for step in range(steps):
    lab.log(step, **{{"loss" + evil: 1.0 / (step + 1), "[/x]": 2.0, "\\n": 3.0}})
print("printed" + evil)
lab.show(**{{"result" + evil: "value" + evil}})
lab.line("figure" + evil, {{"curve" + evil: ([0, 1], [0, 1])}}, x_label=evil, y_label=evil)
"last value" + evil

# %%
lab.goal("Goal {EVIL}", True, hint="Hint {EVIL}")

# %%
raise ValueError("error" + evil)
"""

RAW = re.compile(
    rb"\x1b\]0;stolen|\x1b\]52|\x1bc|\x9b2J|\x9d0|\xe2\x80\xae|c3RvbGVu\x07|\x1b\]8;|\xc2[\x80-\x9f]"
)


@pytest.fixture
def hostile(data: Path, tmp_path: Path) -> Path:
    """The lesson, in a file whose name attacks too."""
    path = tmp_path / f"9_evil{EVIL.replace('/', '')}.py"
    path.write_text(LESSON, encoding="utf-8")
    return path


def look_everywhere(app: Terminal) -> None:
    """Open every pane and dialog that shows something of the lesson or of its run."""
    for key in ("f2", "f3", "f4", "f5", "f6"):
        app.press(key)
    app.press("f3", "t")
    app.wait_for("Contents")
    app.press("escape")
    app.wait_gone("Contents")
    app.press("f10", "f4", "m", "m", "m", "ctrl+p")
    app.wait_for("Type a command")
    app.type("Hostile")
    app.press("escape", "escape")
    app.wait_gone("Type a command")


def test_nothing_of_a_hostile_lesson_reaches_the_terminal(open_app: OpenApp, hostile: Path) -> None:
    app = open_app(hostile)
    app.wait_for(r"steps +3")
    app.press("ctrl+r")
    app.wait_for("Code from elsewhere")
    app.wait_for("comes from outside the course")
    app.press("y")
    app.wait_for("● failed")
    look_everywhere(app)
    app.press("f3", "end")
    app.wait_for("ValueError")
    found = RAW.search(app.raw)
    assert found is None, (found.group(), app.raw[found.start() - 80 : found.end() + 80])
    assert "stolen" not in app.title
    app.press("ctrl+q")
    assert app.wait_end() == 0


def test_the_command_line_neutralises_it_too(hostile: Path) -> None:
    done = command("run", hostile, "--plain")
    assert done.returncode == 2
    assert "is not trusted yet" in done.stderr
    TrustStore().trust(hostile, LESSON)
    done = command("run", hostile, "--plain")
    assert done.returncode == 1
    checked = command("check", hostile)
    listed = command("lessons")
    runs = command("runs")
    text = "".join(d.stdout + d.stderr for d in (done, checked, listed, runs))
    assert "printed" in text
    found = RAW.search(text.encode("utf-8", "surrogateescape"))
    assert found is None, text[max(0, found.start() - 200) : found.end() + 50]
    assert "\x1b" not in text


def test_the_live_report_of_the_command_line(
    hostile: Path, data: Path, tensorflow_stand_in: str
) -> None:
    import sys

    TrustStore().trust(hostile, LESSON)
    words = ["run", str(hostile), "--guess", "1"]
    python = {"PYTHONPATH": tensorflow_stand_in}
    with Terminal([sys.executable, "-m", "tflab", *words], environment=python) as app:
        app.wait_end(60)
        found = RAW.search(app.raw)
        assert found is None, app.raw[found.start() - 80 : found.end() + 80]
        assert b"printed" in app.raw
