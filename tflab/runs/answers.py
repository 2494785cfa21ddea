"""What a person answers to a program that asks for input: a file beside the run's log.

A file, so that whoever follows the run can answer it: the workbench that started it, `tflab attach`
after a lost line, or one on another machine that shares the home. It names the question that it is
for, lies in a folder that its user alone may enter, and is gone as soon as it was read.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from tflab.runs.atomic_files import new_private_folder, read_file
from tflab.runs.record import Problem
from tflab.runs.system_errors import what_to_do

ANSWERS = "answers"
LONGEST = 1 << 20
"""Characters of a line that can be answered."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A line without its end; `end` says that there will be no more, as Ctrl+D does."""

    text: str = ""
    end: bool = False


def ready_for_answers(folder: Path) -> None:
    """Make the place for the answers to a run, and forget what came too late before.

    Raises:
        OSError: When it cannot be made.
    """
    forget_answers(folder)
    # It stays where somebody answers too late at this moment; that is for another question.
    with suppress(FileExistsError):
        new_private_folder(folder / ANSWERS)


def forget_answers(folder: Path) -> None:
    """Take the place for answers away, with whatever was never read."""
    shutil.rmtree(folder / ANSWERS, ignore_errors=True)


def take_answer(folder: Path, number: int) -> Answer | None:
    """Return the answer to a question, and leave nothing of it; None while there is none.

    Raises:
        OSError: When the place for answers is gone or cannot be read.
    """
    path = folder / ANSWERS / f"{number}.json"
    try:
        data = read_file(path, 8 * LONGEST)
    except FileNotFoundError:
        return None
    path.unlink()
    try:
        found = json.loads(data)
        return Answer(text=str(found["text"]), end=bool(found["end"]))
    except (ValueError, KeyError, TypeError):
        # Not written by us; the question stays open.
        return None


def give_answer(folder: Path, number: int, answer: Answer) -> None:
    """Answer a question of a run. The first answer to it counts.

    Raises:
        Problem: When it was answered already, the run asks no more, or it cannot be written.
    """
    if len(answer.text) > LONGEST:
        raise Problem(
            "The answer is too long",
            f"It has {len(answer.text):,} characters; {LONGEST:,} are the most.",
            "Have the program read it from a file.",
        )
    place = folder / ANSWERS
    made = place / f"{number}.{os.getpid()}.new"
    try:
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
                json.dump(asdict(answer), file)
            # A link, unlike a new name, never takes the place of an answer that is there.
            os.link(made, place / f"{number}.json")
        finally:
            with suppress(FileNotFoundError):
                made.unlink()
    except FileExistsError as error:
        raise Problem(
            "Answered already",
            "Somebody else has answered this question.",
            "Wait for the next one.",
        ) from error
    except FileNotFoundError as error:
        raise Problem(
            "The run asks no more", "It has ended, or went on without an answer.", "Run it again."
        ) from error
    except OSError as error:
        raise Problem(
            "The answer cannot be sent", f"{place}: {error.strerror}.", what_to_do(error)
        ) from error
