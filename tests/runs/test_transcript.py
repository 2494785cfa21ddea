"""Text from a lesson can never steer a terminal, and never grows without bounds."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.runs.text import plain, plain_line
from tflab.runs.transcript import Transcript

sequences = st.sampled_from(
    [
        "\x1b[2J",
        "\x1b]0;t\x07",
        "\x1b]52;c;aGk=\x1b\\",
        "\x9b31m",
        "\x1bc",
        "\x1b",
        "\x1b[",
        "\x9d",
        "\r",
        "\b",
        "\n",
        "\t",
        "\u202e",
        "\x00",
        "\x1bP1q\x1b\\",
        "\x90",
        "\x7f",
        "\x85",
    ]
)
hostile = st.lists(st.one_of(sequences, st.text(max_size=5)), max_size=12).map("".join)


@given(hostile)
def test_no_control_character_but_a_line_end_is_ever_shown(text):
    shown = plain(text)
    assert not [c for c in shown if c != "\n" and unicodedata.category(c) == "Cc"]
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert "\n" not in plain_line(text)


@given(hostile)
def test_making_safe_twice_changes_nothing_more(text):
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hello\n", "hello\n"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("10%\r50%\r100%\n", "100%\n"),
        ("one\r\ntwo", "one\ntwo"),
        ("abc\b\bX", "aX"),
        ("a\tb", "a       b"),
        ("bell\x07", "bell␇"),
        ("한글 日本語", "한글 日本語"),
    ],
)
def test_plain_text_as_a_terminal_would_leave_it(text, shown):
    assert plain(text) == shown


@given(st.lists(st.text(max_size=40), max_size=40))
def test_a_transcript_keeps_beginning_and_end(pieces):
    transcript = Transcript(head_limit=50, tail_limit=80)
    for piece in pieces:
        transcript.add(piece)
    whole = "".join(pieces)
    kept = transcript.head + transcript.tail
    assert len(transcript.head) <= 50
    assert len(transcript.tail) <= 100
    assert len(kept) + transcript.skipped == len(whole)
    assert whole.startswith(transcript.head)
    assert whole.endswith(transcript.tail)
    assert transcript.skipped or transcript.text() == plain(whole)


def test_what_was_left_out_is_said():
    transcript = Transcript(head_limit=5, tail_limit=5)
    transcript.add("hello" + "x" * 1000 + "world")
    assert transcript.text().startswith("hello\n… 1,000 characters left out")
    assert transcript.text().endswith("world")
