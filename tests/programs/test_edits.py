"""A program and a person's edits: what runs of the two, and which cell an edit is of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.programs.check import ProgramError
from tflab.programs.code_cells import code_cells
from tflab.programs.edit_places import place_edits
from tflab.programs.edits import (
    Edit,
    cell_problem,
    code_cells_of,
    edit_diff,
    new_edit,
    outline,
    program_as_run,
    with_edits,
)
from tflab.programs.library import find_lessons
from tflab.programs.program import Program
from tflab.programs.reader import parse_program, read_program
from tflab.targets.requests import new_request

HEAD = '# %% [markdown]\n# # One\n# %% tags=["parameters"]\nrate = 0.5  # speed\n'
LAST = "from tflab import lab\nprint(y)"
LESSON = HEAD + f"# %%\nx = rate * 2\ny = x\n\n# %% [markdown]\n# text\n# %%\n{LAST}\n"
SCRIPT = "import math\n\n\ndef f(x):\n    return x\n\n\nrate = 0.5\n\n\nprint(f(rate), math.pi)\n"


def lesson(text: str = LESSON) -> Program:
    return parse_program(text, Path("/x/one.py"))


def script(text: str = SCRIPT) -> Program:
    return parse_program(text, Path("/x/one.py"))


def notebook(*sources: str, ids: bool = True) -> Program:
    cells = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": [],
         **({"id": f"c{number}"} if ids else {})}
        for number, source in enumerate(sources)
    ]  # fmt: skip
    return parse_program(json.dumps({"nbformat": 4, "cells": cells}), Path("/x/one.ipynb"))


def code(program: Program) -> list[str]:
    return [cell.source for cell in code_cells_of(program)]


def test_an_edit_is_in_the_source_the_cells_and_the_lines_below_move() -> None:
    program = lesson()
    edited = with_edits(program, {2: "x = rate * 3\n\nz = 1\n\ny = x\n"})
    assert code(edited) == ["rate = 0.5  # speed", "x = rate * 3\n\nz = 1\n\ny = x", LAST]
    lines = edited.source.split("\n")
    for cell in code_cells_of(edited):
        block = lines[cell.line - 1 :][: cell.source.count("\n") + 1]
        assert "\n".join(block) == cell.source
    assert edited.original == program.source
    assert [one.index for one in edited.edits] == [2]
    assert edited.file_source == program.file_source == program.source
    assert edited.cells[3].source == program.cells[3].source, "prose is as it was"


def test_what_does_not_differ_is_no_edit() -> None:
    program = lesson()
    assert with_edits(program, {2: "x = rate * 2\r\ny = x  \n\n"}) is program
    assert with_edits(program, {}) is program


def test_a_cell_that_is_no_code_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="no code cell"):
        with_edits(lesson(), {0: "x"})
    with pytest.raises(ValueError, match="edited already"):
        with_edits(with_edits(lesson(), {2: "x = 1\ny = x"}), {4: "print(x)"})


def test_parameters_follow_their_edits() -> None:
    edited = with_edits(lesson(), {1: "rate = 0.25  # speed\nsteps: int = 3  # how many"})
    assert edited.defaults == {"rate": 0.25, "steps": 3}
    places = [place.name for cell in code_cells(edited) for place in cell.places]
    assert places == ["rate", "steps"]


def test_what_is_wrong_with_an_edit_is_said_with_its_cell_and_line() -> None:
    with pytest.raises(ProgramError) as raised:
        with_edits(lesson(), {2: "x = 1\ny = (\n"})
    found = raised.value.problems[0]
    assert (found.cell, found.line) == ("cell 2 as edited", 2)
    assert "Cell 2 as edited, line 2" in raised.value.cause


def test_an_emptied_cell_and_a_mark_in_a_cell_keep_the_cells_apart() -> None:
    program = lesson()
    edited = with_edits(program, {2: "", 4: "y = 1"})
    assert code(edited)[1:] == ["", "y = 1"]
    assert edited.kind == "lesson", "it stays one without its import of tflab"
    marked = with_edits(program, {2: "x = 1\n# %%\ny = 2"})
    assert [cell.index for cell in marked.cells] == [cell.index for cell in program.cells]
    assert code(marked)[1:] == ["x = 1\n# %%\ny = 2", LAST]


def test_a_script_stays_cut_as_it_is() -> None:
    program = script()
    cell = next(c for c in program.cells if c.source.startswith("def f"))
    edited = with_edits(
        program, {cell.index: "def f(x):\n    return g(x)\n\n\ndef g(x):\n    return 1"}
    )
    assert len(edited.cells) == len(program.cells)
    compile(edited.source, "x", "exec")
    assert "def g(x)" in edited.source


def test_a_notebook_may_have_magics_and_keeps_its_cells() -> None:
    program = notebook("a = 1", "b = 2")
    edited = with_edits(program, {1: "%matplotlib inline\nb = 3\nb"})
    assert code(edited) == ["a = 1", "%matplotlib inline\nb = 3\nb"]
    assert [cell.id for cell in edited.cells] == ["c0", "c1"]
    emptied = with_edits(program, {0: ""})
    assert code(emptied) == ["", "b = 2"]


@pytest.mark.parametrize(
    ("program", "texts"),
    [
        (lesson(), {2: "y = rate", 4: "# %%\nprint(1)"}),
        (script(), {1: "def f(x):\n    return 2\n\n\nk = 3"}),
        (notebook("a = 1", "b = 2"), {1: "%time c = 3"}),
    ],
)
def test_a_request_gives_back_the_program_that_ran(program: Program, texts: dict[int, str]) -> None:
    edited = with_edits(program, texts)
    request = new_request(edited, edited.defaults)
    assert request.file_source == program.source
    assert request.source == edited.source
    again = program_as_run(request)
    assert again.cells == edited.cells
    assert again.edits == edited.edits
    assert [cell.source for cell in request.cells][-1] == code_cells(edited)[-1].source


def test_every_shipped_lesson_can_be_edited_in_every_cell() -> None:
    entry = next(entry for entry in find_lessons() if entry.number == 10)
    program = read_program(entry.path)
    for cell in code_cells_of(program):
        edited = with_edits(program, {cell.index: cell.source + "\n# more\npass"})
        assert len(edited.cells) == len(program.cells)
        assert edited.kind == "lesson"
        assert edited.goals == program.goals
        # What a learner answers stays out of the source, which holds the solution.
        more = 0 if cell.exercise is not None else 2
        assert edited.source.count("\n") == program.source.count("\n") + more


_CODE = st.sampled_from(
    ["a = 1", "b = 2\nc = 3", "print(1)", "for i in range(2):\n    i", "x = 'é한'"]
)


@given(cells=st.lists(_CODE, min_size=1, max_size=6), data=st.data())
def test_the_text_around_edits_is_untouched(cells: list[str], data: st.DataObject) -> None:
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    text = "# %%\nimport math\n" + "".join(f"# %%\n{cell}\n" for cell in cells)
    program = parse_program(text.replace("\n", end), Path("/x/one.py"))
    index = data.draw(st.integers(0, len(cells)))
    new = data.draw(st.sampled_from(["pass", "q = 1\nr = 2\n\ns = 3", ""]))
    edited = with_edits(program, {index: new})
    cell, now = program.cells[index], edited.cells[index]
    lines, after = program.source.split(end), edited.source.split(end)
    assert after[: now.line - 1] == lines[: cell.line - 1]
    rest = cell.line - 1 + cell.source.count("\n") + 1
    assert after[now.line - 1 + now.source.count("\n") + 1 :] == lines[rest:]
    assert now.source == new


# Which cell an edit is of.


def keep(program: Program, cell: int, text: str) -> tuple[list[Edit], list[str]]:
    return [new_edit(program, cell, text)], outline(program)


def test_an_edit_stays_with_its_cell_when_cells_come_above_it() -> None:
    program = lesson()
    edits, before = keep(program, 2, "x = 9")
    above = LESSON.replace("# %%\nx =", "# %%\nnew = 1\n# %%\nx =")
    placed, lost, _ = place_edits(lesson(above), edits, before)
    assert not lost
    assert [(one.cell, one.stale) for one in placed] == [(3, False)]


def test_an_edit_whose_cell_has_changed_is_stale() -> None:
    program = lesson()
    edits, before = keep(program, 2, "x = 9")
    placed, *_ = place_edits(lesson(LESSON.replace("rate * 2", "rate * 4")), edits, before)
    assert [(one.cell, one.stale) for one in placed] == [(2, True)]


def test_a_changed_cell_among_new_ones_is_known_by_its_text() -> None:
    program = lesson()
    edits, before = keep(program, 2, "x = 9")
    text = LESSON.replace("# %%\nx = rate * 2", "# %%\nimport os\n# %%\nx = rate * 4")
    placed, *_ = place_edits(lesson(text), edits, before)
    assert [(one.cell, one.stale) for one in placed] == [(3, True)]


def test_a_program_that_shrank_beneath_its_edits_loses_none() -> None:
    program = lesson()
    edits, before = keep(program, 4, "print('mine')")
    shrunk = script(LESSON.split("# %% [markdown]\n# text")[0])
    placed, lost, _ = place_edits(shrunk, edits, before)
    assert not placed
    assert list(lost) == edits
    back, lost, _ = place_edits(program, edits)
    assert [one.cell for one in back] == [4]
    assert not lost


def test_of_equal_cells_the_right_one_is_found() -> None:
    text = HEAD + "".join("# %%\nprint(1)\n" for _ in range(4))
    edits, before = keep(lesson(text), 3, "print(3)")
    more = text.replace(HEAD, HEAD + "# %%\nq = 1\n")
    placed, *_ = place_edits(lesson(more), edits, before)
    assert [(one.cell, one.stale) for one in placed] == [(4, False)]


def test_a_notebooks_cell_is_known_by_its_id() -> None:
    program = notebook("a = 1", "b = 2", "c = 3")
    edits, before = keep(program, 1, "b = 9")
    turned = parse_program(
        json.dumps({"nbformat": 4, "cells": [
            {"cell_type": "code", "source": text, "metadata": {}, "id": name}
            for name, text in (("c2", "c = 3"), ("c1", "b = 5"), ("c0", "a = 1"))
        ]}),
        Path("/x/one.ipynb"),
    )  # fmt: skip
    placed, *_ = place_edits(turned, edits, before)
    assert [(one.cell, one.stale) for one in placed] == [(1, True)]


@given(
    cells=st.lists(st.integers(0, 5), min_size=1, max_size=8),
    added=st.lists(st.tuples(st.integers(0, 8), st.integers(50, 60)), max_size=4),
    data=st.data(),
)
def test_cells_that_are_added_move_no_edit(
    cells: list[int], added: list[tuple[int, int]], data: st.DataObject
) -> None:
    def program(names: list[str]) -> Program:
        return script("".join(f"# %%\nv = {name}\n" for name in names))

    before = [str(value) for value in cells]
    place = data.draw(st.integers(0, len(before) - 1))
    edits, shape = keep(program(before), place, "w = 1")
    # Each old cell is followed by its number, so that the right one is known.
    now: list[tuple[str, int]] = [(text, number) for number, text in enumerate(before)]
    for at, value in added:
        now.insert(min(at, len(now)), (str(value), -1))
    placed, lost, _ = place_edits(program([text for text, _ in now]), edits, shape)
    assert not lost
    assert now[placed[0].cell][0] == before[place]
    assert not placed[0].stale
    if len(set(before)) == len(before):
        assert now[placed[0].cell][1] == place


_KEPT = st.tuples(st.sampled_from(["a = 1", "b = 2", "zz"]), st.integers(0, 7))


@given(st.lists(st.sampled_from(["a = 1", "b = 2", "c = 3"]), min_size=1, max_size=5), st.data())
def test_every_edit_has_a_cell_or_is_lost_and_no_cell_has_two(
    cells: list[str], data: st.DataObject
) -> None:
    program = script("".join(f"# %%\n{cell}\n" for cell in cells))
    edits = [
        Edit(text=f"t{number}", before=before, place=place)
        for number, (before, place) in enumerate(data.draw(st.lists(_KEPT, max_size=5)))
    ]
    placed, lost, others = place_edits(
        program, edits, data.draw(st.lists(st.text(max_size=2), max_size=6))
    )
    known = [one.edit for one in (*placed, *others)] + list(lost)
    assert sorted(edit.text for edit in known) == sorted(edit.text for edit in edits)
    assert len({one.cell for one in placed}) == len(placed)
    assert {one.cell for one in placed} <= {cell.index for cell in program.cells}


# What is said.


def test_a_cell_that_python_cannot_read_says_where() -> None:
    assert cell_problem("x = 1\ny = 2", "lesson") is None
    found = cell_problem("x = 1\ny = (2", "lesson")
    assert found is not None
    assert found.line == 2
    tabs = cell_problem("if x:\n        a = 1\n\tb = 2", "lesson")
    assert tabs is not None
    assert tabs.line == 3
    assert "tabs" in tabs.message
    assert cell_problem("%matplotlib inline\n!ls\nawait x", "notebook") is None
    magic = cell_problem("%matplotlib inline", "lesson")
    assert magic is not None
    assert "magics" in magic.message


def test_the_difference_is_a_unified_diff() -> None:
    assert edit_diff("cell 2", "a\nb", "a\nc").split("\n") == [
        "--- cell 2 in the file",
        "+++ cell 2 as edited",
        "@@ -1,2 +1,2 @@",
        " a",
        "-b",
        "+c",
    ]
    assert edit_diff("cell 2", "a", "a") == ""
