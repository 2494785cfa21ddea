"""The percent reader, held against Jupytext: on the course, on generated files, on odd ones."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import jupytext
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.validator import ValidationError

from tflab.programs.library import find_lessons
from tflab.programs.percent import MarkError, split_cells
from tflab.programs.program import Cell
from tflab.programs.reader import read_program

FORMAT = {"extension": ".py", "format_name": "percent", "comment_magics": False}


def by_jupytext(source: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Kind, text and tags of the cells that Jupytext finds and that we keep."""
    notebook = jupytext.reads(source, FORMAT)
    found = []
    for cell in notebook.cells:
        text = "\n".join(cell.source.split("\n")).strip("\n").rstrip()
        lines = text.splitlines()
        while lines and not lines[0].strip():
            del lines[0]
        if cell.cell_type == "raw" or not lines:
            continue
        kind = "prose" if cell.cell_type == "markdown" else "code"
        tags = cell.metadata.get("tags", ())
        found.append(
            (kind, "\n".join(lines), (tags,) if isinstance(tags, str) else tuple(tags or ()))
        )
    return found


def by_us(source: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(cell.kind, cell.source, cell.tags) for cell in split_cells(source)]


def check_lines(source: str, cells: tuple[Cell, ...]) -> None:
    """Every cell stands in the file where it says."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for cell in cells:
        for number, text in enumerate(cell.source.split("\n")):
            there = lines[cell.line - 1 + number]
            last = number == cell.source.count("\n")
            there = there.rstrip() if last else there
            assert there == text if cell.kind == "code" else text in there


@pytest.mark.parametrize("entry", find_lessons(), ids=lambda entry: entry.id)
def test_the_course(entry) -> None:
    source = entry.path.read_text(encoding="utf-8")
    assert by_us(source) == by_jupytext(source)
    check_lines(source, read_program(entry.path).cells)


MARKS = [
    "# %%",
    "#%%",
    "  # %%",
    "\t#\t%%\t[markdown]",
    "# %%\t",
    "# %% [markdown]",
    "# %% [md]",
    "# %% [raw]",
    '# %% tags=["parameters"]',
    "# %% A title of several words",
    "# %% A title [markdown]",
    "# %%% deeper",
    "# %%%% deeper still",
    "# %%%",
    "# %%no mark",
    "# <codecell>",
    "# In[ 3 ]:",
    "# In[]",
    "# %% {",
    '# %% [markdown] {"tags": ["a", "b"], "x": 1}',
    '# %% A title {"tags": ["a"]}',
    "# %% tags=['a', \"b=c\"] x=3 word",
    '# %% [md] tags="one"',
    '# %% tags = ["a b"]',
    "# %% a=b=c [markdown]",
    "# %% x=[1, 2 tags=['p']",
    "# %% .x [markdown]",
    "# %% [markdown] .x",
]
TEXTS = [
    '"""',
    "'''",
    'r"""',
    "r''' one line '''",
    '"""""""',
    "# ```",
    "# ````",
    "# ~~~",
    "# ```python",
    "# # Title",
    "# it's",
    'x = """ # """',
    "'a\\",
    "a = 1",
    "if a:",
    "text without a sign",
    "",
    "   ",
]
LINES = st.lists(
    st.one_of(
        st.sampled_from(MARKS), st.sampled_from(TEXTS), st.text("#% \"'`=[]{}\\\tab", max_size=8)
    ),
    max_size=14,
)

ENDS = st.sampled_from(["\n", "\r\n", "\r"])
FIRST = st.sampled_from(["# %%\n", "# %% [md]\n", "x\n"])


@settings(max_examples=1000, deadline=None)
@given(
    LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["# %%\n", "# %% [md]\n", "x\n"])
)
def test_generated_files(lines: list[str], end: str, first: str) -> None:
    source = first + end.join(lines)
    try:
        expected = by_jupytext(source)
    except (AttributeError, KeyError, TypeError, ValueError, ValidationError):
        # What Jupytext cannot read is ours to answer.
        with suppress(MarkError):
            split_cells(source)
        return
    assert by_us(source) == expected
    check_lines(source, split_cells(source))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# %%\na = 1", [("code", "a = 1", 2)]),
        ("a = 1\n# %%\nb = 2\n", [("code", "a = 1", 1), ("code", "b = 2", 3)]),
        ("# a licence\n\n# %%\nb = 2\n", [("code", "b = 2", 4)]),
        ("# %%\r\na = 1\r\n\r\n# %%\r\nb", [("code", "a = 1", 2), ("code", "b", 5)]),
        # A form feed is no end of a line to Python.
        ("# %%\na = 1\n\f\nb = 2\n# %%\nc", [("code", "a = 1\n\f\nb = 2", 2), ("code", "c", 6)]),
        ("# %% [markdown]\n# a\fb\n# c", [("prose", "a\fb\nc", 2)]),
        ("# %%\n\n\n\n# %%\n \n# %% [raw]\nx\n# %% [md]\n#", []),
        ("# %%\nx = \"'''\"\n# %%\ny", [("code", "x = \"'''\"", 2), ("code", "y", 4)]),
        ("# %%\nx = '\\\\' '''\n# %%\n'''", [("code", "x = '\\\\' '''\n# %%\n'''", 2)]),
        (
            '# %%\nx = """\n# %%\n"""\n# %%\ny',
            [("code", 'x = """\n# %%\n"""', 2), ("code", "y", 6)],
        ),
        ('# %% active="py"\nx = 1', [("code", "x = 1", 2)]),
        ('# %% tags=["active-py"]\nx = 1', [("code", "x = 1", 2)]),
        ('# %% language="R"\n# x <- 1\n# %%\ny', [("code", "y", 4)]),
        ("# %% Plain words\nx", [("code", "x", 2)]),
        (
            "# %% [markdown]\n# ```\n# %% no mark\n# ```\n# %%\nx",
            [("prose", "```\n%% no mark\n```", 2), ("code", "x", 6)],
        ),
        (
            "# %% [markdown]\n# ```\n# never closed\n# %%\nx",
            [("prose", "```\nnever closed", 2), ("code", "x", 5)],
        ),
        ('# %% [md]\n\nr"""\n\nT\n"""', [("prose", "T", 5)]),
        ("#%%\nx", [("code", "x", 2)]),
        ("x\n# %%", [("code", "x", 1)]),
        ("", []),
    ],
)
def test_odd_files(source: str, expected: list[tuple[str, str, int]]) -> None:
    assert [(cell.kind, cell.source, cell.line) for cell in split_cells(source)] == expected


@pytest.mark.parametrize("options", ["tags=5", "tags=[1]", '{"tags": {}}', "{1}"])
def test_options_that_make_no_sense_name_their_line(options: str) -> None:
    source = f"# %%\na\n\n# %% {options}\nb"
    with pytest.raises(MarkError) as found:
        split_cells(source)
    assert found.value.line == 4


def test_five_thousand_cells_are_split_at_once() -> None:
    pair = '# %% [markdown]\n# ## A step\n# Prose.\n\n# %%\nx = "a" + """b"""  # c\nprint(x)\n\n'
    source = pair * 2500
    began = time.process_time()
    assert len(split_cells(source)) == 5000
    assert time.process_time() - began < 0.3


@pytest.mark.parametrize(
    "line",
    [
        '"' * 1_600_000,
        "x='''" + "a" * 1_600_000 + "'''",
        "'" + "\\'" * 800_000,
        " " * 1_600_000 + "#",
        "# " * 800_000,
        "# %% " + "a=1 " * 400_000,
        "# %% [md] " + "{" * 1_600_000,
        "'''x'''" * 200_000,
        "\\" * 1_600_000,
        "\n".join("# " + "`" * (1500 - n) + "x" for n in range(1400)),
    ],
    ids=lambda line: line[:6],
)
def test_no_line_is_read_more_than_a_few_times(line: str) -> None:
    began = time.process_time()
    with suppress(MarkError):
        split_cells(f"# %% [md]\n{line}\n")
    assert time.process_time() - began < 3


def test_a_byte_order_mark_is_no_part_of_the_first_mark(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b'\xef\xbb\xbf# %% [md]\r\n# # T\r\n# %% tags=["parameters"]\r\na = 1\r\n')
    assert [cell.line for cell in read_program(path).cells] == [2, 4]
