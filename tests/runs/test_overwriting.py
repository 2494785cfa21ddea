"""Progress bars end as the line that a terminal would show at their end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.runs.overwriting import OpenLines
from tflab.runs.text import plain
from tflab.runs.transcript import Transcript

bars = st.lists(
    st.sampled_from(["\r", "\n", "\r\n", "a", "bb", "50%", "\x1b[1m", "\x1b[K", "\x1b[2K"]),
    max_size=40,
)


def shown(*pieces: str) -> str:
    text = Transcript()
    for piece in pieces:
        text.write(piece)
    return text.text()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Epoch 1\n\r1/3 a\b\b\b\r2/3 b\r3/3 c\nEpoch 2\n", "Epoch 1\n3/3 c\nEpoch 2\n"),
        ("10%\r50%", "50%"),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("gone\r\x1b[Kkept\n", "kept\n"),
        ("gone\x1b[2K\rkept\n", "kept\n"),
        ("\x1b[31mred\x1b[0m\n", "red\n"),
    ],
)
def test_what_is_left_of_progress_bars(written: str, expected: str) -> None:
    assert shown(written) == expected
    assert shown(*written) == expected


def test_several_bars_of_tqdm_are_a_line_each() -> None:
    written = ["\ra 0", "\n\rb 0\x1b[A", "\ra 1", "\n", "\rb 1", "\x1b[A", "\ra 2", "\n\n", "end\n"]
    assert shown(*written) == shown("".join(written)) == "a 2\nb 1\nend\n"


@given(bars, st.data())
def test_it_does_not_matter_in_which_pieces_it_comes(
    pieces: list[str], data: st.DataObject
) -> None:
    whole = "".join(pieces)
    cut = data.draw(st.integers(0, len(whole)))
    assert shown(whole) == shown(whole[:cut], whole[cut:]) == shown(*whole)


@given(st.lists(st.text(alphabet="ab \n\t", max_size=20), max_size=20))
def test_other_text_stays_as_it_is(pieces: list[str]) -> None:
    assert shown(*pieces) == plain("".join(pieces))


def test_an_hour_of_a_progress_bar_leaves_one_line() -> None:
    text = Transcript(head_limit=500, tail_limit=500)
    text.write("before\n")
    for n in range(20_000):
        text.write(f"\r{n:6}/20000 " + "━" * 30)
    text.write("\nafter\n")
    assert text.text() == "before\n 19999/20000 " + "━" * 30 + "\nafter\n"
    assert not text.skipped


def test_a_line_without_an_end_is_not_kept_back_for_ever() -> None:
    lines = OpenLines()
    assert sum(len(lines.write("x" * 1000)) for _ in range(100)) > 80_000
