"""Every goal can be reached by what its strong hint says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.course.course import LESSONS, Course

Values = dict[str, Any]

REACHED_BY: dict[str, list[tuple[str, Values]]] = {
    "why-a-framework": [
        ("Learn the sine well", {"steps": 1500}),
        ("Give the network too little", {"hidden": 1}),
        ("Let more than 300 numbers", {"hidden": 100, "learning_rate": 0.01}),
    ],
    "execution-modes": [
        ("Find two numbers for which all three", {"a": 0.1, "b": 0.2}),
        ("Let a graph pay off early", {"steps": 250}),
        ("Train so briefly that tracing costs more", {"steps": 10}),
    ],
    "tensors": [
        ("Keep one third right to ten digits", {"dtype": "float64"}),
        ("Lose the half of 3.5", {"dtype": "int32"}),
        ("Store the block in 48 bytes", {"dtype": "float16", "number": 2049.0}),
    ],
    "variables": [
        ("Bring the variable to exactly 0", {"amount": -10.0}),
        ("Choose start and amount", {"start": 10.0, "amount": 15.0}),
        ("Add something that is not 0", {"start": 1e8, "amount": 1.0}),
    ],
    "tensor-operations": [
        ("Add up neighbours", {"axis": 3}),
        ("Lay the four tables on top", {"axis": 1, "keepdims": True}),
        ("Sum along an axis without changing", {"axis": 0}),
    ],
    "random-initialisation": [
        ("Balance a stack of 8 layers", {"stddev": 2.2}),
        ("Compromise", {"stddev": 0.5}),
        ("With stddev 0.1, let the first layer", {"layers": 14}),
        ("Saturate the stack", {"stddev": 5.0}),
    ],
    "tape-gradients": [
        ("Find where x² falls", {"x": -0.5}),
        ("Find where x² and ln(2x+3)", {"x": 0.28}),
        ("Blind the finite difference", {"x": 3000.0}),
    ],
    "second-order": [
        ("Let the apple fall until", {"time": 3.0}),
        ("The branch is 20 m up", {"time": 2.02}),
        ("Find the order whose derivative", {"order": 4}),
        ("Go one further", {"order": 5}),
    ],
    "gradient-descent": [
        ("Let the bare rule hit the bottom", {"learning_rate": 0.5}),
        ("Let the bare rule swing for ever", {"learning_rate": 1.0}),
        ("Diverge on purpose", {"learning_rate": 1.1}),
        ("Bring w within 0.001", {"optimizer": "sgd", "learning_rate": 0.4, "steps": 30}),
    ],
    "linear-regression": [
        ("Diverge on purpose", {"learning_rate": 0.05}),
        ("Half the epochs", {"epochs": 500, "learning_rate": 0.019}),
        ("Get the same w and b in eager mode", {"mode": "eager"}),
    ],
    "linear-classifier": [
        ("Diverge on purpose", {"learning_rate": 0.2}),
        ("Come within 0.1 %", {"steps": 110}),
        ("Get by with fewer steps", {"steps": 30, "learning_rate": 0.13}),
        ("Train at 95 to 100 % of the limit", {"learning_rate": 0.97}),
    ],
    "movie-audience": [
        ("Bring the loss within 1 % of the least", {"standardise": True, "learning_rate": 0.1}),
        (
            "Do it in a single epoch",
            {"standardise": True, "learning_rate": 0.5, "epochs": 1},
        ),
        ("Diverge with a learning rate below", {"learning_rate": 1e-7}),
    ],
    "model-styles": [
        ("Half the epochs", {"batch_size": 5, "epochs": 20, "style": "sequential"}),
        ("Switch momentum off", {"momentum": 0.0, "style": "sequential"}),
        (
            "Without momentum",
            {"momentum": 0.0, "learning_rate": 1.0, "style": "sequential"},
        ),
    ],
    "residual-block": [
        ("Find a depth at which the plain network", {"depth": 1}),
        ("Go twice as deep", {"depth": 16}),
        ("Starve the plain network", {"depth": 20}),
    ],
    "custom-layer": [
        ("Make a layer that holds exactly 35", {"units": 7}),
        ("Make a layer that refuses", {"units": 5}),
        ("Let two layers do no more", {"activation": "linear"}),
    ],
    "layers-and-ranks": [
        ("Lose two axes at once", {"batch": 1}),
        ("Hide an error", {"batch": 3}),
        ("Swap time and batch", {"batch": 10}),
    ],
    "batches-and-momentum": [
        ("One update per epoch", {"batch_size": 150}),
        (
            "With one update per epoch",
            {"batch_size": 150, "momentum": 0.9, "learning_rate": 0.5},
        ),
        ("Make the loss of the mini-batches rise", {"batch_size": 2, "learning_rate": 5.0}),
    ],
    "devices": [
        ("Waste the processor", {"size": 16}),
        ("Fill more than 50 MB", {"size": 2048, "repeats": 1}),
        ("Fool the clock", {"size": 16, "repeats": 1}),
    ],
    "save-and-load": [
        ("Save a model that was never trained", {"epochs": 0}),
        ("Save one that has learned", {"epochs": 80}),
        ("Save at a moment when", {"epochs": 1}),
    ],
    "two-valleys": [
        ("Start at 3 and let momentum", {"momentum": 0.95}),
        ("Find a start right of the hill", {"start": 2.3, "momentum": 0.99}),
        ("Start at 2.3 and reach", {"start": 2.3, "restarts": 10}),
    ],
    "keras-switchboard": [
        ("Make the network smaller by 11", {"use_bias": False}),
        ("Let the History hold four", {"accuracy": True, "validation": True}),
        ("Make 300 updates", {"batch_size": 2}),
        ("Train, and leave the first layer", {"kernel_initializer": "zeros"}),
    ],
    "when-to-stop": [
        ("Let Keras stop by itself", {"patience": 5}),
        ("Let it learn no mistakes by heart", {"wrong": 0.0}),
        ("Underfit", {"units": 1}),
    ],
    "capstone": [
        ("Cure patient 1", {"rate": 1.0}),
        ("See that patience is no cure", {"steps": 2000}),
        ("Outrun the healthy", {"rate": 10.0}),
    ],
}
"""For each goal, the beginning of its text and the values that its strong hint leads to."""

EVERY = [(lesson, goal, values) for lesson, goals in REACHED_BY.items() for goal, values in goals]


@pytest.mark.parametrize(("lesson_id", "goal", "values"), EVERY)
def test_goal_is_reached_as_its_hint_says(
    course: Course, lesson_id: str, goal: str, values: Values
) -> None:
    if goal.startswith("Train at 95"):
        # The limit depends on the points, so the hint gives a share of it.
        values = {"learning_rate": 0.97 * course.run(lesson_id).results["limit"]}
    outcome = course.run(lesson_id, **values)
    (reached,) = [passed for text, passed in outcome.goals.items() if text.startswith(goal)]
    assert reached, outcome.results


@pytest.mark.parametrize("lesson_id", REACHED_BY)
def test_every_goal_is_tried(lesson_id: str) -> None:
    texts = [goal.text for goal in LESSONS[lesson_id].goals]
    begins = [goal for goal, _ in REACHED_BY[lesson_id]]
    assert len(texts) == len(begins) >= 3
    assert all(sum(text.startswith(begin) for text in texts) == 1 for begin in begins)


@pytest.mark.parametrize("lesson_id", REACHED_BY)
def test_every_goal_has_a_weak_and_a_strong_hint(lesson_id: str) -> None:
    assert [len(goal.hints) for goal in LESSONS[lesson_id].goals] == [2] * len(
        LESSONS[lesson_id].goals
    )


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_a_lesson_needs_tensorflow_and_nothing_of_ours(
    course: Course, bare_interpreter: Path, lesson_id: str
) -> None:
    _, values = REACHED_BY[lesson_id][0]
    told = course.run(lesson_id, **values).state.environment
    assert told is not None
    assert told.interpreter == str(bare_interpreter)


def test_wrong_labels_alone_are_no_underfitting(course: Course) -> None:
    goals = course.run("when-to-stop", epochs=30, patience=0, wrong=0.5).goals
    assert [passed for text, passed in goals.items() if text.startswith("Underfit")] == [False]


@pytest.mark.parametrize("seed", [0, 1, 2, 4])
def test_one_unit_underfits_from_other_starts(course: Course, seed: int) -> None:
    goals = course.run("when-to-stop", units=1, seed=seed).goals
    assert [passed for text, passed in goals.items() if text.startswith("Underfit")] == [True]
