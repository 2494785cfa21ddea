"""Values as a notebook shows them, in text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.recording.html_text import html_text
from tflab.recording.readable import WIDTH, readable


class Opaque:
    """Shows itself to a browser only."""

    def __init__(self, **forms: object) -> None:
        for name, found in forms.items():
            setattr(self, f"_repr_{name}_", lambda found=found: found)


def test_a_table_has_its_columns_and_no_line_too_many() -> None:
    table = readable(pd.DataFrame({"a": [1, 2], "long name": [0.5, float("nan")]}))
    assert table.splitlines() == ["   a  long name", "0  1        0.5", "1  2        NaN"]
    assert readable(pd.Series([1, 2], name="x")).splitlines()[0].split() == ["0", "1"]
    wide = readable(pd.DataFrame(np.zeros((100, 30))))
    assert max(map(len, wide.splitlines())) <= WIDTH + 2
    assert "[100 rows x 30 columns]" in wide
    assert len(wide.splitlines()) < 80


def test_what_the_program_set_for_tables_holds() -> None:
    with pd.option_context("display.max_rows", 4, "display.precision", 1):
        text = readable(pd.DataFrame({"a": [0.123456] * 50}))
    assert "0.12" not in text
    assert "[50 rows x 1 columns]" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Opaque(html="<b>Hi</b> there"), "Hi there"),
        (Opaque(markdown="# Hi", html="<h1>no</h1>"), "# Hi"),
        (Opaque(latex="$x$"), "$x$"),
        (Opaque(html="<audio src='x'></audio>"), "(Opaque: shown by a browser only)"),
        (Opaque(html=("<i>with</i>", {"isolated": True})), "with"),
        ("a 'text'", "\"a 'text'\""),
        (Opaque, repr(Opaque)),
        ({"b": 1, "a": [2]}, "{'b': 1, 'a': [2]}"),
    ],
)
def test_objects_say_what_they_can(value: object, text: str) -> None:
    assert readable(value) == text


def test_an_object_that_says_nothing_is_its_repr() -> None:
    assert readable(Opaque()).startswith("<")


def test_long_lists_are_broken_into_lines_and_cut() -> None:
    text = readable(list(range(60)))
    assert max(map(len, text.splitlines())) <= WIDTH
    assert eval(text) == list(range(60))
    assert readable(list(range(5000))).endswith(" … 5,000 items in all")


def test_a_table_of_html_is_a_table() -> None:
    html = "<p>Two:</p><table><tr><th></th><th>a</th></tr><tr><th>x</th><td>10</td></tr></table>"
    assert html_text(html + "<p>end") == "Two:\n   a\nx  10\nend"


def test_html_keeps_lists_and_line_ends_and_drops_scripts() -> None:
    html = "<style>b{}</style>one<br>two<ul><li>a &lt; b<li>c</ul><script>if (a < b) x()</script>"
    assert html_text(html) == "one\ntwo\n- a < b\n- c"
    assert html_text("<pre>a  b\n  c</pre>") == "a  b\n  c"


@given(st.text(alphabet="<>/atrdhpulbi&; \n\"='!-", max_size=80))
def test_no_html_is_too_broken(html: str) -> None:
    assert "<table" not in html_text(html)
