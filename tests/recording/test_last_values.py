"""What a program that runs a lesson often remembers of each run."""

from __future__ import annotations

import math

import pytest

from tflab import lab
from tflab.recording.last_values import LastValues
from tflab.recording.plain import PlainRecorder
from tflab.runs.record import Problem


@pytest.fixture
def record():
    found = LastValues()
    lab.attach(found)
    yield found
    lab.attach(PlainRecorder())


def test_the_newest_numbers_are_kept_and_nothing_is_printed(record, capsys):
    for step in lab.track(range(3)):
        lab.log(step, loss=3 - step, rate=0.5)
    lab.show(accuracy=0.9, word="x", right=True, odd=math.nan, vector=[1, 2])
    lab.scatter("points", {"a": [[1, 2]]})
    lab.goal("get there", passed=True)
    assert {name: str(value) for name, value in record.values.items()} == {
        "accuracy": "0.9",
        "odd": "nan",
        "loss": "1.0",
        "rate": "0.5",
    }
    record.finish()
    assert capsys.readouterr().out == ""


def test_a_series_goes_before_a_result_of_its_name(record):
    lab.log(0, loss=2.0)
    lab.show(loss=1.0)
    assert record.values == {"loss": 2.0}


def test_what_is_no_number_is_refused_as_in_a_run(record):
    with pytest.raises(Problem, match="loss"):
        lab.log(0, loss="high")
