"""CSV and JSON, read back with the tools that people read them with."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.export.as_json import runs_json
from tflab.export.table import series_csv, summary_csv
from tflab.runs.series import Series

NAN = float("nan")


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_series_are_one_line_a_step(make_run):
    run = make_run({"loss": ([0, 1, 2], [0.5, NAN, math.inf]), "val_loss": ([0, 2], [0.75, 0.25])})
    assert rows(series_csv([run])) == [
        {"step": "0", "loss": "0.5", "val_loss": "0.75"},
        {"step": "1", "loss": "nan", "val_loss": ""},
        {"step": "2", "loss": "inf", "val_loss": "0.25"},
    ]


def test_a_step_logged_twice_has_two_lines(make_run):
    run = make_run({"a": ([0, 0, 1], [1.0, 2.0, 3.0]), "b": ([0], [9.0])})
    found = [(r["step"], r["a"], r["b"]) for r in rows(series_csv([run]))]
    assert found == [("0", "1.0", "9.0"), ("0", "2.0", ""), ("1", "3.0", "")]


def test_epochs_and_batches_have_columns_of_their_own(make_run):
    run = make_run(
        {"loss": ([1, 2], [0.5, 0.25]), "batch_loss": ([1, 2], [0.75, 0.5]), "rate": ([1], [0.1])},
        axes={"loss": "epoch", "batch_loss": "batch"},
    )
    assert rows(series_csv([run])) == [
        {"epoch": "1", "batch": "", "step": "", "loss": "0.5", "batch_loss": "", "rate": ""},
        {"epoch": "2", "batch": "", "step": "", "loss": "0.25", "batch_loss": "", "rate": ""},
        {"epoch": "", "batch": "1", "step": "", "loss": "", "batch_loss": "0.75", "rate": ""},
        {"epoch": "", "batch": "2", "step": "", "loss": "", "batch_loss": "0.5", "rate": ""},
        {"epoch": "", "batch": "", "step": "1", "loss": "", "batch_loss": "", "rate": "0.1"},
    ]
    found = json.loads(runs_json([run]))["series"]
    assert found["batch_loss"] == {"steps": [1, 2], "values": [0.75, 0.5], "axis": "batch"}


def test_a_metric_named_like_an_axis_has_a_column_of_its_own(make_run):
    run = make_run({"epoch": ([1, 2], [10.0, 20.0])}, axes={"epoch": "epoch"})
    assert series_csv([run]) == "epoch,metric.epoch\n1,10.0\n2,20.0\n"


def test_several_runs_are_told_apart(make_run):
    runs = [make_run({"loss": ([0], [float(i)])}) for i in range(2)]
    found = rows(series_csv(runs))
    assert [(r["run"], r["loss"]) for r in found] == [
        (runs[0].record.id, "0.0"),
        (runs[1].record.id, "1.0"),
    ]


def test_a_run_without_series_has_a_head_only(make_run):
    assert series_csv([make_run()]) == "step\n"


steps = st.lists(st.integers(-5, 5), max_size=8)


@given(st.dictionaries(st.sampled_from(["loss", "a,b", 'x"y', "ä"]), steps, max_size=3))
def test_no_point_is_lost(all_steps):
    from types import SimpleNamespace

    from tflab.export.loaded import LoadedRun

    series = {}
    for number, (tag, places) in enumerate(all_steps.items()):
        series[tag] = Series(tag)
        series[tag].extend(places, [100.0 * number + i for i in range(len(places))])
    state, record = SimpleNamespace(series=series, earlier=[]), SimpleNamespace(id="r")
    text = series_csv([LoadedRun(record, state, None)])
    found = {tag: [] for tag in series}
    for line in rows(text):
        for tag in series:
            if line[tag]:
                found[tag].append((int(line["step"]), float(line[tag])))
    for tag, one in series.items():
        assert sorted(found[tag]) == sorted(zip(map(int, one.steps), one.values, strict=True))


def test_a_summary_is_one_line_a_run(make_run):
    first = make_run({"loss": ([0, 1], [0.5, 0.25])})
    second = make_run({"accuracy": ([0, 1], [0.9, 0.8])}, device="gpu:0", seed=4)
    one, two = rows(summary_csv([first, second]))
    assert (one["loss"], one["loss.min"], one["accuracy"]) == ("0.25", "0.25", "")
    assert (two["accuracy"], two["accuracy.max"], two["device"]) == ("0.8", "0.9", "gpu:0")
    assert one["parameter.title"] == 'a "b" \\ ü'
    assert one["goals"] == "1"
    assert one["state"] == "finished"


@pytest.mark.skipif(importlib.util.find_spec("pandas") is None, reason="pandas is not installed")
def test_pandas_reads_it(make_run):
    import pandas

    run = make_run({"loss": ([0, 1, 2], [0.5, NAN, math.inf])})
    frame = pandas.read_csv(io.StringIO(series_csv([run])))
    assert frame["loss"].dtype == "float64"
    assert frame["loss"][2] == math.inf


def test_json_has_everything_and_is_strict(make_run):
    run = make_run({"loss": ([0, 1], [0.5, NAN])})

    def refuse(name):
        raise AssertionError(name)

    found = json.loads(runs_json([run]), parse_constant=refuse)
    assert found["series"] == {"loss": {"steps": [0, 1], "values": [0.5, "nan"]}}
    assert found["results"] == {"w": {"dtype": "int32", "shape": [], "values": 3}}
    assert found["goals"] == [{"text": "get there", "passed": True}]
    assert found["parameters"]["title"] == 'a "b" \\ ü'
    assert (found["state"], found["run"]) == ("finished", run.record.id)
    assert len(json.loads(runs_json([run, run]))) == 2
