"""Going on with a run: the same result as without the interruption, and the old run untouched."""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.worker.conftest import Bench, Run
from tflab.recording.checkpoints import open_checkpoints
from tflab.runs.record import Problem
from tflab.runs.state import result_value
from tflab.worker.continuing import copy_files

LOOP = """
import os, random, signal
import keras, numpy as np, tensorflow as tf
from tflab import lab
layers = [keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.BatchNormalization(),
          keras.layers.Dropout(0.3), keras.layers.Dense(1)]
model = keras.Sequential(layers)
optimizer = keras.optimizers.Adam(0.01)
x = np.random.RandomState(0).randn(64, 4).astype("f")
data = tf.data.Dataset.from_tensor_slices((x, x.sum(1, keepdims=True)))
data = iter(data.shuffle(64, seed=1).repeat().batch(8))
noise, chance = np.random.default_rng(5), tf.random.Generator.from_seed(7)
walk = np.zeros(3)
kept = lab.checkpoint(
    every=4, model=model, optimizer=optimizer, data=data, noise=noise, chance=chance, walk=walk
)
marker = lab.folder() / "killed"
for step in kept.steps(20):
    inputs, wanted = next(data)
    inputs = inputs + 0.1 * chance.normal(inputs.shape) + random.random() + np.random.rand()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(inputs, training=True) - wanted) ** 2)
    weights = model.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    walk += noise.normal(size=3)
    lab.log(step, loss=loss)
    if step == size and not marker.exists():
        marker.touch()
        while True:
            lab.log(step, waits=1.0)
            signal.pause()
"""
SHOW = """
lab.show(walk=walk, weights=[float(tf.reduce_sum(v)) for v in model.variables])
lab.show(slots=[float(tf.reduce_sum(tf.cast(v, "float32"))) for v in optimizer.variables])
"""


def go_on(bench: Bench, earlier: Run, **changes: Any) -> Run:
    """Start a run that goes on from another."""
    request = bench.store.record(earlier.folder.name).request
    values = {**request.parameters, **changes}
    request = dataclasses.replace(request, parameters=values, continues=earlier.folder.name)
    record = bench.store.create(request)
    folder = bench.store.folder(record.id)
    bench.server.start_run(folder)
    return Run(bench, folder, earlier.lesson)


def kill(run: Run) -> None:
    """End a run as a queue does that takes its machine away."""
    run.logged("waits")
    os.kill(run.pid, signal.SIGKILL)
    run.finish()


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_killed_training_that_goes_on_ends_as_one_that_was_not(bench: Bench) -> None:
    whole = bench.run(LOOP, SHOW, parameters={"size": -1}).state
    assert whole.status == "finished", whole.error
    broken = bench.start(LOOP, SHOW, parameters={"size": 13})
    kill(broken)
    before = files_of(broken.folder)
    later = go_on(bench, broken)
    state = later.finish()
    assert state.status == "finished", state.error
    assert files_of(broken.folder) == before, "the earlier run is only read"
    found, wanted = state.series["loss"], whole.series["loss"]
    assert list(found.steps) == list(range(20))
    assert list(found.values) == list(wanted.values)
    assert found.seams == (12.0,), "steps 12 and 13 were gone over again"
    assert found.parts == ((12, broken.folder.name),)
    for name in ("walk", "weights", "slots"):
        assert result_value(state.results[name]) == result_value(whole.results[name])
    assert any("Goes on at step 12" in text for text in state.notices)
    assert (state.progress_began.done, state.progress.total) == (12, 20)


def test_fit_goes_on_with_what_keras_itself_kept(bench: Bench) -> None:
    code = """
    import signal
    import keras, numpy as np
    from tflab import lab
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.1), "mse")
    x = np.ones((8, 2), "f")
    class Wait(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == size:
                lab.log(0, waits=1.0)
                signal.pause()
    calls = [
        keras.callbacks.BackupAndRestore(lab.folder() / "backup"),
        keras.callbacks.ModelCheckpoint(lab.folder() / "last.keras"),
        Wait(),
    ]
    model.fit(x, x[:, :1], batch_size=4, epochs=6, shuffle=False, verbose=0, callbacks=calls)
    """
    whole = bench.run(code, parameters={"size": -1}).state
    broken = bench.start(code, parameters={"size": 3})
    kill(broken)
    state = go_on(bench, broken, size=-1).finish()
    assert state.status == "finished", state.error
    for tag, last in (("loss", 6), ("batch_loss", 12)):
        assert list(state.series[tag].steps) == list(range(1, last + 1))
        assert list(state.series[tag].values) == list(whole.series[tag].values)
    assert state.series["loss"].seams == (4.0,)
    assert (state.progress.done, state.progress.total) == (6, 6), "what is left of it counts"
    third = go_on(bench, Run(bench, broken.folder, broken.lesson), size=-1)
    assert third.finish().status == "finished", "also a second time"


def test_fit_killed_just_after_keras_kept_an_epoch_has_its_point(bench: Bench) -> None:
    code = """
    import signal
    import keras, numpy as np
    from tflab import lab
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.1), "mse")
    x = np.ones((8, 2), "f")
    class Wait(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == size:
                lab.log(0, waits=1.0)
                signal.pause()
    calls = [
        keras.callbacks.BackupAndRestore(lab.folder() / "backup"),
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9),
        Wait(),
    ]
    model.fit(x, x[:, :1], batch_size=4, epochs=5, shuffle=False, verbose=0, callbacks=calls)
    """
    whole = bench.run(code, parameters={"size": -1}).state
    broken = bench.start(code, parameters={"size": 2})
    kill(broken)
    assert list(broken.state.series["loss"].steps) == [1, 2, 3], "the third was kept"
    state = go_on(bench, broken, size=-1).finish()
    assert state.status == "finished", state.error
    for tag in ("loss", "learning_rate"):
        # What a callback after the one that keeps adds is not there yet when it does.
        wanted = {1, 2, 3, 4, 5} - ({3} if tag == "learning_rate" else set())
        assert set(map(int, state.series[tag].steps)) == wanted
        assert len(state.series[tag].steps) == len(wanted), "none twice"
    assert list(state.series["loss"].values) == list(whole.series["loss"].values)
    assert state.series["loss"].seams == (4.0,)


def test_a_run_goes_on_through_several(bench: Bench) -> None:
    code = "from tflab import lab\nfor step in range(size, size + 4): lab.log(step, loss=step)"
    first = bench.run(code, parameters={"size": 0})
    second = go_on(bench, first, size=3)
    assert second.finish().series["loss"].parts == ((3, first.folder.name),)
    third = go_on(bench, second, size=5)
    state = third.finish()
    assert state.earlier == [first.folder.name, second.folder.name]
    assert list(state.series["loss"].values) == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert state.series["loss"].parts == ((3, first.folder.name), (5, second.folder.name))
    assert list(state.series["loss"].logged_by(second.folder.name).steps) == [3, 4]
    from_start = go_on(bench, third, size=0).finish().series["loss"]
    assert (list(from_start.steps), from_start.parts) == ([0, 1, 2, 3], ())


def test_a_deleted_earlier_run_is_said(bench: Bench) -> None:
    first = bench.run("print('one')")
    record = bench.store.record(first.folder.name)
    request = dataclasses.replace(record.request, continues="20200101-000000-aaaaaa")
    later = bench.store.create(request)
    bench.server.start_run(bench.store.folder(later.id))
    run = Run(bench, bench.store.folder(later.id), first.lesson)
    state = run.finish()
    assert state.status == "failed"
    assert state.error is not None
    assert state.error.title == "The earlier run is gone"


def test_links_into_the_old_files_lead_into_the_copy(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "deep").mkdir(parents=True)
    new.mkdir()
    (old / "deep" / "weights").write_bytes(b"1" * 3_000_000)
    (old / "inside").symlink_to(old / "deep" / "weights")
    (old / "beside").symlink_to("deep/weights")
    (old / "outside").symlink_to("/usr/bin")
    os.mkfifo(old / "pipe")
    copy_files(old, new)
    for name in ("inside", "beside", "deep/weights"):
        (new / name).write_bytes(b"2")
    assert (old / "deep" / "weights").read_bytes() == b"1" * 3_000_000
    assert os.readlink(new / "outside") == "/usr/bin"
    assert not (new / "pipe").exists()


@pytest.mark.parametrize(
    ("objects", "options", "title"),
    [
        ({}, {}, "Nothing to keep"),
        ({"w": object()}, {}, "This cannot be kept"),
        ({"w": 1}, {"every": -1}, "These checkpoints make no sense"),
    ],
)
def test_what_makes_no_sense_is_said(
    objects: Any, options: Any, title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    asked = {"folder": tmp_path, "every": 0, "keep": 2, "name": "training"} | options
    with pytest.raises(Problem) as raised:
        open_checkpoints(objects, **asked)
    assert raised.value.title == title
