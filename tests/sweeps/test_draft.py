"""A sweep as it is typed: what its texts make, and what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sweeps.sweeping import LESSON
from tflab.programs.search_values import Range
from tflab.sweeps.draft import OPTIONS, SweepDraft, field_help, first_texts
from tflab.targets.devices import Device, DeviceList
from tflab.targets.placement import Slot

CPU = Device("cpu", "CPU", 0, "", 1, 1, cores=4)
GPUS = tuple(Device(f"gpu:{n}", "A100", n, f"GPU-{n}", 1, 1) for n in range(2))
FOUND = DeviceList((CPU, *GPUS))
TEXTS = first_texts(LESSON, {}, {})
CHOSEN = {
    "repeats": "1",
    "first seed": "0",
    "search": "grid",
    "stop early": "no",
    "devices": "cpu",
    "at once": "",
    "metric": "loss",
}


def draft(texts: dict[str, str] | None = None, **options: str) -> SweepDraft:
    changed = {name.replace("_", " "): text for name, text in options.items()}
    return SweepDraft(LESSON, {**TEXTS, **(texts or {})}, {**CHOSEN, **changed}, FOUND)


def test_defaults_make_one_run() -> None:
    found = draft()
    assert found.problems == {}
    assert found.plan is not None
    assert len(found.plan.points) == 1
    assert found.plan.points[0].parameters == LESSON.defaults
    assert found.slots == (Slot(),) * 4
    assert set(CHOSEN) == set(OPTIONS)


def test_every_option_counts() -> None:
    texts = {"rate": "0.1, 0.2, 0.3", "mode": "*"}
    options = {"first_seed": "3", "search": "random 4 seed 9", "devices": "gpus", "metric": "acc"}
    found = draft(texts, repeats="2", at_once="1", **options)
    assert found.plan is not None
    assert len(found.plan.points) == 8
    assert [point.seed for point in found.plan.points[:2]] == [3, 4]
    assert found.plan.larger
    assert found.plan.devices == ["gpu:0", "gpu:1"]
    assert found.slots == (Slot("gpu:0", "GPU-0"),)


@pytest.mark.parametrize(
    ("texts", "options", "field", "said"),
    [
        ({"rate": "0"}, {}, "rate", "above 0"),
        ({"steps": "1..8"}, {}, "steps", "1..8 step 1"),
        ({}, {"repeats": "0"}, "repeats", "from 1"),
        ({}, {"first_seed": "4294967296"}, "first seed", "4294967295"),
        ({}, {"first_seed": "4294967295", "repeats": "2"}, "", "4294967295 is the most"),
        ({}, {"search": "random 4 of 9"}, "search", "no search"),
        ({}, {"search": "random many"}, "search", "whole number"),
        ({}, {"search": "grid 9"}, "search", "tpe 40 seed 7"),
        ({}, {"stop_early": "soon"}, "stop early", "halving"),
        ({"rate": "0..1 log"}, {"search": "tpe 9"}, "rate", "does not stay above 0"),
        ({"rate": "0..1"}, {"search": "tpe 9"}, "rate", "above 0"),
        ({}, {"search": "tpe 9", "repeats": "2"}, "", "repeats"),
        ({}, {"devices": "gpu:7"}, "devices", "gpu:7"),
        ({}, {"at_once": "x"}, "at once", "whole number"),
        ({"rate": "0.1..1 lin 1000", "steps": "1..9 step 1"}, {}, "", "9,000 runs"),
    ],
)
def test_problems_stand_at_their_field(
    texts: dict[str, str], options: dict[str, str], field: str, said: str
) -> None:
    found = draft(texts, **options)
    assert found.plan is None
    assert list(found.problems) == [field]
    assert said in found.problems[field]


@given(st.dictionaries(st.sampled_from([*TEXTS, *CHOSEN]), st.text(max_size=30)))
def test_any_text_makes_a_plan_or_a_problem(typed: dict[str, str]) -> None:
    own = {name: typed.get(name, text) for name, text in TEXTS.items()}
    options = {name: typed.get(name, text) for name, text in CHOSEN.items()}
    found = SweepDraft(LESSON, own, options, FOUND)
    assert (found.plan is None) == bool(found.problems)


def test_a_search_is_typed_like_the_rest() -> None:
    texts = {"rate": "1e-4..1 log", "steps": "4..64", "mode": "*"}
    options = {"search": "TPE 40 seed 7", "stop_early": "yes", "metric": "val_loss:min"}
    found = draft(texts, **options)
    assert found.problems == {}
    assert found.plan is not None
    assert found.plan.count == 40
    assert found.plan.search is not None
    assert found.plan.search.pruner == "percentile"
    assert (found.plan.search.method, found.plan.search.seed) == ("tpe", 7)
    assert found.plan.search.ranges == {"rate": Range(1e-4, 1.0, True), "steps": Range(4, 64)}
    drawn = draft(texts, search="random 5", stop_early="median").plan
    assert drawn is not None
    assert len(drawn.points) == 5
    assert first_texts(LESSON, {}, texts)["rate"] == "1e-4..1 log", "it is kept"


def test_form_begins_with_current_values_and_keeps_lists() -> None:
    texts = first_texts(LESSON, {"rate": 0.7}, {"rate": "0.5", "steps": "20, 40", "mode": "b"})
    assert texts == {"rate": "0.7", "steps": "20, 40", "mode": "a", "word": '"hello, you"'}


def test_help_shows_what_may_be_written() -> None:
    rate, steps, mode, word = LESSON.parameters
    assert field_help(rate).endswith("0.1, 0.2 or 0.01..1 log 5")
    assert field_help(steps).endswith("40, 80 or 40..160 step 40")
    assert "*" in field_help(mode)
    assert "quotes" in field_help(word)
