"""Finding lessons by their title and by what they say. Reads the files; parses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tflab.programs.library import LessonEntry
from tflab.runs.text import plain_line


class Hit(NamedTuple):
    """A lesson that matches, and the first line that says why; empty when its title does."""

    entry: LessonEntry
    line: str


def search(entries: Sequence[LessonEntry], query: str) -> list[Hit]:
    """Return the lessons that hold every word of `query`, those that name it in the title first.

    Case does not matter. An empty query finds every lesson.
    """
    words = query.casefold().split()
    by_title: list[Hit] = []
    by_content: list[Hit] = []
    for entry in entries:
        if all(word in f"{entry.title} {entry.id}".casefold() for word in words):
            by_title.append(Hit(entry, ""))
            continue
        text = _text(entry)
        if all(word in text.casefold() for word in words):
            by_content.append(Hit(entry, _line_with(text, words)))
    return by_title + by_content


def _text(entry: LessonEntry) -> str:
    try:
        return entry.path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _line_with(text: str, words: Sequence[str]) -> str:
    """Return the line that holds most of the words, without its comment mark."""
    best = max(text.splitlines(), key=lambda line: sum(w in line.casefold() for w in words))
    return plain_line(best.strip().removeprefix("#"))
