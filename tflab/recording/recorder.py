"""What `tflab.lab` talks to: in a run, the run's recorder; else the one that prints."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from tflab.recording.pictures import Drawn
from tflab.recording.progress import Meter
from tflab.runs.events import Event


class Recorder(Protocol):
    """What `tflab.lab` needs: the run's recorder, or the one that prints when there is no run."""

    cell: int
    guesses: Mapping[str, Any]

    def log(self, step: Any, scalars: Mapping[str, Any], axis: str = "") -> None:
        """Record one point for each scalar; `axis` is what the steps count, if not just steps."""

    def emit(self, event: Event) -> None:
        """Record any other event."""

    def figure_number(self, name: Hashable = None) -> int:
        """Return the number of a new figure, or the one that this name has had before."""

    def show_picture(self, drawn: Drawn) -> None:
        """Keep a picture."""

    def at(self) -> int:
        """Return how many bytes the lesson has printed so far."""

    def track(self, iterable: Iterable[Any], total: int | None) -> Iterator[Any]:
        """Yield from `iterable`, recording how far it has come."""

    def begin(self, total: int | None, done: int = 0) -> Meter:
        """Begin to measure progress by hand, where some of it may be done; `end` ends it."""

    def end(self, meter: Meter) -> None:
        """End the progress that `begin` began."""

    def folder(self) -> Path:
        """Return where the lesson may save files."""
