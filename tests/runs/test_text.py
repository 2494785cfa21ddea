"""Foreign text on its way to a terminal."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.runs.text import inert, plain, visible

OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
anything = st.text(st.characters(categories=[*"LMNPSZ", "Cc", "Cf", "Cs"]), max_size=60)


@given(anything)
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    for made in (inert(text), visible(text), plain(text)):
        assert not OBEYED.search(made)


@given(anything)
def test_visible_text_leaves_nothing_out(text: str) -> None:
    """Each character is there, or a mark of its own stands in its place."""
    at = 0
    shown = visible(text)
    for character in text.replace("\r\n", "\n"):
        code = ord(character)
        marks = [
            character,
            f"<U+{code:04X}>",
            "\u2421" if code == 0x7F else chr(0x2400 + code % 32),
        ]
        if code == 0x0D:
            marks = ["\u240d\n"]
        found = next((mark for mark in marks if shown.startswith(mark, at)), None)
        assert found is not None, (text, shown, at)
        at += len(found)
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t":
            assert found != character
    assert at == len(shown)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("x = 1  # fine\rimport os\n", "x = 1  # fine␍\nimport os\n"),
        ("import os  #\b\b\b\b\bfine", "import os  #␈␈␈␈␈fine"),
        ('"""\x1b]0;\nimport os\n\x07"""', '"""␛]0;\nimport os\n␇"""'),
        ('"""\x1bP\nimport os', '"""␛P\nimport os'),
        ("a = '\x9b8m' + b", "a = '<U+009B>8m' + b"),
        ("if user != '\u202e nimda':", "if user != '<U+202E> nimda':"),
        ("a\u200bb = 1", "a<U+200B>b = 1"),
        ("a = 1\r\nb = 2\r\n", "a = 1\nb = 2\n"),
    ],
)
def test_code_that_hides_is_shown(code: str, shown: str) -> None:
    assert visible(code) == shown
