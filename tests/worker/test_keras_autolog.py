"""What `fit` and `evaluate` of Keras record in programs that say nothing of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.worker.conftest import Bench
from tflab.runs.events import Notice, Progress
from tflab.runs.state import RunState, result_value

HEAD = """
import keras, numpy as np
x = np.ones((7, 1), "float32")
y = np.array([[0], [0], [1], [1], [2], [2], [3]], "float32")

def build(name=None, metrics=("mae",)):
    layers = [keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")]
    model = keras.Sequential(layers, name=name)
    model.compile(keras.optimizers.SGD(0.0), "mse", metrics=list(metrics))
    return model
"""


def run_script(bench: Bench, tmp_path: Path, source: str, **request: object) -> RunState:
    path = tmp_path / "train.py"
    path.write_text(HEAD + source)
    state = bench.run_file(path, **request).state
    assert state.ended is not None
    assert state.ended.state == "finished", state.error
    return state


def points(state: RunState, tag: str) -> list[tuple[float, float]]:
    series = state.series[tag]
    return list(zip(series.steps, series.values, strict=True))


def results(state: RunState) -> dict[str, object]:
    return {name: result_value(result) for name, result in state.results.items()}


def test_epochs_batches_validation_and_progress(bench, tmp_path) -> None:
    path = tmp_path / "train.py"
    path.write_text(
        HEAD + "model = build()\n"
        "model.fit(x, y, batch_size=2, epochs=2, shuffle=False, verbose=0, validation_data=(x, y))"
    )
    run = bench.run_file(path)
    state = run.state
    assert set(state.series) == {
        "loss", "mae", "val_loss", "val_mae", "batch_loss", "batch_mae"
    }  # fmt: skip
    assert list(state.series["loss"].values) == pytest.approx([19 / 7, 19 / 7])
    assert list(state.series["val_loss"].steps) == [1, 2]
    assert list(state.series["batch_loss"].steps) == list(range(1, 9))
    # The values of each batch, where Keras itself has the mean so far.
    assert list(state.series["batch_loss"].values) == pytest.approx([0, 1, 4, 9] * 2, abs=1e-5)
    assert list(state.series["batch_mae"].values) == pytest.approx([0, 1, 2, 3] * 2, abs=1e-5)
    axes = {tag: series.axis for tag, series in state.series.items()}
    assert {tag for tag, axis in axes.items() if axis == "batch"} == {"batch_loss", "batch_mae"}
    assert axes["val_loss"] == axes["mae"] == "epoch"
    last = [event for event in run.events if isinstance(event, Progress)][-1]
    assert (last.unit, last.done, last.total, last.epoch, last.epochs) == ("batch", 8, 8, 2, 2)
    assert not any(isinstance(event, Notice) for event in run.events)


def test_fits_of_one_model_go_on_and_another_model_has_its_name(bench, tmp_path) -> None:
    state = run_script(
        bench,
        tmp_path,
        """
first, second, same = build(), build("deep"), build("deep")
first.fit(x, y, epochs=2, verbose=0)
first.compile("sgd", "mse")
first.fit(x, y, epochs=3, initial_epoch=1, verbose=0)
first.fit(x, y, epochs=6, initial_epoch=4, verbose=0)
for _ in range(3):
    second.fit(x, y, epochs=1, verbose=0)
same.fit(x, y, verbose=0)
first.fit(x, y, verbose=0)
""",
    )
    assert list(state.series["loss"].steps) == [1, 2, 3, 4, 5, 6, 7]
    assert list(state.series["deep/loss"].steps) == [1, 2, 3]
    assert list(state.series["deep 2/loss"].steps) == [1]
    assert list(state.series["batch_loss"].steps) == list(range(1, 8))


def test_evaluations_are_results_and_those_between_fits_a_curve(bench, tmp_path) -> None:
    state = run_script(
        bench,
        tmp_path,
        """
model, other = build(), build("other")
for _ in range(3):
    model.fit(x, y, verbose=0)
    model.evaluate(x, y, verbose=0)
    model.evaluate(x, y + 1, verbose=0)
other.evaluate(x, y, verbose=0)
""",
    )
    found = results(state)
    assert found["evaluate/loss"] == pytest.approx(19 / 7)
    assert found["evaluate 2/loss"] == pytest.approx((1 + 1 + 4 + 4 + 9 + 9 + 16) / 7)
    assert found["other/evaluate/mae"] == pytest.approx(9 / 7)
    assert list(state.series["evaluate/loss"].steps) == [1, 2, 3]
    assert list(state.series["evaluate 2/loss"].steps) == [1, 2, 3]
    assert "other/evaluate/loss" not in state.series


def test_what_callbacks_and_own_steps_put_into_the_logs(bench, tmp_path) -> None:
    state = run_script(
        bench,
        tmp_path,
        """
class Adds(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["rate"] = 0.5 / (epoch + 1)

class Steps(keras.Model):
    def train_step(self, data):
        return {"height": keras.ops.sum(data[0])}

build(metrics=["mae", keras.metrics.RootMeanSquaredError()]).fit(
    x, y, epochs=2, verbose=0, callbacks=[Adds()]
)
model = Steps()
model.compile(steps_per_execution=2)
def batches():
    while True:
        yield np.ones((4, 1), "float32"), np.ones((4, 1), "float32")
model.fit(batches(), steps_per_epoch=4, epochs=2, verbose=0)
build("unknown").fit(((x, y) for _ in range(3)), verbose=0)
""",
    )
    assert points(state, "rate") == [(1, 0.5), (2, 0.25)]
    assert "root_mean_squared_error" in state.series
    assert "batch_root_mean_squared_error" not in state.series
    assert set(state.series["steps/batch_height"].values) == {4.0}
    assert list(state.series["steps/height"].steps) == [1, 2]
    assert list(state.series["unknown/batch_loss"].steps) == [1, 2, 3]


OWN = """
from tflab import lab
class Logs(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        lab.log(epoch, mine=logs["loss"], rate=0.1)
class Batches(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        lab.log(batch, mine_too=1.5)
build().fit(x, y, epochs=2, batch_size=2, verbose=0, callbacks=[Logs(), Batches()])
# As a module that the program imports would.
passed = getattr(lab, "keras" + "_callback")()
other = build("b")
other.fit(x, y, epochs=2, verbose=0, callbacks=[passed])
other.fit(x, y, epochs=3, verbose=0)
lab.autolog(False)
build("c").fit(x, y, verbose=0)
lab.autolog()
model = build("d")
model.fit(x, y, verbose=0)
value, _ = model.evaluate(x, y, verbose=0)
lab.show(value=value)
"""


def test_nothing_is_recorded_twice_and_a_program_can_say_no(bench, tmp_path) -> None:
    state = run_script(bench, tmp_path, OWN)
    assert {tag for tag in state.series if "mae" not in tag} == {
        "mine", "rate", "mine_too", "loss", "b/loss", "b/batch_loss", "d/loss", "d/batch_loss"
    }  # fmt: skip
    assert len(state.series["mine"]) == len(state.series["rate"]) == len(state.series["loss"]) == 2
    assert len(state.series["b/loss"]) == 3
    assert len(state.series["d/loss"]) == 1
    assert set(results(state)) == {"value"}


def test_a_program_that_passes_the_callback_chooses_what_is_recorded(bench, tmp_path) -> None:
    source = "from tflab import lab\nmodel = build()\nmodel.fit(x, y, verbose=0)\n"
    source += "model.fit(x, y, epochs=2, verbose=0, callbacks=[lab.keras_callback()])\n"
    state = run_script(bench, tmp_path, source + "model.evaluate(x, y, verbose=0)\n")
    assert set(state.series) == {"loss", "mae"}
    assert len(state.series["loss"]) == 2
    assert not state.results


def test_fit_is_as_without_us(bench, tmp_path) -> None:
    source = """
import inspect, pickle, traceback
@keras.saving.register_keras_serializable()
class Sub(keras.Sequential):
    def fit(self, *args, **kwargs):
        print("own fit")
        return super().fit(*args, **kwargs)
class Fails(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise ValueError("mine")
model = Sub([keras.Input((1,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
print(inspect.signature(keras.Model.fit), inspect.signature(keras.callbacks.CallbackList))
print(keras.Model.fit.__module__, keras.callbacks.CallbackList.__init__.__qualname__)
print(inspect.getsource(keras.callbacks.CallbackList.__init__) == inspect.getsource(
    inspect.unwrap(keras.callbacks.CallbackList.__init__)))
given = [keras.callbacks.History()]
history = model.fit(x, y, epochs=2, verbose=0, callbacks=given)
print(sorted(history.history), len(given), history is model.history)
print(pickle.loads(pickle.dumps(model)).name == model.name)
for _ in range(2):
    try:
        model.fit(x, y, verbose=0, callbacks=[Fails()])
    except ValueError:
        print([frame.name for frame in traceback.extract_tb(__import__("sys").exc_info()[2])])
"""
    path = tmp_path / "train.py"
    path.write_text(HEAD + source)
    plain = subprocess.run(
        [sys.executable, path], capture_output=True, text=True, check=True, timeout=170
    )
    run = bench.run_file(path)
    assert run.state.ended.state == "finished", run.state.error
    assert run.printed == plain.stdout
    assert list(run.state.series["loss"].steps) == [1, 2]


SAME = """
import hashlib, random
import tensorflow as tf
keras.utils.set_random_seed(11)
draw = np.random.default_rng(0)
x = draw.random((96, 8)).astype("float32")
y = (x.sum(1) > 4).astype("int32")
model = keras.Sequential([
    keras.Input((8,)), keras.layers.Dense(16, "relu"), keras.layers.Dropout(0.4),
    keras.layers.BatchNormalization(), keras.layers.Dense(2, "softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(96).batch(8)
fits = [model.fit(x, y, batch_size=8, epochs=3, validation_split=0.25, verbose=0),
        model.fit(data, epochs=2, shuffle=False, verbose=0)]
digest = hashlib.sha256(b"".join(w.tobytes() for w in model.get_weights())).hexdigest()
print(digest, [fit.history for fit in fits], model.evaluate(x, y, verbose=0))
print(random.random(), np.random.random(), float(tf.random.uniform(())), build().name)
"""


def test_recording_changes_no_bit_of_a_result(bench, tmp_path) -> None:
    path = tmp_path / "same.py"
    path.write_text(HEAD + SAME)
    plain = subprocess.run(
        [sys.executable, path], capture_output=True, text=True, check=True, timeout=170
    )
    run = bench.run_file(path, seed=5)
    assert run.state.ended.state == "finished", run.state.error
    assert run.printed == plain.stdout
    assert len(run.state.series["loss"]) == 5
    assert len(run.state.series["batch_loss"]) > 5


def test_a_model_that_is_trained_five_hundred_times(bench, tmp_path) -> None:
    """By the calls that `fit` makes, since five hundred of its own take minutes."""
    source = """
model = build()
model.fit(x, y, verbose=0)
for n in range(499):
    listed = keras.callbacks.CallbackList(model=model, epochs=1, steps=1)
    listed.on_train_begin()
    listed.on_epoch_begin(0)
    listed.on_train_batch_begin(0)
    listed.on_train_batch_end(0, {"loss": n})
    listed.on_epoch_end(0, {"loss": n})
    listed.on_train_end()
"""
    state = run_script(bench, tmp_path, source)
    assert list(state.series["loss"].steps) == list(range(1, 501))
    assert list(state.series["loss"].values)[1:] == list(range(499))


def test_more_models_than_anybody_compares(bench, tmp_path) -> None:
    source = """
from tflab.recording import keras_training
keras_training.MOST_MODELS = 3
keras_training.MOST_WITH_BATCHES = 1
for n in range(5):
    build("m").fit(x, y, verbose=0)
"""
    path = tmp_path / "train.py"
    path.write_text(HEAD + source)
    run = bench.run_file(path)
    found = {tag for tag in run.state.series if tag.endswith("loss")}
    assert found == {"loss", "batch_loss", "m 2/loss", "m 3/loss"}
    (notice,) = [event.text for event in run.events if isinstance(event, Notice)]
    assert "first 3" in notice


def test_batches_that_cannot_be_read_are_said_and_the_epochs_go_on(bench, tmp_path) -> None:
    path = tmp_path / "train.py"
    path.write_text(
        HEAD + "from tflab.recording.batch_values import BatchValues\n"
        "BatchValues.read = lambda *_: 1 / 0\n"
        "build().fit(x, y, epochs=3, batch_size=2, verbose=0)\n"
    )
    run = bench.run_file(path)
    assert run.state.ended.state == "finished", run.state.error
    assert set(run.state.series) == {"loss", "mae"}
    assert len(run.state.series["loss"]) == 3
    (notice,) = [event.text for event in run.events if isinstance(event, Notice)]
    assert notice == "Batches are not recorded: ZeroDivisionError: division by zero"


SINGLE = """
one, two = build("one", ["mae", keras.metrics.AUC()]), build("two")
for start in (0, 2, 4):
    told = one.train_on_batch(x[start : start + 2], y[start : start + 2])
    two.train_on_batch(x[: start + 1], y[: start + 1], return_dict=True)
    one.test_on_batch(x[:3], y[:3])
    one.test_on_batch(x[6:], y[6:])
    LOG
two.fit(x, y, batch_size=7, epochs=1, verbose=0)
"""


def test_batches_that_are_trained_one_by_one(bench, tmp_path) -> None:
    state = run_script(bench, tmp_path, SINGLE.replace("LOG", "pass"))
    assert points(state, "batch_loss") == [(1, 0.0), (2, 1.0), (3, 4.0)]
    assert points(state, "batch_mae") == [(1, 0.0), (2, 1.0), (3, 2.0)]
    # Both tests of a round count as one, each by its size.
    tested = [(step, pytest.approx((1 + 9) / 4)) for step in (1, 2, 3)]
    assert points(state, "batch_val_loss") == tested
    assert points(state, "two/batch_loss") == [
        (1, 0.0), (2, pytest.approx(1 / 3)), (3, pytest.approx(6 / 5)), (4, pytest.approx(19 / 7))
    ]  # fmt: skip
    assert not any("auc" in tag for tag in state.series)


def test_batches_that_the_program_logs_are_left_to_it(bench, tmp_path) -> None:
    log = "from tflab import lab; lab.log(start, mine=float(told[0]))"
    state = run_script(bench, tmp_path, SINGLE.replace("LOG", log))
    assert points(state, "mine") == [(0, 0.0), (2, 1.0), (4, 4.0)]
    assert not any("batch" in tag for tag in state.series if not tag.startswith("two/"))
