"""What is recorded by itself, and what the program records, so that nothing is kept twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tflab.recording.run_recorder import RunRecorder
from tflab.runs.events import Event, Result

OFF = "TFLAB_AUTOLOG"
"""The environment variable that turns it off when it is 0."""

_wanted = os.environ.get(OFF) != "0"


def set_wanted(wanted: bool) -> None:
    """Turn on or off what is recorded by itself from here on; see `tflab.lab.autolog`."""
    global _wanted
    _wanted = wanted


def is_wanted() -> bool:
    """Return whether things are recorded by themselves."""
    return _wanted


class Own:
    """Stands before the recorder and notes what the program itself hands over.

    Only while something is recorded by itself, as each call takes a moment longer so.

    Args:
        recorder: The run's.
        attach: Has `tflab.lab` talk to a recorder.

    Attributes:
        calls: How often the program has logged.
        results: How many results it has shown since `watch_results`.
    """

    def __init__(self, recorder: RunRecorder, attach: Callable[[Any], None]) -> None:
        self.calls = 0
        self.results = 0
        self._recorder = recorder
        self._attach = attach
        self._listens = self._watches = False
        self._tags: set[str] = set()
        self._values: set[float] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recorder, name)

    def listen(self) -> None:
        """Note from here on what the program logs and shows."""
        if not self._listens:
            self._listens = True
            self._attach(self)

    def watch_results(self) -> None:
        """Count from here on the results that the program shows; goes on where it does so."""
        self.listen()
        if not self._watches:
            self._watches, self.results = True, 0

    def rest(self) -> None:
        """Note nothing any more."""
        if self._listens:
            self._attach(self._recorder)
        self._listens = self._watches = False
        self.results = 0

    def log(self, step: Any, scalars: Mapping[str, Any], axis: str = "") -> None:
        """Note what the program logs, and hand it on."""
        self.calls += 1
        self._tags.update(scalars)
        self._values.update(numbers(scalars).values())
        self._recorder.log(step, scalars, axis)

    def emit(self, event: Event) -> None:
        """Count a result that the program shows, and hand it on."""
        self.results += isinstance(event, Result)
        self._recorder.emit(event)

    def has_logged(self, name: str, value: float) -> bool:
        """Return whether the program has logged this value, under whatever name, or this name.

        Whole numbers say nothing: a count and an accuracy of 1 are not the same thing.
        """
        return name in self._tags or (value in self._values and not value.is_integer())

    def forget(self) -> None:
        """Forget what was logged so far."""
        self._tags.clear()
        self._values.clear()


def numbers(values: Mapping[str, Any]) -> dict[str, float]:
    """Return those of some values that are numbers at hand, without waiting for a device."""
    found = {}
    for name, value in values.items():
        if isinstance(value, bool):
            continue
        if isinstance(value, (int, float, np.number)) or (
            isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "fiu"
        ):
            found[str(name)] = float(value)
    return found
