"""Opening a finished run of 100,000 steps and 6 series, from the key press until it is drawn.

Beside it, TensorBoard's own reader on the same points in an event file.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from pathlib import Path

from benchmarks.figure import Budget, Figure, in_turn, show
from benchmarks.workbench import (
    data_folder,
    level,
    open_workbench,
    wait_until_warm,
    write_lesson,
    write_run,
)
from tflab.runs.log_reader import LogReader
from tflab.runs.state import RunState

TITLE = "Opening a run of 100,000 steps × 6 series"
POINTS = 100_000
TAGS = [f"{name}/loss" for name in "abcdef"]
_DRAWN_WHOLE = re.compile(r"[⠁-⣿x+o#@] ?⠒\S⠒ [a-f]/loss")
"""A curve up to its own label, which stands beside where it would end."""


def measure(rounds: int = 5) -> list[Figure]:
    """Let the workbench, our reader alone and TensorBoard's take turns."""
    with data_folder() as data, tempfile.TemporaryDirectory() as name:
        path = write_lesson(data, "large", steps=1)
        folder = write_run(path, TAGS, POINTS)
        # The newest run is shown as the lesson is opened; the large one is to be chosen.
        write_run(path, ["small"], 2)
        events = _write_events(Path(name))
        cases = {
            "app": lambda: _open(path),
            "reader": lambda: _read(folder),
            "tensorboard": lambda: _read_events(events),
        }
        found = in_turn(cases, rounds)
    peer = "TensorBoard EventAccumulator, reading only", found["tensorboard"]
    return [
        Figure("key press to drawn", "s", found["app"], *peer, Budget(0.7)),
        Figure("reading only", "s", found["reader"], *peer),
    ]


def _open(path: Path) -> float:
    """Choose the run in the list; it is drawn when its curves reach the labels at their ends."""
    with open_workbench(path) as app:
        wait_until_warm(app)
        app.press("f6", "end")
        app.wait_for("Use values")
        pressed = app.press("enter")
        return app.wait_until(_DRAWN_WHOLE.search, "curves over the whole chart") - pressed


def _read(folder: Path) -> float:
    start = time.perf_counter()
    reader, state = LogReader(folder), RunState()
    while events := reader.poll():
        for event in events:
            state.apply(event)
    took = time.perf_counter() - start
    assert state.points == POINTS * len(TAGS)
    return took


def _read_events(folder: Path) -> float:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    start = time.perf_counter()
    found = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    found.Reload()
    took = time.perf_counter() - start
    assert len(found.Scalars(TAGS[0])) == POINTS
    return took


def _write_events(folder: Path) -> Path:
    """Write the same points as TensorBoard keeps them."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    with tf.io.TFRecordWriter(str(folder / "events.out.tfevents.1.bench")) as file:
        file.write(Event(wall_time=1.0, file_version="brain.Event:2").SerializeToString())
        for step in range(POINTS):
            for place, tag in enumerate(TAGS):
                value = Summary.Value(tag=tag, simple_value=level(step / POINTS, place))
                event = Event(wall_time=1.0, step=step, summary=Summary(value=[value]))
                file.write(event.SerializeToString())
    return folder


if __name__ == "__main__":
    show(TITLE, measure())
