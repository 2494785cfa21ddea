"""Code from elsewhere in the workbench: what is asked about is seen whole, and is what runs."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp
from tflab.runs.store import RunStore
from tflab.session.trust import TrustStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

QUESTION = "Code from elsewhere"
LESSON = """\
# %% [markdown]
# # From elsewhere
# %% tags=["parameters"]
steps = 3  # a word in the parameters
# %%
from tflab import lab
print("it is", "{name}")
# %%
hidden = open({target!r}, "w")
lab.goal("reach it", steps > 2)
"""


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "foreign.py"
    path.parent.mkdir()
    return path


def write(path: Path, name: str) -> str:
    source = LESSON.format(name=name, target=os.devnull)
    path.write_text(source)
    return source


def test_no_code_is_folded_away_from_the_question(open_app: OpenApp, foreign: Path) -> None:
    write(foreign, "one")
    app = open_app(foreign)
    app.wait_for(r"steps +3")
    assert "hidden = open" not in app.text, "a goal's code gives its hints away"
    app.press("ctrl+r")
    app.wait_for(QUESTION)
    app.press("escape")
    app.wait_gone(QUESTION)
    app.wait_for("steps = 3  # a word in the parameters")
    app.wait_for(r"hidden = open")
    assert list(RunStore().ids()) == []
    app.press("ctrl+r")
    app.wait_for(QUESTION)
    app.press("y")
    app.wait_for("finished in")


def test_what_runs_is_what_was_on_the_screen_whatever_became_of_the_file(
    open_app: OpenApp, foreign: Path
) -> None:
    shown = write(foreign, "one")
    # So high that the question leaves the code in view.
    app = open_app(foreign, size=(120, 70))
    app.wait_for(r"steps +3")
    app.press("ctrl+r")
    app.wait_for(QUESTION)
    app.wait_for(r'print\("it is", "one"\)')
    swapped = write(foreign, "another")
    # Longer than it takes to look at the file, and to read it.
    end = time.monotonic() + 5
    while time.monotonic() < end:
        assert '"another"' not in app.text
        time.sleep(0.1)
    app.press("y")
    app.wait_for("it is one")
    app.wait_for(r'print\("it is", "another"\)')
    store = RunStore()
    (run,) = store.ids()
    assert store.record(run).request.source == shown
    assert TrustStore().trusts(foreign, shown)
    assert not TrustStore().trusts(foreign, swapped)
    app.press("ctrl+r")
    app.wait_for(QUESTION)
