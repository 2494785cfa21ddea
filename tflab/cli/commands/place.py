"""`tflab place`: ten questions at most that say where to begin the course."""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence

from tflab.cli.command import Command
from tflab.cli.options import add_json
from tflab.cli.quiz import hold, talk_of
from tflab.cli.terminal import print_json
from tflab.programs.library import LessonEntry, find_lessons
from tflab.session.placement import PlacementSitting
from tflab.session.quiz_words import placed_words


def run(arguments: argparse.Namespace) -> int:
    """Ask, easy questions first, and name the lesson to begin with. Nothing is kept."""
    sitting = PlacementSitting(find_lessons(), random.Random())
    hold(sitting, talk_of(arguments.json, {}))
    placed = sitting.placed
    if arguments.json:
        print_json(
            {
                "event": "placed",
                "lesson": placed.lesson.id,
                "reason": placed.reason.value,
                "known": _ids(placed.known),
                "missed": placed.missed.id if placed.missed is not None else None,
                "right": sitting.right,
                "asked": sitting.asked,
            }
        )
    else:
        print("\n" + "\n".join(placed_words(placed)))
        print(f"\n  tflab open {placed.lesson.id}")
    return 0


def _ids(entries: Sequence[LessonEntry]) -> list[str]:
    return [entry.id for entry in entries]


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_json(parser, "one JSON object a line, and read an answer a line")


COMMAND = Command(
    "say where to begin the course, by ten questions at most",
    "tflab place",
    run,
    _add_options,
    "It begins with what is easy, stops where it gets new to you, and marks no lesson as done.",
)
