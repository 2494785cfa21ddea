"""A review keeps each answer at once; a placement is short for a newcomer and marks nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.session.hearing import Heard, until
from tflab.programs.library import find_lessons
from tflab.programs.progress import Course, LessonProgress, ProgressStore
from tflab.quiz.bank import BY_ID, KINDS
from tflab.quiz.review_store import ReviewStore
from tflab.quiz.schedule import Card, Grade
from tflab.session.disk import SessionDisk
from tflab.session.events import ReviewDue
from tflab.session.placement import STAGES, PlacementSitting, Reason
from tflab.session.quiz import Outcome, ReviewSitting
from tflab.session.quiz_desk import QuizDesk, ReviewBegun
from tflab.session.quiz_words import placed_words
from tflab.session.review import what_is_due

DAY = date(2026, 3, 10)
ENTRIES = find_lessons()
FEW = [BY_ID[id] for id in ("tensors/bytes-of-block", "second-order/speed")]


def met(*lessons: str, day: date | None = None) -> Course:
    """Progress in which the goals of these lessons were reached."""
    kept = LessonProgress(goals=["a", "b"], stated=["a", "b"], runs=1, met=day)
    return Course(lessons=dict.fromkeys(lessons, kept))


def review(kept: list[tuple[str, Grade]]) -> ReviewSitting:
    return ReviewSitting(FEW, lambda kind, grade: kept.append((kind, grade)), Random(4))


def test_only_lessons_whose_goals_were_met_are_asked_about():
    course = met("tensors")
    course.lessons["variables"] = LessonProgress(goals=["a"], stated=["a", "b"], runs=3)
    course.lessons["a-lesson-of-ones-own"] = LessonProgress(goals=["a"], stated=["a"], runs=3)
    due = what_is_due(course, {}, DAY)
    assert {kind.lesson for kind in due.kinds} == {"tensors"}


def test_new_questions_wait_for_the_day_after_the_goals_were_met():
    course = met("tensors", day=DAY)
    assert not what_is_due(course, {}, DAY).kinds
    assert what_is_due(course, {}, DAY).next == DAY + timedelta(days=1)
    assert len(what_is_due(course, {}, DAY + timedelta(days=1)).kinds) == 3


def test_what_waited_longest_comes_first_and_what_is_not_due_does_not():
    cards = {
        "tensors/bytes-of-block": Card(due=DAY),
        "tensors/type-of-constant": Card(due=DAY - timedelta(days=5)),
        "tensors/shape-of-list": Card(due=DAY + timedelta(days=2)),
        "a-kind-that-is-gone/x": Card(due=DAY),
    }
    due = what_is_due(met("tensors"), cards, DAY)
    assert [kind.id for kind in due.kinds] == ["tensors/type-of-constant", "tensors/bytes-of-block"]
    assert due.next == DAY + timedelta(days=2)


def test_the_day_when_goals_were_met_is_kept_once(data: Path):
    store = ProgressStore()
    assert store.note_run("tensors", ["a"], {"a": "A", "b": "B"}).lessons["tensors"].met is None
    store.note_run("tensors", ["b"], {"a": "A", "b": "B"})
    assert store.read().lessons["tensors"].met == date.today()


def test_a_miss_leads_then_tells_and_comes_again_with_other_numbers():
    kept: list[tuple[str, Grade]] = []
    sitting = review(kept)
    first = sitting.question
    assert first is not None
    assert sitting.answer("nonsense").outcome is Outcome.UNREADABLE
    assert sitting.answer("1").outcome is Outcome.MISSED
    assert sitting.question is first, "the same numbers for the second try"
    assert not kept
    assert sitting.answer("").outcome is Outcome.TOLD
    assert kept == [(first.kind.id, Grade.MISSED)]
    second = sitting.question
    assert second is not None
    assert not sitting.again
    assert sitting.answer(second.right).outcome is Outcome.RIGHT
    assert sitting.again
    assert sitting.question is not None
    assert sitting.question.kind is first.kind
    assert sitting.question.text + sitting.question.code != first.text + first.code
    sitting.answer(sitting.question.right)
    assert sitting.question is None
    assert (sitting.right, sitting.asked) == (1, 2)
    assert kept[1:] == [(second.kind.id, Grade.AT_ONCE)], "what comes again is not graded again"


@given(tries=st.lists(st.booleans(), min_size=20, max_size=20))
def test_a_review_ends_whatever_is_answered_and_grades_each_kind_once(tries: list[bool]):
    kept: list[tuple[str, Grade]] = []
    sitting = review(kept)
    for known in tries:
        if sitting.question is None:
            break
        sitting.answer(sitting.question.right if known else "")
    assert sitting.question is None
    assert sorted(kind for kind, _ in kept) == sorted(kind.id for kind in FEW)
    assert sitting.asked == len(FEW)


def test_the_session_says_what_is_due_and_keeps_each_answer(data: Path):
    ProgressStore().note_run("tensors", ["a"], {"a": "A"})
    heard = Heard()
    disk = SessionDisk(heard)
    desk = QuizDesk(disk, heard)
    # Learned today: nothing yet.
    desk.look()
    until(lambda: heard.of(ReviewDue), disk.deliver)
    assert heard.of(ReviewDue)[-1].count == 0
    yesterday = date.today() - timedelta(days=1)
    for kind in KINDS:
        if kind.lesson == "tensors":
            ReviewStore().note(kind.id, Grade.AT_ONCE, yesterday)
    desk.begin_review()
    until(lambda: heard.of(ReviewBegun), disk.deliver)
    begun = heard.of(ReviewBegun)[-1]
    question = begun.sitting.question
    assert len(begun.due.kinds) == 3
    assert begun.places[question.kind.id].lesson.id == "tensors"
    begun.sitting.answer(question.right)
    until(lambda: len(heard.of(ReviewDue)) >= 2, disk.deliver)
    assert heard.of(ReviewDue)[-1].count == 2
    assert ReviewStore().read()[question.kind.id].streak == 2
    disk.finish(5)


def place(answers: list[bool]) -> PlacementSitting:
    """Go through a placement; True answers a question, and what follows the list is not known."""
    sitting = PlacementSitting(ENTRIES, Random(1))
    for known in [*answers, *[False] * 10]:
        if sitting.question is None:
            break
        sitting.answer(sitting.question.right if known else "")
    assert sitting.question is None
    return sitting


def test_a_newcomer_is_asked_twice_and_begins_at_the_start():
    sitting = place([])
    assert sitting.asked == 2
    assert sitting.placed.reason is Reason.FROM_THE_START
    assert sitting.placed.lesson == ENTRIES[0]


def test_whoever_knows_everything_is_asked_ten_questions():
    sitting = place([True] * 10)
    assert sitting.asked == 10
    assert sitting.placed.reason is Reason.ALL_KNOWN
    assert len(sitting.placed.known) == len(STAGES)


def test_one_slip_is_forgiven():
    assert len(place([True, True, False, True]).placed.known) == 3


@given(answers=st.lists(st.booleans(), max_size=10))
def test_a_placement_is_short_and_passes_over_nothing_that_was_not_asked(answers: list[bool]):
    sitting = place(answers)
    placed = sitting.placed
    assert sitting.asked <= 10
    course = [entry for entry in ENTRIES if entry.shipped]
    begin = course.index(placed.lesson)
    assert all(course.index(known) < begin for known in placed.known)
    if placed.known:
        assert course[begin - 1] == placed.known[-1], "the first lesson after what is known"
    if placed.missed is not None:
        assert course.index(placed.missed) >= begin
    words = placed_words(placed)
    assert "$" not in " ".join(words)
    assert placed.lesson.title.partition(": ")[0] in words[0]


def test_the_questions_of_a_placement_come_in_the_order_of_the_course():
    sitting = PlacementSitting(ENTRIES, Random(1))
    places = {entry.id: n for n, entry in enumerate(ENTRIES)}
    asked = []
    while sitting.question is not None:
        asked.append(places[sitting.question.kind.lesson])
        sitting.answer(sitting.question.right)
    assert asked == sorted(asked)
    assert all(first in BY_ID and second in BY_ID for first, second in STAGES)
