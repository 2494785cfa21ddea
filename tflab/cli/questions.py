"""What a person is asked, or told, before a run: whether code is trusted, GPUs, guesses."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence

from tflab.cli.command import UsageProblem
from tflab.programs.edit_store import EditStore
from tflab.programs.edits import source_with_answers
from tflab.programs.program import Program, Question
from tflab.runs.text import count_of, plain_line, visible
from tflab.session.guesses import Guess, read_guess
from tflab.session.trust import TrustStore, origin, others_at, untrusted
from tflab.targets.devices import Device


def require_trust(lesson: Program, arguments: argparse.Namespace) -> None:
    """Make sure that a lesson may run. A person at a terminal is asked; nobody else is.

    Raises:
        Problem: When it is not trusted.
    """
    store = TrustStore()
    # One's own edits need no trust; those that somebody else may have written are code from there.
    foreign = bool(lesson.edits) and others_at(EditStore().path_of(lesson.path)) is not None
    source = source_with_answers(lesson) if foreign else lesson.file_source
    if store.knows(source) or (not foreign and store.trusts(lesson.path, source)):
        return
    if not arguments.trust and not (_can_ask(arguments) and _asked(lesson)):
        raise untrusted(lesson.path)
    try:
        store.trust_text(lesson.path, source)
    except OSError as error:
        print(f"That it is trusted cannot be kept: {error.strerror}.", file=sys.stderr)


def _can_ask(arguments: argparse.Namespace) -> bool:
    quiet = any(getattr(arguments, name, False) for name in ("json", "plain", "csv"))
    return not quiet and sys.stdin.isatty() and sys.stdout.isatty()


def _asked(lesson: Program) -> bool:
    print(origin(lesson.path))
    print("Code can do what you can do. Read it before you trust it.")
    while True:
        try:
            answer = input("Trust and run it? [y/N, s shows it] ").strip().casefold()
        except EOFError:
            print()
            return False
        if answer not in ("s", "show"):
            return answer in ("y", "yes")
        print(visible(source_with_answers(lesson)))


def tell_others(devices: Iterable[Device]) -> None:
    """Write a line to stderr for each of these devices that others use."""
    for device in devices:
        if device.busy_with_others:
            where = f"{device.key} ({device.name}) is in use by {device.others}"
            print(f"{where}; a run there may lack memory, and slows theirs down.", file=sys.stderr)


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
        found[question.id] = guess
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
                found[question.id] = guess
            if guess is not None or not text:
                break
            write(f"That is no answer. {wanted(question)}")
    return found


def wanted(question: Question) -> str:
    """Say what an answer looks like."""
    if not question.choices:
        return "Answer with a number."
    listed = (f"{n} {plain_line(c)}" for n, c in enumerate(question.choices, start=1))
    return f"Choose: {', '.join(listed)}."
