"""Notebooks: read as nbformat reads them, never written to, and every kind of bad one."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import v4

from tflab.programs.check import Findings, place_words
from tflab.programs.code_cells import code_cells
from tflab.programs.notebook import read_listing, read_notebook, write_listing
from tflab.programs.reader import (
    ProgramError,
    check_program,
    parse_program,
    program_text,
    read_program,
)

PATH = Path("3_my_notebook.ipynb")


def notebook(*cells: Any, **metadata: Any) -> dict[str, Any]:
    return {**v4.new_notebook(cells=list(cells)), "metadata": metadata}


def code(source: str, **metadata: Any) -> Any:
    return v4.new_code_cell(source, metadata=metadata)


def write(folder: Path, found: Any) -> Path:
    path = folder / PATH
    path.write_text(found if isinstance(found, str) else json.dumps(found))
    return path


SMALL = notebook(
    v4.new_markdown_cell("# A title\n\nWords.", attachments={"a.png": {"image/png": "AAAA"}}),
    code(""),
    code("rate = 0.5  # how fast\nprint(rate)"),
    v4.new_raw_cell("raw words"),
    code("def f():\n    return 1 / 0\nf()", tags=["slow"]),
    kernelspec={"name": "my-env", "language": "python", "display_name": "Mine"},
)


def test_what_is_read(tmp_path: Path) -> None:
    program = read_program(write(tmp_path, SMALL))
    assert (program.id, program.number, program.title) == ("my-notebook", 3, "A title")
    assert (program.kind, program.kernel) == ("notebook", "my-env")
    assert [c.kind for c in program.cells] == ["prose", "code", "prose", "code"]
    assert [c.label for c in program.cells] == [
        "cell 1",
        "cell 3 (In [1])",
        "cell 4",
        "cell 5 (In [2])",
    ]
    assert program.cells[0].attachments == ("a.png",)
    assert program.cells[2].source == "```\nraw words\n```"
    assert program.cells[3].tags == ("slow",)
    assert all(cell.id for cell in program.cells)
    (parameter,) = program.parameters
    assert (parameter.name, parameter.default, parameter.help) == ("rate", 0.5, "how fast")


def test_lines_are_those_of_the_listing() -> None:
    program = parse_program(json.dumps(SMALL), PATH)
    lines = program.source.split("\n")
    for cell in program.cells:
        if cell.kind == "code":
            size = cell.source.count("\n") + 1
            assert lines[cell.line - 1 : cell.line - 1 + size] == cell.source.split("\n")
    assert parse_program(program.source, PATH) == program
    assert [cell.line for cell in code_cells(program)] == [
        cell.line for cell in program.cells if cell.kind == "code"
    ]


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("# Train **fast** with `fit`", "Train fast with fit"),
        ("# *See* [the guide](https://example.org/a_b)", "See the guide"),
        ("# 2 * 3 * 4, __init__ and a_b_c", "2 * 3 * 4, __init__ and a_b_c"),
    ],
)
def test_a_title_is_words_without_marks(heading: str, title: str) -> None:
    cells = notebook(v4.new_markdown_cell(heading))
    assert parse_program(json.dumps(cells), PATH).title == title


def test_a_title_is_the_files_name_where_there_is_none() -> None:
    assert parse_program(json.dumps(notebook(code("x = 1"))), PATH).title == PATH.name


def test_it_is_never_written_to(tmp_path: Path) -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": "old"},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Old"]},
                    {
                        "cell_type": "code",
                        "collapsed": False,
                        "input": ["steps = 3\n", "print(steps)"],
                        "language": "python",
                        "metadata": {},
                        "outputs": [],
                    },
                ],
            }
        ],
    }
    path = write(tmp_path, old)
    os.utime(path, ns=(1, 1))
    before = path.read_bytes()
    program = read_program(path)
    assert (program.title, program.defaults) == ("Old", {"steps": 3})
    assert program.cells[1].source == "steps = 3\nprint(steps)"
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, 1)
    assert list(tmp_path.iterdir()) == [path]


def test_stored_outputs_cost_nothing_and_are_not_kept(tmp_path: Path) -> None:
    cell = code("x = 1")
    cell.outputs = [v4.new_output("stream", text="A" * 60_000_000)]
    path = write(tmp_path, notebook(cell, code("print(x)")))
    began = time.process_time()
    program = read_program(path)
    assert time.process_time() - began < 1
    assert len(program.source) < 1000
    cell.outputs = []
    assert program_text(write(tmp_path, notebook(cell, code("print(x)")))) != ""


def test_new_outputs_are_no_new_program(tmp_path: Path) -> None:
    cells = [v4.new_code_cell("x = 1", id="a"), v4.new_code_cell("print(x)", id="b")]
    before = program_text(write(tmp_path, notebook(*cells)))
    cells[1].outputs = [v4.new_output("stream", text="1")]
    cells[1].execution_count = 7
    assert program_text(write(tmp_path, notebook(*cells))) == before


CONFLICT = '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> b\n}'


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("", 0, "It is empty."),
        ("{", 0, "It is no whole JSON"),
        ('{"cells": [\n{"cell_type": }]}', 2, "It is no whole JSON"),
        (CONFLICT, 2, "merge conflict"),
        ("[]", 0, "It is no notebook"),
        ("{}", 0, "It is JSON, and no notebook."),
        ('{"nbformat": 4, "cells": 3}', 0, "It is no notebook"),
        ('{"nbformat": 4, "cells": [{"source": 3}]}', 0, "It is no notebook"),
        ('{"nbformat": 3, "worksheets": 3}', 0, "its old format is damaged"),
        ('{"nbformat": 9, "cells": []}', 0, "format 9, which is newer"),
        (json.dumps(notebook()), 0, "The notebook has no cells."),
        (json.dumps(notebook(code(" \n"))), 0, "The notebook has no cells."),
        (
            json.dumps(notebook(code("x"), kernelspec={"name": "ir", "language": "R"})),
            0,
            "Its kernel runs r, not Python.",
        ),
        (
            json.dumps(notebook(code("x"), language_info={"name": "julia"})),
            0,
            "Its kernel runs julia",
        ),
    ],
)
def test_bad_notebooks(content: str, line: int, words: str, tmp_path: Path) -> None:
    path = write(tmp_path, content)
    (found,) = check_program(path)
    assert words in found.message
    assert found.line == line
    assert found.next_step
    with pytest.raises(ProgramError):
        read_program(path)
    with pytest.raises(ProgramError):
        parse_program(content, PATH)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_other_encodings_are_named(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / PATH
    path.write_bytes('{"nbformat": 4, "é": 1, "cells": []}'.encode(encoding))
    (found,) = check_program(path)
    assert "UTF-8" in found.message + found.next_step or "no cells" in found.message


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / PATH
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(SMALL).encode())
    assert read_program(path).title == "A title"


def test_a_cell_that_python_cannot_read_stops_a_run_there_and_not_before() -> None:
    program = parse_program(json.dumps(notebook(code("a = 1\nprint(a)"), code("print("))), PATH)
    (remark,) = [r for r in program.remarks if r.level == "warning"]
    assert (remark.cell, remark.line) == ("cell 2", 1)
    assert f"{PATH}: cell 2, line 1: Python cannot read this" in str(remark)
    assert program.defaults == {"a": 1}
    assert len(code_cells(program)) == 2


def test_findings_name_the_cell_and_its_line() -> None:
    found = notebook(code("x = 1"), code(""), code("print(x)\n# \u202e"))
    remarks = parse_program(json.dumps(found), PATH).remarks
    (remark,) = [found for found in remarks if found.level == "warning"]
    assert (remark.cell, remark.line, remark.column) == ("cell 3 (In [2])", 2, 3)


def test_a_tagged_cell_holds_the_parameters_and_nothing_else_does() -> None:
    found = notebook(
        code("other = 3\nprint(other)"),
        code("alpha = 0.5\nname = 'x'\ndata = None\nbig = [1]\nseed = 3", tags=["parameters"]),
        code("alpha = alpha * 2\nprint(alpha, name)"),
    )
    program = parse_program(json.dumps(found), PATH)
    assert program.defaults == {"alpha": 0.5, "name": "x", "program_seed": 3}
    assert program.parameters[0].note == "set again in cell 3, line 1"
    assert {r.name: r.reason for r in program.refused} == {
        "data": "its value is None",
        "big": "its value is a list",
    }


def test_a_name_that_is_no_parameter_is_told_with_its_cell_and_the_line_in_it() -> None:
    found = notebook(code("x = 3\n\nrate = [1]\nprint(rate)"), code("import os\nx += 1\nprint(x)"))
    program = parse_program(json.dumps(found), PATH)
    assert [(r.name, place_words(program.cells, r.line), r.reason) for r in program.refused] == [
        ("x", "cell 1, line 1", "it is set again in cell 2, line 2, by += or the like"),
        ("rate", "cell 1, line 3", "its value is a list"),
    ]


def test_await_may_stand_at_the_top() -> None:
    found = notebook(code("import asyncio\nawait asyncio.sleep(0)"))
    assert [r for r in parse_program(json.dumps(found), PATH).remarks if r.level != "advice"] == []


SOURCES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
CELLS = st.lists(
    st.one_of(
        SOURCES.map(v4.new_code_cell),
        SOURCES.map(v4.new_markdown_cell),
        SOURCES.map(v4.new_raw_cell),
        st.sampled_from(["# %% x\n'''", "# %% [notebook] {}", "%%bash\n'''", "\n\n x"]).map(
            v4.new_code_cell
        ),
    ),
    max_size=6,
)


@settings(max_examples=300)
@given(CELLS, st.booleans())
def test_it_reads_what_nbformat_reads(cells: list[Any], lists: bool) -> None:
    text = nbformat.writes(v4.new_notebook(cells=cells)) if lists else json.dumps(notebook(*cells))
    findings = Findings(PATH)
    found = read_notebook(text.encode("utf-8", "surrogatepass"), findings)
    expected = [
        (cell.cell_type, cell.source.rstrip("\r\n").replace("\r\n", "\n").replace("\r", "\n"))
        for cell in nbformat.reads(text, 4).cells
        if cell.source.strip()
    ]
    if found is None:
        assert not expected
        return
    assert [(cell.kind, "\n".join(cell.lines)) for cell in found.cells] == expected
    assert read_listing(write_listing(found), findings) == found


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=80), SOURCES.map(str.encode)))
def test_any_bytes_are_a_notebook_or_a_clear_error(data: bytes) -> None:
    findings = Findings(PATH)
    found = read_notebook(data, findings)
    assert (found is None) == bool(findings.problems)


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_listing_is_a_clear_error(drawn: st.DataObject) -> None:
    good = parse_program(json.dumps(SMALL), PATH).source
    lines = good.split("\n")
    place = drawn.draw(st.integers(1, len(lines) - 1))
    lines[place:place] = drawn.draw(st.lists(SOURCES, max_size=2))
    del lines[drawn.draw(st.integers(1, len(lines) - 1)) :]
    with suppress(ProgramError):
        parse_program("\n".join(lines), PATH)
