"""Review and placement in the workbench: what is due, and sittings that begin."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import date
from random import Random

from tflab.programs.library import LessonEntry, find_lessons
from tflab.quiz.review_store import ReviewStore
from tflab.quiz.schedule import Grade
from tflab.session.disk import SessionDisk
from tflab.session.events import Emit, Event, ReviewDue
from tflab.session.placement import PlacementSitting
from tflab.session.quiz import ReviewSitting
from tflab.session.review import A_FEW, Due, ReadingPlace, read_due, reading_places


class ReviewBegun(Event, frozen=True):
    """A sitting begins. `due` has no kinds where there is nothing to ask.

    Attributes:
        sitting: What asks the questions.
        places: Where each kind is explained, by its id.
        due: All that is due, with what this sitting leaves for later.
    """

    sitting: ReviewSitting
    places: Mapping[str, ReadingPlace]
    due: Due


class PlacementBegun(Event, frozen=True):
    """A placement begins."""

    sitting: PlacementSitting


class QuizDesk:
    """Looks what is due, and begins reviews and placements.

    Args:
        disk: Where cards and lessons are read, and answers kept.
        emit: Is told what is due, and when a sitting begins.

    Attributes:
        due: What is due, as last looked up.
    """

    def __init__(self, disk: SessionDisk, emit: Emit) -> None:
        self._disk = disk
        self._emit = emit
        self.due = Due()

    def look(self) -> None:
        """Look what is due; `ReviewDue` follows."""

        def take(found: Future[Due]) -> None:
            self.due = found.result()
            self._emit(ReviewDue(len(self.due.kinds)))

        self._disk.do_then(lambda: read_due(date.today()), take)

    def begin_review(self) -> None:
        """Begin a sitting over a few of what is due; `ReviewBegun` follows."""

        def read() -> tuple[Due, dict[str, ReadingPlace]]:
            due = read_due(date.today())
            return due, reading_places(due.kinds[:A_FEW])

        def take(found: Future[tuple[Due, dict[str, ReadingPlace]]]) -> None:
            self.due, places = found.result()
            sitting = ReviewSitting(self.due.kinds[:A_FEW], self._note, Random())
            self._emit(ReviewBegun(sitting, places, self.due))

        self._disk.do_then(read, take)

    def begin_placement(self) -> None:
        """Begin a placement; `PlacementBegun` follows."""

        def take(found: Future[list[LessonEntry]]) -> None:
            self._emit(PlacementBegun(PlacementSitting(found.result(), Random())))

        self._disk.do_then(find_lessons, take)

    def _note(self, kind: str, grade: Grade) -> None:
        self._disk.keep(
            "What you answered is",
            lambda: ReviewStore().note(kind, grade, date.today()),
            lambda _: self.look(),
        )
