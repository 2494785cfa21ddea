"""Code in a narrow pane keeps its indentation, and loses nothing."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len
from textual.content import Content

from tflab.ui.workbench.code_text import CodeText, wrap_code

CODE = """\
def step(inputs):
    for name, tensor in [("scalar", scalar), ("vector", vector)]:
        print(f"{name:7} rank {tf.rank(tensor)}  shape {tuple(tensor.shape)}")

    return inputs"""


def wrapped(code: str, width: int) -> str:
    return "\n".join(row.plain for row in wrap_code(Content(code), width))


def without_marks(rows: str) -> str:
    return rows.replace("↳", " ")


def test_what_fits_is_left_alone() -> None:
    assert wrapped(CODE, 100) == CODE


@pytest.mark.parametrize("width", [8, 12, 30, 54, 60])
def test_no_line_is_wider_and_nothing_is_lost(width: int) -> None:
    rows = wrapped(CODE, width)
    assert all(cell_len(line) <= width for line in rows.split("\n"))
    assert "".join(without_marks(rows).split()) == "".join(CODE.split())


def test_a_long_line_goes_on_further_in() -> None:
    lines = wrapped(CODE, 54).split("\n")
    assert lines[1].startswith('    for name, tensor in [("scalar"')
    assert lines[2].startswith("      ↳ ")
    assert not lines[2][8:].startswith(" ")


@pytest.mark.parametrize("width", range(22, 60, 3))
def test_no_number_and_no_name_is_torn(width: int) -> None:
    code = "weights=np.array([2.167,31.25e-4,learning_rate**2,alpha_beta!=0.125])"
    words = r"[\w.]+(?:(?<=\de)-\d+)?"
    found = re.findall(words, " ".join(without_marks(wrapped(code, width)).split()))
    assert found == re.findall(words, code)


def test_a_token_without_end_is_torn_where_the_row_is_full() -> None:
    lines = wrapped("key='" + "a1" * 60 + "'", 40).split("\n")
    assert len(lines[0]) == 40


def test_wide_characters_are_measured_in_cells() -> None:
    rows = wrapped("x = '" + "값" * 20 + "'", 20)
    assert all(cell_len(line) <= 20 for line in rows.split("\n"))
    assert rows.count("값") == 20


def test_styles_stay_with_their_words() -> None:
    code = Content.assemble(("one one ", "bold"), ("two_three_1", "italic"))
    second = wrap_code(code, 16)[1]
    assert without_marks(second.plain).strip() == "two_three_1"
    assert second.spans[-1].style == "italic"
    assert second.plain[second.spans[-1].start : second.spans[-1].end] == "two_three_1"


@pytest.mark.parametrize("width", [4, 8, 20, 60, 100])
@pytest.mark.parametrize(
    "code", [CODE, "x = 1", "", "\n\n", "x = '" + "값" * 90 + "'", "\tx = 1" * 30]
)
def test_the_height_is_known_before_it_is_laid_out(code: str, width: int) -> None:
    text = CodeText(code)
    assert text.height(width) == len(text.rows(width))


def test_a_line_without_end_is_cut_and_says_by_how_much() -> None:
    code = f"x = '{'ab ' * 500_000}'\nprint(x)"
    text = CodeText(code)
    assert "… 1,498,006 more characters\nprint(x)" in text.plain
    assert text.height(60) < 60
    assert CodeText(code, whole=True).plain == code


def test_what_a_terminal_would_obey_or_not_show_is_seen() -> None:
    rows = CodeText("x = 1  # \x1b[2K\u202e\u200b").rows(60)
    assert rows[0].plain == "x = 1  # ␛[2K<U+202E><U+200B>"
