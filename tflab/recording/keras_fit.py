"""One call of `fit`, recorded while it goes on."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tflab.recording.autolog import numbers
from tflab.recording.batch_values import BatchValues, Reading
from tflab.recording.keras_training import KerasTraining
from tflab.recording.progress import Meter
from tflab.runs.record import Problem

SHARE = 0.005
"""The part of a training's time that reading its batches may take."""

FREE = 64
"""Readings of a run that are not held against it, so that a short training has all its batches."""

_FREE_SECONDS = 0.5

_MOST_PENDING = 8

_Method = TypeVar("_Method", bound=Callable[..., None])
_Read = TypeVar("_Read")


class Budget:
    """Says when a batch may be read next, so that reading takes no more than its share of time."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._free = FREE
        self._free_seconds = _FREE_SECONDS
        self._next = 0.0

    def allows(self) -> bool:
        """Return whether a batch may be read now."""
        return self._clock() >= self._next

    def timed(self, work: Callable[[], _Read]) -> tuple[_Read, float]:
        """Return what some work gives, and how long it took."""
        began = self._clock()
        return work(), self._clock() - began

    def spend(self, seconds: float) -> None:
        """Take in how long a reading took."""
        if self._free and self._free_seconds > 0:
            self._free -= 1
        self.add(seconds)

    def add(self, seconds: float) -> None:
        """Take in how long it took to record what had been read before."""
        if self._free and self._free_seconds > 0:
            self._free_seconds -= seconds
        else:
            self._next = max(self._clock(), self._next) + seconds / SHARE


def _guarded(method: _Method) -> _Method:
    """Have recording fail in words, and the training go on; a `Problem` is the program's."""

    @functools.wraps(method)
    def guarded(self: Fit, *arguments: Any) -> None:
        if self.failed:
            return
        try:
            method(self, *arguments)
        except Problem:
            raise
        except Exception as error:  # noqa: BLE001
            self.failed = True
            self.training.give_up("Training is", error)

    return guarded  # type: ignore[return-value]


class Fit:
    """Records the epochs and batches of one call of `fit`.

    A batch is read between it and the next one, on the thread that trains: Keras hands its logs to
    callbacks on other threads while training goes on. So what it was is first read and then held
    against its logs, once these have come.

    Args:
        training: What it belongs to.
        budget: How often batches may be read.
        model: The model.
        given: What Keras knows of the training: `epochs`, and `steps` of each or None.

    Attributes:
        failed: Whether recording has failed and was given up.
    """

    failed = False

    def __init__(
        self, training: KerasTraining, budget: Budget, model: Any, given: Mapping[str, Any]
    ) -> None:
        self.training = training
        self._own = training.own
        self._budget = budget
        self._model = model
        self._curves = training.curves(model)
        self._values = BatchValues(training.library)
        self._steps: int | None = given.get("steps")
        self._epochs: int | None = given.get("epochs")
        self._first: int | None = None
        self._shift = 0
        self._done = 0
        self._last = -1
        self._takes_batches = True
        self._calls = self._own.calls
        # The batch that is to be read next; those that were read, in order; and what logs have come
        # of all these.
        self._wanted = -1
        self._pending: dict[int, list[Reading | str]] = {}
        self._logs: dict[int, Mapping[str, Any]] = {}
        self._left_to_program: set[str] = set()
        self._told: set[str] | None = None
        self._own.listen()
        self._own.forget()
        self._meter = Meter(None)
        self._meter.unit = "batch"
        self._meter.epochs = self._epochs
        training.recorder.watch(self._meter)

    def __del__(self) -> None:
        # An error in `fit` ends it without a word.
        self._meter.over = True

    @_guarded
    def begin_epoch(self, epoch: int) -> None:
        """Begin an epoch, counted from 0 as Keras does; those of a model go on from fit to fit."""
        if self._first is None:
            self._first = epoch
            self._shift = max(0, self._curves.epoch - epoch)
            if not self._curves.batches and self._steps is not None:
                # Of those that an earlier run has trained, from which this one goes on.
                self._curves.batches = epoch * self._steps
        self._told = None
        self._curves.epoch = self._shift + epoch + 1
        self._meter.epoch = epoch + 1
        self._last = -1
        self._calls = self._own.calls
        self._values.begin_epoch()
        self._measure(epoch)

    def begin_batch(self, batch: int) -> None:
        """Read the batch before this one, if it is its turn."""
        self._meter.done = self._done + batch
        if self._own.calls != self._calls:
            self._leave_batches()
        elif self._wanted >= 0 or self._pending:
            self._read()
        if self._takes_batches and len(self._pending) < _MOST_PENDING and self._budget.allows():
            self._wanted = batch

    def end_batch(self, batch: int, logs: Mapping[str, Any] | None) -> None:
        """Keep what is needed of a batch; this may be on any thread, and out of order."""
        self._last = max(self._last, batch)
        # With several steps at once, they have the number of the last, and began as the first.
        known = (self._wanted, *tuple(self._pending))
        began = max((n for n in known if 0 <= n <= batch), default=-1)
        if began >= 0:
            self._logs.setdefault(began, logs or {})

    @_guarded
    def end_batches(self) -> None:
        """Read the last batch, before its metrics are set back for the validation."""
        if self._wanted >= 0:
            self._read()

    @_guarded
    def end_epoch(self, epoch: int, logs: Mapping[str, Any]) -> None:
        """Record the epoch, with what the program's own callbacks have added to it.

        Called again for an epoch, it records what was added since.
        """
        if self._told is not None:
            self._tell(numbers(logs), self._told)
            return
        if self._wanted >= 0:
            self._read()
        # By now Keras has waited for all logs; what has none is left out.
        self._settle()
        self._pending.clear()
        self._logs.clear()
        self._told = set(numbers(logs))
        self._tell(numbers(logs), set())
        self._curves.batches += self._last + 1
        if self._steps is None and self._last >= 0:
            self._steps = self._last + 1
        self._measure(epoch + 1)

    def _tell(self, values: Mapping[str, float], told: set[str]) -> None:
        self._left_to_program |= {n for n, v in values.items() if self._own.has_logged(n, v)}
        self._own.forget()
        kept = {n: v for n, v in values.items() if n not in self._left_to_program | told}
        self.training.log(self._curves, self._curves.epoch, kept, "epoch")

    def end(self) -> None:
        """End the progress, however many epochs there were in the end."""
        self.training.recorder.end(self._meter)

    def _measure(self, epochs: int) -> None:
        """Bring the progress up to date, given how many epochs are over, those left out too."""
        first = self._first or 0
        if self._steps is not None:
            self._done = (epochs - first) * self._steps
            if self._epochs is not None:
                self._meter.total = (self._epochs - first) * self._steps
        self._meter.done = self._done

    def _read(self) -> None:
        began = time.perf_counter()
        try:
            if self._wanted >= 0:
                self._pending[self._wanted] = self._values.read(self._model)
                self._wanted = -1
                self._settle()
                self._budget.spend(time.perf_counter() - began)
            else:
                self._settle()
                self._budget.add(time.perf_counter() - began)
        except Problem:
            raise
        except Exception as error:  # noqa: BLE001
            self._leave_batches()
            self.training.give_up("Batches are", error)

    def _leave_batches(self) -> None:
        """Record no more batches: the program logs its own."""
        self._takes_batches, self._calls = False, self._own.calls
        self._wanted = -1
        self._pending.clear()

    def _settle(self) -> None:
        """Record what was read, as far as the logs have come."""
        while self._pending:
            batch = next(iter(self._pending))
            logs = self._logs.pop(batch, None)
            if logs is None:
                return
            own = self._values.resolve(self._pending.pop(batch), numbers(logs))
            self.training.log(self._curves, self._curves.batches + batch + 1, own, "batch")
