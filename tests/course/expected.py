"""What the course promises of every lesson: its parameters, and its results at the defaults."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Results = dict[str, Any]

PARAMETERS: dict[str, dict[str, Any]] = {
    "why-a-framework": {"hidden": 16, "steps": 300, "learning_rate": 0.1},
    "tensors": {"dtype": "float32", "number": 7.0},
    "tensor-operations": {"axis": 2, "keepdims": False},
    "variables": {"start": 10.0, "amount": 20.0},
    "tape-gradients": {"x": 3.0},
    "second-order": {"time": 0.0, "order": 2},
    "gradient-descent": {"optimizer": "adam", "learning_rate": 0.1, "steps": 1001},
    "two-valleys": {
        "start": 3.0,
        "momentum": 0.0,
        "learning_rate": 0.01,
        "noise": 0.0,
        "restarts": 0,
    },
    "linear-regression": {"learning_rate": 0.01, "epochs": 1000, "mode": "loop"},
    "execution-modes": {"a": 2.0, "b": 3.0, "steps": 400},
    "linear-classifier": {"samples_per_class": 1000, "learning_rate": 0.1, "steps": 40},
    "batches-and-momentum": {
        "batch_size": 32,
        "momentum": 0.0,
        "learning_rate": 0.1,
        "epochs": 20,
    },
    "movie-audience": {"learning_rate": 2e-10, "epochs": 100, "standardise": False},
    "keras-switchboard": {
        "use_bias": True,
        "kernel_initializer": "glorot_uniform",
        "accuracy": False,
        "batch_size": 32,
        "shuffle": True,
        "validation": False,
    },
    "layers-and-ranks": {"batch": 2},
    "model-styles": {
        "style": "all",
        "epochs": 40,
        "learning_rate": 0.1,
        "momentum": 0.9,
        "batch_size": 15,
    },
    "custom-layer": {"units": 4, "activation": "relu"},
    "random-initialisation": {"stddev": 0.1, "layers": 8},
    "residual-block": {"depth": 8, "epochs": 20},
    "when-to-stop": {"flowers": 90, "wrong": 0.2, "units": 64, "epochs": 30, "patience": 0},
    "devices": {"size": 1024, "repeats": 10},
    "save-and-load": {"epochs": 5},
    "capstone": {"rate": 300.0, "steps": 200},
}

KERAS = (
    "movie-audience",
    "keras-switchboard",
    "model-styles",
    "residual-block",
    "when-to-stop",
    "save-and-load",
    "capstone",
)
"""Lessons that call `fit`: these may take fifteen seconds, the others five."""


def seconds_allowed(lesson: str) -> float:
    """How long a lesson may take with its defaults on two cores, doubled for a busy machine."""
    return 2 * (15 if lesson in KERAS else 5)


def close(value: Any, wanted: Any, tolerance: float) -> bool:
    """Whether both have the same shape and no element is further off than `tolerance`."""
    found, right = np.asarray(value), np.asarray(wanted)
    return found.shape == right.shape and bool(np.allclose(found, right, rtol=0, atol=tolerance))


def why_a_framework(r: Results) -> bool:
    numbers = r["parameters"] == 3 * 16 + 1 and r["apart"] < 1e-9 and r["loss"] < 0.1
    return numbers and r["same"] is True and r["lines_by_hand"] > r["lines_tensorflow"]


def execution_modes(r: Results) -> bool:
    modes = r["lazy"] == r["eager"] == r["graph"] == 5.0
    four = close([r["add"], r["subtract"], r["multiply"], r["divide"]], [16, 6, 55, 2.2], 1e-6)
    traced = r["from_numbers"] == 3 and r["from_tensors"] == 1
    return traced and modes and four and r["hello"] == "Hello world!" and r["speedup_loop"] > 1


def tensors(r: Results) -> bool:
    shapes = r["ranks"] == [0, 1, 2, 3] and r["block_shape"] == [4, 2, 3]
    return shapes and r["plus_one"] == [2, 3, 4] and r["immutable"] is True


def variables(r: Results) -> bool:
    arrays = close(r["element"], [[3], [1], [1]], 0) and close(r["doubled"], [[2], [2], [2]], 0)
    return arrays and r["added"] == 30.0


def tensor_operations(r: Results) -> bool:
    summed = close(r["sum_axis"], [[[9, 12], [27, 30], [45, 48], [63, 66]]], 0)
    product = close(r["matmul"], [[14, 26], [32, 62]], 0) and r["numpy_agrees"] is True
    return summed and product and r["scaled"] == [10, 20, 30, 40]


def random_initialisation(r: Results) -> bool:
    weights = r["truncated"]
    tame = weights.shape == (5, 5) and bool(np.all(np.abs(weights) <= 2 * 0.1))
    tame = tame and close(r["largest_slope"], 0.25, 1e-6)
    return tame and close(r["bias"], [0.0] * 6, 0) and 0 < r["gradient_ratio"] < 1e-3


def tape_gradients(r: Results) -> bool:
    slopes = r["dx"] == 6 and r["unwatched"] is None and r["partials"] == [10, 20]
    return slopes and close(r["dlog"], 0.2222222, 1e-6)


def second_order(r: Results) -> bool:
    return r["speed"] == 0.0 and close(r["acceleration"], 9.8, 1e-5)


def gradient_descent(r: Results) -> bool:
    steps = close(r["w_first"], 0.0999993, 1e-6) and close(r["w"], 5.000001, 1e-5)
    return steps and close(r["cost"], 0, 1e-5)


def linear_regression(r: Results) -> bool:
    line = close([r["w"], r["b"]], [0.5, 1.5], 1e-4)
    return line and close(r["predictions"], [2, 3, 4, 5], 1e-3) and r["steps_per_second"] > 0


def linear_classifier(r: Results) -> bool:
    fit = 0.024 <= r["loss"] <= 0.031 and r["optimum"] <= r["loss"] and r["accuracy"] >= 0.99
    return fit and r["W"].shape == (2, 1) and r["b"].shape == (1,)


def movie_audience(r: Results) -> bool:
    slope, intercept = r["least_squares"]
    line = close(slope, 0.0703421, 1e-7) and close(intercept, -84.78577, 1e-5)
    okja = close(r["okja_least_squares"], 759.88, 0.005) and math.isfinite(r["okja"])
    return line and okja and r["final_loss"] < r["start_loss"]


def model_styles(r: Results) -> bool:
    answers = len(r["predictions"]) == 30 and set(r["predictions"]) <= {0, 1, 2}
    same = r["parameters"] == 27 and r["losses_agree"] is True
    return same and answers and r["val_accuracy"] >= 0.9


def residual_block(r: Results) -> bool:
    return bool(r["loss_residual"] < r["loss_plain"])


def custom_layer(r: Results) -> bool:
    return r["same_output"] is r["model_is_layer"] is True and r["weights"] == [[4, 4], [4]]


def layers_and_ranks(r: Results) -> bool:
    low = r["dense_out"] == [2, 8] and r["lstm_out"] == [2, 8]
    high = r["conv1d_out"] == [2, 8, 8] and r["conv2d_out"] == [2, 26, 26, 8]
    return low and high and "found ndim=3" in r["error"]


def batches_and_momentum(r: Results) -> bool:
    matches = (
        r["softmax_matches"] is r["one_hot_matches"] is True and r["cross_entropy_matches"] is True
    )
    return matches and r["updates_per_epoch"] == math.ceil(r["samples"] / 32)


def devices(r: Results) -> bool:
    return r["devices"][0] == "CPU:0" and r["placed_on"] == "CPU:0" and r["gflops_cpu"] > 0


def save_and_load(r: Results) -> bool:
    return r["same_predictions"] is r["served_alike"] is True and r["bytes"] > 1000


def two_valleys(r: Results) -> bool:
    flat = close([r["deep"], r["hill"], r["shallow"]], [-2.07116, 0.15086, 1.92030], 1e-4)
    return flat and close(r["end"], r["shallow"], 1e-3) and r["share_deep"] == 0


def keras_switchboard(r: Results) -> bool:
    numbers = r["parameters"] == 67 and r["updates"] == 20 and r["default_rate"] == 0.001
    given = r["kinds"] == ["ndarray", "EagerTensor"] and r["alike"] is True
    return numbers and given and r["curves"] == ["loss"] and r["moved"] > 0


def when_to_stop(r: Results) -> bool:
    parted = r["best"] < r["ended"] == 30 and r["kept_val_loss"] > 1.1 * r["best_val_loss"]
    return parted and r["held_species"] == ["virginica"] and r["memorised"] > 0.8


def capstone(r: Results) -> bool:
    healthy, _, unscaled, apart, floor, flat = r["ends"]
    sick = r["settled"] > 1 and not unscaled < 100 and apart > 0.95 * r["guessing"]
    held = floor > 0.55 and close(flat, r["guessing"], 1e-5)
    return sick and held and healthy < 0.2 and r["too_good"] > 0.6 and r["honest"] < 0.5


CHECKS: dict[str, Callable[[Results], bool]] = {
    "why-a-framework": why_a_framework,
    "execution-modes": execution_modes,
    "tensors": tensors,
    "variables": variables,
    "tensor-operations": tensor_operations,
    "random-initialisation": random_initialisation,
    "tape-gradients": tape_gradients,
    "second-order": second_order,
    "gradient-descent": gradient_descent,
    "linear-regression": linear_regression,
    "linear-classifier": linear_classifier,
    "movie-audience": movie_audience,
    "model-styles": model_styles,
    "residual-block": residual_block,
    "custom-layer": custom_layer,
    "layers-and-ranks": layers_and_ranks,
    "batches-and-momentum": batches_and_momentum,
    "devices": devices,
    "save-and-load": save_and_load,
    "two-valleys": two_valleys,
    "keras-switchboard": keras_switchboard,
    "when-to-stop": when_to_stop,
    "capstone": capstone,
}
"""Whether the results of a run with the defaults are what the course promises."""
