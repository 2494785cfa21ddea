"""The questions of a program and the person's guesses: what is asked, and what a guess is held to.

A guess holds for the values that it was made at. It is never held against a run with others, and
where one of them changes the question is asked anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from tflab.session.course import CourseProgress
from tflab.session.events import Emit, QuestionsChanged

if TYPE_CHECKING:
    from tflab.programs.program import Program, Question
    from tflab.runs.events import Prediction

Guess = str | float


class _Made(NamedTuple):
    """A guess, and the values that it was made at; None in its place for one waved on."""

    guess: Guess | None
    at: Mapping[str, Any]


@dataclass(frozen=True)
class AskedQuestion:
    """A question as it is to be shown.

    Attributes:
        question: What is asked.
        open: Whether an answer is waited for.
        folds: Whether what follows waits for the answer, too.
        guess: What was guessed at the values of the form; None where nothing was.
        changed: The parameters for whose sake it is asked anew.
    """

    question: Question
    open: bool
    folds: bool = False
    guess: Guess | None = None
    changed: tuple[str, ...] = ()


class Guesses:
    """The guesses of this session, and which questions are open.

    Args:
        course: Knows what was reached and which questions were asked in earlier sessions.
        emit: Is told that questions are to be shown otherwise.
    """

    def __init__(self, course: CourseProgress, emit: Emit) -> None:
        self._course = course
        self._emit = emit
        self._made: dict[tuple[str, str], _Made] = {}
        self._wished: set[str] = set()

    def asked(self, program: Program, values: Mapping[str, Any]) -> list[AskedQuestion]:
        """Return the questions of a program as they stand with these values in the form."""
        kept = self._course.of(program)
        known = set(kept.asked) if kept is not None else set()
        wished = program.id in self._wished
        settled = self._course.all_reached(program) and not wished
        found = []
        for question in program.questions:
            at = values_behind(question, values)
            made = self._made.get((program.id, question.id))
            if made is None:
                folds = not settled and (wished or question.id not in known)
                found.append(AskedQuestion(question, open=folds, folds=folds))
            elif made.guess is None or settled:
                found.append(AskedQuestion(question, open=False))
            else:
                changed = tuple(name for name in at if at[name] != made.at.get(name))
                guess = None if changed else made.guess
                found.append(AskedQuestion(question, bool(changed), False, guess, changed))
        return found

    def answer(
        self, program: Program, question: str, guess: Guess | None, values: Mapping[str, Any]
    ) -> None:
        """Take a guess; None waves the question on."""
        found = next((one for one in program.questions if one.id == question), None)
        if found is not None:
            at = values_behind(found, values)
            self._made[program.id, question] = _Made(guess, at)
            self._course.note_asked(program, question)
            self._emit(QuestionsChanged(program))

    def ask_again(self, program: Program) -> None:
        """Ask every question of a program anew, since the person wants it."""
        self._wished.add(program.id)
        for question in program.questions:
            self._made.pop((program.id, question.id), None)
        self._emit(QuestionsChanged(program, again=True))

    def for_run(self, program: Program, values: Mapping[str, Any]) -> dict[str, Guess]:
        """Return the guesses that hold for a run with these values, by question."""
        found: dict[str, Guess] = {}
        for question in program.questions:
            made = self._made.get((program.id, question.id))
            at = values_behind(question, values)
            if made is not None and made.guess is not None and made.at == at:
                found[question.id] = made.guess
        return found


def values_behind(question: Question, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that the answer of a question may depend on."""
    return {name: values[name] for name in question.depends if name in values}


def read_guess(question: Question, text: str) -> Guess | None:
    """Return the answer that `text` stands for, or None; a choice may be given by its number."""
    text = text.strip()
    if not question.choices:
        try:
            return float(text.replace("−", "-"))
        except ValueError:
            return None
    for choice, answer in zip(question.choices, question.answers, strict=True):
        if text.casefold() in (choice.casefold(), answer.casefold()):
            return answer
    if text.isdecimal() and len(text) < 4 and 1 <= int(text) <= len(question.answers):
        return question.answers[int(text) - 1]
    return None


def choice_said(question: Question, guess: Any) -> Any:
    """Return what a choice says that a guess is known by; any other guess as it is."""
    pairs: Sequence[tuple[str, str]] = list(zip(question.answers, question.choices, strict=True))
    return dict(pairs).get(guess, guess)


def is_right(found: Prediction, question: Question, guess: Guess) -> bool:
    """Return whether a guess made after the run that gave the answer is right."""
    if question.choices:
        return found.answer in (guess, choice_said(question, guess))
    answer = found.answer
    if not isinstance(answer, int | float) or not isinstance(guess, int | float):
        return False
    return abs(guess - answer) <= found.within * max(abs(answer), 1e-12)
