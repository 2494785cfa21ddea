"""Code in a narrow pane keeps its indentation, and loses nothing."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.content import Content

from tflab.ui.workbench.code_text import wrap_code

CODE = """\
def step(inputs):
    for name, tensor in [("scalar", scalar), ("vector", vector)]:
        print(f"{name:7} rank {tf.rank(tensor)}  shape {tuple(tensor.shape)}")

    return inputs"""


def test_what_fits_is_left_alone() -> None:
    assert wrap_code(Content(CODE), 100).plain == CODE


@pytest.mark.parametrize("width", [8, 12, 30, 54, 60])
def test_no_line_is_wider_and_nothing_is_lost(width: int) -> None:
    wrapped = wrap_code(Content(CODE), width).plain
    assert all(cell_len(line) <= width for line in wrapped.split("\n"))
    assert "".join(wrapped.split()) == "".join(CODE.split())


def test_a_long_line_goes_on_further_in() -> None:
    lines = wrap_code(Content(CODE), 54).plain.split("\n")
    assert lines[1].startswith('    for name, tensor in [("scalar"')
    assert len(lines[2]) - len(lines[2].lstrip()) == 8


def test_wide_characters_are_measured_in_cells() -> None:
    wrapped = wrap_code(Content("x = '" + "값" * 20 + "'"), 20).plain
    assert all(cell_len(line) <= 20 for line in wrapped.split("\n"))
    assert wrapped.count("값") == 20


def test_styles_stay_with_their_words() -> None:
    code = Content.assemble(("one one ", "bold"), ("two_three_1", "italic"))
    second = wrap_code(code, 16).split("\n")[1]
    assert second.plain.strip() == "two_three_1"
    assert [span.style for span in second.spans] == ["italic"]
