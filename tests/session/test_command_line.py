"""The lines that make a run and a sweep again: read back, they ask for the same."""

from __future__ import annotations

import dataclasses
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.cli.commands.run import _values
from tflab.cli.commands.sweep import parse_fields
from tflab.cli.options import chosen_limits
from tflab.cli.parser import parse
from tflab.cli.questions import given_guesses
from tflab.programs.library import course_folder, resolve
from tflab.programs.parameters import check_values
from tflab.programs.reader import read_program
from tflab.runs.record import RunOptions, RunRequest
from tflab.session.command_line import request_line, sweep_line
from tflab.sweeps.plan import make_plan

LESSON = read_program(course_folder() / "10_linear_classifier.py")
QUESTIONS = tuple(question.id for question in LESSON.questions)


def request(**changes):
    asked = RunRequest(
        lesson=LESSON.id,
        title=LESSON.title,
        path=str(LESSON.path),
        source=LESSON.source,
        parameters=LESSON.defaults,
    )
    return dataclasses.replace(asked, **changes)


def line(asked):
    return request_line(asked, LESSON.defaults, QUESTIONS)


def test_defaults_are_left_out():
    assert line(request()) == "tflab run linear-classifier"
    assert "--seed" not in line(request())


def test_what_is_not_default_is_written():
    values = LESSON.defaults | {"learning_rate": 0.5, "steps": 7}
    asked = request(parameters=values, seed=3, device="gpu:1", until=5, nice=4)
    assert line(asked) == (
        "tflab run linear-classifier -p learning_rate=0.5 -p steps=7 --seed 3 --device gpu:1 "
        "--until 5 --nice 4"
    )


def test_a_lesson_from_elsewhere_is_named_by_its_path(tmp_path):
    path = tmp_path / "10 linear classifier.py"
    assert line(request(path=str(path))) == f"tflab run {shlex.quote(str(path))}"


@given(
    rate=st.floats(1e-4, 10),
    steps=st.integers(1, 100_000),
    seed=st.integers(0, 2**32 - 1),
    until=st.none() | st.integers(0, 5),
    guesses=st.lists(st.sampled_from(["above", "below"]), max_size=1),
    limit=st.floats(-1e9, 1e9),
)
def test_read_back_it_asks_for_the_same(rate, steps, seed, until, guesses, limit):
    values = check_values(LESSON, {"learning_rate": rate, "steps": steps})
    made = dict(zip(QUESTIONS, [*guesses, limit][: 2 if guesses else 0], strict=False))
    asked = request(parameters=values, seed=seed, until=until, guesses=made)
    words = shlex.split(line(asked))
    assert words[:1] == ["tflab"]
    _, read = parse(words[1:])
    assert resolve(read.lesson) == LESSON.path
    assert _values(LESSON, read) == (values, seed)
    assert (read.device, read.until) == ("cpu", until)
    assert given_guesses(LESSON, read.guess) == made


def sweep_of(fields, options=None, devices=("cpu",), jobs=1, **how):
    """Plan a sweep of the lesson."""
    return make_plan(LESSON, fields, **how).placed(devices, jobs).asking(options)


def test_a_sweep_leaves_out_what_is_default():
    plan = sweep_of({"learning_rate": (0.1, 0.2)}, jobs=2)
    assert sweep_line(plan, LESSON, LESSON.defaults) == (
        "tflab sweep linear-classifier -p 'learning_rate=0.1, 0.2' --jobs 2"
    )


@given(
    rates=st.lists(st.floats(1e-4, 10), min_size=1, max_size=5, unique=True),
    steps=st.lists(st.integers(1, 100_000), min_size=1, max_size=3, unique=True),
    repeat=st.integers(1, 3),
    budget=st.none() | st.integers(1, 4),
    metric=st.sampled_from(["loss", "accuracy", "loss:max", "accuracy:min"]),
    nice=st.integers(0, 19),
    threads=st.integers(0, 4),
    memory=st.sampled_from([0, 256, 4000]),
)
def test_read_back_a_sweep_is_the_same(rates, steps, repeat, budget, metric, nice, threads, memory):
    plan = sweep_of(
        {"learning_rate": rates, "steps": steps},
        seed=3,
        repeat=repeat,
        budget=budget,
        sample_seed=9,
        metric=metric,
        jobs=2,
        options=RunOptions(nice=nice, threads=threads, memory_limit=memory),
    )
    words = shlex.split(sweep_line(plan, LESSON, LESSON.defaults))
    assert words[:1] == ["tflab"]
    _, asked = parse(words[1:])
    again = make_plan(
        read_program(resolve(asked.lesson)),
        parse_fields(LESSON, asked.parameter),
        seed=asked.seed,
        repeat=asked.repeat,
        budget=asked.sample,
        sample_seed=asked.sample_seed if budget is not None else 9,
        metric=asked.metric,
    )
    assert again.placed(["cpu"], asked.jobs).asking(chosen_limits(asked)) == plan


@pytest.mark.parametrize("text", ["it's", '"', "a b", "-x", "", "ü$HOME"])
def test_text_survives_the_shell(text):
    asked = request(parameters={"title": text})
    words = shlex.split(request_line(asked, {}))
    assert words[-1] == f"title={text}"
