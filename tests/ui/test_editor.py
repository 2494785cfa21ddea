"""The person's own editor opens at the cell that they look at."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import msgspec
import pytest

from tests.ui.test_lesson_outputs import program
from tflab.programs.edits import with_edits
from tflab.runs.record import Problem
from tflab.ui.workbench.editor import edit_file, line_in_file


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("vim", ["+12", "FILE"]),
        ("nano", ["+12", "FILE"]),
        ("hx", ["FILE:12"]),
        ("code", ["--goto", "FILE:12"]),
        ("odd-editor", ["FILE"]),
    ],
)
def test_an_editor_is_told_the_line_as_it_takes_it(tmp_path, monkeypatch, name, arguments):
    path, said = tmp_path / "lesson.py", tmp_path / "said"
    command = tmp_path / name
    command.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {said}\n')
    command.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(command))
    edit_file(path, contextlib.nullcontext, 12)
    assert said.read_text().split() == [part.replace("FILE", str(path)) for part in arguments]
    edit_file(path, contextlib.nullcontext)
    assert said.read_text().split() == [str(path)]


def test_an_editor_that_fails_is_told_of(monkeypatch, tmp_path):
    monkeypatch.setenv("VISUAL", f"{sys.executable} -c 'raise SystemExit(3)'")
    with pytest.raises(Problem, match="failure"):
        edit_file(tmp_path / "x.py", contextlib.nullcontext)


def test_the_line_is_that_of_the_file_also_below_an_edit():
    lesson = program("a = 1", "b = 2")
    lines = lesson.source.split("\n")
    assert lines[line_in_file(lesson, 3) - 1] == "b = 2"
    assert line_in_file(lesson, 99) == 0
    edited = with_edits(lesson, {2: "a = 1\na += 1\na += 2"})
    assert edited.cells[3].line == lesson.cells[3].line + 2
    assert line_in_file(edited, 3) == line_in_file(lesson, 3)
    notebook = msgspec.structs.replace(lesson, kind="notebook", path=Path("n.ipynb"))
    assert line_in_file(notebook, 3) == 0
