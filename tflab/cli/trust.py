"""A lesson from elsewhere on the command line: `--trust` remembers it, a terminal may be asked."""

from __future__ import annotations

import argparse
import sys

from tflab.programs.program import Program
from tflab.runs.text import plain_line, visible
from tflab.session.approval import TrustStore, untrusted


def require_trust(lesson: Program, arguments: argparse.Namespace) -> None:
    """Make sure that a lesson may run. A person at a terminal is asked; nobody else is.

    Raises:
        Problem: When it is not trusted.
    """
    store = TrustStore()
    if store.trusts(lesson.path, lesson.source):
        return
    if not arguments.trust and not (_can_ask(arguments) and _asked(lesson)):
        raise untrusted(lesson.path)
    try:
        store.trust(lesson.path, lesson.source)
    except OSError as error:
        print(f"That it is trusted cannot be kept: {error.strerror}.", file=sys.stderr)


def _can_ask(arguments: argparse.Namespace) -> bool:
    quiet = any(getattr(arguments, name, False) for name in ("json", "plain", "csv"))
    return not quiet and sys.stdin.isatty() and sys.stdout.isatty()


def _asked(lesson: Program) -> bool:
    print(f"This lesson comes from outside the course: {plain_line(str(lesson.path))}")
    print("A lesson is code and can do what you can do. Read it before you trust it.")
    while True:
        try:
            answer = input("Trust and run it? [y/N, s shows it] ").strip().casefold()
        except EOFError:
            print()
            return False
        if answer not in ("s", "show"):
            return answer in ("y", "yes")
        print(visible(lesson.source))
