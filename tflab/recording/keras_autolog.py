"""What `fit` and `evaluate` of Keras record of themselves, in a program that says nothing of it.

A callback that nobody passed takes part in every `CallbackList`: `fit` itself is left as it is, so
that its signature, its overrides and its tracebacks are. The callback comes last, so that it sees
what the program's own have put into the logs, and it only reads. Where the program keeps its model
at the end of an epoch, to go on from it, the epoch is recorded before that: a run that is killed
in between has the points of all epochs that it kept. Keras has settled by then whether
callbacks are called on other threads, so that this does not depend on it either.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import time
from collections.abc import Iterable, Mapping
from typing import Any

from tflab.recording.autolog import is_wanted
from tflab.recording.keras_callback import LabHooks
from tflab.recording.keras_fit import Budget, Fit
from tflab.recording.keras_single_batches import record_single_batches
from tflab.recording.keras_training import KerasTraining
from tflab.recording.progress import Meter

_PATIENCE = 0.5


def record_keras(training: KerasTraining) -> None:
    """Have every `fit` and `evaluate` of a library recorded, which is imported already."""
    callbacks = importlib.import_module(training.library).callbacks
    kind = type("Autolog", (_Watcher, callbacks.Callback), {})
    early_kind = type("BeforeBackup", (_BeforeBackup, callbacks.Callback), {})
    backups = (callbacks.BackupAndRestore, callbacks.ModelCheckpoint)
    budget = Budget()
    begin = callbacks.CallbackList.__init__
    signature = inspect.signature(begin)

    @functools.wraps(begin)
    def begin_recorded(self: Any, *arguments: Any, **named: Any) -> None:
        given = signature.bind(self, *arguments, **named)
        # Keras of old settles as it begins which callbacks are called for batches.
        early = training.library != "keras" and is_wanted()
        watcher = kind(training, budget)
        if early and not _is_recorded(listed := _flat(given.arguments.get("callbacks"))):
            given.arguments["callbacks"] = [*listed, watcher]
        begin(*given.args, **given.kwargs)
        add_watcher(self, given.arguments, watcher, early)
        place = next((n for n, one in enumerate(self.callbacks) if isinstance(one, backups)), None)
        if place is not None:
            self.callbacks.insert(place, early_kind(training, self.callbacks[place:]))

    def add_watcher(self: Any, given: Mapping[str, Any], watcher: Any, early: bool) -> None:
        if early or not is_wanted() or _is_recorded(self.callbacks):
            return
        watcher.set_model(given.get("model"))
        watcher.set_params(given.get("params"))
        self.callbacks.append(watcher)

    callbacks.CallbackList.__init__ = begin_recorded
    record_single_batches(training, budget)


def _is_recorded(callbacks: Iterable[Any]) -> bool:
    return any(isinstance(one, LabHooks) for one in callbacks)


def _flat(callbacks: Any) -> list[Any]:
    """Return callbacks as a list, given as one, as None, or in lists of lists."""
    if isinstance(callbacks, (list, tuple)):
        return [found for one in callbacks for found in _flat(one)]
    return [] if callbacks is None else [callbacks]


class _Watcher:
    """The callback of one `CallbackList`, without its Keras base."""

    def __init__(self, training: KerasTraining, budget: Budget) -> None:
        super().__init__()
        self._training = training
        self._budget = budget
        self._watched: Any = None
        self._given: Mapping[str, Any] = {}
        self._fit: Fit | None = None
        self._since = 0.0
        self._meter: Meter | None = None

    def set_model(self, model: Any) -> None:
        """Take the model, by another name: Keras's own has JAX write the model's state back."""
        self._watched = model

    def set_params(self, params: Mapping[str, Any] | None) -> None:
        """Take what Keras knows of the training."""
        self._given = params or {}

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        if self._watched is not None:
            self._training.tell_batches()
            self._fit = Fit(self._training, self._budget, self._watched, self._given)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        if self._fit is not None:
            self._fit.begin_epoch(epoch)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        if self._fit is not None:
            self._fit.begin_batch(batch)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._fit is not None:
            self._fit.end_batch(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self._fit is not None:
            self._fit.end_epoch(epoch, logs or {})

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        if self._fit is not None:
            self._fit.end()
            self._fit = None

    def on_test_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        if self._fit is not None:
            self._fit.end_batches()
        else:
            self._since = time.monotonic()

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        if self._fit is None:
            self._go_on(batch)

    def on_test_end(self, logs: Any = None) -> None:
        if self._fit is None:
            self._stop()
            if self._watched is not None and logs:
                self._training.evaluated(self._watched, logs)

    def on_predict_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        self._since = time.monotonic()

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        if self._fit is None:
            self._go_on(batch)

    def on_predict_end(self, logs: Any = None) -> None:  # noqa: ARG002
        if self._fit is None:
            self._stop()

    def _go_on(self, batch: int) -> None:
        """Measure the progress of what takes long; a program may evaluate a thousand times."""
        if self._meter is not None:
            self._meter.done = batch
        elif time.monotonic() > self._since + _PATIENCE:
            self._meter = self._training.recorder.begin(self._given.get("steps"))
            self._meter.unit = "batch"

    def _stop(self) -> None:
        if self._meter is not None:
            self._meter.done = self._meter.total or self._meter.done
            self._training.recorder.end(self._meter)
            self._meter = None


class _BeforeBackup:
    """Has an epoch recorded, and written down, before the callbacks after it keep the model.

    Args:
        training: What is recorded.
        after: The callbacks that are called after this one.
    """

    def __init__(self, training: KerasTraining, after: Iterable[Any]) -> None:
        super().__init__()
        self._training = training
        self._watchers = [one for one in after if isinstance(one, _Watcher)]
        # One of the program's may log the epoch itself, which shows at the end of the first.
        self._waits = any(_may_log(one) for one in after)

    def set_model(self, model: Any) -> None:
        """Take no model, which nothing here needs: see `_Watcher.set_model`."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if not self._waits:
            for watcher in self._watchers:
                watcher.on_epoch_end(epoch, logs)
        self._waits = False
        self._training.recorder.flush()


def _may_log(callback: Any) -> bool:
    """Return whether a callback is the program's own and does something at the end of an epoch."""
    method = callback.on_epoch_end
    library = str(getattr(method, "__module__", "")).partition(".")[0] in ("keras", "tf_keras")
    return not library and not isinstance(callback, _Watcher)
