"""Plain scripts: cut at their top level, whole, each cell on its lines."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.programs.reader import ProgramError, check_program, parse_program, read_program

PATH = Path("train_it.py")

SCRIPT = '''\
#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""
Title: A small network
Author: somebody

Words about it, with $\\alpha$.
"""

import os

os.environ["X"] = "1"
import numpy as np

# How far a step goes
rate = 0.1
epochs = 3

"""
## The data
"""


def load(n):
    return np.zeros(n)


@property
def other(self):
    """Not prose."""
    return rate


# ---------
# Training
# ---------
for epoch in range(epochs):
    print(load(3) * rate)

if __name__ == "__main__":
    print("main")
'''


def test_a_script_is_cut_where_its_author_cut_it() -> None:
    program = parse_program(SCRIPT, PATH)
    assert program.kind == "script"
    assert program.title == "A small network"
    assert [(c.kind, c.line, c.source.split("\n")[0]) for c in program.cells] == [
        ("prose", 4, "# A small network"),
        ("code", 10, "import os"),
        ("code", 12, 'os.environ["X"] = "1"'),
        ("code", 15, "# How far a step goes"),
        ("prose", 20, "## The data"),
        ("code", 24, "def load(n):"),
        ("code", 28, "@property"),
        ("code", 34, "# ---------"),
        ("code", 40, 'if __name__ == "__main__":'),
    ]
    assert "Author: somebody  \n" in program.cells[0].source
    assert r"$\alpha$" in program.cells[0].source
    assert program.defaults == {"rate": 0.1, "epochs": 3}
    assert program.parameters[0].help == "How far a step goes"


def test_no_title_is_needed() -> None:
    assert parse_program("print(1)\n", PATH).title == "train_it.py"
    assert parse_program('"""# In Markdown"""\nprint(1)\n', PATH).title == "In Markdown"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "cp1252", "utf-8-sig", "euc_kr"])
def test_encodings_are_those_that_python_knows(encoding: str, tmp_path: Path) -> None:
    text = "손실" if encoding == "euc_kr" else "café"
    declared = "" if "utf-8" in encoding else f"# coding: {encoding}\n"
    path = tmp_path / "x.py"
    path.write_bytes(f"{declared}name = '{text}'\nprint(name)\n".encode(encoding))
    program = read_program(path)
    assert program.defaults == {"name": text}
    assert parse_program(program.source, path) == program


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"# coding: klingon\nx = 1\n", "Its encoding is not known"),
        (b"x = '\xe9'\n", "Its text is not UTF-8 here."),
        (b"x = (\n", "Python cannot read this"),
        (b"return 3\n", "Python cannot read this"),
        (b"!ls\n", "Python cannot read this"),
    ],
)
def test_what_python_would_not_begin_to_run_is_refused(content, words, tmp_path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(content)
    (found,) = check_program(path)
    assert words in found.message
    assert (found.line, found.level) == (1, "error")


def test_marks_in_the_middle_of_a_function_leave_a_script() -> None:
    source = "def f():\n    # %%\n    x = 1\n    # %%\n    return x\n\nprint(f())\n"
    program = parse_program(source, PATH)
    assert [c.line for c in program.cells] == [1, 7]
    with pytest.raises(ProgramError):
        parse_program("# %%\nif x:\n# %%\n  (", PATH)


def test_a_percent_file_needs_neither_title_nor_parameters() -> None:
    program = parse_program("# %%\n%matplotlib inline\nx = 1\n# %%\nprint(x)\n", PATH)
    assert (program.kind, program.title) == ("script", "train_it.py")
    assert program.defaults == {"x": 1}
    assert [c.line for c in program.cells] == [2, 5]


def test_code_in_prose_is_said() -> None:
    program = parse_program("# %%\nx = 1\n# %% [markdown]\ny = 2\n# %%\nprint(x)\n", PATH)
    (remark,) = [r for r in program.remarks if r.level == "warning"]
    assert remark.line == 4
    assert "stands in a prose cell" in remark.message


PIECES = st.sampled_from(
    [
        '"""words"""',
        "'one'; a = 1",
        "a = 1; 'one'",
        "import os",
        "from os import path",
        "a = 1",
        "b = (1,\n     2)",
        "def f():\n    return 1",
        "@f\nclass C:\n    x = 1",
        "if __name__ == '__main__':\n    f()",
        "# a comment",
        "# ----\n# banner\n# ----",
        "s = '''\n# %% no mark\n'''",
        "if a:\n    pass\nelse:\n    pass",
        "\f",
        "",
        "",
        "",
    ]
)


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=14))
def test_no_statement_is_lost_and_every_line_is_true(pieces: list[str]) -> None:
    source = "\n".join(pieces) + "\n"
    if not source.strip():
        return
    program = parse_program(source, PATH)
    lines = source.split("\n")
    found: list[str] = []
    for cell in program.cells:
        if cell.kind == "prose":
            assert cell.source.split("\n")[0] in lines[cell.line - 1]
            continue
        size = cell.source.count("\n") + 1
        assert "\n".join(lines[cell.line - 1 : cell.line - 1 + size]).rstrip() == cell.source
        found += map(ast.dump, ast.parse(cell.source).body)
    expected = [s for s in ast.parse(source).body if not _is_text(s)]
    assert [f for f in found if "Expr(value=Constant(value='" not in f] == list(
        map(ast.dump, expected)
    )


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


@pytest.mark.parametrize(
    ("source", "last"),
    [
        ("x = 1\n# done\n\n# really\n", ("code", "x = 1\n# done\n\n# really", 1)),
        ("if True:\n    x = 1\n    # inside\n", ("code", "if True:\n    x = 1\n    # inside", 1)),
        ('x = 1\n"""\nProse.\n"""\n\n# the end\n', ("code", "# the end", 6)),
        ("x = 1  # here\n\n", ("code", "x = 1  # here", 1)),
    ],
)
def test_comments_after_the_last_statement_belong_to_a_cell(
    source: str, last: tuple[str, str, int]
) -> None:
    cell = parse_program(source, PATH).cells[-1]
    assert (cell.kind, cell.source, cell.line) == last


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = 1\n<<<<<<< HEAD\ny = 2\n=======\n>>>>>>> main\n", "marks of a merge conflict"),
        ("x = 1\n".encode("utf-16"), "Its text is UTF-16"),
        ("x = 'ü'\n".encode("latin-1"), "Its text is not UTF-8 here"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(data)
    (found,) = check_program(path)
    assert message in found.message
    assert found.next_step
    assert path.read_bytes() == data
