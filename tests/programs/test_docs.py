"""The lessons that a new author meets first are good, and run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tflab.programs.reader import read_program
from tflab.programs.template import new_lesson

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "writing-lessons.md"


def example() -> str:
    """The whole lesson in the guide."""
    (found,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


@pytest.mark.parametrize("which", ["guide", "template"])
def test_first_lessons_run_and_leave_their_goals_open(which: str, tmp_path: Path) -> None:
    path = tmp_path / "first.py"
    path.write_text(example() if which == "guide" else new_lesson("First"), encoding="utf-8")
    lesson = read_program(path)
    assert len(lesson.goals) == 2
    assert all(len(goal.hints) == 2 for goal in lesson.goals)
    done = subprocess.run(
        [sys.executable, "-m", "tflab", "run", str(path), "--json", "--trust"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [goal["passed"] for goal in json.loads(done.stdout)["goals"]] == [False, False]


@pytest.mark.parametrize(
    ("which", "values", "reached"),
    [
        ("guide", ["rate=0.06", "minutes=15"], 0),
        ("guide", ["rate=0.03", "minutes=60", "lid=true"], 1),
        ("template", ["learning_rate=0.2"], 0),
        ("template", ["learning_rate=1.1"], 1),
    ],
)
def test_strongest_hint_reaches_the_goal(
    which: str, values: list[str], reached: int, tmp_path: Path
) -> None:
    path = tmp_path / "first.py"
    path.write_text(example() if which == "guide" else new_lesson("First"), encoding="utf-8")
    words = [word for value in values for word in ("-p", value)]
    done = subprocess.run(
        [sys.executable, "-m", "tflab", "run", str(path), "--json", "--trust", *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["goals"][reached]["passed"]
