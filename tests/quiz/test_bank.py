"""Every question can be put, has a right answer, and stays known by its id."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.programs.library import find_lessons
from tflab.quiz.answers import Pick
from tflab.quiz.bank import BY_ID, KINDS
from tflab.quiz.kinds import Kind
from tflab.session.review import reading_places

SHIPPED = Path(__file__).with_name("shipped_ids.txt").read_text(encoding="utf-8").split()
"""The ids that people's cards may hold. One may be added, none may go or change."""


def test_no_id_that_a_card_may_hold_is_gone():
    assert set(SHIPPED) <= set(BY_ID)
    assert len(BY_ID) == len(KINDS), "each id is there once"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_question_can_be_put_whatever_is_drawn(kind: Kind):
    @given(seed=st.integers(0, 2**64))
    def holds(seed: int) -> None:
        question = kind.draw(Random(seed))
        assert question == kind.draw(Random(seed)), "the same numbers by the same seed"
        assert question.judge(question.right) is True
        assert question.judge("") is None
        ast.parse(question.code)
        for text in (question.text, question.lead, question.why):
            assert "$" not in text
            assert not re.search(r"[−+-] ?[−-]\d", text), f"two signs in a row: {text}"
        right = [choice for choice in question.choices if question.judge(choice.text)]
        if isinstance(question.answer, Pick):
            assert [choice.id for choice in right] == [question.answer.right]
            texts = [choice.text for choice in question.choices]
            assert len(set(texts)) == len(texts)
            for place, choice in enumerate(question.choices, start=1):
                by_place = question.judge(str(place)) is (choice.id == question.answer.right)
                assert by_place or str(place) in texts, "the number that stands beside it"
        else:
            assert not question.choices

    holds()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_numbers_differ_each_time(kind: Kind):
    drawn = {(q.text, q.code) for q in (kind.draw(Random(seed)) for seed in range(40))}
    assert len(drawn) >= 4


def test_every_question_says_where_its_lesson_explains_it():
    places = reading_places(KINDS)
    lost = {kind.id: kind.read for kind in KINDS if kind.id not in places}
    assert not lost, "these cells are named by no question, goal, exercise or cell of the lesson"
    assert all(place.section for place in places.values())


def test_questions_stand_in_the_bank_under_lessons_of_the_course():
    lessons = {entry.id for entry in find_lessons() if entry.shipped}
    assert {kind.lesson for kind in KINDS} <= lessons
