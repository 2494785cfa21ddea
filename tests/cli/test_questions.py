"""A lesson's questions before its run, asked in plain text."""

from __future__ import annotations

from typing import Any

import pytest

from tflab.cli.questions import ask, read_guess
from tflab.programs.program import Program, Question

ASKING = Program(
    id="x",
    number=None,
    title="X",
    path=None,  # type: ignore[arg-type]
    source="",
    cells=(),
    parameters=(),
    questions=(
        Question(id="up", text="Up?", choices=("up", "Down"), answers=("up", "Down")),
        Question(id="many", text="How many?"),
    ),
)


@pytest.mark.parametrize(
    ("typed", "guesses"),
    [
        (["down", "3"], {"up": "Down", "many": 3.0}),
        (["x", "1", "many", "1e2"], {"up": "up", "many": 100.0}),
        (["", ""], {}),
        (["up"], {"up": "up"}),
    ],
)
def test_questions_are_asked(typed: list[str], guesses: dict[str, Any]) -> None:
    lines: list[str] = []
    answers = iter(typed)

    def read() -> str:
        for answer in answers:
            return answer
        raise EOFError

    assert ask(ASKING, lines.append, read) == guesses
    assert "Up? Choose: 1 up, 2 Down." in lines
    if guesses.get("many") == 100.0:
        assert "That is no answer. Answer with a number." in lines


def test_guess_that_is_none_of_the_choices() -> None:
    assert read_guess(ASKING.questions[0], "3") is None
    assert read_guess(ASKING.questions[1], "") is None
