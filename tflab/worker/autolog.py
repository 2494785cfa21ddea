"""What a run records of a program that says nothing of it: Keras, summaries, progress bars,
and what it shows.

Nothing is imported here that the program does not import itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tflab import lab
from tflab.recording.autolog import Own
from tflab.recording.event_files import EventFiles
from tflab.recording.keras_autolog import record_keras
from tflab.recording.keras_training import KerasTraining
from tflab.recording.run_recorder import RunRecorder
from tflab.recording.tqdm_progress import record_tqdm
from tflab.recording.values import to_text
from tflab.runs.events import Notice
from tflab.runs.record import RunRequest
from tflab.worker.display import Display, Pictures
from tflab.worker.import_hooks import when_imported


class Autolog:
    """Everything that is recorded by itself in one run.

    Args:
        recorder: The run's.
        pictures: Who records pictures.
        summaries: Reads what the program writes for TensorBoard.
    """

    def __init__(self, recorder: RunRecorder, pictures: Pictures, summaries: EventFiles) -> None:
        self._recorder = recorder
        self._summaries = summaries
        summaries.is_taken = recorder.is_taken
        summaries.claim = recorder.claim
        self._display = Display(recorder, pictures)
        self._own = Own(recorder, lab.attach)
        self._trainings = [
            KerasTraining(recorder, self._own, library) for library in ("keras", "tf_keras")
        ]

    def begin(self, request: RunRequest) -> None:
        """Take part in what is imported already, and in the rest once it is."""
        self._display.install(request)
        self._when_imported("tensorflow", self._summaries.watch)
        self._when_imported("tqdm", functools.partial(record_tqdm, self._recorder))
        if "keras_callback(" in request.source:
            # The program says itself which of its trainings are recorded.
            return
        for training in self._trainings:
            self._when_imported(training.library, functools.partial(record_keras, training))

    def _when_imported(self, library: str, then: Callable[[], object]) -> None:
        """Take part in a library; where its version does not let us, say so and let it run."""

        def take_part() -> None:
            try:
                then()
            except Exception as error:  # noqa: BLE001
                text = f"{library} is not recorded by itself: {type(error).__name__}: {error}"
                self._recorder.emit(Notice(text=to_text(text[:500]), at=self._recorder.at()))

        when_imported(library, take_part)

    def show(self, value: Any, cell: int) -> None:
        """Show the value of a cell's last expression, as a notebook does."""
        self._display.show(value, cell)

    def end_cell(self) -> None:
        """Record what was kept back until the end of the cell."""
        for training in self._trainings:
            training.tell_results()
        self._own.rest()

    def end(self) -> None:
        """Record what was kept back, at the end of the run, however it ends."""
        self.end_cell()
        self._summaries.end()
