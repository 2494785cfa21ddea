"""Intervals grow by SM-2, and what is kept survives two workbenches and a damaged file."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tflab.quiz.review_store import ReviewStore
from tflab.quiz.schedule import Card, Grade, graded

DAY = date(2026, 3, 1)
grades = st.lists(st.sampled_from(Grade), min_size=1, max_size=40)


def test_known_at_once_comes_back_after_1_6_15_and_38_days():
    card, days = None, []
    for _ in range(4):
        card = graded(card, Grade.AT_ONCE, DAY)
        days.append((card.due - DAY).days)
    assert days == [1, 6, 15, 38]


def test_a_second_try_makes_it_come_back_sooner():
    card = graded(graded(None, Grade.AT_SECOND_TRY, DAY), Grade.AT_SECOND_TRY, DAY)
    assert round(card.ease, 2) == 2.22
    assert graded(card, Grade.AT_ONCE, DAY).days == 13


def test_a_miss_begins_anew_with_the_ease_as_it_was():
    card = graded(Card(due=DAY, days=38, streak=4, ease=1.9), Grade.MISSED, DAY)
    assert (card.days, card.streak, card.ease) == (1, 0, 1.9)
    assert graded(graded(card, Grade.AT_ONCE, DAY), Grade.AT_ONCE, DAY).days == 6


@given(given_grades=grades)
def test_whatever_is_answered_the_next_day_lies_ahead(given_grades: list[Grade]):
    card, today, days = None, DAY, 0
    for grade in given_grades:
        card = graded(card, grade, today)
        assert 1.3 <= card.ease <= 2.5
        assert card.due > today
        if grade is Grade.MISSED:
            assert card.days == 1
        elif card.streak > 1:
            assert card.days >= days
        today, days = card.due, card.days
        if today > DAY + timedelta(days=100_000):
            break


def test_two_workbenches_lose_nothing_of_each_other():
    first, second = ReviewStore(), ReviewStore()
    first.note("a", Grade.AT_ONCE, DAY)
    second.note("b", Grade.MISSED, DAY)
    first.note("a", Grade.AT_ONCE, DAY)
    cards = second.read()
    assert set(cards) == {"a", "b"}
    assert cards["a"].due == DAY + timedelta(days=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_whatever_the_file_holds_it_can_be_read_and_written(tmp_path: Path, content: bytes):
    path = tmp_path / "review.json"
    path.write_bytes(content)
    ReviewStore(path).read()
    assert "a" in ReviewStore(path).note("a", Grade.AT_ONCE, DAY)
    assert set(ReviewStore(path).read()) >= {"a"}
