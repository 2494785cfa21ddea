"""`tflab review`: a few questions on what was learned, at growing intervals."""

from __future__ import annotations

import argparse
import random
from collections import Counter
from datetime import date

from tflab.cli.command import Command
from tflab.cli.options import add_json, count
from tflab.cli.quiz import hold, talk_of
from tflab.cli.terminal import print_json, print_table
from tflab.quiz.review_store import ReviewStore
from tflab.quiz.schedule import Grade
from tflab.session.quiz import ReviewSitting
from tflab.session.quiz_words import due_words, nothing_due, review_end
from tflab.session.review import A_FEW, Due, read_due, reading_places


def run(arguments: argparse.Namespace) -> int:
    """Ask what is due, and keep each answer at once; with `--due` say only what it is."""
    today = date.today()
    due = read_due(today)
    if arguments.due or not due.kinds:
        _say_due(due, arguments.json)
        return 0
    kinds = due.kinds[: arguments.count]
    store = ReviewStore()

    def keep(kind: str, grade: Grade) -> None:
        store.note(kind, grade, today)

    sitting = ReviewSitting(kinds, keep, random.Random())
    hold(sitting, talk_of(arguments.json, reading_places(kinds)))
    left = read_due(today)
    if arguments.json:
        print_json(
            {
                "event": "end",
                "right": sitting.right,
                "asked": sitting.asked,
                "due": len(left.kinds),
                "next": left.next.isoformat() if left.next is not None else None,
            }
        )
    else:
        print("\n" + "\n".join(review_end(sitting, left)))
    return 0


def _say_due(due: Due, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "event": "due",
                "due": [kind.id for kind in due.kinds],
                "next": due.next.isoformat() if due.next is not None else None,
            }
        )
    elif due.kinds:
        print(due_words(len(due.kinds)))
        lessons = Counter(kind.lesson for kind in due.kinds)
        print_table([(str(number), lesson) for lesson, number in lessons.items()])
    else:
        print(nothing_due(due))


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--count", type=count, default=A_FEW, metavar="N", help=f"at most N questions ({A_FEW})"
    )
    parser.add_argument("--due", action="store_true", help="say what is due, and ask nothing")
    add_json(parser, "one JSON object a line, and read an answer a line")


COMMAND = Command(
    "ask a few questions on what you learned, at growing intervals",
    "tflab review\n  tflab review --due",
    run,
    _add_options,
    "Questions are on lessons whose goals you reached. Each answer is kept at once, so Ctrl+C\n"
    "loses none. Intervals follow SM-2: 1 day, 6 days, then about 2.5 times the last one.",
)
