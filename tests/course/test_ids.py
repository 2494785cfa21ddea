"""Progress, guesses and a translation hold on to ids, and no id changes when a text is reworded."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tflab.programs.library import find_lessons
from tflab.programs.program import Program
from tflab.programs.reader import read_program

ENTRIES = [entry for entry in find_lessons() if entry.shipped]
LESSONS = pytest.mark.parametrize("path", [e.path for e in ENTRIES], ids=[e.id for e in ENTRIES])
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CALLS = ("goal", "predict")


def ids(program: Program) -> dict[str, list[object]]:
    """Everything that a text of a lesson may be known by."""
    return {
        "cells": [cell.id for cell in program.cells],
        "goals": [(goal.id, len(goal.hints)) for goal in program.goals],
        "questions": [(question.id, question.answers) for question in program.questions],
        "exercises": [exercise.id for exercise in program.exercises],
        "parameters": [(p.name, p.choices) for p in program.parameters],
    }


@LESSONS
def test_every_text_is_known_by_an_id_of_its_own(path: Path):
    program = read_program(path)
    named = {
        "goals": [goal.id for goal in program.goals],
        "questions": [question.id for question in program.questions],
        "exercises": [exercise.id for exercise in program.exercises],
    }
    for kind, found in named.items():
        assert len(set(found)) == len(found), kind
        assert all(_NAME.fullmatch(id) for id in found), (kind, found)
    given = [cell.id for cell in program.cells if cell.id]
    assert len(set(given)) == len(given)
    assert all(_NAME.fullmatch(id) for id in given)
    for question in program.questions:
        assert len(set(question.answers)) == len(question.choices)


@LESSONS
def test_no_id_changes_with_the_words(path: Path, tmp_path: Path):
    source = path.read_text(encoding="utf-8")
    program = read_program(path)
    other = tmp_path / path.name
    other.write_text(reworded(source), encoding="utf-8")
    changed = read_program(other)
    assert ids(changed) == ids(program)
    for before, after in zip(program.goals, changed.goals, strict=True):
        assert before.text != after.text, "the goals were reworded indeed"
    for asked, again in zip(program.questions, changed.questions, strict=True):
        assert asked.text != again.text


def reworded(source: str) -> str:
    """Return a lesson in other words: its prose, goals, questions, hints and helps."""
    texts = [
        text
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        for text in _texts(node)
    ]
    lines = source.encode().split(b"\n")
    for text in sorted(texts, key=lambda t: (t.lineno, t.col_offset), reverse=True):
        assert text.end_lineno is not None
        assert text.end_col_offset is not None
        first, last = text.lineno - 1, text.end_lineno - 1
        new = repr(f"In other words: {text.value}").encode()
        tail = lines[last][text.end_col_offset :]
        lines[first : last + 1] = [lines[first][: text.col_offset] + new + tail]
    return re.sub(r"(?m)^(# [A-Z][^\n]*)$", r"\1 (in other words)", b"\n".join(lines).decode())


def _texts(call: ast.Call) -> list[ast.Constant]:
    """Return the literals of a call that a person reads."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    found = [call.args[0]] if name in _CALLS and call.args else []
    for keyword in call.keywords:
        if (name, keyword.arg) in (("goal", "hint"), ("Meta", "description")):
            found += [node for node in ast.walk(keyword.value) if isinstance(node, ast.Constant)]
    return [
        node for node in found if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
