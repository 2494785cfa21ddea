"""Keeping what a lesson logs last, for a program that runs a lesson often and compares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tflab.recording.conversion import checked
from tflab.recording.plain import PlainRecorder
from tflab.recording.values import to_number
from tflab.runs.events import Event, Result

_NOT_FINITE = ("nan", "inf", "-inf")


class LastValues(PlainRecorder):
    """Prints nothing of what is logged, and remembers the newest numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._series: dict[str, float] = {}
        self._results: dict[str, float] = {}

    @property
    def values(self) -> dict[str, float]:
        """The newest value of each series by its tag, and of each result that is one number.

        Where both have one name it is the series, as in a sweep's table.
        """
        return {**self._results, **self._series}

    def log(self, step: Any, scalars: Mapping[str, Any], axis: str = "") -> None:  # noqa: ARG002
        """Remember these values.

        Raises:
            Problem: When one is no number.
        """
        for tag, value in scalars.items():
            self._series[tag] = float(checked("lab.log", tag, to_number, value))

    def emit(self, event: Event) -> None:
        """Remember a result that is one number."""
        if isinstance(event, Result):
            value = event.value if event.tensor is None else event.tensor.values
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if number or value in _NOT_FINITE:
                self._results[event.name] = float(value)
