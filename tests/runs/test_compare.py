"""What differs between runs, and which metric is better which way."""

from __future__ import annotations

import dataclasses

import pytest

from tflab.runs.compare import MISSING, differences, source_diff
from tflab.runs.metrics import best_value, higher_is_better, last_value, main_metric
from tflab.runs.record import RunRecord, RunRequest


def record(number, source="a\nb\n", lesson="t", device="cpu", seed=0, **values):
    request = RunRequest(
        lesson=lesson, title="T", path="/t.py", source=source, parameters=values, device=device,
        seed=seed,
    )  # fmt: skip
    return RunRecord(id=f"run-{number}", created=0.0, request=request)


def test_only_what_differs_is_told_in_the_lessons_order():
    found = differences([record(1, rate=0.1, steps=3, mode="x"), record(2, rate=0.2, steps=3)])
    assert found == [("rate", (0.1, 0.2)), ("mode", ("x", MISSING))]
    assert differences([record(1, a=1), record(2, a=1)]) == []
    assert differences([record(1, a=1)]) == differences([]) == []


def test_device_seed_and_lesson_count_too():
    found = differences([record(1), record(2, lesson="u", device="gpu:0", seed=4)])
    assert [item.name for item in found] == ["lesson", "device", "seed"]


def test_versions_count_where_every_run_tells_them():
    old = dataclasses.replace(record(1), versions={"python": "3.10", "tensorflow": "2.16"})
    new = dataclasses.replace(record(2), versions={"python": "3.10", "tensorflow": "2.21"})
    assert differences([old, new]) == [("tensorflow", ("2.16", "2.21"))]
    assert differences([old, new, record(3)]) == []


def test_a_change_of_the_lesson_is_a_unified_diff():
    text = source_diff([record(1), record(2), record(3, source="a\nc\n")])
    assert "-b" in text
    assert "+c" in text
    assert "run-2" in text
    assert "run-1" not in text
    assert source_diff([record(1), record(2)]) == ""


@pytest.mark.parametrize(
    ("tag", "higher"),
    [
        ("loss", False),
        ("adam/val_loss", False),
        ("accuracy", True),
        ("val_accuracy", True),
        ("binary_accuracy", True),
        ("mae", False),
        ("accumulated_error", False),
    ],
)
def test_names_decide_what_is_better(tag, higher):
    assert higher_is_better(tag) is higher
    metric = {"first": 1.0, "last": "nan", "min": 0.5, "max": 2.0}
    assert best_value(tag, metric) == (2.0 if higher else 0.5)


def test_the_first_loss_speaks_for_a_run():
    assert main_metric(["accuracy", "adam/loss", "loss"]) == "adam/loss"
    assert main_metric(["accuracy", "lr"]) == "accuracy"
    assert main_metric([]) is None
    assert last_value({"last": None}) is None
    assert last_value({"last": "-inf"}) == float("-inf")
