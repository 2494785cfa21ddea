"""Scripts and notebooks: run again by `python`, read again by tflab and by nbformat."""

from __future__ import annotations

import ast
import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from tests.export.conftest import SOURCE, VALUES
from tflab.export.notebook import notebook
from tflab.export.script import script
from tflab.export.source import code_with_values
from tflab.programs.code_cells import command_options
from tflab.programs.library import course_folder
from tflab.programs.reader import parse_program, read_program
from tflab.runs.record import RunRecord, RunRequest

SAID = "3.5 7 graph True a \"b\" \\ ü"  # fmt: skip


def record_of(lesson, **values):
    request = RunRequest(
        lesson=lesson.id,
        title=lesson.title,
        path=str(lesson.path),
        source=lesson.source,
        parameters=lesson.defaults | values,
    )
    return RunRecord(id="20260101-000000-aaaaaa", created=0.0, request=request)


def run(path, *words):
    return subprocess.run(
        [sys.executable, str(path), *words], capture_output=True, text=True, check=True, timeout=120
    ).stdout


@pytest.fixture
def small(make_run):
    return make_run({}, seed=3).record


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_a_script_runs_and_gives_what_the_values_give(small, tmp_path):
    path = tmp_path / "small.py"
    path.write_text(script(small), encoding="utf-8")
    assert run(path).splitlines() == [SAID, "later"]


def test_a_script_is_a_lesson_with_these_values_as_defaults(small, tmp_path):
    path = tmp_path / "small.py"
    path.write_text(script(small), encoding="utf-8")
    lesson = read_program(path)
    assert lesson.defaults == VALUES
    assert lesson.title == "A small lesson"


def test_a_run_up_to_a_cell_ends_there(small):
    short = dataclasses.replace(small.request, until=2)
    assert "later" not in script(dataclasses.replace(small, request=short))
    assert "total" in script(dataclasses.replace(small, request=short))


def test_a_notebook_is_valid_and_its_cells_run(small, tmp_path):
    found = nbformat.reads(notebook(small), 4)
    nbformat.validate(found)
    assert [cell.cell_type for cell in found.cells] == ["markdown", *["code"] * 4]
    assert found.cells[0].source.startswith("# A small lesson")
    assert "“quotes”" in found.cells[0].source
    code = "\n".join(cell.source for cell in found.cells if cell.cell_type == "code")
    path = tmp_path / "cells.py"
    path.write_text(code, encoding="utf-8")
    assert run(path).splitlines() == [SAID, "later"]


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_nbclient_runs_the_notebook(small):
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    found = nbformat.reads(notebook(small), 4)
    nbclient.NotebookClient(found, timeout=120).execute()
    assert SAID in found.cells[3].outputs[0].text


@pytest.mark.parametrize("path", sorted(course_folder().glob("*.py")), ids=lambda path: path.stem)
def test_every_lesson_of_the_course_exports(path, tmp_path):
    lesson = read_program(path)
    record = record_of(lesson)
    again = parse_program(script(record), Path("9_again.py"))
    assert again.defaults == lesson.defaults
    assert [c.source for c in again.cells if c.kind == "prose"] == [
        c.source for c in lesson.cells if c.kind == "prose"
    ]
    nbformat.validate(nbformat.reads(notebook(record), 4))
    assert json.loads(notebook(record))["metadata"]["tflab"]["run"] == record.id


@given(
    rate=st.floats(allow_nan=False, allow_infinity=False),
    title=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    steps=st.integers(-(1 << 63), (1 << 63) - 1),
    fast=st.booleans(),
)
def test_any_value_is_read_back_as_it_was(rate, title, steps, fast):
    lesson = parse_program(SOURCE, Path("s.py"))
    cell = next(cell for cell in lesson.cells if cell.is_parameters)
    values = {"rate": rate, "big": steps, "fast": fast, "title": title}
    text = code_with_values(lesson, cell, {name: repr(value) for name, value in values.items()})
    found = {}
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.AnnAssign | ast.Assign):
            target = getattr(statement, "target", None) or statement.targets[0]
            found[target.id] = ast.literal_eval(statement.value)
    assert found["rate"] == rate
    assert (found["big"], found["fast"], found["title"]) == (steps, fast, title)
    assert (found["offset"], found["mode"]) == (-1.5, "eager")
    assert "# how many" in text


OTHERS_SCRIPT = '''\
"""What it says."""
from __future__ import annotations
import argparse

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--rate", type=float, default=0.5)
parser.add_argument("--fast", action="store_true")
args = parser.parse_args()
print(args.rate, args.fast)
'''


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_a_script_of_others_gets_its_options(tmp_path):
    program = parse_program(OTHERS_SCRIPT, tmp_path / "train.py")
    record = record_of(program, rate=0.25, fast=True)
    request = dataclasses.replace(record.request, command=command_options(program))
    path = tmp_path / "again.py"
    path.write_text(script(dataclasses.replace(record, request=request)), encoding="utf-8")
    assert run(path).splitlines() == ["0.25 True"]


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_a_notebook_of_others_has_values_in_place_and_its_magics(tmp_path):
    sources = ["%matplotlib inline\n!ls\nrate = 0.5; size = 8 * 4", "%%time\nprint(rate, size)"]
    cells = [new_code_cell(source) for source in sources]
    text = json.dumps(new_notebook(cells=cells))
    record = record_of(parse_program(text, tmp_path / "a.ipynb"), rate=0.25, size=7)
    found = nbformat.reads(notebook(record), 4).cells
    assert [cell.source for cell in found[1:]] == [
        "%matplotlib inline\n!ls\nrate = 0.25; size = 7",
        "%%time\nprint(rate, size)",
    ]
    path = tmp_path / "again.py"
    path.write_text(script(record), encoding="utf-8")
    assert "# !ls" in path.read_text()
    assert run(path).splitlines() == ["0.25 7"]
