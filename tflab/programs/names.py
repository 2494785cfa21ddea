"""From a lesson's file name to its id and number."""

from __future__ import annotations

import re
from pathlib import Path

_NAME = re.compile(r"(?:(\d{1,9})[_\- ]+)?(.*)", re.DOTALL)


def lesson_id(path: Path) -> tuple[str, int | None]:
    """Return id and number: `10_linear_classifier.py` gives `linear-classifier` and 10."""
    match = _NAME.fullmatch(path.stem)
    number, name = match.groups() if match else (None, path.stem)
    cleaned = re.sub(r"[^\w.]+|_+", "-", name.lower()).strip("-.")
    return cleaned or "lesson", int(number) if number else None
