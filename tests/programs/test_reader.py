"""Reading lesson files: good ones, every kind of bad one, and text that is no lesson at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tflab.programs.library import course_folder, lesson_id
from tflab.programs.reader import ProgramError, check_program, parse_program, read_program

PATH = course_folder() / "10_good_lesson.py"
TITLE = "# %% [markdown]\n# # A title\n\n"
GOOD = (
    TITLE
    + '# %% tags=["parameters"]\n'
    + "from typing import Annotated, Literal\n"
    + "from tflab import Meta\n\n"
    + 'rate: Annotated[float, Meta(gt=0, le=10, description="Step size")] = 1\n'
    + "steps = 40  # how many\n"
    + 'mode: Literal["eager", "graph"] = "eager"\n'
    + 'name: str = "x"\n'
    + "centred: bool = False\n"
    + "offset = -2.5\n\n"
    + "# %% [markdown]\n# Some prose.\n\n"
    + "# %%\nfrom tflab import lab\n\n"
    + 'lab.goal("loss < 0.1", True, hint=("weak", "strong"))\n'
    + 'lab.predict("Up or down?", "up", choices=["up", "down"])\n'
    + 'lab.predict("How many?", 3)\n'
)


def cell(*lines: str) -> str:
    """A lesson whose parameters cell holds `lines`, the first on line 5."""
    return TITLE + '# %% tags=["parameters"]\n' + "\n".join(lines) + "\n"


def problems(source: str) -> list[tuple[int, str]]:
    with pytest.raises(ProgramError) as caught:
        parse_program(source, PATH)
    assert all(problem.next_step for problem in caught.value.problems)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_good_lesson() -> None:
    lesson = parse_program(GOOD, PATH)
    assert (lesson.id, lesson.number, lesson.title) == ("good-lesson", 10, "A title")
    assert lesson.source == GOOD
    assert [c.kind for c in lesson.cells] == ["prose", "code", "prose", "code"]
    assert lesson.cells[2].source == "Some prose."
    assert lesson.defaults == {
        "rate": 1.0,
        "steps": 40,
        "mode": "eager",
        "name": "x",
        "centred": False,
        "offset": -2.5,
    }
    assert type(lesson.defaults["rate"]) is float
    assert [p.type for p in lesson.parameters] == ["float", "int", "choice", "str", "bool", "float"]
    assert [p.help for p in lesson.parameters[:2]] == ["Step size", "how many"]
    assert lesson.goals[0].hints == ("weak", "strong")
    assert [q.choices for q in lesson.questions] == [("up", "down"), ()]
    assert {g.cell for g in lesson.goals} == {3}


def test_lines_are_those_of_the_file() -> None:
    lesson = parse_program(GOOD, PATH)
    lines = GOOD.split("\n")
    for found in lesson.cells:
        first = found.source.split("\n")[0]
        assert lines[found.line - 1] == (first if found.kind == "code" else f"# {first}")
    for parameter in lesson.parameters:
        assert lines[parameter.line - 1].startswith(parameter.name)


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        (cell("a = 1") + "\n# %%\nprint(\n", 8, "Python cannot read this"),
        (cell("a = 1") + "\n# %%\n%matplotlib inline\n", 8, "Python cannot read this"),
        (cell("a = 1") + "\n# %%\nreturn 1\n", 8, "Python cannot read this"),
        (cell("a = 1") + "\n# %% [markdown]\nno comment mark\n", 8, "Python cannot read this"),
        (cell("a = 1 + 1"), 5, "The default of `a` is not a literal."),
        (cell("a = None"), 5, "The default of `a` is None."),
        (cell("a = [1]"), 5, "The default of `a` is a list."),
        (cell("a = {}"), 5, "The default of `a` is a dictionary."),
        (cell("a = len(x)"), 5, "The default of `a` is what a call returns"),
        (cell('a: int = "x"'), 5, "The default of `a` must be a whole number; it is 'x'."),
        (cell("a: int = True"), 5, "The default of `a` must be a whole number; it is True."),
        (cell("a = 1e999"), 5, "The default of `a` must be a number; it is inf."),
        (
            cell("a: Annotated[float, Meta(gt=0)] = 0"),
            5,
            "The default of `a` must be a number above 0; it is 0.",
        ),
        (
            cell('a: Literal["x", "y"] = "z"'),
            5,
            "The default of `a` must be one of x, y; it is 'z'.",
        ),
        (cell("a = 1", "b = 2", "a = 3"), 7, "The parameter `a` is there twice, first on line 5."),
        (cell("a: list[int] = 1"), 5, "`a`: The annotation `list[int]` is not known here."),
        (cell("a: Literal[1.5] = 1.5"), 5, "`a`: Choices are texts or whole numbers"),
        (cell("a: Annotated[int, Meta(multiple_of=2)] = 2"), 5, "`a`: Meta has no `multiple_of`"),
        (cell("a: Annotated[int, Meta(ge=2, le=1)] = 2"), 5, "`a`: Its bounds leave no value"),
        (cell("a: Annotated[int, Meta(gt=1, lt=2)] = 2"), 5, "`a`: Its bounds leave no value"),
        (cell("a: Annotated[int, Meta(ge=1, gt=1)] = 2"), 5, "`a`: It has both gt and ge."),
        (cell("a: Annotated[int, Meta(ge=limit)] = 2"), 5, "`a`: `ge` is not a literal."),
        (cell("a: Annotated[str, Meta(ge=1)] = 'x'"), 5, "`a`: `ge` bounds numbers only."),
        (cell(f"a: Literal[0x{'f' * 6000}] = 1"), 5, "`a`: Choices are texts or whole numbers"),
        (cell(f"a = 0x{'f' * 6000}"), 5, "The default of `a` must be a whole number"),
        (cell("a: int"), 5, "`a`: It has no default."),
        (cell("seed = 1"), 5, "`seed` is no name for a parameter"),
        (cell("device = 'cpu'"), 5, "`device` is no name for a parameter"),
        (cell("print('hello')"), 5, "Only imports and parameters may stand"),
        (cell("a = b = 1"), 5, "Only imports and parameters may stand"),
        (cell("a = 1") + cell("b = 1"), 10, "It has a second parameters cell"),
        (GOOD.replace("# # A title", "# no title"), 0, "It has no title."),
        (TITLE + "# %%\na = 1\n", 0, "It has no parameters cell."),
        ("# -*- coding: latin-1 -*-\n" + GOOD, 1, "It says that its encoding is latin-1."),
        (
            cell("a = 1") + "# %%\nlab.goal(f'{a}', True)\n",
            7,
            "The text of a goal is not a literal",
        ),
        (cell("a = 1") + "# %%\nlab.goal('a', True, hint=a)\n", 7, "The hint of a goal is not"),
        (TITLE + "# %% tags=5\na = 1\n", 4, "The options of this cell mark"),
        (cell("a = 1") + "# %%\nlab.predict(a, 1)\n", 7, "The question of a prediction is not a"),
        (
            cell("a = 1") + "# %%\nlab.predict('a', 1, choices=a)\n",
            7,
            "The choices of a prediction",
        ),
    ],
)
def test_problem_names_its_line(source: str, line: int, message: str) -> None:
    found = problems(source)
    assert any(at == line and text.startswith(message) for at, text in found), found


def test_all_problems_are_told_at_once() -> None:
    source = cell("a = len('x')", "b: dict = 1", "seed = 3") + "\n# %%\nprint(\n"
    assert [line for line, _ in problems(source)] == [5, 6, 7, 10]


def test_nothing_is_executed(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    code = f"__import__('pathlib').Path({str(witness)!r}).touch()"
    source = cell(f"a: [{code}] = 1", f"b = {code}", code) + f"\n# %%\n{code}\n"
    problems(source)
    assert not witness.exists()


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "3_x.py"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    lesson = read_program(path)
    assert [c.line for c in lesson.cells] == [c.line for c in parse_program(GOOD, PATH).cells]
    assert "\r" not in lesson.cells[1].source


def test_header_and_licence_belong_to_no_cell() -> None:
    header = "#!/usr/bin/env python\n# ---\n# jupyter:\n#   jupytext: {}\n# ---\n\n"
    lesson = parse_program(header + GOOD, PATH)
    assert lesson.cells[0].kind == "prose"
    assert lesson.cells[0].line == 2 + header.count("\n")


def test_marks_inside_text_do_not_split() -> None:
    code = 'text = """\n# %% no mark\n"""'
    lesson = parse_program(GOOD + "\n# %%\n" + code + "\n", PATH)
    assert lesson.cells[-1].source == code


@pytest.mark.parametrize("quotes", ['"""\nBig *text*.\n"""', '"""Big *text*."""', "# Big *text*."])
def test_prose_in_quotes(quotes: str) -> None:
    source = GOOD + "\n# %% [markdown]\n\n" + quotes + "\n"
    found = parse_program(source, PATH).cells[-1]
    assert (found.kind, found.source) == ("prose", "Big *text*.")
    assert "Big *text*." in source.split("\n")[found.line - 1]


def test_title_is_no_comment_in_a_fence() -> None:
    source = GOOD.replace("# # A title", "# ```\n# # no\n# ```\n# # Real ##")
    assert parse_program(source, PATH).title == "Real"


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", 0, "It is empty."),
        (b"\x7fELF\0\0", 0, "It is a binary file."),
        (b"# %%\n# caf\xe9\n", 2, "Its text is not UTF-8 here."),
        (b"#" * 2_000_001, 0, "It is larger than 2 MB."),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes, line: int, message: str) -> None:
    path = tmp_path / "bad.py"
    path.write_bytes(content)
    (problem,) = check_program(path)
    assert (problem.line, problem.message) == (line, message)
    assert problem.next_step


@pytest.mark.parametrize("ending", ["md", "Rmd", "qmd"])
def test_a_text_with_code_in_it_is_no_program(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"notes.{ending}"
    path.write_text("# Notes\n```python\nprint(1)\n```\n")
    (problem,) = check_program(path)
    assert problem.message.startswith(f"It is a text with code in it (.{ending.lower()})")
    assert f"jupytext --to ipynb {path.name}" in problem.next_step


def test_no_such_file_folder_and_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.py"
    os.mkfifo(pipe)
    for path, message in [
        (tmp_path / "none.py", "It cannot be read: No such file or directory."),
        (tmp_path, "It is not a file."),
        (pipe, "It is not a file."),
        (tmp_path / "x.ipynb", "It cannot be read: No such file or directory."),
    ]:
        assert [p.message for p in check_program(path)] == [message]


def test_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(GOOD)
    path.chmod(0)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from tflab.programs.reader import check_program\n"
        # Root may read everything; whoever it is then may still enter the folders on the way.
        "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "print(check_program(Path(sys.argv[1]))[0].message)\n"
    )
    for folder in tmp_path.parents[:2] if os.geteuid() == 0 else ():
        folder.chmod(0o755)
    tmp_path.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    assert done.stdout == "It cannot be read: Permission denied.\n"


def test_error_says_where_and_how_many() -> None:
    with pytest.raises(ProgramError) as caught:
        parse_program(cell("a = len('x')", "seed = 3"), PATH)
    assert caught.value.title == "10_good_lesson.py is not a good lesson"
    assert caught.value.cause.startswith("Line 5: The default of `a`")
    assert "1 more" in caught.value.cause


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("10_linear_classifier.py", ("linear-classifier", 10)),
        ("tensors.py", ("tensors", None)),
        ("01-my  Lesson.py", ("my-lesson", 1)),
        ("7.py", ("7", None)),
        ("__.py", ("lesson", None)),
    ],
)
def test_lesson_id(name: str, expected: tuple[str, int | None]) -> None:
    assert lesson_id(Path(name)) == expected


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("a = 2", "by =:"),
        ("for a in range(3): pass", "by a loop:"),
        ("def f():\n    global a\n    a += 1", "by += or the like:"),
        ("import os as a", "by import:"),
    ],
)
def test_a_parameter_that_the_program_sets_again_is_said(code: str, words: str) -> None:
    lesson = parse_program(cell("a = 1", "b = 2") + f"\n# %%\n{code}\n", PATH)
    (remark,) = lesson.remarks
    assert remark.level == "warning"
    assert "`a`" in remark.message
    assert words in remark.message
    assert [p.note for p in lesson.parameters] == [f"set again on line {remark.line}", ""]
    assert lesson.source.split("\n")[remark.line - 1] in code.split("\n")


def test_five_thousand_cells_are_read_at_once() -> None:
    pair = "# %% [markdown]\n# ## A step\n# Prose.\n\n# %%\nx = str(a)\nprint(x)\n\n"
    source = cell("a = 1") + pair * 2500
    began = time.process_time()
    assert len(parse_program(source, PATH).cells) == 5002
    assert time.process_time() - began < 3


def test_a_line_of_a_megabyte_and_a_half_is_read_at_once() -> None:
    source = cell("a = 1") + "\n# %%\nx = '" + "A" * 1_600_000 + "'\n"
    began = time.process_time()
    assert len(parse_program(source, PATH).cells) == 3
    assert time.process_time() - began < 3
