"""Text around charts: cell widths, and nothing that could steer a terminal."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from tflab.charts.drawing import ChartOptions, LegendEntry
from tflab.charts.text import cell_width, clean, fit, legend_lines, pad

words = st.text(max_size=30).map(clean)


@given(words, st.integers(0, 40), st.booleans())
def test_fit_keeps_to_the_cells(text: str, cells: int, unicode: bool) -> None:
    cut = fit(text, cells, unicode)
    assert cell_width(cut) <= cells
    if cell_width(text) <= cells:
        assert cut == text


@given(st.text(max_size=50))
def test_clean_text_cannot_steer_a_terminal(text: str) -> None:
    assert clean(text).isprintable()
    assert clean(text, unicode=False).isascii()
    assert wcswidth(clean(text)) >= 0


def test_wide_characters_take_two_cells() -> None:
    assert cell_width("손실 loss") == 9
    assert fit("경사 하강법", 6) == "경사 …"
    assert fit("경사 하강법", 6, unicode=False) == "경사 ~"
    assert pad("손실", 6) == "손실  "
    assert pad("손실", 6, right=True) == "  손실"


def test_emoji_that_terminals_disagree_about_are_made_plain() -> None:
    assert clean("\U0001f1f0\U0001f1f7 1\ufe0f \U0001f44d\U0001f3fb") == "KR 1 \U0001f44d"


def test_a_legend_wraps_between_entries() -> None:
    entries = [LegendEntry("***", None, name) for name in ("loss", "val_loss", "손실")]
    assert legend_lines(entries, 24, ChartOptions()) == ("*** loss   *** val_loss", "*** 손실")
    assert legend_lines(entries[:1], 6, ChartOptions()) == ("*** l…",)
    assert legend_lines([], 20, ChartOptions()) == ()


def test_options_and_text_do_without_numpy_and_textual() -> None:
    code = (
        "import sys, tflab.charts.drawing, tflab.charts.palette, tflab.charts.text;"
        "print(sorted({'numpy', 'plotext', 'textual', 'tensorflow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_drawing_brings_neither_textual_nor_tensorflow() -> None:
    code = (
        "import sys, tflab.charts.loss, tflab.charts.figures as f;"
        "print(sorted({'textual', 'rich', 'tensorflow', 'tsdownsample'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
