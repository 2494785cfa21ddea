"""Exercises on the command line: run, with one's own answers or the solutions, and proven."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_edits import keep_edit
from tflab.programs.progress import ProgressStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

HALF = """
# %% Half of it id="half" tags=["exercise"]
def half(x):
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION
# %%
lab.check("half", half, cases=[(2, 1), (3, 1.5)])
"""
BROKEN = HALF.replace("half", "broken").replace("x / 2", "x // 2")
TRIVIAL = HALF.replace("half", "trivial").replace(
    "    ### END SOLUTION\n",
    "    ### END SOLUTION\n    ### BEGIN STARTER\n    # return x / 2\n    ### END STARTER\n",
)


def test_a_run_says_how_exercises_went(lesson: Callable[[str], Path], tflab: Any) -> None:
    path = lesson(f'print("before")\n{HALF}\n# %%\nprint("half of 8:", half(8))\n')
    untouched = json.loads(tflab("run", path, "--json").stdout)
    (found,) = untouched["exercises"]
    assert found == {
        "id": "half",
        "title": "Half of it",
        "passed": False,
        "message": "half(2): It is not written yet.",
    }
    assert untouched["output"] == "before\nhalf of 8: 4.0\n"
    keep_edit(path, 3, "def half(x):\n    return 1")
    mine = tflab("run", path, "--plain")
    assert mine.returncode == 0
    assert (
        "Check failed: half. half(3): expected 1.5, got 1. It may differ by 1e-05." in mine.stdout
    )
    assert "Exercise not passed yet: Half of it. half(3): expected 1.5, got 1." in mine.stdout
    assert "0 of 1 exercise passed" in mine.stdout
    solved = json.loads(tflab("run", path, "--json", "--solutions").stdout)["exercises"][0]
    assert (solved["passed"], solved["message"]) == (True, "It ran as its solution.")
    keep_edit(path, 3, "def half(x):\n    return 0.5 * x")
    assert json.loads(tflab("run", path, "--json").stdout)["exercises"][0]["passed"]


def test_exercises_are_proven(lesson: Callable[[str], Path], tflab: Any, tmp_path: Path) -> None:
    good = tflab("check", lesson(HALF))
    assert good.returncode == 0
    assert "a good lesson with 1 exercise" in good.stdout
    bad = tflab("check", lesson(BROKEN + TRIVIAL))
    assert bad.returncode == 1
    lines = bad.stdout.splitlines()
    assert lines[0].startswith(f"{tmp_path / '7_tiny.py'}:17: “Half of it”: Its solution does not")
    assert "broken(3): expected 1.5, got 1." in lines[0]
    assert ":25: “Half of it”: Its starter passes as it is." in lines[1]
    other = tmp_path / "other.py"
    other.write_text((tmp_path / "7_tiny.py").read_text() + "# changed\n")
    unknown = tflab("check", other)
    assert "not tried, since that runs it" in unknown.stdout
    assert tflab("check", "--trust", other).returncode == 1


def test_the_list_of_lessons_shows_progress(tflab: Any) -> None:
    store = ProgressStore()
    goals = {"half-lost": "Lose the half of 3.5", "one-third": "Keep one third"}
    store.note_run("tensors", ["half-lost"], goals, ["shape"], ["shape", "cast"])
    shown = tflab("lessons").stdout
    assert "(1 of 2 goals, 1 of 2 exercises)" in shown
    assert "(" not in next(line for line in shown.splitlines() if "variables" in line)
    store.reset("tensors")
    assert "1 of 2" not in tflab("lessons").stdout
