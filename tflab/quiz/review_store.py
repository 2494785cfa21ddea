"""The file that holds when each kind of question comes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec

from tflab.quiz.schedule import Card, Grade, graded
from tflab.runs.atomic_files import locked, make_private_folder, read_file, replace_atomically
from tflab.runs.paths import data_folder


class Review(msgspec.Struct, kw_only=True):
    """`review.json`: a card for each kind of question that was asked, by its id."""

    version: int = 1
    cards: dict[str, Card] = {}


class ReviewStore:
    """Reads and writes the cards of one person. Two workbenches may use it at once.

    Args:
        path: The file; by default `review.json` in the data folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or data_folder() / "review.json"

    def read(self) -> Mapping[str, Card]:
        """Return the cards by kind; none where there is no file or it is damaged."""
        try:
            return msgspec.json.decode(read_file(self._path), type=Review).cards
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return {}

    def note(self, kind: str, grade: Grade, today: date) -> Mapping[str, Card]:
        """Keep how well a question was answered, and return all cards.

        Raises:
            OSError: When the file cannot be written.
        """
        make_private_folder(self._path.parent)
        with locked(self._path.with_suffix(".lock")):
            cards = dict(self.read())
            cards[kind] = graded(cards.get(kind), grade, today)
            replace_atomically(self._path, msgspec.json.encode(Review(cards=cards)))
        return cards
