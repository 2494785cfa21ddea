"""`tflab lessons`: the list of lessons."""

from __future__ import annotations

import argparse
from typing import Any

from tflab.cli.command import Command
from tflab.cli.options import add_json
from tflab.cli.terminal import print_json
from tflab.programs.library import LessonEntry, find_lessons
from tflab.programs.program import Parameter
from tflab.programs.progress import LessonProgress, ProgressStore
from tflab.runs.text import count_of


def run(arguments: argparse.Namespace) -> int:
    """Print the lessons, those of the user too; as JSON with their parameters."""
    entries = find_lessons()
    if arguments.json:
        course = ProgressStore().read()
        print_json([_describe(entry, course.lessons.get(entry.id)) for entry in entries])
        return 0
    course = ProgressStore().read()
    width = max((len(entry.id) for entry in entries), default=0)
    for entry in entries:
        number = "" if entry.number is None else str(entry.number)
        own = "" if entry.shipped else "  (yours)"
        reached = _progress(course.lessons.get(entry.id))
        print(f"{number:>4}  {entry.id:<{width}}  {entry.title}{own}{reached}")
    if not entries:
        print("There are no lessons. Write one with `tflab new PATH`.")
    return 0


def _progress(kept: LessonProgress | None) -> str:
    """Say how much of a lesson was reached; empty before its first run."""
    if kept is None or not kept.runs:
        return ""
    parts = [
        f"{sum(one in done for one in stated)} of {count_of(len(stated), what)}"
        for what, stated, done in (
            ("goal", kept.stated, kept.goals),
            ("exercise", kept.set, kept.exercises),
        )
        if stated
    ]
    return f"  ({', '.join(parts)})" if parts else ""


def _describe(entry: LessonEntry, kept: LessonProgress | None) -> dict[str, Any]:
    from tflab.programs.reader import ProgramError, read_program

    found: dict[str, Any] = {
        "id": entry.id,
        "number": entry.number,
        "title": entry.title,
        "path": str(entry.path),
        "parameters": [],
    }
    try:
        lesson = read_program(entry.path)
    except ProgramError as error:
        found["problems"] = [
            {"line": p.line, "message": p.message, "next_step": p.next_step} for p in error.problems
        ]
    else:
        found["title"] = lesson.title
        found["parameters"] = [_parameter(parameter) for parameter in lesson.parameters]
        reached = set(kept.goals) if kept is not None else set()
        passed = set(kept.exercises) if kept is not None else set()
        found["goals"] = [
            {"id": g.id, "text": g.text, "reached": not reached.isdisjoint((g.id, g.text))}
            for g in lesson.goals
        ]
        found["exercises"] = [
            {"id": e.id, "title": e.title, "passed": e.id in passed} for e in lesson.exercises
        ]
    return found


def _parameter(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": parameter.name,
        "type": parameter.type,
        "default": parameter.default,
        "help": parameter.help,
    }
    if parameter.choices:
        found["choices"] = list(parameter.choices)
    for bound in ("gt", "ge", "lt", "le"):
        if getattr(parameter, bound) is not None:
            found[bound] = getattr(parameter, bound)
    return found


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_json(parser, "one JSON array")


COMMAND = Command("list the lessons", "tflab lessons --json", run, _add_options)
