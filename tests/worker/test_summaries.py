"""What programs write for TensorBoard is recorded too, and written as before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.worker.conftest import Bench
from tflab.recording.event_files import EventFiles

SCRIPT = """
import os, sys
import keras, numpy as np
import tensorflow as tf
folder = os.path.abspath("logs")
train = tf.summary.create_file_writer(os.path.join(folder, "train"))
test = tf.summary.create_file_writer(folder + "/test", flush_millis=10_000_000)
for step in range(3):
    with train.as_default():
        tf.summary.scalar("loss", 1.0 / (step + 1), step=step)
    with test.as_default(step=step):
        tf.summary.scalar("loss", 2.0)

@tf.function
def inside(x, step):
    with train.as_default(step=step):
        with tf.name_scope("net"):
            tf.summary.scalar("width", x)
        tf.summary.histogram("weights", tf.ones(3))
        tf.summary.text("words", "hello")

for step in range(5):
    inside(tf.constant(step * 0.5), tf.constant(step, tf.int64))

class Rate(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        tf.summary.scalar("rate", float("inf") if epoch else 0.25, step=epoch)

rates = tf.summary.create_file_writer(folder + "/rates")
rates.set_as_default()
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile("sgd", "mse")
model.fit(np.ones((8, 1)), np.ones((8, 1)), epochs=2, verbose=0,
          callbacks=[keras.callbacks.TensorBoard(folder + "/callback"), Rate()])
"""

READ = """
import glob, sys
import tensorflow as tf
for path in sorted(glob.glob("logs/**/events*", recursive=True)):
    for record in tf.data.TFRecordDataset(path):
        event = tf.compat.v1.Event.FromString(record.numpy())
        for value in event.summary.value:
            if value.metadata.plugin_data.plugin_name in ("scalars", "text") and not (
                "loss" in value.tag and "callback" in path or "per_second" in value.tag
            ):
                print(path.split("/")[1], event.step, value.tag, tf.make_ndarray(value.tensor))
"""


def written(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_scalars_of_every_writer_also_inside_of_graphs(bench: Bench, tmp_path: Path) -> None:
    ours, plain = tmp_path / "ours", tmp_path / "plain"
    for folder in (ours, plain):
        folder.mkdir()
        (folder / "train.py").write_text(SCRIPT)
    run = bench.run_file(ours / "train.py")
    assert run.state.ended.state == "finished", run.state.error
    series = run.state.series
    # The callback of Keras writes batches where the program would, not into files of its own.
    assert set(series) - {"rates/batch_loss"} == {
        "train/loss", "test/loss", "train/net/width", "rates/rate", "loss", "batch_loss"
    }  # fmt: skip
    assert list(series["train/loss"].steps) == [0, 1, 2]
    assert list(series["train/net/width"].values) == [0, 0.5, 1, 1.5, 2]
    assert list(series["test/loss"].values) == [2, 2, 2]
    assert list(series["rates/rate"].values) == [0.25, float("inf")]
    assert series["loss"].axis == "epoch"
    subprocess.run([sys.executable, "train.py"], cwd=plain, capture_output=True, check=True)
    assert written(ours) == written(plain)
    assert "words" in written(ours)


def test_one_writer_needs_no_name_and_takes_none_away(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(
        "import tensorflow as tf\nfrom tflab import lab\nlab.log(1, loss=1.0)\n"
        "with tf.summary.create_file_writer('logs').as_default():\n"
        "    tf.summary.scalar('loss', 2.0, step=1)\n    tf.summary.scalar('other', 3, step=1)\n"
        "lab.autolog(False)\n"
        "with tf.summary.create_file_writer('more').as_default():\n"
        "    tf.summary.scalar('more', 2.0, step=1)\n"
    )
    state = bench.run_file(path).state
    assert {tag: list(s.values) for tag, s in state.series.items()} == {
        "loss": [1], "logs/loss": [2], "other": [3]
    }  # fmt: skip


def test_a_damaged_file_is_said_and_stops_nothing(tmp_path: Path) -> None:
    import os

    files = EventFiles()
    files.add(str(tmp_path))
    file = tmp_path / f"events.out.tfevents.1.host.{os.getpid()}.0.v2"
    file.write_bytes((5).to_bytes(8, "little") + b"crc0" + b"\xff" * 5 + b"crc1")
    files.end()
    (notice,) = files.news()
    assert "is not read on" in notice.text
    assert files.news() == []
