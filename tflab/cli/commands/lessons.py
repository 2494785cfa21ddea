"""`tflab lessons`: the list of lessons."""

from __future__ import annotations

import argparse
from typing import Any

from tflab.cli.command import Command
from tflab.cli.options import add_json
from tflab.cli.terminal import print_json
from tflab.programs.library import LessonEntry, find_lessons
from tflab.programs.program import Parameter


def run(arguments: argparse.Namespace) -> int:
    """Print the lessons, those of the user too; as JSON with their parameters."""
    entries = find_lessons()
    if arguments.json:
        print_json([_describe(entry) for entry in entries])
        return 0
    width = max((len(entry.id) for entry in entries), default=0)
    for entry in entries:
        number = "" if entry.number is None else str(entry.number)
        own = "" if entry.shipped else "  (yours)"
        print(f"{number:>4}  {entry.id:<{width}}  {entry.title}{own}")
    if not entries:
        print("There are no lessons. Write one with `tflab new PATH`.")
    return 0


def _describe(entry: LessonEntry) -> dict[str, Any]:
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
