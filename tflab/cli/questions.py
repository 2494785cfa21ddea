"""A lesson's questions before its run: guesses from the command line, or asked for in text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tflab.cli.command import UsageProblem
from tflab.programs.program import Program, Question
from tflab.runs.text import count_of, plain_line

Guess = str | float


def given_guesses(lesson: Program, texts: Sequence[str]) -> dict[str, Guess]:
    """Return guesses by question; the first text answers the first question, and so on.

    Raises:
        UsageProblem: When there are more texts than questions, or one is no answer.
    """
    if len(texts) > len(lesson.questions):
        count = len(lesson.questions)
        raise UsageProblem(
            "Too many guesses",
            f"{lesson.id} asks {count_of(count, 'question')}.",
            "Give --guess once for each question at most.",
        )
    found: dict[str, Guess] = {}
    for question, text in zip(lesson.questions, texts, strict=False):
        guess = read_guess(question, text)
        if guess is None:
            raise UsageProblem(
                "That is no answer", f"{plain_line(question.text)} {wanted(question)}", "Try again."
            )
        found[question.text] = guess
    return found


def ask(lesson: Program, write: Callable[[str], None], read: Callable[[], str]) -> dict[str, Guess]:
    """Ask each question until it is answered or passed over with an empty line.

    Args:
        lesson: Its questions are asked.
        write: Prints a line.
        read: Returns a line that was typed; EOFError ends the asking.
    """
    found: dict[str, Guess] = {}
    if lesson.questions:
        write("Before the run: what do you expect? Press Enter alone to pass.")
    for question in lesson.questions:
        write(f"{plain_line(question.text)} {wanted(question)}")
        while True:
            try:
                text = read().strip()
            except EOFError:
                return found
            guess = read_guess(question, text) if text else None
            if guess is not None:
                found[question.text] = guess
            if guess is not None or not text:
                break
            write(f"That is no answer. {wanted(question)}")
    return found


def read_guess(question: Question, text: str) -> Guess | None:
    """Return the answer that `text` stands for, or None; a choice may be given by its number."""
    text = text.strip()
    if not question.choices:
        try:
            return float(text)
        except ValueError:
            return None
    for choice in question.choices:
        if text.casefold() == choice.casefold():
            return choice
    if text.isdecimal() and 1 <= int(text) <= len(question.choices):
        return question.choices[int(text) - 1]
    return None


def wanted(question: Question) -> str:
    """Say what an answer looks like."""
    if not question.choices:
        return "Answer with a number."
    listed = (f"{n} {plain_line(c)}" for n, c in enumerate(question.choices, start=1))
    return f"Choose: {', '.join(listed)}."
