"""Every lesson gives the results that the course promises, on a real run.

What is checked at the defaults is all in this file, so that each of those runs is made once.
"""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from tests.course.course import LESSONS, Course
from tests.course.expected import CHECKS, PARAMETERS, close, seconds_allowed


def test_the_course_has_its_lessons_in_order() -> None:
    assert [lesson.id for lesson in LESSONS.values()] == list(PARAMETERS)
    assert [lesson.number for lesson in LESSONS.values()] == list(range(23))


@pytest.mark.parametrize("lesson_id", PARAMETERS)
def test_parameters_and_defaults(lesson_id: str) -> None:
    assert LESSONS[lesson_id].defaults == PARAMETERS[lesson_id]


@pytest.mark.parametrize("lesson_id", PARAMETERS)
def test_every_parameter_has_a_short_help(lesson_id: str) -> None:
    for parameter in LESSONS[lesson_id].parameters:
        assert 0 < len(parameter.help) <= 60, parameter.name


@pytest.mark.parametrize("lesson_id", PARAMETERS)
def test_in_every_lesson_the_learner_writes(lesson_id: str) -> None:
    exercises = LESSONS[lesson_id].exercises
    assert exercises
    for exercise in exercises:
        assert exercise.solution != exercise.starter
        assert len(exercise.hints) >= 2


@pytest.mark.parametrize("lesson_id", PARAMETERS)
def test_results_at_the_defaults(course: Course, lesson_id: str) -> None:
    outcome = course.run(lesson_id)
    assert CHECKS[lesson_id](outcome.results), outcome.results
    assert (outcome.state.seconds or 0) < seconds_allowed(lesson_id)
    assert outcome.state.notices == []


@pytest.mark.parametrize("lesson_id", PARAMETERS)
def test_no_goal_is_reached_by_the_defaults(course: Course, lesson_id: str) -> None:
    goals = course.run(lesson_id).goals
    assert goals
    assert not any(goals.values()), goals


@pytest.mark.parametrize("lesson_id", PARAMETERS)
def test_every_question_is_answered_by_the_run(course: Course, lesson_id: str) -> None:
    questions = LESSONS[lesson_id].questions
    answers = course.run(lesson_id).answers
    assert questions
    assert set(answers) == {question.text for question in questions}
    for question in questions:
        answer = answers[question.text]
        if question.choices:
            assert answer in question.choices
            assert len(question.choices) >= 2
        else:
            assert isinstance(answer, int | float)


SEEDED = ("random-initialisation", "linear-classifier", "custom-layer", "batches-and-momentum")


@pytest.mark.parametrize("lesson_id", SEEDED)
@pytest.mark.parametrize("seed", range(1, 10))
def test_results_hold_for_other_seeds(course: Course, lesson_id: str, seed: int) -> None:
    outcome = course.run(lesson_id, seed=seed)
    assert CHECKS[lesson_id](outcome.results), outcome.results


@pytest.mark.parametrize("seed", [6, 8])
def test_model_styles_classify_well_from_other_starts(course: Course, seed: int) -> None:
    results = course.run("model-styles", seed=seed, style="functional").results
    assert results["val_accuracy"] >= 0.9
    assert results["parameters"] == 27


@pytest.mark.parametrize("seed", [1])
def test_residual_block_wins_from_other_starts(course: Course, seed: int) -> None:
    results = course.run("residual-block", seed=seed).results
    assert results["loss_residual"] < results["loss_plain"]


def test_execution_modes_agree_on_other_numbers(course: Course) -> None:
    results = course.run("execution-modes", a=11.0, b=5.0).results
    assert results["lazy"] == results["eager"] == results["graph"] == results["add"] == 16
    assert results["product"] == results["multiply"] == 55


@pytest.mark.parametrize("dtype", ["float16", "float64", "int32"])
def test_tensors_keep_ranks_and_values_in_every_type(course: Course, dtype: str) -> None:
    results = course.run("tensors", dtype=dtype).results
    assert CHECKS["tensors"](results), results


@pytest.mark.parametrize("axis", [0, 1, 3])
def test_sums_along_every_axis_are_those_of_numpy(course: Course, axis: int) -> None:
    block = np.arange(1, 25).reshape(1, 4, 3, 2)
    results = course.run("tensor-operations", axis=axis).results
    assert close(results["sum_axis"], block.sum(axis=axis), 0)


@pytest.mark.parametrize("x", [-1.0, 0.0, 0.5, 40.0])
def test_slopes_follow_their_formulas(course: Course, x: float) -> None:
    results = course.run("tape-gradients", x=x).results
    assert results["dx"] == pytest.approx(2 * x)
    assert results["dlog"] == pytest.approx(2 / (2 * x + 3), rel=1e-6)
    assert results["partials"] == [10, 20]


@pytest.mark.parametrize("time", [1.0, 2.5, 10.0])
def test_the_apple_falls_by_the_formula(course: Course, time: float) -> None:
    results = course.run("second-order", time=time).results
    assert results["speed"] == pytest.approx(9.8 * time, rel=1e-6)
    assert results["acceleration"] == pytest.approx(9.8, rel=1e-6)
    assert results["fallen"] == pytest.approx(4.9 * time**2, rel=1e-6)


@pytest.mark.parametrize("order", range(1, 7))
def test_the_nth_derivative_of_the_polynomial(course: Course, order: int) -> None:
    exact = np.poly1d([1, 2, 0, -5, 1]).deriv(order)
    results = course.run("second-order", order=order).results
    assert close(results["nth"], exact(np.array([-1.0, 0.0, 1.0, 2.0])), 1e-4)


@pytest.mark.parametrize("mode", ["eager", "graph"])
def test_linear_regression_gives_the_same_in_every_mode(course: Course, mode: str) -> None:
    results = course.run("linear-regression", mode=mode).results
    assert CHECKS["linear-regression"](results), results


@pytest.mark.parametrize(("rate", "grows"), [(0.037, False), (0.039, True)])
def test_linear_regression_diverges_at_its_limit(course: Course, rate: float, grows: bool) -> None:
    results = course.run("linear-regression", learning_rate=rate).results
    assert (not results["final_loss"] < 10) is grows
    assert (rate >= results["limit"]) is grows


@pytest.mark.parametrize(("factor", "grows"), [(0.97, False), (1.03, True)])
def test_the_classifier_diverges_at_its_limit(course: Course, factor: float, grows: bool) -> None:
    rate = course.run("linear-classifier").results["limit"] * factor
    outcome = course.run("linear-classifier", learning_rate=rate, steps=200)
    first = outcome.state.series["loss"].values[0]
    assert (not outcome.results["loss"] < first) is grows


def test_a_loss_that_diverged_is_printed_short(course: Course) -> None:
    printed = course.run("linear-classifier", learning_rate=0.2).output
    assert "least squares" in printed
    assert not re.search(r"\d{12}", printed)


@pytest.mark.parametrize("seed", [1])
def test_standardised_audience_comes_close_to_least_squares(course: Course, seed: int) -> None:
    results = course.run("movie-audience", seed=seed, standardise=True, learning_rate=0.1).results
    assert results["okja"] == pytest.approx(results["okja_least_squares"], rel=0.05)
    assert results["final_loss"] < results["start_loss"]


@pytest.mark.parametrize("batch_size", [1, 7, 150])
def test_updates_per_epoch_are_rounded_up(course: Course, batch_size: int) -> None:
    results = course.run("batches-and-momentum", batch_size=batch_size, epochs=2).results
    assert results["updates_per_epoch"] == math.ceil(150 / batch_size)


@pytest.mark.parametrize("batch", [1, 5])
def test_the_batch_is_the_first_axis_everywhere(course: Course, batch: int) -> None:
    results = course.run("layers-and-ranks", batch=batch).results
    names = ("dense_out", "lstm_out", "conv1d_out", "conv2d_out")
    assert [results[name][0] for name in names] == [batch] * 4


def test_a_saved_model_lies_in_the_folder_of_its_run(course: Course) -> None:
    outcome = course.run("save-and-load")
    saved = outcome.folder / "files" / "flowers.keras"
    assert saved.stat().st_size == outcome.results["bytes"]
    assert outcome.results["same_resumed"] is True


@pytest.mark.parametrize(
    "values",
    [{"stddev": 3.0, "layers": 8}, {"stddev": 2.2, "layers": 20}, {"stddev": 2.0, "layers": 30}],
)
def test_the_smaller_gradient_is_that_of_the_two_asked_for(
    course: Course, values: dict[str, float]
) -> None:
    outcome = course.run("random-initialisation", **values)
    (answer,) = outcome.answers.values()
    assert (answer == "the first") is (outcome.results["gradient_ratio"] < 1)


@pytest.mark.parametrize("seed", [1, 6])
def test_the_balanced_stack_is_so_from_other_starts(course: Course, seed: int) -> None:
    outcome = course.run("random-initialisation", seed=seed, stddev=2.2)
    assert any(passed for text, passed in outcome.goals.items() if text.startswith("Balance"))


@pytest.mark.parametrize("x", [-1.4, 0.5, 3000.0, 10_000.0])
def test_columns_of_derivatives_stay_apart(course: Course, x: float) -> None:
    printed = course.run("tape-gradients", x=x).output
    (row,) = [line for line in printed.splitlines() if line.startswith("x² ")]
    assert len(row.split()) == 6
    assert len(row) <= 56


def test_only_what_counts_as_zero_in_its_type_is_zero(course: Course) -> None:
    """1e-60 is 0 in float32: adding it to 0 neither brings anything back nor is too small."""
    assert not any(course.run("variables", start=0.0, amount=1e-60).goals.values())


def test_one_cost_has_the_chart_for_itself(course: Course) -> None:
    assert list(course.run("gradient-descent").state.series) == ["cost"]


@pytest.mark.parametrize("rate", [3.36e-9, 1e-7, 2e-10])
def test_no_line_without_scaling_comes_near_the_least_loss(course: Course, rate: float) -> None:
    goals = course.run("movie-audience", learning_rate=rate).goals
    assert not any(passed for text, passed in goals.items() if "least" in text)


def test_a_rate_that_does_nothing_is_no_divergence(course: Course) -> None:
    outcome = course.run("movie-audience", standardise=True, learning_rate=1e-9, epochs=1)
    assert not any(outcome.goals.values())


@pytest.mark.parametrize("size", [1, 5, 32, 150])
def test_the_fan_of_gradients_folds(course: Course, size: int) -> None:
    """From 0 to nine tips and back, about the arrow of all flowers, on which 150 lie."""
    (figure,) = course.run("batches-and-momentum", batch_size=size).state.frames[FAN]
    fan, middle, _ = figure.layers
    tips = np.array([fan.x, fan.y]).T[1::2]
    assert len(tips) == 9
    assert np.allclose(np.array([fan.x, fan.y]).T[::2], 0)
    apart = np.abs(tips - [middle.x[1], middle.y[1]]).max()
    assert bool(apart < 1e-6) is (size == 150)


FAN = "Gradients of nine batches"


def test_a_tie_of_mini_batch_and_full_batch_has_no_question(course: Course) -> None:
    outcome = course.run("batches-and-momentum", batch_size=150)
    results = outcome.results
    assert results["loss_mini_batch"] == pytest.approx(results["loss_full_batch"], abs=1e-5)
    (asked,) = [q for q in LESSONS["batches-and-momentum"].questions if q.id == "larger-loss"]
    assert set(asked.choices) == {"stochastic", "full-batch"}
    assert outcome.answers[asked.text] == "full-batch"


def test_a_lesson_of_three_models_is_not_warned_of_tracing(course: Course) -> None:
    outcome = course.run("save-and-load", epochs=80)
    printed = outcome.output + (outcome.folder / "stderr.log").read_text(encoding="utf-8")
    assert "retracing" not in printed


@pytest.mark.parametrize("axis", range(4))
def test_a_kept_axis_has_length_one(course: Course, axis: int) -> None:
    block = np.arange(1, 25).reshape(1, 4, 3, 2)
    results = course.run("tensor-operations", axis=axis, keepdims=True).results
    assert close(results["sum_axis"], block.sum(axis=axis, keepdims=True), 0)
    assert results["numpy_agrees"] is True


def test_no_single_change_reaches_every_goal_of_the_first_lessons(course: Course) -> None:
    """Going through one list of choices is no idea: one goal of each asks for two changes."""
    for lesson, name, values in (
        ("tensors", "dtype", ["float16", "float64", "int32"]),
        ("tensor-operations", "axis", [0, 1, 3]),
    ):
        reached = {
            text
            for value in values
            for text, passed in course.run(lesson, **{name: value}).goals.items()
            if passed
        }
        assert len(reached) == len(LESSONS[lesson].goals) - 1


def test_the_first_program_of_keras_has_no_levers_for_speed() -> None:
    for lesson in LESSONS.values():
        if (lesson.number or 0) < LESSONS["model-styles"].number:
            assert "steps_per_execution" not in lesson.source
            assert "validation_freq" not in lesson.source


@pytest.mark.parametrize("rate", [0.5, 8.0, 300.0, 3000.0])
def test_the_ward_stays_as_sick_as_it_is_described(course: Course, rate: float) -> None:
    """Its rate is the business of patient 1 alone; what is said of the others holds at any."""
    results = course.run("capstone", rate=rate).results
    _, jumps, unscaled, apart, floor, flat = results["ends"]
    assert (results["settled"] < 0.2) is (rate < 100)
    assert not unscaled < 100
    assert apart > 0.95 * results["guessing"]
    assert floor > 0.55
    assert flat == pytest.approx(results["guessing"], abs=1e-5)
    assert jumps >= 0


@pytest.mark.parametrize("patience", [3, 5])
def test_early_stopping_keeps_the_best_epoch(course: Course, patience: int) -> None:
    results = course.run("when-to-stop", patience=patience).results
    assert results["ended"] == results["best"] + patience
    assert results["kept_val_loss"] == pytest.approx(results["best_val_loss"], abs=1e-4)
