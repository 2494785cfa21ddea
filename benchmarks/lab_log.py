"""What one `lab.log` of one scalar costs the lesson, in a real recorder that writes a real log.

Beside it `tf.summary.scalar` into a file writer, and a bare `append` of the same two values for
scale. "Flat out" is a loop that does nothing else, faster than any training: what the recorder's
thread takes from it counts. "A burst" is shorter than the time between two flushes.
"""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figure import Budget, Figure, in_turn, show
from tflab import lab
from tflab.recording.run_recorder import RunRecorder
from tflab.runs.log_writer import LogWriter

TITLE = "One lab.log of one scalar"
CALLS = 100_000
BURST = 1_000


def measure(rounds: int = 11) -> list[Figure]:
    """Let the recorder, TensorBoard's summaries and a list take turns."""
    with tempfile.TemporaryDirectory() as name, _recording(Path(name)), _summaries() as summary:
        cases = {
            "flat out": lambda: _per_call(_log, CALLS),
            "burst": lambda: _per_call(_log, BURST),
            "append": lambda: _per_call(_appender(), CALLS),
            "summary": lambda: _per_call(summary, BURST),
        }
        in_turn(cases, 1)
        found = in_turn(cases, rounds)
    peer = "tf.summary.scalar", found["summary"]
    ahead = Budget(100, "at least", ratio=True)
    limit = Budget(3e-6)
    return [
        Figure("flat out, times ahead", "s", found["flat out"], *peer, ahead, inverse=True),
        Figure("flat out", "s", found["flat out"], "list.append", found["append"], limit),
        Figure("a burst, times ahead", "s", found["burst"], *peer, ahead, inverse=True),
        Figure("a burst", "s", found["burst"], "list.append", found["append"], limit),
    ]


def _log(step: int) -> None:
    lab.log(step, loss=0.5)


def _per_call(call: Callable[[int], object], calls: int) -> float:
    """Return the seconds of one call. What still waits to be written is written before."""
    lab.show(settled=True)
    start = time.perf_counter()
    for step in range(calls):
        call(step)
    return (time.perf_counter() - start) / calls


def _appender() -> Callable[[int], object]:
    kept: list[tuple[int, float]] = []
    return lambda step: kept.append((step, 0.5))


@contextmanager
def _recording(folder: Path) -> Iterator[None]:
    """Attach a recorder as a run process does."""
    recorder = RunRecorder(folder, LogWriter(folder))
    lab.attach(recorder)
    try:
        yield
    finally:
        recorder.finish()


@contextmanager
def _summaries() -> Iterator[Callable[[int], object]]:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as name:
        writer = tf.summary.create_file_writer(name)
        with writer.as_default():
            # As in every run: what TensorFlow's import made is never visited by the collector.
            gc.collect()
            gc.freeze()
            yield lambda step: tf.summary.scalar("loss", 0.5, step=step)
        writer.close()


if __name__ == "__main__":
    show(TITLE, measure())
