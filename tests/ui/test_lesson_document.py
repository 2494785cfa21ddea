"""Rows of a page: where each block stands, and what stays in place while others change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from tflab.ui.workbench.lesson_document import Anchor, Block, Document, Row


class Lines(Block):
    """A block of so many rows, of which it knows only about how many."""

    def __init__(self, name: str, count: int, guess: int | None = None) -> None:
        self.name, self.count = name, count
        self.guessed = count if guess is None else guess
        self.laid_out = 0

    def guess(self, width: int) -> int:
        return self.guessed

    def height(self, width: int) -> int:
        return self.count

    def rows(self, width: int) -> list[Row]:
        self.laid_out += 1
        return [Row(Content(f"{self.name}{number}")) for number in range(self.count)]


COUNTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12)


def make(counts: list[tuple[int, int]]) -> Document:
    return Document([Lines(f"{n}.", *pair) for n, pair in enumerate(counts)], 80)


def text(document: Document, row: int) -> str:
    found = document.row(row)
    return "" if found is None else found[2].text


@given(COUNTS)
def test_all_rows_stand_one_below_the_other_once_all_are_laid_out(counts):
    document = make(counts)
    while document.measure_some(0):
        pass
    expected = [f"{n}.{row}" for n, (count, _) in enumerate(counts) for row in range(count)]
    assert [text(document, row) for row in range(document.height)] == expected
    assert text(document, document.height) == ""
    assert text(document, -1) == ""
    for row in range(document.height):
        assert document.row_of(document.at(row)) == row


@given(COUNTS, st.integers(0, 60), st.integers(1, 10))
def test_what_is_in_view_is_exact_wherever_one_is(counts, row, height):
    document = make(counts)
    anchor = document.at(min(row, max(document.height - 1, 0)))
    document.settle(anchor, height)
    top = document.row_of(anchor)
    for y in range(top, min(top + height, document.height)):
        place, number = document.at(y)
        assert text(document, y) == f"{place}.{number}"


def test_a_place_stays_when_rows_come_above_it():
    document = make([(3, 3), (4, 4), (5, 5)])
    anchor = document.at(8)
    assert anchor == Anchor(2, 1)
    block = document.blocks[0]
    block.count = 10
    document.changed(block)
    assert document.row_of(anchor) == 15
    assert document.span(document.blocks[2]) == (14, 5)


def test_only_what_is_looked_at_is_laid_out():
    document = make([(5, 5)] * 5000)
    document.settle(document.at(0), 40)
    for row in range(40):
        document.row(row)
    assert sum(block.laid_out for block in document.blocks) == 8


def test_without_a_width_there_is_nothing():
    document = Document([Lines("a", 3)], 0)
    assert document.height == 0
    assert document.row(0) is None
    assert document.span(document.blocks[0]) == (0, 0)
    document.changed(document.blocks[0])
    document.fit(80)
    assert document.height == 3


def test_a_block_gives_its_rows_up_and_takes_them_back():
    document = make([(2, 2), (3, 3), (2, 2)])
    block = document.blocks[1]
    assert document.reserve(block, 5)
    assert not document.reserve(block, 5)
    assert document.span(block) == (2, 5)
    assert [text(document, row) for row in range(2, 8)] == ["", "", "", "", "", "2.0"]
    assert document.reserve(block, None)
    assert [text(document, row) for row in range(2, 6)] == ["1.0", "1.1", "1.2", "2.0"]
