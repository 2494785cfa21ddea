"""`tflab review` and `tflab place`: with and without a terminal, and what an interrupt leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.terminal import Terminal
from tflab.programs.progress import Course, LessonProgress
from tflab.quiz.review_store import ReviewStore


@pytest.fixture
def learned(data: Path) -> Path:
    """A data folder of somebody who reached all goals of the lesson on tensors, some time ago."""
    import msgspec

    kept = LessonProgress(goals=["a"], stated=["a"], runs=1)
    data.mkdir()
    course = Course(lessons={"tensors": kept}, version=2)
    (data / "progress.json").write_bytes(msgspec.json.encode(course))
    return data


def tell(text: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Call the command line with these lines as its input."""
    return subprocess.run(
        [sys.executable, "-m", "tflab", *words],
        input=text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape"),
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def events(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_before_anything_was_learned_it_says_how_questions_come():
    done = tell("", "review")
    assert done.returncode == 0
    assert "Nothing to review yet" in done.stdout
    assert events(tell("", "review", "--json")) == [{"event": "due", "due": [], "next": None}]


def test_a_miss_leads_names_the_section_and_is_kept_when_it_was_told(learned: Path):
    done = tell("wrong\n\n\n", "review", "--count", "1")
    assert done.returncode == 0, done.stderr
    assert "Not yet." in done.stdout
    assert "lesson 1, Tensors, under “" in done.stdout
    assert "The answer is " in done.stdout
    assert "Right at the first try: 0 of 1." in done.stdout
    (card,) = ReviewStore().read().values()
    assert card.days == 1


def test_json_puts_a_question_a_line_and_ends_with_the_input(learned: Path):
    said = events(tell("\n\n", "review", "--json"))
    assert [one["event"] for one in said] == [
        "question",
        "missed",
        "question",
        "told",
        "question",
        "end",
    ]
    assert said[0]["id"] == said[2]["id"]
    assert said[1]["lead"].endswith("?")
    assert said[1]["read"]["lesson"] == "tensors"
    assert said[-1]["asked"] == 1
    assert said[-1]["due"] == 2
    assert len(ReviewStore().read()) == 1
    (due,) = events(tell("", "review", "--due", "--json"))
    assert len(due["due"]) == 2


def test_input_that_is_no_text_is_no_answer(learned: Path):
    done = tell("\udcff\udcfe\n", "review")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert not ReviewStore().read()


def test_an_interrupt_leaves_the_answers_that_were_given(learned: Path):
    with Terminal([sys.executable, "-m", "tflab", "review"]) as terminal:
        terminal.wait_for(r"1/3 ")
        terminal.press("enter")
        terminal.wait_for("Not yet")
        terminal.press("enter")
        terminal.wait_for(r"2/4 ")
        terminal.press("ctrl+c")
        assert terminal.wait_end() == 130
    assert len(ReviewStore().read()) == 1


def test_a_newcomer_is_asked_twice_and_nothing_is_marked(data: Path):
    said = events(tell("\n\n\n\n", "place", "--json"))
    assert [one["event"] for one in said] == ["question", "told", "question", "told", "placed"]
    assert said[-1]["reason"] == "from the start"
    assert not (data / "progress.json").exists()
    assert not (data / "review.json").exists()
    text = tell("\n\n", "place").stdout
    assert "Begin with lesson 0" in text
    assert f"tflab open {said[-1]['lesson']}" in text


def test_a_placement_whose_input_ends_names_a_lesson_all_the_same():
    assert events(tell("", "place", "--json"))[-1]["event"] == "placed"
