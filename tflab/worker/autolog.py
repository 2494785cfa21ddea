"""What a run records of a program that says nothing of it: Keras and progress bars.

Nothing is imported here that the program does not import itself.
"""

from __future__ import annotations

import functools

from tflab import lab
from tflab.recording.autolog import Own
from tflab.recording.keras_autolog import record_keras
from tflab.recording.keras_training import KerasTraining
from tflab.recording.run_recorder import RunRecorder
from tflab.worker.import_hooks import when_imported


class Autolog:
    """Everything that is recorded by itself in one run.

    Args:
        recorder: The run's.
    """

    def __init__(self, recorder: RunRecorder) -> None:
        self._own = Own(recorder, lab.attach)
        self._trainings = [
            KerasTraining(recorder, self._own, library) for library in ("keras", "tf_keras")
        ]

    def begin(self) -> None:
        """Take part in what is imported already, and in the rest once it is."""
        for training in self._trainings:
            when_imported(training.library, functools.partial(record_keras, training))

    def end_cell(self) -> None:
        """Record what was kept back until the end of the cell."""
        for training in self._trainings:
            training.tell_results()
        self._own.rest()
