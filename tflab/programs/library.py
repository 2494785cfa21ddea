"""Finding lessons: the course that is shipped, and the user's own. Cheap; nothing is parsed."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from tflab.runs.atomic_files import read_file
from tflab.runs.paths import data_folder
from tflab.runs.problem import Problem
from tflab.runs.text import plain_line

_HEAD = 1024
_ENDINGS = (".py", ".ipynb")
_LONGEST_NUMBER = 20
_NAME = re.compile(r"(?:(\d{1,9})[_\- ]+)?(.*)", re.DOTALL)
_TITLE = re.compile(r"^#?[ \t]*#[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)
_PROSE = re.compile(r"^\s*#\s*%%+.*\[(?:markdown|md)\].*$", re.MULTILINE)


class LessonEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson in the list, known by its file name and first lines only.

    Attributes:
        number: From the file name, or None.
        title: The first heading, or the id where none is near the top.
        shipped: Whether it belongs to the course, rather than to the user.
    """

    id: str
    number: int | None
    title: str
    path: Path
    shipped: bool


def lesson_id(path: Path) -> tuple[str, int | None]:
    """Return id and number: `10_linear_classifier.py` gives `linear-classifier` and 10."""
    match = _NAME.fullmatch(path.stem)
    number, name = match.groups() if match else (None, path.stem)
    cleaned = re.sub(r"[^\w.]+|_+", "-", name.lower()).strip("-.")
    return cleaned or "lesson", int(number) if number else None


def course_folder() -> Path:
    """Return where the course lies: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "course"
    return installed if installed.is_dir() else package.parent / "lessons"


def user_folder() -> Path:
    """Return where the user's own lessons lie. It may not exist."""
    return data_folder() / "lessons"


def find_lessons(extra: Path | None = None) -> list[LessonEntry]:
    """Return every lesson, by number and then by id; those without a number come last.

    Bad lessons are listed like good ones, so that opening one says what is wrong with it. Where
    two files have one id, the user's own counts.

    Args:
        extra: One more folder to look into.
    """
    found: dict[str, LessonEntry] = {}
    for folder in (course_folder(), user_folder(), extra):
        if folder is not None:
            for path in _files(folder):
                entry = read_entry(path)
                found[entry.id] = entry
    return sorted(found.values(), key=_order)


def read_entry(path: Path) -> LessonEntry:
    """Return the entry of one file. A file that cannot be read is named after its id."""
    name, number = lesson_id(path)
    return LessonEntry(
        id=name,
        number=number,
        title=_title(path) or name,
        path=path,
        shipped=path.parent == course_folder(),
    )


def resolve(text: str, extra: Path | None = None) -> Path:
    """Return the file that `text` names: the id or number of a lesson, or a path.

    Raises:
        Problem: When there is none; it names the closest ids.
    """
    entries = find_lessons(extra)
    for entry in entries:
        if text == entry.id or (_is_number(text) and int(text) == entry.number):
            return entry.path
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        # There is no such user.
        path = Path(text)
    # Not `path.is_file`, which raises when the name is longer than any file's.
    if path.suffix in (".py", ".ipynb") or os.sep in text or os.path.isfile(path):
        return path.absolute()
    wanted = text.strip().lower().replace("_", "-")
    ids = [entry.id for entry in entries]
    close = difflib.get_close_matches(wanted, ids, n=3, cutoff=0.5)
    close = close or [name for name in ids if wanted and wanted in name]
    raise Problem(
        "No such lesson",
        f"There is no lesson {plain_line(text) or repr(text)}.",
        f"Did you mean {' or '.join(close)}?" if close else "See `tflab lessons` for all of them.",
    )


class Hit(NamedTuple):
    """A lesson that matches, and the first line that says why; empty when its title does."""

    entry: LessonEntry
    line: str


def read_texts(entries: Sequence[LessonEntry]) -> dict[Path, str]:
    """Return what stands in the lessons' files, to be searched; nothing for one that is gone."""
    return {entry.path: _text(entry) for entry in entries}


def search(entries: Sequence[LessonEntry], query: str, texts: Mapping[Path, str]) -> list[Hit]:
    """Return the lessons that hold every word of `query`, those that name it in the title first.

    Case does not matter. An empty query finds every lesson.

    Args:
        entries: The lessons.
        query: What a person typed.
        texts: What `read_texts` gave.
    """
    words = query.casefold().split()
    by_title: list[Hit] = []
    by_content: list[Hit] = []
    for entry in entries:
        if all(word in f"{entry.title} {entry.id}".casefold() for word in words):
            by_title.append(Hit(entry, ""))
            continue
        text = texts.get(entry.path, "")
        if all(word in text.casefold() for word in words):
            by_content.append(Hit(entry, _line_with(text, words)))
    return by_title + by_content


def _text(entry: LessonEntry) -> str:
    try:
        return read_file(entry.path).decode(errors="replace")
    except OSError:
        return ""


def _line_with(text: str, words: Sequence[str]) -> str:
    """Return the line that holds most of the words, without its comment mark."""
    best = max(text.splitlines(), key=lambda line: sum(w in line.casefold() for w in words))
    return plain_line(best.strip().removeprefix("#"))


def _files(folder: Path) -> Iterator[Path]:
    try:
        names = sorted(folder.iterdir())
    except OSError:
        # A missing folder is an empty one, and one we may not look into shows nothing.
        return
    yield from (
        p for p in names if p.suffix in _ENDINGS and p.name[0] not in "._" and os.path.isfile(p)
    )


def _is_number(text: str) -> bool:
    """Whether it may be the number of a lesson; Python reads no number of thousands of digits."""
    return text.isdecimal() and len(text) <= _LONGEST_NUMBER


def _title(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return ""
    prose = _PROSE.search(head)
    heading = _TITLE.search(head, prose.end()) if prose else None
    return plain_line(heading[1]) if heading else ""


def _order(entry: LessonEntry) -> tuple[bool, int, str]:
    return entry.number is None, entry.number or 0, entry.id
