"""What the prose of lessons claims, word for word, and how each claim is checked."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable

import numpy as np

from tests.course.course import LESSONS, Course
from tests.course.library_facts import (
    copies_both_ways,
    library_facts,
    optimizers_only_warn_of_none,
)
from tflab.data import load

Check = Callable[[Course], bool]


def digits(dtype: type) -> int:
    """How many decimal digits a type of floating-point numbers keeps, about."""
    return round(-math.log10(float(np.finfo(dtype).eps)))


def petals_span(course: Course) -> bool:
    petals = load("iris").features[:, 2:]
    return bool(np.allclose(petals.min(0), [1.0, 0.1]) and np.allclose(petals.max(0), [6.9, 2.5]))


def classifier_limits(course: Course) -> bool:
    limits = [course.run("linear-classifier", seed=seed).results["limit"] for seed in range(10)]
    return all(abs(limit - 0.15) < 0.01 for limit in limits)


def plain_network_guesses(course: Course) -> bool:
    return abs(course.run("residual-block").results["loss_plain"] - math.log(2)) < 0.02


def deep_and_small_vanishes(course: Course) -> bool:
    ratios = [
        course.run("random-initialisation", **values).results["gradient_ratio"]
        for values in ({}, {"layers": 2}, {"layers": 14})
    ]
    return ratios[2] < ratios[0] < 1e-5 < ratios[1]


def fit_without_a_word(course: Course) -> bool:
    results = course.run("tensors").results
    floats, whole = results["floats"], results["whole"]
    return floats.dtype == "float32" and whole.dtype == "int32" and whole.tolist() == [1, 2]


def only_hidden_layers_stay_alike(course: Course) -> bool:
    """One layer of softmax learns from zeros, as the lesson on batches does."""
    losses = course.run("batches-and-momentum").state.series["mini-batch/loss"].values
    return losses[-1] < losses[0]


def errors_make_a_v(course: Course) -> bool:
    """The best step is neither the longest nor the shortest, except far out."""
    near = [course.run("tape-gradients", x=x).results["best_step"] for x in (3.0, -1.0, 0.0, 40.0)]
    return all(1e-4 < step < 1 for step in near)


def only_the_plain_rule_breaks(course: Course) -> bool:
    """At 1.8, beyond nothing but under 2 (1 + 0.9) / 2, momentum settles, and Adam at 10."""
    plain = course.run("gradient-descent", optimizer="momentum", learning_rate=1.8).results
    adam = course.run("gradient-descent", optimizer="adam", learning_rate=10.0).results
    settled = all(abs(r["w"] - 5) < 1e-3 for r in (plain, adam))
    return settled and all(not r["theta_cost"] < 2600 for r in (plain, adam))


def lazy_is_no_cripple(course: Course) -> bool:
    """Warmed up like the others, a session is fast from the first step on."""
    outcome = course.run("execution-modes", steps=10)
    (bars,) = outcome.state.frames["Training speed"][-1].layers
    speed = dict(zip(bars.names, bars.y, strict=True))
    lazy = outcome.state.series["lazy/loss"]
    return len(lazy.values) == 10 and speed["lazy"] > speed["eager"]


def sgd_beats_the_others(course: Course) -> bool:
    misses = {
        (rule, rate): abs(
            course.run("gradient-descent", optimizer=rule, learning_rate=rate, steps=30).results[
                "w"
            ]
            - 5
        )
        for rule, rate in (("sgd", 0.4), ("momentum", 0.1), ("adam", 0.1), ("adam", 0.4))
    }
    return min(misses, key=lambda key: misses[key]) == ("sgd", 0.4)


def some_layer_keeps_more_than_a_quarter(course: Course) -> bool:
    """The slope of the sigmoid is 1/4 at most, and yet a layer passes on more than that."""
    printed = course.run("residual-block").output
    plain = [float(size) for size in re.findall(r"^ +\d+ +(\S+) +\S+$", printed, re.M)]
    factors = [before / after for before, after in itertools.pairwise(plain)]
    z = np.linspace(-5, 5, 101)
    slope = 1 / (1 + np.exp(-z)) * (1 - 1 / (1 + np.exp(-z)))
    return len(plain) == 8 and max(factors) > 0.25 and math.isclose(slope.max(), 0.25)


def only_whole_state_goes_on_in_step(course: Course) -> bool:
    late, early = course.run("save-and-load").results, course.run("save-and-load", epochs=1).results
    return late["same_resumed"] is early["same_resumed"] is True and (
        early["forgotten"] > late["forgotten"] > 1e-4
    )


def nothing_to_remember_nothing_lost(course: Course) -> bool:
    outcome = course.run("save-and-load", epochs=0)
    return outcome.results["forgotten"] < 1e-6 and sum(outcome.goals.values()) == 1


def single_flowers_swing_most(course: Course) -> bool:
    """The smaller the batch, the more its loss swings, from every start."""
    made = [course.run("batches-and-momentum", seed=seed).results for seed in range(10)]
    return all(
        r["swing_stochastic"] > 1.5 * r["swing_mini_batch"] > 2 * r["swing_full_batch"]
        for r in made
    )


RANKED = ("dense", "dense_lists", "conv1d", "conv2d")
SCALED = {"standardise": True, "learning_rate": 0.1}


def okja_axis(course: Course) -> str:
    return course.run("movie-audience").state.frames["Clicks and audience"][0].y_label


def small_networks_run_fast_in_numpy(course: Course) -> bool:
    printed = course.run("why-a-framework").output
    numpy, tensorflow = (int(ms) for ms in re.findall(r"there and back, +(\d+) ms", printed))
    return numpy < 2 * tensorflow


WHICH_VALLEY = "In which valley does the first walk end?"


def momentum_needs_height(course: Course) -> bool:
    """From below the hill no momentum escapes."""
    ends = [
        course.run("two-valleys", start=2.3, momentum=0.99, learning_rate=rate).results
        for rate in (0.001, 0.01)
    ]
    return all(r["end"] > r["hill"] for r in ends)


def long_steps_do_anything(course: Course) -> bool:
    """Over the hill and at rest, to and fro for ever, or away, all without momentum."""
    places = [
        course.run("two-valleys", learning_rate=rate).answers[WHICH_VALLEY]
        for rate in (0.2, 0.25, 0.3, 0.4)
    ]
    return places == ["the deep one", *["in neither: it does not come to rest"] * 3]


def long_steps_leave_the_curve(course: Course) -> bool:
    outcome = course.run("two-valleys", learning_rate=0.4)
    return outcome.state.notices == []


def stopping_keeps_what_is_true(course: Course) -> bool:
    """The weights of the best epoch know the labels worse, and the test flowers better."""
    late = course.run("when-to-stop").results
    early = course.run("when-to-stop", patience=5).results
    by_heart = early["memorised"] < late["memorised"]
    return by_heart and early["test_accuracy"] > late["test_accuracy"]


def the_last_rows_are_held_out(course: Course) -> bool:
    return load("iris").labels[-37:].tolist() == [2] * 37


def ward_is_sick_as_described(course: Course) -> bool:
    results = course.run("capstone").results
    _, jumps, _, _, floor, flat = results["highest"]
    return jumps > 10 and floor == flat and abs(results["guessing"] - 1.0986) < 5e-5


CLAIMS: list[tuple[str, str, Check]] = [
    (
        "why-a-framework",
        "for so small a network NumPy is often as fast, or faster",
        small_networks_run_fast_in_numpy,
    ),
    (
        "why-a-framework",
        "So two names lead to one thing.",
        lambda c: c.run("why-a-framework").results["same"] is True,
    ),
    (
        "two-valleys",
        "With small steps no momentum is enough for a start below the top of the hill",
        momentum_needs_height,
    ),
    (
        "two-valleys",
        "it may leap over the hill, swing about without coming to rest, or leave the curve",
        long_steps_do_anything,
    ),
    ("two-valleys", "the slope knows nothing of a deeper one", long_steps_leave_the_curve),
    (
        "execution-modes",
        "The `print` runs only while TensorFlow traces, so you see it once.",
        lambda c: c.run("execution-modes").output.count("Python is running") == 1,
    ),
    (
        "execution-modes",
        "Here are 11 and 5 with four operations",
        lambda c: c.run("execution-modes").results["add"] == 11 + 5,
    ),
    ("execution-modes", "Each takes a step to warm up before its clock", lazy_is_no_cripple),
    (
        "tensors",
        "4 · 2 · 3 = 24 elements. Then multiply by the bytes of one element.",
        lambda c: c.run("tensors").results["block_bytes"] == 4 * 2 * 3 * 4,
    ),
    (
        "tensors",
        "`float32` keeps about 7 correct digits, `float64` about 16. `float16` keeps about 3",
        lambda _: [digits(t) for t in (np.float32, np.float64, np.float16)] == [7, 16, 3],
    ),
    (
        "tensors",
        "cannot hold every whole number above 2048",
        lambda _: np.float16(2049) == 2048 and len(set(np.arange(2049).astype("f2"))) == 2049,
    ),
    (
        "tensors",
        "A NumPy array *is* converted, without a word",
        fit_without_a_word,
    ),
    (
        "tensors",
        "writing into the array later leaves the tensor alone",
        lambda _: copies_both_ways(),
    ),
    (
        "tensor-operations",
        "NumPy's functions take tensors and TensorFlow's take arrays",
        lambda c: c.run("tensor-operations").results["answers"] == ["EagerTensor", "ndarray"],
    ),
    ("variables", "`float32` has about 7 digits", lambda _: digits(np.float32) == 7),
    (
        "tensor-operations",
        "`[[1, 2], [3, 4], [5, 6]]` becomes `[1 + 3 + 5, 2 + 4 + 6] = [9, 12]`",
        lambda c: c.run("tensor-operations").results["sum_axis"][0, 0].tolist() == [9, 12],
    ),
    (
        "random-initialisation",
        "in a deep stack one such factor for each layer on the way",
        deep_and_small_vanishes,
    ),
    (
        "random-initialisation",
        "Only a network without hidden layers may start from zeros",
        only_hidden_layers_stay_alike,
    ),
    ("tape-gradients", "The picture shows both as a V", errors_make_a_v),
    (
        "tape-gradients",
        "that comes later, where a step multiplies `None`",
        lambda _: library_facts()["none_times_rate"] == "TypeError",
    ),
    (
        "tape-gradients",
        "has other slopes to work on only warns",
        lambda _: optimizers_only_warn_of_none(),
    ),
    (
        "tape-gradients",
        "with steps from 1 down to 0.00001",
        lambda c: c.run("tape-gradients").output.count("h = ") == 6,
    ),
    ("tape-gradients", "`float32` keeps about 7 digits", lambda _: digits(np.float32) == 7),
    (
        "second-order",
        "at t = 2 they cross",
        lambda c: math.isclose(
            c.run("second-order", time=2.0).results["fallen"],
            c.run("second-order", time=2.0).results["speed"],
            rel_tol=1e-6,
        ),
    ),
    (
        "gradient-descent",
        "So 0.1 leaves 80 % of the distance",
        lambda c: math.isclose(c.run("gradient-descent").results["theta_first"], 50 * 0.2),
    ),
    (
        "gradient-descent",
        "its first step is about the learning rate itself",
        lambda c: abs(c.run("gradient-descent").results["w_first"] - 0.1) < 1e-5,
    ),
    (
        "gradient-descent",
        "The other two step ten times as far here.",
        lambda c: math.isclose(
            c.run("gradient-descent", optimizer="momentum", learning_rate=1.8).results["w_first"],
            10 * 1.8,
            rel_tol=1e-5,
        ),
    ),
    ("gradient-descent", "Momentum bears a larger one", only_the_plain_rule_breaks),
    (
        "gradient-descent",
        "On a simple valley plain descent at the right rate beats both",
        sgd_beats_the_others,
    ),
    (
        "linear-regression",
        "`2 · (x² + 1)`, which is 100 at x = 7",
        lambda _: 2 * (7**2 + 1) == 100,
    ),
    (
        "linear-regression",
        "would diverge at any rate above `2 / 100 = 0.02`",
        lambda c: c.run("linear-regression").results["limit"] > 2 / 100 == 0.02,
    ),
    (
        "linear-regression",
        "so the loop bears nearly twice that rate",
        lambda c: 0.036 < c.run("linear-regression").results["limit"] < 0.04,
    ),
    (
        "linear-classifier",
        "at the rate `2 / curvature`",
        classifier_limits,
    ),
    (
        "linear-classifier",
        "At most 30 frames are taken",
        lambda c: len(c.run("linear-classifier").state.frames["Boundary between the clouds"]) == 30,
    ),
    (
        "movie-audience",
        "Okja, with 12,008 clicks",
        lambda c: math.isclose(
            c.run("movie-audience").results["okja_least_squares"],
            c.run("movie-audience").results["least_squares"][0] * 12008
            + c.run("movie-audience").results["least_squares"][1],
        ),
    ),
    (
        "movie-audience",
        "an audience of 487 is 4,870,000 viewers",
        lambda c: (
            487 * 10_000 == 4_870_000
            and "(10,000 viewers)" in c.run("movie-audience").output.split("The Martian")[0]
            and okja_axis(c) == "audience (10,000 viewers)"
        ),
    ),
    (
        "movie-audience",
        "Least squares expects 7.6 million viewers for Okja",
        lambda c: round(c.run("movie-audience").results["okja_least_squares"] / 100, 1) == 7.6,
    ),
    (
        "movie-audience",
        "writes `tf.keras` for `keras`: with this backend they are the same classes",
        lambda c: c.run("movie-audience").results["one_keras"] is True,
    ),
    (
        "movie-audience",
        "that along `b` is just 2",
        lambda c: all(
            "curvature along b: 2\n" in c.run("movie-audience", **values).output
            for values in ({}, SCALED)
        ),
    ),
    (
        "movie-audience",
        "Standardising makes both curvatures 2",
        lambda c: "curvature along w: 2\n" in c.run("movie-audience", **SCALED).output,
    ),
    (
        "movie-audience",
        "Clicks are numbers around 10,000",
        lambda c: c.run("movie-audience").results["limit"] < 1e-8,
    ),
    (
        "movie-audience",
        "`b` hardly moves",
        lambda c: abs(c.run("movie-audience").results["bias"]) < 1e-3,
    ),
    (
        "model-styles",
        "2·4 + 4 = 12 parameters and the second 4·3 + 3 = 15: 27 together",
        lambda c: c.run("model-styles", style="functional").results["parameters"] == 12 + 15 == 27,
    ),
    (
        "model-styles",
        "The same seed gives the same starting weights",
        lambda c: all(
            c.run("model-styles", **values).results["same_start"] is True
            and len(c.run("model-styles", **values).answers) == 2
            for values in ({}, {"style": "functional"})
        ),
    ),
    (
        "model-styles",
        "run `all`, and the same seed gives the same curve three times",
        lambda c: c.run("model-styles").results["losses_agree"] is True,
    ),
    (
        "model-styles",
        "150 flowers of three species, 50 of each",
        lambda _: np.bincount(load("iris").labels).tolist() == [50] * 3,
    ),
    ("model-styles", "Lengths of 1 to 7 and widths of 0.1 to 2.5", petals_span),
    (
        "residual-block",
        "both networks have the same number of parameters",
        lambda c: len(set(re.findall(r"(\d+) parameters", c.run("residual-block").output))) == 1,
    ),
    ("residual-block", "the plain network stays at guessing", plain_network_guesses),
    (
        "residual-block",
        "each sigmoid multiplies the gradient by at most 1/4; the weights must make up for it",
        some_layer_keeps_more_than_a_quarter,
    ),
    (
        "residual-block",
        "at a depth of 8 and in 20 epochs",
        lambda _: LESSONS["residual-block"].defaults == {"depth": 8, "epochs": 20},
    ),
    (
        "custom-layer",
        "the four measurements of the 150 Iris flowers",
        lambda _: load("iris").features.shape == (150, 4),
    ),
    (
        "movie-audience",
        "Older material writes `Input(1)`, which Keras 3 refuses",
        lambda c: c.run("layers-and-ranks").results["bare_input"] == "ValueError",
    ),
    (
        "custom-layer",
        "older material puts the name first, which is an error now",
        lambda c: c.run("custom-layer").results["old_spelling"] == "ValueError",
    ),
    (
        "custom-layer",
        "One gradient step on a made-up loss",
        lambda c: (
            c.run("custom-layer").results["loss_after"]
            < c.run("custom-layer").results["loss_before"]
        ),
    ),
    (
        "custom-layer",
        "Without an activation, a stack of such layers is no more than one",
        lambda c: (
            c.run("custom-layer", activation="linear").results["apart"] < 1e-5
            and all(
                c.run("custom-layer", activation=name).results["apart"] > 1e-2
                for name in ("relu", "sigmoid", "tanh")
            )
        ),
    ),
    (
        "layers-and-ranks",
        "it takes rank 2 or more",
        lambda c: c.run("layers-and-ranks").results["dense_lists_out"] == [2, 10, 8],
    ),
    (
        "layers-and-ranks",
        "Dense takes rank 2 or more, LSTM and Conv1D rank 3, Conv2D rank 4",
        lambda c: (
            [len(c.run("layers-and-ranks").results[f"{name}_out"]) for name in RANKED]
            == [2, 3, 3, 4]
        ),
    ),
    (
        "layers-and-ranks",
        "a wrong block of the right rank may go through",
        lambda c: (
            [
                c.run("layers-and-ranks", batch=batch).results["accepted_in_front"]
                for batch in (1, 2, 3, 10)
            ]
            == [False, False, True, True]
        ),
    ),
    (
        "layers-and-ranks",
        "10 − 3 + 1 = 8 places",
        lambda c: c.run("layers-and-ranks").results["conv1d_out"][1] == 10 - 3 + 1 == 8,
    ),
    (
        "layers-and-ranks",
        "(`expected min_ndim=4`)",
        lambda c: "expected min_ndim=4" in c.run("layers-and-ranks").results["error"],
    ),
    (
        "layers-and-ranks",
        "Older material has `Input(1)`, which raises, and `InputLayer(input_shape=…)`, which warns",
        lambda c: (
            c.run("layers-and-ranks").results["bare_input"] == "ValueError"
            and c.run("layers-and-ranks").results["input_shape_warns"] is True
        ),
    ),
    (
        "batches-and-momentum",
        "guessing among three costs ln 3 ≈ 1.0986",
        lambda c: abs(c.run("batches-and-momentum").results["guessing"] - 1.0986) < 5e-5,
    ),
    (
        "batches-and-momentum",
        "`exp(1000)` is infinity and the result no number at all",
        lambda c: "nan" in c.run("batches-and-momentum").output,
    ),
    ("batches-and-momentum", "A step sees its own batch only", single_flowers_swing_most),
    (
        "batches-and-momentum",
        "Momentum brings the same number of steps much closer to the bottom",
        lambda c: (
            10 * c.run("batches-and-momentum").results["left_momentum"]
            < c.run("batches-and-momentum").results["left_plain"]
        ),
    ),
    (
        "batches-and-momentum",
        "one pass over all 150 flowers",
        lambda c: c.run("batches-and-momentum").results["samples"] == 150,
    ),
    (
        "save-and-load",
        "The weights alone are not the whole state of a training",
        only_whole_state_goes_on_in_step,
    ),
    (
        "save-and-load",
        "its optimizer has nothing to remember yet",
        nothing_to_remember_nothing_lost,
    ),
    (
        "save-and-load",
        "so a file this small is nearly all packaging",
        lambda c: (
            c.run("save-and-load").results["bytes"]
            > 10 * 4 * c.run("save-and-load").results["numbers"]
        ),
    ),
    (
        "save-and-load",
        "Only a model that was never trained makes a smaller file",
        lambda c: (
            c.run("save-and-load", epochs=0).results["bytes"]
            < c.run("save-and-load").results["bytes"] - 1000
        ),
    ),
    (
        "save-and-load",
        "It would be as large after more training",
        lambda c: (
            abs(
                c.run("save-and-load", epochs=80).results["bytes"]
                - c.run("save-and-load").results["bytes"]
            )
            < 200
        ),
    ),
    (
        "when-to-stop",
        "A network that is large enough learns anything by heart, mistakes included",
        stopping_keeps_what_is_true,
    ),
    ("when-to-stop", "The shorter `validation_split=0.25` cuts it off", the_last_rows_are_held_out),
    (
        "keras-switchboard",
        "A `batch_size` of `None` means 32",
        lambda c: c.run("keras-switchboard").results["updates"] == 5 * math.ceil(120 / 32),
    ),
    ("capstone", "Guessing among three species costs ln 3 ≈ 1.0986", ward_is_sick_as_described),
]
