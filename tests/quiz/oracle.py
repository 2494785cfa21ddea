"""Computes with TensorFlow what the questions ask. Reads `KIND SEED` a line, writes JSON a line."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

from tflab.quiz.bank import BY_ID

Values = Mapping[str, Any]
NAMES = {"tf": tf, "keras": keras, "np": np}


def last_value(code: str, **names: Any) -> Any:
    """Run code and return the value of its last expression."""
    tree = ast.parse(code)
    room = {**NAMES, **names}
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(tree, "question", "exec"), room)
    return eval(compile(ast.Expression(last.value), "question", "eval"), room)


def line_that_raises(code: str) -> int | None:
    """Return the first line of code that raises, from 1."""
    try:
        exec(compile(code, "question", "exec"), dict(NAMES))
    except Exception as error:
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == "question":
                return trace.tb_lineno
            trace = trace.tb_next
        raise
    return None


def shape(value: Any) -> list[int]:
    return list(np.shape(value))


def slope(function: Callable[[Any], Any], place: float) -> float:
    with tf.GradientTape() as tape:
        at = tf.Variable(place, dtype=tf.float64)
        value = function(at)
    return float(tape.gradient(value, at))


def rule_steps(rule: Any, start: float, function: Callable[[Any], Any], steps: int) -> float:
    at = tf.Variable(start, dtype=tf.float64)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            value = function(at)
        rule.apply([tape.gradient(value, at)], [at])
    return float(at)


def order(v: Values) -> float:
    def derivative(function: Callable[[Any], Any], left: int) -> Callable[[Any], Any]:
        if left == 0:
            return function

        def slope_at(x: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = function(x)
            return tape.gradient(value, x, unconnected_gradients="zero")

        return derivative(slope_at, left - 1)

    x = tf.constant(float(v["x"]), tf.float64)
    return float(
        derivative(lambda x: x ** tf.constant(float(v["power"]), tf.float64), v["order"])(x)
    )


def settles(v: Values) -> str:
    rule = keras.optimizers.SGD(float(v["rate"]))
    away = abs(rule_steps(rule, 5.0, lambda t: v["a"] * (t - 3) ** 2, 9) - 3)
    return "settles" if away < 1.9 else "diverges" if away > 2.1 else "swings"


def classify(v: Values) -> float:
    metric = keras.metrics.BinaryAccuracy(threshold=0.5)
    scores, labels = ast.literal_eval(v["scores"]), ast.literal_eval(v["labels"])
    metric.update_state([[one] for one in labels], [[one] for one in scores])
    return float(metric.result())


def prints(code: str) -> int:
    with contextlib.redirect_stdout(io.StringIO()) as told:
        exec(compile(code, "question", "exec"), dict(NAMES))
    return told.getvalue().count("here")


def raises(code: str) -> str:
    line = line_that_raises(code)
    return "none" if line is None else str(line)


def watched(v: Values, code: str) -> str:
    found = last_value(code)
    if found is None:
        return "none"
    return "slope" if float(found) == float(v["slope"]) else "zero"


def normalised(v: Values) -> float:
    layer = keras.layers.Normalization(mean=v["mean"], variance=v["deviation"] ** 2)
    return float(np.squeeze(layer(np.array([[float(v["value"])]]))))


def dense(v: Values) -> float:
    layer = keras.layers.Dense(1, dtype="float64")
    layer.build((None, 1))
    layer.set_weights([np.array([[v["w"]]]), np.array([float(v["b"])])])
    return float(np.squeeze(layer(np.array([[float(v["x"])]]))))


def held(code: str) -> int:
    *before, last = code.split("\n")
    layer = last_value("\n".join([*before, last, "layer"]))
    return int(layer.count_params())


def updates(v: Values, **batches: int) -> int:
    model = keras.Sequential([keras.Input(shape=(1,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse", jit_compile=False)
    data = np.zeros((v["samples"], 1))
    model.fit(data, data, **batches, epochs=v["epochs"], verbose=0)
    return int(model.optimizer.iterations)


def curves(code: str) -> int:
    model = keras.Sequential([keras.Input(shape=(1,)), keras.layers.Dense(1)])
    data = np.ones((8, 1))
    quiet = code.replace("epochs=", "verbose=0, epochs=")
    return len(last_value(f"{quiet}\nhistory.history", model=model, x=data, y=data))


def stopping(v: Values, restore: bool = False) -> int:
    """Return after how many epochs `EarlyStopping` ends the training, or which weights it keeps."""
    model = keras.Sequential([keras.Input(shape=(1,)), keras.layers.Dense(1)])
    stop = keras.callbacks.EarlyStopping(
        patience=v.get("patience", 99), restore_best_weights=restore
    )
    stop.set_model(model)
    model.stop_training = False
    stop.on_train_begin()
    for epoch, loss in enumerate(ast.literal_eval(v["losses"])):
        model.set_weights([np.full((1, 1), epoch + 1.0), np.zeros(1)])
        stop.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            return epoch + 1
    stop.on_train_end()
    return int(model.get_weights()[0][0, 0]) if restore else 0


def parameters(*layers: Any) -> int:
    return int(keras.Sequential(list(layers)).count_params())


def module_of(name: str) -> list[str]:
    names = ("layers", "losses", "optimizers", "callbacks")
    return [module for module in names if hasattr(getattr(keras, module), name)]


def valley(v: Values) -> str:
    """Walk down a quartic whose slope is zero at the three places."""

    def steep(t: float) -> float:
        return (t - v["left"]) * (t - v["hill"]) * (t - v["right"])

    at = float(v["start"])
    for _ in range(20_000):
        at -= 1e-3 * steep(at)
    return "left" if abs(at - v["left"]) < 0.1 else "right" if abs(at - v["right"]) < 0.1 else "?"


def residual(v: Values) -> float:
    def through(x: Any) -> Any:
        for _ in range(v["blocks"]):
            x = keras.layers.add([x, v["slope"] * x])
        return x

    return slope(through, 1.0)


def biggest(v: Values, code: str) -> float:
    """Draw many, and return the bound if all lie within it and some come close."""
    many = code.replace(f"({v['rows']}, {v['columns']})", "(400, 400)")
    found = float(tf.reduce_max(tf.abs(last_value(many))))
    return float(v["bound"]) if 0.97 * v["bound"] < found <= v["bound"] * 1.00001 else found


def crossing(v: Values) -> float:
    """Return the place on the boundary, found by halving."""
    low, high = -1000.0, 1000.0
    for _ in range(80):
        middle = (low + high) / 2
        above = v["w1"] * v["x"] + v["w2"] * middle + v["b"] > 0.5
        low, high = (low, middle) if above else (middle, high)
    return low


ORACLES: dict[str, Callable[[Values, str], Any]] = {
    "tensors/bytes-of-block": lambda v, code: last_value(code).numpy().nbytes,
    "tensors/type-of-constant": lambda v, code: last_value(code).dtype.name,
    "tensors/shape-of-list": lambda v, code: shape(last_value(code)),
    "variables/after-assigning": lambda v, code: float(last_value(code + "\nv")),
    "variables/line-that-raises": lambda v, code: raises(code),
    "tensor-operations/shape-of-sum": lambda v, code: shape(
        last_value(code, c=tf.zeros(v["shape"]))
    ),
    "tensor-operations/shape-of-product": lambda v, code: shape(
        last_value(
            code, a=tf.zeros((v["rows"], v["inner"])), b=tf.zeros((v["inner"], v["columns"]))
        )
    ),
    "tensor-operations/shape-of-broadcast": lambda v, code: shape(
        last_value(code, a=tf.zeros(v["left"]), b=tf.zeros(v["right"]))
    ),
    "tensor-operations/sum-along-axis": lambda v, code: int(last_value(code)[0]),
    "execution-modes/how-often-printed": lambda v, code: prints(code),
    "execution-modes/graph-pays-off": lambda v, code: next(
        n for n in range(1, 10_000) if v["trace"] + n * v["graph"] < n * v["eager"]
    ),
    "tape-gradients/slope-of-parabola": lambda v, code: float(last_value(code)),
    "tape-gradients/watched-or-not": watched,
    "tape-gradients/slope-of-logarithm": lambda v, code: slope(
        lambda x: tf.math.log(v["a"] * x + v["b"]), v["x"]
    ),
    "tape-gradients/finite-difference": lambda v, code: float(
        (tf.square(v["x"] + v["h"]) - tf.square(v["x"] - v["h"])) / (2 * v["h"])
    ),
    "tape-gradients/line-that-raises": lambda v, code: raises(code),
    "second-order/speed": lambda v, code: slope(lambda t: v["a"] * t**2, v["t"]),
    "second-order/nth-derivative": lambda v, code: order(v),
    "gradient-descent/one-step": lambda v, code: rule_steps(
        keras.optimizers.SGD(float(v["rate"])), v["start"], lambda w: (w - v["bottom"]) ** 2, 1
    ),
    "gradient-descent/first-step-of-adam": lambda v, code: abs(
        rule_steps(keras.optimizers.Adam(float(v["rate"])), 0.0, lambda w: v["slope"] * w, 1)
    ),
    "gradient-descent/distance-left": lambda v, code: abs(
        rule_steps(
            keras.optimizers.SGD(float(v["rate"])),
            50.0 - v["distance"],
            lambda t: (t - 50) ** 2,
            v["steps"],
        )
        - 50
    ),
    "gradient-descent/settles-or-not": lambda v, code: settles(v),
    "linear-regression/slope-for-w": lambda v, code: slope(
        lambda w: (w * v["x"] + v["b"] - v["y"]) ** 2, v["w"]
    ),
    "linear-regression/mean-squared-error": lambda v, code: float(
        keras.losses.MeanSquaredError()(
            np.array([v["a"], v["b"]], "float64"), np.array([v["c"], v["d"]], "float64")
        )
    ),
    "linear-classifier/boundary": lambda v, code: crossing(v),
    "linear-classifier/accuracy": lambda v, code: classify(v),
    "movie-audience/standardised": lambda v, code: normalised(v),
    "movie-audience/prediction-of-line": lambda v, code: dense(v),
    "two-valleys/step-with-memory": lambda v, code: rule_steps(
        keras.optimizers.SGD(float(v["rate"]), momentum=v["alpha"]),
        0.0,
        lambda t: v["slope"] * t,
        2,
    ),
    "two-valleys/which-valley": lambda v, code: valley(v),
    "batches-and-momentum/updates-of-training": lambda v, code: updates(v, batch_size=v["batch"]),
    "keras-switchboard/curves-of-history": lambda v, code: curves(code),
    "keras-switchboard/updates-by-default": lambda v, code: updates(v),
    "when-to-stop/epoch-of-stopping": lambda v, code: stopping(v),
    "when-to-stop/best-epoch": lambda v, code: stopping(v, restore=True),
    "batches-and-momentum/softmax-of-two": lambda v, code: float(last_value(code)[0]),
    "batches-and-momentum/cost-of-guessing": lambda v, code: float(
        keras.losses.SparseCategoricalCrossentropy(from_logits=True)(
            np.array([0]), tf.zeros((1, v["classes"]))
        )
    ),
    "devices/bytes-of-product": lambda v, code: sum(
        one.numpy().nbytes for one in last_value(code + "\n(a, b, c)")
    ),
    "devices/operations-of-product": lambda v, code: 2 * v["size"] ** 3 / v["seconds"] / 1e9,
    "save-and-load/bytes-of-weights": lambda v, code: (
        4
        * parameters(
            keras.Input(shape=(v["inputs"],)),
            keras.layers.Dense(v["hidden"]),
            keras.layers.Dense(v["outputs"]),
        )
    ),
    "why-a-framework/numbers-learned": lambda v, code: parameters(
        keras.Input(shape=(1,)), keras.layers.Dense(v["hidden"], "tanh"), keras.layers.Dense(1)
    ),
    "why-a-framework/module-of-class": lambda v, code: "".join(module_of(v["name"])),
    "random-initialisation/bound-of-truncated": biggest,
    "random-initialisation/shrinking-gradient": lambda v, code: (
        1 / slope(lambda x: x, 1.0) / slope(tf.sigmoid, 0.0) ** v["layers"]
    ),
    "model-styles/parameters": lambda v, code: int(last_value(code).count_params()),
    "model-styles/shape-of-predictions": lambda v, code: shape(last_value(code)),
    "residual-block/gradient-left": lambda v, code: residual(v),
    "custom-layer/numbers-of-dense": lambda v, code: held(code),
    "custom-layer/weights-before-call": lambda v, code: last_value(code),
    "layers-and-ranks/shape-from-layer": lambda v, code: shape(last_value(code)),
    "layers-and-ranks/shape-with-axis": lambda v, code: shape(
        last_value(code, picture=tf.zeros(v["shape"]))
    ),
}
"""What TensorFlow says to each kind of question, from the values that were drawn and the code."""


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        id, seed = line.split()
        values = BY_ID[id].make(Random(int(seed))).values
        code = BY_ID[id].draw(Random(int(seed))).code
        with contextlib.redirect_stdout(sys.stderr):  # Keras prints its progress.
            said = ORACLES[id](values, code)
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
