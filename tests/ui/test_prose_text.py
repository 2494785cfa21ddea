"""Markdown as rows: nothing is lost, nothing is wider than the pane, words can be pressed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tflab.ui.workbench.prose_text import ProseText

PAGE = """\
# Title

A paragraph with *stress*, **weight**, `code`, a [tensor](term:tensor) and a
[page](https://example.org), that is long enough to be wrapped.

- one item that is long enough to be wrapped somewhere in the middle
- two
  - three

3. a

   b
4. c

> said by
> somebody

| name | meaning |
|------|---------|
| `x`  | an input, described at a length that does not fit |

```python
def f(x):
    return x
```
---
first<br>second <b>bold</b>

<div>View <a href="x">the source</a></div>

![a picture](attachment:x.png)
"""

MARKUP = st.text(st.sampled_from("ab손 \n#*_`-|>[]()1.<\t\\!~é\x1b\u202e"), max_size=80)


def rows(source: str, width: int = 60) -> list[str]:
    return [row.plain.rstrip() for row in ProseText(source).rows(width)]


def test_the_parts_of_a_page():
    assert rows(PAGE) == [
        "Title",
        "",
        "A paragraph with stress, weight, code, a tensor and a page,",
        "that is long enough to be wrapped.",
        "",
        "• one item that is long enough to be wrapped somewhere in",
        "  the middle",
        "• two",
        "  • three",
        "",
        "3. a",
        "",
        "   b",
        "",
        "4. c",
        "",
        "▌ said by somebody",
        "",
        "name  meaning",
        "─" * 55,
        "x     an input, described at a length that does not fit",
        "",
        "  def f(x):",
        "      return x",
        "",
        "─" * 60,
        "",
        "first",
        "second bold",
        "",
        "View the source",
        "",
        "[picture: a picture]",
        "",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [12, 20, 40, 200])
def test_no_row_is_wider_than_the_pane_and_no_word_is_lost(width):
    found = rows(PAGE, width)
    assert all(cell_len(row) <= width for row in found)
    words = "".join("".join(found).replace("↳", " ").split())
    for word in ("wrapped", "somewhere", "described", "somebody", "returnx"):
        assert word in words


@given(MARKUP, st.integers(8, 100))
def test_any_text_can_be_laid_out(source, width):
    for row in ProseText(source).rows(width):
        assert "\n" not in row.plain
        assert "\x1b" not in row.plain
        assert cell_len(row.plain) <= max(width, 24)


def test_a_technical_word_can_be_pressed_and_another_link_not():
    paragraph = ProseText(PAGE).rows(60)[2]
    start = paragraph.plain.index("tensor")
    links = {
        paragraph.plain[span.start : span.end]: span.style.meta
        for span in paragraph.spans
        if not isinstance(span.style, str) and span.style.meta
    }
    assert links == {"tensor": {"@click": "explain('tensor')"}}
    assert paragraph.plain[start:].startswith("tensor and a page")


def test_a_line_without_end_is_cut_and_says_by_how_much():
    found = "".join(rows("word " * 400_000))
    assert "1,980,000 more characters" in found.replace("\n", "")
    assert len(found) < 30_000
