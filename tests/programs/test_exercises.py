"""Exercises in a program's file: what a learner sees, what is kept from them, and what is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.programs.exercise_marks import has_solution, split_exercise, without_secrets
from tflab.programs.program import Cell, Program
from tflab.programs.reader import ProgramError, check_program, parse_program, read_program

HEAD = '# %% [markdown]\n# # T\n# %% tags=["parameters"]\nsteps = 1\n# %%\nfrom tflab import lab\n'
CHECK = '# %%\nlab.check("half", half, cases=[((2,), 1)])\n'


def lesson(*cells: str) -> Program:
    return parse_program(HEAD + "".join(cells), Path("t.py"))


FILL = (
    '# %% Half of it id="half" tags=["exercise"] seconds=5\n'
    "### HINT What is half of 2?\n"
    "###   And of 3?\n"
    "### HINT Divide.\n"
    "def half(x):\n"
    '    """Return half of x."""\n'
    "    ### BEGIN SOLUTION\n"
    "    return x / 2\n"
    "    ### END SOLUTION\n"
)
MEND = FILL + "    ### BEGIN STARTER\n    # return x * 2  # wrong\n    ### END STARTER\n"
LINE = (
    '# %% One half id="half" tags=["exercise"]\n'
    "### BEGIN SOLUTION\nhalf = 1 / 2\n### END SOLUTION\n"
    "### BEGIN STARTER\n# half = ...\n### END STARTER\n"
)


def test_a_gap_to_fill_in():
    (found,) = lesson(FILL, CHECK).exercises
    assert (found.id, found.title, found.kind, found.seconds) == ("half", "Half of it", "fill", 5)
    assert found.hints == ("What is half of 2? And of 3?", "Divide.")
    assert found.starter == (
        'def half(x):\n    """Return half of x."""\n    # YOUR CODE HERE\n'
        "    raise NotImplementedError()"
    )
    assert found.solution == 'def half(x):\n    """Return half of x."""\n    return x / 2'
    assert found.tests == (4,)


def test_something_to_mend_and_a_line_to_type():
    (mend,) = lesson(MEND, CHECK).exercises
    assert mend.kind == "mend"
    assert mend.starter.endswith("    return x * 2  # wrong")
    (line,) = lesson(LINE, CHECK).exercises
    assert (line.kind, line.starter, line.solution) == ("line", "half = ...", "half = 1 / 2")


def test_the_file_stays_a_program_that_plain_python_runs():
    names: dict[str, object] = {}
    exec(MEND, names)
    assert names["half"](2) == 1  # type: ignore[operator]


def test_a_check_belongs_to_the_exercise_before_it_and_stays_as_it_is():
    other = LINE.replace('id="half"', 'id="line"')
    unrelated, between = CHECK.replace("half", "steps"), "# %%\nprint(half(4))\n"
    program = lesson(unrelated, FILL, between, CHECK, other, CHECK)
    assert [cell.checks for cell in program.cells if cell.kind == "code"][2:] == [
        *("", "", "", "half"),
        *("", "line"),
    ]
    assert [cell.index for cell in program.cells if cell.locked] == [6, 8]


@pytest.mark.parametrize(
    ("cells", "line", "said"),
    [
        ((FILL,), 8, "Nothing checks"),
        ((FILL.replace("    ### END SOLUTION\n", ""), CHECK), 13, "has no end"),
        ((FILL.replace("BEGIN SOLUTION", "END SOLUTION"), CHECK), 13, "has no beginning"),
        ((MEND.replace("# return x * 2", "return x * 2"), CHECK), 17, "is no comment"),
        ((LINE.replace("### BEGIN SOLUTION\n", ""), CHECK), 9, "has no beginning"),
        ((FILL, CHECK, FILL, CHECK), 19, "Two exercises have the id"),
        (('# %% tags=["exercise"]\nx = ...\n', CHECK), 8, "has no solution"),
    ],
)
def test_what_is_wrong_with_the_marks_is_said_with_its_line(
    cells: tuple[str, ...], line: int, said: str
):
    with pytest.raises(ProgramError) as raised:
        lesson(*cells)
    assert (line, True) in [(p.line, said in p.message) for p in raised.value.problems]


def test_an_exercise_without_an_id_is_advised_to_have_one(tmp_path: Path):
    path = tmp_path / "t.py"
    path.write_text(HEAD + FILL.replace(' id="half"', "") + CHECK)
    assert [(f.level, "has no id" in f.message) for f in check_program(path)] == [("advice", True)]
    assert read_program(path).exercises[0].id == "half"


# nbgrader


def notebook(*cells: dict[str, object]) -> Program:
    made = [
        {"cell_type": "code", "source": "", "metadata": {}, "outputs": [], **cell} for cell in cells
    ]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})
    return parse_program(text, Path("n.ipynb"))


def graded(name: str, **said: object) -> dict[str, object]:
    return {"nbgrader": {"grade_id": name, "schema_version": 3, **said}}


TEST = "assert half(2) == 1\n### BEGIN HIDDEN TESTS\nassert half(4) == 2\n### END HIDDEN TESTS"


def test_a_teachers_notebook_shows_what_learners_are_given():
    program = notebook(
        {"source": "answer = 42\nprint(answer)"},
        {"source": FILL.partition("\n")[2], "metadata": graded("half_of_it", solution=True)},
        {"source": TEST, "metadata": graded("t1", grade=True, locked=True, points=2)},
        {"source": "whole = 7\nprint(whole)", "metadata": graded("cell-3fa9c1d2b4", solution=True)},
        {
            "source": "Task\n### BEGIN MARK SCHEME\ntwo points\n### END MARK SCHEME",
            "cell_type": "markdown",
        },
    )
    first, second = program.exercises
    assert (first.id, first.title, first.tests, first.points) == (
        *("half_of_it", "half of it"),
        *((2,), 2),
    )
    assert "raise NotImplementedError()" in first.starter
    assert (second.title, second.starter) == (
        "Exercise 2",
        "# YOUR CODE HERE\nraise NotImplementedError()",
    )
    assert second.solution.startswith("whole = 7")
    assert program.cells[2].shown == "assert half(2) == 1"
    assert program.cells[2].source == TEST
    assert (program.cells[2].locked, program.cells[1].locked) == (True, False)
    assert program.cells[4].source == "Task"
    # The answers are no parameters.
    assert list(program.defaults) == ["answer"]


def test_asserts_below_an_exercise_check_it_where_no_grades_say_what_does():
    asserts = "import numpy as np\nassert half(2) == 1\nnp.testing.assert_allclose(half(4), 2)"
    fill = FILL.partition("\n")[2]
    program = notebook({"source": fill}, {"source": asserts}, {"source": f"x = 1\n{asserts}"})
    (only,) = program.exercises
    assert only.tests == (1,)
    graded_one = notebook(
        {"source": fill, "metadata": graded("a", solution=True)}, {"source": TEST}
    )
    assert graded_one.exercises[0].tests == ()


def test_a_released_notebook_has_no_solutions():
    released = "def half(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    program = notebook(
        {"source": released, "metadata": graded("a", solution=True)},
        {"source": "assert half(2) == 1", "metadata": graded("t", grade=True, locked=True)},
        {"source": "own = 1", "metadata": graded("b", solution=True, grade=True)},
    )
    first, second = program.exercises
    assert (first.starter, first.solution, first.by_hand) == (released, "", False)
    # Nobody's own work is taken for a solution.
    assert (second.starter, second.solution, second.by_hand) == ("own = 1", "", True)


def test_the_listing_of_a_notebook_has_its_exercises():
    program = notebook(
        {"source": MEND.partition("\n")[2], "metadata": graded("half", solution=True)},
        {"source": TEST, "metadata": graded("t", grade=True, locked=True, points=2.5)},
    )
    again = parse_program(program.source, Path("n.ipynb"))
    assert again.cells == program.cells


def test_marks_of_jupytext_are_read():
    mark = '# %% nbgrader={"grade": false, "grade_id": "half", "solution": true}\n'
    (found,) = parse_program(mark + FILL.partition("\n")[2], Path("s.py")).exercises
    assert found.id == "half"


# Any text

_LINES = st.sampled_from(
    [
        *(f"{sign}### {word} {name}" for sign in ("", "    ") for word in ("BEGIN", "END")
          for name in ("SOLUTION", "STARTER", "HIDDEN TESTS", "MARK SCHEME")),
        *("### HINT a", "###   b", "# c", "    # d", "x = 1", "    return 2", "", "def f():"),
    ]
) | st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=8)  # fmt: skip


@given(st.lists(_LINES, max_size=12).map("\n".join))
def test_any_text_can_be_split(source: str):
    parts = split_exercise(source)
    assert bool(parts.solution) <= has_solution(source) or parts.faults
    assert all("HINT" not in line for line in parts.starter.split("\n")) or "HINT" in source
    without_secrets(source)


@given(
    before=st.lists(st.sampled_from(["a = 1", "", "# b"]), max_size=3),
    answer=st.lists(st.sampled_from(["secret = 1", "    secret(2)", ""]), min_size=1, max_size=4),
    after=st.lists(st.sampled_from(["c = 1", "", "# d"]), max_size=3),
    starter=st.none() | st.lists(st.sampled_from(["e = 1", "", "f = ..."]), min_size=1, max_size=3),
)
def test_no_line_of_the_solution_is_shown(before, answer, after, starter):
    block = ["### BEGIN SOLUTION", *answer, "### END SOLUTION"]
    given_block = []
    if starter is not None:
        given_block = ["### BEGIN STARTER", *(f"# {s}" for s in starter), "### END STARTER"]
    parts = split_exercise("\n".join([*before, *block, *given_block, *after]))
    assert not parts.faults
    assert "secret" not in parts.starter
    shown = ["# YOUR CODE HERE", "raise NotImplementedError()"] if starter is None else starter
    assert parts.starter.split() == " ".join([*before, *shown, *after]).split()
    assert parts.solution.split() == " ".join([*before, *answer, *after]).split()


def test_cells_that_are_no_exercises_stay_as_they_are():
    plain = Cell(index=0, kind="code", source="x = 1", line=1)
    assert (plain.shown, plain.locked) == ("x = 1", False)
