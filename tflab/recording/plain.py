"""What `tflab.lab` does when there is no run: a lesson started as a plain Python program.

The same calls print short lines, so that `python lessons/10_linear_classifier.py` shows how it goes
without any of the rest of tflab.
"""

from __future__ import annotations

import atexit
import sys
import tempfile
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from tflab.recording.conversion import checked
from tflab.recording.pictures import Drawn
from tflab.recording.progress import Meter
from tflab.recording.values import to_number, to_whole
from tflab.runs.events import Check, Event, Figure, Goal, Notice, Prediction, Result

_FIRST_WAIT = 0.05


class PlainRecorder:
    """Prints what a run would record.

    Logged steps are printed at growing distances, about twenty lines in an hour, and the last one
    before anything else is said.

    Args:
        out: Where to print; by default wherever `sys.stdout` points at the time.
        clock: Monotonic seconds; injected by tests.
    """

    def __init__(
        self, out: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.cell = 0
        self.guesses: Mapping[str, Any] = {}
        self._out = out
        self._clock = clock
        self._folder: Path | None = None
        self._wait = _FIRST_WAIT
        self._next = 0.0
        self._unsaid: tuple[int, Mapping[str, Any], str] | None = None
        atexit.register(self.finish)

    def log(self, step: Any, scalars: Mapping[str, Any], axis: str = "") -> None:
        """Print this step if it is time for another one.

        Raises:
            Problem: When a value is no number.
        """
        self._unsaid = (checked("lab.log", "step", to_whole, step), scalars, axis or "step")
        now = self._clock()
        if now >= self._next:
            self._next = now + self._wait
            self._wait *= 2
            self.finish()

    def emit(self, event: Event) -> None:
        """Print a result, a figure's title, a goal, a question or a check."""
        self.finish()
        if isinstance(event, Result):
            value = event.value if event.tensor is None else event.tensor.values
            self._say(f"{event.name} = {value}")
        elif isinstance(event, Figure):
            step = "" if event.step is None else f" at step {event.step}"
            self._say(f"figure: {event.title}{step}")
        elif isinstance(event, Notice):
            self._say(event.text)
        elif isinstance(event, Goal):
            self._say(f"goal {'reached' if event.passed else 'not reached'}: {event.text}")
        elif isinstance(event, Prediction):
            self._say(f"{event.question} {event.answer}")
        elif isinstance(event, Check):
            told = "" if event.passed else f": {event.message}"
            self._say(f"check {'passed' if event.passed else 'failed'}: {event.name}{told}")

    def figure_number(self, name: Hashable = None) -> int:  # noqa: ARG002
        """Return 0: figures are not told apart here."""
        return 0

    def show_picture(self, drawn: Drawn) -> None:
        """Print a picture's title and size."""
        self.finish()
        title = drawn.picture.title or "without a title"
        self._say(f"picture: {title}, {drawn.image.width} × {drawn.image.height}")

    def at(self) -> int:
        """Return 0: nothing is captured here."""
        return 0

    def track(self, iterable: Iterable[Any], total: int | None) -> Iterator[Any]:  # noqa: ARG002
        """Yield from `iterable`."""
        yield from iterable

    def begin(self, total: int | None, done: int = 0) -> Meter:  # noqa: ARG002
        """Return a meter that nobody reads."""
        return Meter(total)

    def end(self, meter: Meter) -> None:
        """Do nothing: progress is not printed."""

    def folder(self) -> Path:
        """Return a temporary folder, the same one each time."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="tflab-"))
            self._say(f"files go to {self._folder}")
        return self._folder

    def finish(self) -> None:
        """Print the last logged step, if it was not yet.

        Raises:
            Problem: When a value is no number.
        """
        if self._unsaid is None:
            return
        (step, scalars, axis), self._unsaid = self._unsaid, None
        numbers = {tag: checked("lab.log", tag, to_number, v) for tag, v in scalars.items()}
        shown = (f"{tag} {number:.6g}" for tag, number in numbers.items())
        self._say(f"{axis} {step}  {'  '.join(shown)}")

    def _say(self, line: str) -> None:
        print(line, file=self._out or sys.stdout)
