"""The Keras callback. Keras is imported only when a lesson asks for one, in the lesson's process.

By name, because a static import would let everything that imports `tflab.lab` reach Keras.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from tflab.recording.batch_values import BatchValues
from tflab.recording.progress import Meter
from tflab.recording.recorder import Recorder


def make_callback(
    recorder: Callable[[], Recorder],
    batches: bool,
    prefix: str,
    frame: Callable[[int], None] | None,
) -> Any:
    """Return the callback; see `tflab.lab.keras_callback`."""
    base = importlib.import_module("keras").callbacks.Callback
    return type("LabCallback", (LabHooks, base), {})(recorder, batches, prefix, frame)


class LabHooks:
    """What the callback does, without its Keras base."""

    params: Mapping[str, Any]
    model: Any

    def __init__(
        self,
        recorder: Callable[[], Recorder],
        batches: bool,
        prefix: str,
        frame: Callable[[int], None] | None,
    ) -> None:
        super().__init__()
        self._recorder = recorder
        self._batches = batches
        self._prefix = prefix
        self._frame = frame
        self._batch = 0
        self._values = BatchValues()
        self._meter: Meter | None = None

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Begin to measure progress over the epochs."""
        self._meter = self._recorder().begin(self.params.get("epochs"))
        self._meter.unit = "epoch"

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Begin the means of an epoch."""
        self._values.begin_epoch()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Log the batch when asked to."""
        if self._batches:
            self._batch += 1
            own = self._values.own(self.model, logs or {})
            self._log(self._batch, f"{self._prefix}batch_", own, "batch")

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Log the epoch, counted from 1 as Keras prints it."""
        if self._meter is not None:
            self._meter.done = epoch + 1
        self._log(epoch + 1, self._prefix, logs, "epoch")
        if self._frame is not None:
            self._frame(epoch + 1)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """End the progress."""
        if self._meter is not None:
            self._recorder().end(self._meter)

    def _log(self, step: int, prefix: str, logs: Mapping[str, Any] | None, axis: str) -> None:
        scalars = {f"{prefix}{name}": value for name, value in (logs or {}).items()}
        self._recorder().log(step, scalars, axis)
