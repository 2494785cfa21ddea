"""Writing an export: whole or not at all, and a problem in words when it cannot be."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tflab.runs.record import Problem


@contextmanager
def writing_to(target: Path) -> Iterator[None]:
    """Turn the system's refusals into problems.

    Raises:
        Problem: When something cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise Problem(
            "The export cannot be written",
            f"{error.filename or target}: {error.strerror}.",
            "Make room or choose another place with --to.",
        ) from error


def write_text(target: Path, name: str, text: str) -> Path:
    """Write a file, whole or not at all, and return its path.

    Args:
        target: The file, which is replaced where it is there, or the folder it goes into.
        name: What it is called in a folder.
        text: What it is to hold.

    Raises:
        OSError: When the disk is full or the folder cannot be written.
    """
    path = target / name if target.is_dir() else target
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(3)}")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    return path
