"""Code from elsewhere on the command line: what is shown is all of it, and is what runs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal
from tflab.runs.store import RunStore
from tflab.runs.text import visible
from tflab.session.trust import TrustStore

HEAD = "# %% [markdown]\n# # From elsewhere\n\n# %%\n"
HIDDEN = "print('hidden', 6 * 7)"

ATTACKS = {
    "carriage return": f"x = 1\r{HIDDEN}\ry = 2  # harmless      \n",
    "backspaces": f"{HIDDEN}  #" + "\b" * 60 + "x = 1 # harmless     \n",
    "OSC over lines": f"# \x1b]0;\n{HIDDEN}\n# \x07\n",
    "unterminated": f"# \x1bPq\n{HIDDEN}\n",
    "C1": f"# \x9b8m\n{HIDDEN}\n",
    "conceal": f"# \x1b[8m\n{HIDDEN}\n# \x1b[0m\n",
    "bidi": f"# \u202e\u2066\n{HIDDEN}\n",
    "erase": f"{HIDDEN}\n# \x1b[A\x1b[2K\n",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_s_shows_all_of_the_code_and_this_code_runs(
    name: str, tmp_path: Path, tensorflow_stand_in: str
) -> None:
    path = tmp_path / "1_elsewhere.py"
    source = HEAD + ATTACKS[name]
    path.write_text(source, encoding="utf-8", newline="")
    with Terminal(
        [sys.executable, "-m", "tflab", "run", str(path)],
        (100, 40),
        {"PYTHONPATH": tensorflow_stand_in},
    ) as app:
        app.wait_for("Trust and run it", 60)
        before = len(app.raw)
        app.type("s")
        app.press("enter")
        app.wait_for(r"Trust and run it[\s\S]*Trust and run it")
        shown = app.raw[before:].decode().replace("\r\n", "\n")
        assert visible(source) in shown
        assert HIDDEN in app.text, "it stands on the screen"
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
        # What is asked about is what was read; the file may change meanwhile.
        other = f"{HEAD}print('another')\n"
        path.write_text(other, encoding="utf-8")
        app.type("y")
        app.press("enter")
        assert app.wait_end(170) == 0
        assert "hidden 42" in app.text
    store = RunStore()
    (run,) = store.ids()
    assert store.record(run).request.source == source
    assert TrustStore().trusts(path, source)
    assert not TrustStore().trusts(path, other)


def test_no_is_no(tmp_path: Path, tensorflow_stand_in: str) -> None:
    path = tmp_path / "1_elsewhere.py"
    path.write_text(f"{HEAD}{HIDDEN}\n", encoding="utf-8")
    with Terminal(
        [sys.executable, "-m", "tflab", "run", str(path)],
        (100, 40),
        {"PYTHONPATH": tensorflow_stand_in},
    ) as app:
        app.wait_for("Trust and run it", 60)
        app.press("enter")
        assert app.wait_end(60) == 2
        assert "is not trusted yet" in app.text
    assert list(RunStore().ids()) == []
