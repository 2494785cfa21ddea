"""The trainings of a run: which curves a model has, and what `evaluate` gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from tflab.recording.autolog import Own, numbers
from tflab.recording.model_curves import ModelCurves
from tflab.recording.run_recorder import RunRecorder
from tflab.recording.values import to_text
from tflab.runs.events import Notice, Result

MOST_MODELS = 64
"""Models of one run that have curves."""

MOST_WITH_BATCHES = 8
"""Models of one run that have curves over batches too."""


class Kept(Protocol):
    """What keeps points back."""

    def tell(self) -> None:
        """Record them."""


class KerasTraining:
    """Records every `fit` and `evaluate` of one library.

    Args:
        recorder: The run's.
        own: What the program records itself.
        library: `keras`, or `tf_keras` for the Keras of old.

    Attributes:
        batches: Keeps a point back for a while, of batches that are trained on one by one.
    """

    def __init__(self, recorder: RunRecorder, own: Own, library: str) -> None:
        self.recorder = recorder
        self.own = own
        self.library = library
        self._models: dict[int, ModelCurves] = {}
        self._names: set[str] = set()
        self._recorded: set[str] = set()
        self._results: dict[str, tuple[int, float]] = {}
        self.batches: Kept | None = None

    def curves(self, model: Any) -> ModelCurves:
        """Return what is known of a model; the first of a run has series without a prefix."""
        found = self._models.get(id(model))
        if found is None or found.model() is not model:
            found = ModelCurves(model, self._prefix(model), len(self._names) - 1)
            self._models[id(model)] = found
            if found.number == MOST_MODELS:
                text = f"Models after the first {MOST_MODELS} that are trained have no curves."
                self.recorder.emit(Notice(text=text, at=self.recorder.at()))
        return found

    def log(self, curves: ModelCurves, step: int, values: Mapping[str, float], axis: str) -> None:
        """Record one point for each value of a model."""
        if curves.number >= (MOST_WITH_BATCHES if axis == "batch" else MOST_MODELS):
            return
        lead = "batch_" if axis == "batch" else ""
        tags = {f"{curves.prefix}{lead}{name}" for name in values}
        if any(self.recorder.is_taken(tag) for tag in tags - self._recorded):
            curves.prefix = self._name(curves.model()) + "/"
        # The loss is what a chart shows first.
        names = sorted(values, key=lambda name: (name != "loss", "loss" not in name))
        points = {f"{curves.prefix}{lead}{name}": values[name] for name in names}
        self._recorded.update(points)
        self.recorder.log(step, points, axis)

    def evaluated(self, model: Any, logs: Mapping[str, Any]) -> None:
        """Take in the results of `evaluate`; they are told at the end of the cell."""
        curves, values = self.curves(model), numbers(logs)
        found = curves.evaluated(values)
        if found is None or curves.number >= MOST_MODELS:
            return
        name, points = found
        for metric, value in values.items():
            self._results[f"{curves.prefix}{name}/{metric}"] = self.recorder.cell, value
        self.own.watch_results()
        for step, point in points:
            named = {f"{name}/{metric}": value for metric, value in point.items()}
            self.log(curves, step, named, "epoch")

    def tell_batches(self) -> None:
        """Record the batches that were kept back, before others of the same model."""
        if self.batches is not None:
            self.batches.tell()

    def tell_results(self) -> None:
        """Record what was evaluated since the last call, unless the program shows its results."""
        self.tell_batches()
        results, self._results = self._results, {}
        if self.own.results:
            return
        for name, (cell, value) in results.items():
            at = self.recorder.at()
            self.recorder.emit(Result(cell=cell, name=to_text(name), value=value, at=at))

    def give_up(self, what: str, error: Exception) -> None:
        """Say why something is not recorded, such as `Batches are`."""
        text = f"{what} not recorded: {type(error).__name__}: {error}"[:500]
        self.recorder.emit(Notice(text=to_text(text), at=self.recorder.at()))

    def _prefix(self, model: Any) -> str:
        if not self._names:
            self._names.add(str(getattr(model, "name", "model")))
            return ""
        return self._name(model) + "/"

    def _name(self, model: Any) -> str:
        wanted = name = str(getattr(model, "name", "model"))
        number = 2
        while name in self._names:
            name, number = f"{wanted} {number}", number + 1
        self._names.add(name)
        return name
