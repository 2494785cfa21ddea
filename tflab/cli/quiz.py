"""A sitting over questions on the command line: in text, or as one JSON object a line."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from typing import Any, Protocol

from tflab.cli.terminal import print_json, terminal
from tflab.quiz.kinds import Question
from tflab.session.quiz import Outcome, Reply, ReviewSitting, Sitting
from tflab.session.quiz_words import PASSING, RETURNS, reply_words, wanted
from tflab.session.review import ReadingPlace

Places = Mapping[str, ReadingPlace]


class Talk(Protocol):
    """How questions and replies are put."""

    def ask(self, sitting: Sitting, question: Question) -> str:
        """Put a question, and return the line that was answered; EOFError where there is none."""

    def hear(self, reply: Reply) -> None:
        """Say what came of an answer."""


def hold(sitting: Sitting, talk: Talk) -> bool:
    """Put questions until none is left, or the input ends; return whether none is left."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    while (question := sitting.question) is not None:
        try:
            text = talk.ask(sitting, question)
        except EOFError:
            return False
        talk.hear(sitting.answer(text))
    return True


class TextTalk:
    """Puts questions as text.

    Args:
        places: Where each kind is explained, to be said after a miss.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._marks = terminal()
        self._shown: Question | None = None

    def ask(self, sitting: Sitting, question: Question) -> str:
        """Print a question, unless it stands there already, and read a line."""
        if question is not self._shown:
            self._shown = question
            self._print(sitting, question)
        return input("> ")

    def hear(self, reply: Reply) -> None:
        """Print what came of an answer."""
        mark = f"{self._marks.passed} " if reply.outcome is Outcome.RIGHT else ""
        place = self._places.get(reply.question.kind.id)
        lines = reply_words(reply, place)
        print("\n".join([f"{mark}{lines[0]}", *lines[1:]]), flush=True)

    def _print(self, sitting: Sitting, question: Question) -> None:
        lines = ["", f"{sitting.number}/{sitting.total}  {question.text}"]
        if isinstance(sitting, ReviewSitting) and sitting.again:
            lines.insert(1, RETURNS)
        if question.code:
            lines += ["", *(f"    {line}".rstrip() for line in question.code.split("\n")), ""]
        lines += [f"  {n}  {c.text}" for n, c in enumerate(question.choices, start=1)]
        print("\n".join([*lines, f"{wanted(question)} {PASSING}"]), flush=True)


class JsonTalk:
    """Puts questions as one JSON object a line, and reads an answer a line.

    Args:
        places: Where each kind is explained.
    """

    def __init__(self, places: Places) -> None:
        self._places = places

    def ask(self, sitting: Sitting, question: Question) -> str:
        """Write a question, and read a line."""
        print_json(
            {
                "event": "question",
                "number": sitting.number,
                "total": sitting.total,
                "id": question.kind.id,
                "lesson": question.kind.lesson,
                "text": question.text,
                "code": question.code,
                "answer": question.answer.form,
                "choices": [{"id": c.id, "text": c.text} for c in question.choices],
            }
        )
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")

    def hear(self, reply: Reply) -> None:
        """Write what came of an answer."""
        question = reply.question
        found: dict[str, Any] = {"event": reply.outcome.value, "id": question.kind.id}
        if reply.outcome is Outcome.MISSED:
            found["lead"] = question.lead
        elif reply.outcome is Outcome.TOLD:
            found["right"] = question.right
            found["why"] = question.why
        place = self._places.get(question.kind.id)
        if reply.outcome in (Outcome.MISSED, Outcome.TOLD) and place is not None:
            found["read"] = {
                "lesson": question.kind.lesson,
                "title": place.lesson.title,
                "section": place.section,
                "cell": place.cell,
            }
        print_json(found)


def talk_of(as_json: bool, places: Places) -> Talk:
    """Return how to put questions."""
    return JsonTalk(places) if as_json else TextTalk(places)
