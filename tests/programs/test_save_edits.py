"""Edits written into files: what was not touched stays as it is, byte for byte."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.programs.edits import code_cells_of
from tflab.programs.library import find_lessons
from tflab.programs.reader import read_program
from tflab.programs.save_edits import file_with_edits, line_in_file, save_copy, save_edits
from tflab.runs.record import Problem

PERCENT = "# -*- note -*-\n# %% [markdown]\n# # One\n\n# %%\na = 1   \n\n\n# %% tags=['x']\nb = 2\n"


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_percent_file_changes_in_its_cell_alone(tmp_path: Path, end: str, mark: bytes) -> None:
    data = mark + PERCENT.replace("\n", end).encode()
    path = written(tmp_path / "one.py", data)
    program = read_program(path)
    save_edits(program, {1: "a = 'é'\nz = 3"})
    expected = PERCENT.replace("a = 1   ", "a = 'é'\nz = 3").replace("\n", end)
    assert path.read_bytes() == mark + expected.encode()


def test_a_script_changes_in_its_cell_alone(tmp_path: Path) -> None:
    text = "import os\n\n\ndef f():\n    return 1  # one\n\n\n\nprint(f())\n# the end"
    path = written(tmp_path / "one.py", text.encode())
    program = read_program(path)
    cell = next(c for c in code_cells_of(program) if c.source.startswith("def"))
    save_edits(program, {cell.index: "def f():\n    return 2"})
    assert path.read_text() == text.replace("return 1  # one", "return 2")


def test_another_encoding_is_kept_and_what_it_lacks_is_said(tmp_path: Path) -> None:
    text = "# -*- coding: latin-1 -*-\na = 'é'\n"
    path = written(tmp_path / "one.py", text.encode("latin-1"))
    program = read_program(path)
    (cell,) = code_cells_of(program)
    save_edits(program, {cell.index: "a = 'è'"})
    assert path.read_bytes() == text.replace("é", "è").encode("latin-1")
    with pytest.raises(Problem, match="no such character"):
        save_edits(read_program(path), {cell.index: "a = '한'"})


def test_mode_and_links_stay(tmp_path: Path) -> None:
    path = written(tmp_path / "one.py", b"a = 1\n")
    path.chmod(0o755)
    link = tmp_path / "link.py"
    link.symlink_to(path)
    program = read_program(link)
    save_edits(program, {0: "a = 2"})
    assert link.is_symlink()
    assert path.read_text() == "a = 2\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert sorted(os.listdir(tmp_path)) == ["link.py", "one.py"]


def test_a_lesson_of_the_course_is_never_written_to(tmp_path: Path) -> None:
    program = read_program(find_lessons()[0].path)
    before = program.path.read_bytes()
    cell = code_cells_of(program)[0].index
    with pytest.raises(Problem, match="course"):
        save_edits(program, {cell: "x = 1"})
    assert program.path.read_bytes() == before
    copy = tmp_path / "mine.py"
    save_copy(program, {cell: "x = 1"}, copy)
    assert "x = 1" in copy.read_text()
    with pytest.raises(Problem, match="of that name"):
        save_copy(program, {cell: "x = 1"}, copy)


def test_a_file_that_has_changed_is_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path / "one.py", b"a = 1\n")
    program = read_program(path)
    path.write_text("b = 1\n")
    with pytest.raises(Problem, match="changed meanwhile"):
        save_edits(program, {0: "a = 2"})
    assert path.read_text() == "b = 1\n"


def notebook(**style: object) -> bytes:
    cells = [
        nbformat.v4.new_markdown_cell("# Ein Titel: é", id="m"),
        nbformat.v4.new_code_cell("", id="empty"),
        nbformat.v4.new_code_cell("a = 1\nb = 2", id="one", metadata={"tags": ["x"]}),
        nbformat.v4.new_code_cell("c = 'ü'", id="two"),
    ]
    made = nbformat.v4.new_notebook(cells=cells, metadata={"z": 1, "a": {"k": [1, 2.50]}})
    found = json.loads(nbformat.writes(made))
    return json.dumps(found, **style).encode()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "style",
    [
        {"indent": 1, "ensure_ascii": False},
        {"indent": 4},
        {},
        {"separators": (",", ":")},
        {"indent": "\t", "sort_keys": True},
    ],
)
def test_a_notebook_changes_in_the_source_of_its_cell_alone(
    tmp_path: Path, style: dict[str, object]
) -> None:
    data = notebook(**style)
    path = written(tmp_path / "one.ipynb", data)
    program = read_program(path)
    cell = next(c for c in code_cells_of(program) if c.id == "one")
    new = "a = 3\n\nc = '한'"
    save_edits(program, {cell.index: new})
    found = json.loads(path.read_bytes())
    expected = json.loads(data)
    expected["cells"][2]["source"] = new.splitlines(True)
    assert found == expected
    assert list(found) == list(expected)
    assert path.read_bytes() == json.dumps(expected, **style).encode()  # type: ignore[arg-type]
    again = read_program(path)
    assert next(c for c in code_cells_of(again) if c.id == "one").source == new
    nbformat.validate(nbformat.read(path, 4))  # type: ignore[no-untyped-call]


def test_a_source_that_is_one_text_stays_one(tmp_path: Path) -> None:
    data = (
        b'{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[ {"source":"a = 1\\n", "x": 1.0,'
    )
    data += b'"cell_type":"code","metadata":{},"id":"q","outputs":[],"execution_count":null}] }\n'
    path = written(tmp_path / "one.ipynb", data)
    program = read_program(path)
    save_edits(program, {0: "a = 2\nb = 3"})
    assert path.read_bytes() == data.replace(b"a = 1\\n", b"a = 2\\nb = 3\\n")


_SOURCE = st.lists(st.sampled_from(["a = 1", "", "s = 'é\\\\n\"'", "# ]"]), min_size=1, max_size=4)


@given(sources=st.lists(_SOURCE, min_size=1, max_size=4), data=st.data())
def test_no_notebook_loses_anything(
    tmp_path_factory: pytest.TempPathFactory, sources: list[list[str]], data: st.DataObject
) -> None:
    cells = [
        {"cell_type": "code", "source": [f"{line}\n" for line in lines], "id": f"c{number}",
         "metadata": {"source": ["not this"]}, "outputs": [{"source": "nor this"}]}
        for number, lines in enumerate(sources)
    ]  # fmt: skip
    style = data.draw(st.sampled_from([{"indent": 1}, {}, {"indent": 2, "ensure_ascii": False}]))
    text = json.dumps({"metadata": {"cells": []}, "cells": cells, "nbformat": 4}, **style)
    path = written(tmp_path_factory.mktemp("n") / "one.ipynb", text.encode())
    if not any(line for lines in sources for line in lines):
        return
    program = read_program(path)
    cell = data.draw(st.sampled_from(code_cells_of(program)))
    new = data.draw(st.sampled_from(["q = 'ß'", "", "a\nb"]))
    after = json.loads(file_with_edits(path.read_bytes(), program, {cell.index: new}))
    before = json.loads(text)
    number = int(cell.id[1:])
    assert "".join(after["cells"][number].pop("source")).rstrip() == new
    before["cells"][number].pop("source")
    assert after == before


@pytest.mark.parametrize("indent", [None, 1, 2])
@pytest.mark.parametrize("as_list", [True, False])
def test_where_a_cell_stands_in_the_file(tmp_path: Path, indent: int | None, as_list: bool) -> None:
    texts = ["# T", "a = 1\nb = 2", "c = 3"]
    cells = [
        {
            "cell_type": "markdown" if text.startswith("#") else "code",
            "metadata": {},
            "source": text.splitlines(True) if as_list else text,
            **({} if text.startswith("#") else {"execution_count": None, "outputs": []}),
        }
        for text in texts
    ]
    path = tmp_path / "book.ipynb"
    path.write_text(
        json.dumps(
            {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=indent
        )
    )
    program = read_program(path)
    lines = path.read_text().splitlines()
    for index, text in enumerate(texts):
        line = lines[line_in_file(program, index) - 1]
        assert json.dumps(text.splitlines()[0])[:-1] in line
    path.write_text("{}")
    assert line_in_file(program, 2) == 1
