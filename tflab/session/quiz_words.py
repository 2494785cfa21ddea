"""What a review and a placement say, on the screen and in text: whole sentences, with names put in.

A translation puts other sentences in the places of these.
"""

from __future__ import annotations

from string import Template

from tflab.programs.library import LessonEntry
from tflab.quiz.kinds import Question
from tflab.session.placement import Placed, PlacementSitting, Reason
from tflab.session.quiz import Outcome, Reply, ReviewSitting
from tflab.session.review import Due, ReadingPlace

_WANTED = {
    "number": "Answer with a number.",
    "shape": "Answer with a shape, such as (2, 3).",
    "choice": "Answer with the number of your choice.",
}
PASSING = "Enter alone: I don't know."

_UNREADABLE = {
    "number": "That is no number. Write one such as 12, -0.5 or 2/3.",
    "shape": "That is no shape. Write the lengths of its axes, such as (2, 3).",
    "choice": "That is none of the choices. Write the number before one of them.",
}

_RIGHT = Template("Right. $why")
_MISSED = Template("Not yet. $lead")
_TOLD = Template("The answer is $right. $why")
_READ = Template("It is explained in $lesson, under “$section”.")
_READ_LESSON = Template("It is explained in $lesson.")
AGAIN = "Try once more, or press Enter alone to see the answer."
RETURNS = "You missed this one before: here it is with other numbers."

NOTHING_LEARNED = "Nothing to review yet: reach all goals of a lesson, and its questions come here."
_NOTHING_DUE = Template("Nothing is due today. The next questions come on $day.")
_RIGHT_AT_ONCE = Template("Right at the first try: $right of $asked.")
_ONE_MORE = "One more question is due today."
_MORE = Template("$count more questions are due today.")
_NEXT = Template("The next questions come on $day.")
NONE_LEFT = "Nothing more is due today."
_ONE_DUE = "One question on what you learned is due."
_DUE = Template("$count questions on what you learned are due.")

_PLACED = {
    Reason.FROM_THE_START: Template("Begin with $lesson: it takes you along from the start."),
    Reason.MISSED: Template(
        "Begin with $lesson: you know what comes before it, and its questions are those you missed."
    ),
    Reason.MISSED_LATER: Template(
        "Begin with $lesson: you know what comes before it, and it leads to $missed, whose "
        "questions you missed."
    ),
    Reason.NOT_ASKED: Template(
        "Begin with $lesson: you know what comes before it, and no question was left to go on."
    ),
    Reason.ALL_KNOWN: Template(
        "You know what was asked about. Begin with $lesson, or open whatever you are curious about."
    ),
}
_KNOWN = Template("You know $lessons.")
_LESSON = Template("lesson $number, $title")
NOT_DONE = "Nothing was marked as done: every lesson is as it was."


def wanted(question: Question) -> str:
    """Say what an answer looks like."""
    return _WANTED[question.answer.form]


def reply_words(reply: Reply, place: ReadingPlace | None = None) -> list[str]:
    """Return what is said to an answer, a sentence or two in each line.

    Args:
        reply: What came of it.
        place: Where the question is explained, if that is to be said after a miss.
    """
    question = reply.question
    match reply.outcome:
        case Outcome.UNREADABLE:
            return [_UNREADABLE[question.answer.form]]
        case Outcome.RIGHT:
            return [_RIGHT.substitute(why=question.why)]
        case Outcome.MISSED:
            return [_MISSED.substitute(lead=question.lead), *read_words(place), AGAIN]
        case Outcome.TOLD:
            return [_TOLD.substitute(right=question.right, why=question.why)]


def read_words(place: ReadingPlace | None) -> list[str]:
    """Say where something is explained."""
    if place is None:
        return []
    lesson = lesson_words(place.lesson)
    if not place.section:
        return [_READ_LESSON.substitute(lesson=lesson)]
    return [_READ.substitute(lesson=lesson, section=place.section)]


def nothing_due(due: Due) -> str:
    """Say why there is no question."""
    return _NOTHING_DUE.substitute(day=due.next) if due.next is not None else NOTHING_LEARNED


def due_words(count: int) -> str:
    """Say how many questions are due; empty for none."""
    if count == 0:
        return ""
    return _ONE_DUE if count == 1 else _DUE.substitute(count=count)


def review_end(sitting: ReviewSitting, due: Due) -> list[str]:
    """Return what is said at the end of a review.

    Args:
        sitting: The review.
        due: What is due after it.
    """
    lines = [_RIGHT_AT_ONCE.substitute(right=sitting.right, asked=sitting.asked)]
    left = len(due.kinds)
    if left:
        lines.append(_ONE_MORE if left == 1 else _MORE.substitute(count=left))
    elif due.next is not None:
        lines.append(_NEXT.substitute(day=due.next))
    return lines


def placed_words(placed: Placed) -> list[str]:
    """Return where to begin, and why."""
    missed = lesson_words(placed.missed) if placed.missed is not None else ""
    lines = [_PLACED[placed.reason].substitute(lesson=lesson_words(placed.lesson), missed=missed)]
    if placed.known:
        lines.append(_KNOWN.substitute(lessons=", ".join(_title(one) for one in placed.known)))
    return [*lines, NOT_DONE]


def lesson_words(entry: LessonEntry) -> str:
    """Return what a lesson is called within a sentence."""
    title = _title(entry)
    return title if entry.number is None else _LESSON.substitute(number=entry.number, title=title)


def _title(entry: LessonEntry) -> str:
    """Return a title as lists have it, up to its colon."""
    return entry.title.partition(": ")[0]


def end_words(sitting: ReviewSitting | PlacementSitting, due: Due) -> list[str]:
    """Return what is said at the end of a sitting."""
    if isinstance(sitting, PlacementSitting):
        return placed_words(sitting.placed)
    return review_end(sitting, due)
