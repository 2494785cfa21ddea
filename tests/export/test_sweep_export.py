"""A sweep as one thing: each format opened again by the tool that people open it with."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET

import msgspec
import nbclient
import nbformat
import pandas
import pytest

from tests.export.tensorboard_reader import read_runs
from tflab.charts.drawing import ChartOptions
from tflab.export.loaded import load_run
from tflab.export.sweep import load_sweep
from tflab.export.sweep_formats import (
    SWEEP_FORMATS,
    export_sweep,
    find_sweep_format,
    sweep_text,
)
from tflab.export.sweep_program import sweep_program
from tflab.export.table import series_csv
from tflab.programs.library import course_folder
from tflab.programs.reader import parse_program, read_program
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.sweeps.plan import make_plan
from tflab.sweeps.store import SweepRecord, SweepStore

PLAIN = ChartOptions(colour="none")
LESSON = """\
# %% [markdown]
# # A small lesson
# With “quotes”, '''three of them''' and a back\\slash.

# %% tags=["parameters"]
rate = 0.5  # step size
mode = "it's"

# %%
import numpy as np

from tflab import lab

print("this is not part of the table")
if rate > 9:
    raise ValueError("too large")
for step in range(3):
    lab.log(step, loss=rate / (step + 1) + np.random.rand() / 1000)
lab.show(accuracy=1 - rate / 10)
"""


@pytest.fixture
def lesson(tmp_path):
    path = tmp_path / "5_small.py"
    path.write_text(LESSON, encoding="utf-8")
    return read_program(path)


@pytest.fixture
def sweep(lesson, make_run):
    """Three rates and two seeds: a rate that failed, and a last run that never began."""
    plan = make_plan(lesson, {"rate": (0.5, 0.25, 10.0)}, repeat=2).placed(["cpu"], 2)
    ids = []
    for point in plan.points[:-1]:
        rate = point.parameters["rate"]
        losses = [rate / (step + 1) + point.seed / 100 for step in range(3)]
        asked = {"lesson": plan.each.lesson, "parameters": point.parameters, "seed": point.seed}
        state = "failed" if rate > 9 else "finished"
        ids.append(make_run({"loss": ([0, 1, 2], losses)}, state=state, **asked).record.id)
    store = SweepStore()
    record = store.create(plan)
    store.save(msgspec.structs.replace(record, runs=[*ids, None]))
    return load_sweep(RunStore(), record.id)


def text_of(sweep, name):
    return sweep_text(find_sweep_format(name), sweep, PLAIN)


def test_pandas_reads_one_line_a_run(sweep):
    frame = pandas.read_csv(io.StringIO(text_of(sweep, "csv")))
    assert len(frame) == 6
    assert list(frame["rate"]) == [0.25, 0.25, 0.5, 0.5, 10, 10]
    assert list(frame["seed"]) == [0, 1] * 3
    assert list(frame["status"]) == ["finished"] * 4 + ["failed", "not begun"]
    assert list(frame["best"].fillna("")) == ["yes", "yes", "", "", "", ""]
    assert frame["loss"][0] == pytest.approx(0.25 / 3)
    assert frame["loss.min"][1] == pytest.approx(0.25 / 3 + 0.01)
    assert frame["mean"][0] == pytest.approx(0.25 / 3 + 0.005)
    assert frame["spread"][2] == pytest.approx(0.01 / 2**0.5)
    assert frame["w"][0] == 3
    assert frame["loss"].isna()[5]
    assert frame["mode"][0] == "it's"


def test_pandas_reads_every_point_with_its_values(sweep):
    frame = pandas.read_csv(io.StringIO(text_of(sweep, "csv-points")))
    assert len(frame) == 15
    last = frame[frame["step"] == 2].groupby("rate")["loss"].mean()
    assert last[0.5] == pytest.approx(0.5 / 3 + 0.005)
    assert set(frame["run"]) == {run.id for run in sweep.sweep.runs if run.id}


def test_a_column_of_ours_is_never_a_parameter_too(tmp_path):
    path = tmp_path / "1_odd.py"
    path.write_text('# %% [markdown]\n# # Odd\n# %% tags=["parameters"]\nrank = 2\nmean = 3\n')
    record = SweepStore().create(make_plan(read_program(path), {"rank": (1, 2)}))
    frame = pandas.read_csv(io.StringIO(text_of(load_sweep(RunStore(), record.id), "csv")))
    assert list(frame["parameter.rank"]) == [1, 2]
    assert list(frame["parameter.mean"]) == [3, 3]
    assert frame.columns.is_unique


def test_a_table_has_the_names_of_the_values_and_of_the_metric(sweep):
    found: dict[str, object] = {"__name__": "program"}
    exec(compile(sweep_program(sweep.record), "program.py", "exec"), found)
    row = found["row_of"](sweep.plan.points[0].parameters, 3, 0.5)
    assert row == {"rate": 0.5, "mode": "it's", "seed": 3, "loss": 0.5}


def test_a_series_with_the_name_of_a_column_of_ours_has_one_of_its_own(lesson, make_run):
    plan = make_plan(lesson, {"rate": (0.5,)})
    asked = {"lesson": plan.each.lesson, "parameters": plan.points[0].parameters}
    run = make_run({"step": ([0, 1], [5.0, 6.0]), "mode": ([0, 1], [7.0, 8.0])}, **asked)
    store = SweepStore()
    record = store.create(plan)
    store.save(msgspec.structs.replace(record, runs=[run.record.id]))
    sweep = load_sweep(RunStore(), record.id)
    points = pandas.read_csv(io.StringIO(text_of(sweep, "csv-points")))
    assert list(points.columns) == [
        "run", "rate", "parameter.mode", "seed", "step", "metric.step", "mode"
    ]  # fmt: skip
    assert list(points["metric.step"]) == [5, 6]
    alone = pandas.read_csv(io.StringIO(series_csv([load_run(RunStore(), run.record.id)])))
    assert list(alone.columns) == ["step", "metric.step", "mode"]


def test_json_has_every_point_and_the_lesson_once(sweep):
    text = text_of(sweep, "json")
    found = json.loads(text)
    assert found["best"]["parameters"]["rate"] == 0.25
    assert found["runs"][0]["series"]["loss"]["values"] == pytest.approx([0.5, 0.25, 0.5 / 3])
    assert found["runs"][4]["status"] == "failed"
    assert "series" not in found["runs"][5]
    assert found["source"] == LESSON
    assert text.count("this is not part of the table") == 1


def test_tensorboard_finds_a_run_in_each_folder_with_its_values(sweep, tmp_path):
    folder = export_sweep(find_sweep_format("tensorboard"), sweep, tmp_path / "events", PLAIN)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 5
    assert names[0] == "1-rate=0.5,seed=0"
    first, last = read_runs(folder / names[0], folder / names[4])
    assert [value for _, _, value in first.scalars["loss"]] == pytest.approx([0.5, 0.25, 0.5 / 3])
    assert last.values == {"rate": 10.0, "mode": "it's", "seed": 0.0}
    assert (first.status, last.status) == ("STATUS_SUCCESS", "STATUS_FAILURE")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_python_runs_the_script_and_a_failed_run_does_not_stop_it(tmp_path):
    """A metric with the name of a value has a column of its own."""
    path = tmp_path / "5_small.py"
    path.write_text(LESSON.replace("rate", "loss"), encoding="utf-8")
    plan = make_plan(read_program(path), {"loss": (10.0, 0.25)}, repeat=2).placed(["cpu"], 2)
    sweep = load_sweep(RunStore(), SweepStore().create(plan).id)
    path = export_sweep(find_sweep_format("script"), sweep, tmp_path / "again.py", PLAIN)
    done = subprocess.run(
        [sys.executable, path], capture_output=True, text=True, check=True, timeout=170
    )
    head, *rows = (line.split("\t") for line in done.stdout.splitlines())
    assert head == ["parameter.loss", "mode", "seed", "loss"]
    assert [row[0] for row in rows] == ["0.25", "0.25", "10.0", "10.0"]
    assert {row[2] for row in rows[:2]} == {"0", "1"}
    assert float(rows[0][3]) == pytest.approx(0.25 / 3, abs=0.001)
    assert rows[0][3] != rows[1][3], "each has its own seed"
    assert [row[3] for row in rows[2:]] == ["nan", "nan"]
    assert "failed: too large" in done.stderr


def test_a_notebook_has_what_came_out_on_top(sweep):
    found = nbformat.reads(text_of(sweep, "notebook"), 4)
    nbformat.validate(found)
    assert "| 0.25 | 2/2 |" in found.cells[0].source


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_nbclient_runs_the_notebook(tmp_path):
    """A metric that is called as the column of seeds has one of its own."""
    path = tmp_path / "1_odd.py"
    head = '# %% [markdown]\n# # Odd\n# %% tags=["parameters"]\nloss = 2.0\nrate = 4.0\n'
    path.write_text(head + "# %%\nfrom tflab import lab\nlab.log(0, loss=1.0, seed=loss / rate)\n")
    plan = make_plan(read_program(path), {"loss": (2.0, 1.0)}, metric="seed", seed=3)
    sweep = load_sweep(RunStore(), SweepStore().create(plan.placed(["cpu"], 2)).id)
    found = nbformat.reads(text_of(sweep, "notebook"), 4)
    there = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(found, timeout=170, resources=there).execute()
    outputs = [out.text for out in found.cells[-1].outputs if out.get("name") == "stdout"]
    frame = pandas.read_csv(io.StringIO("".join(outputs)), sep="\t")
    assert list(frame.columns) == ["loss", "rate", "seed", "metric.seed"]
    assert list(frame["loss"]) == [1, 2], "the best first"
    assert list(frame["metric.seed"]) == [0.25, 0.5]
    assert set(frame["seed"]) == {3}


@pytest.mark.parametrize("path", sorted(course_folder().glob("*.py")), ids=lambda path: path.stem)
def test_every_lesson_of_the_course_makes_a_program(path):
    record = SweepStore().create(make_plan(read_program(path), {}))
    names: dict[str, object] = {"__name__": "program"}
    exec(compile(sweep_program(record), "program.py", "exec"), names)
    compile(str(names["LESSON"]), "lesson.py", "exec")
    assert names["RUNS"] == [(record.plan.points[0].parameters, 0)]


def test_charts_show_the_best_runs(sweep):
    picture = ET.fromstring(text_of(sweep, "chart-svg"))
    words = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "rate=0.25, seed=0" in words
    assert any("best 5 of 6 runs" in (word or "") for word in words)
    assert "rate=0.5, seed=1" in text_of(sweep, "chart-text")


def test_what_cannot_be_written_is_said(sweep, tmp_path):
    (tmp_path / "file").write_text("")
    for kind in SWEEP_FORMATS:
        with pytest.raises(Problem, match="cannot be written"):
            export_sweep(kind, sweep, tmp_path / "file" / "x", PLAIN)
    with pytest.raises(Problem, match="no format 'pdf'") as refused:
        find_sweep_format("pdf")
    assert "csv-points" in refused.value.next_step
    path = export_sweep(find_sweep_format("csv"), sweep, tmp_path, PLAIN)
    assert path.name == f"small-sweep-{sweep.record.id}.csv"


def test_the_program_of_a_sweep_gives_any_program_its_values(tmp_path):
    source = (
        "from __future__ import annotations\nimport argparse\nlimit = 3\n"
        "parser = argparse.ArgumentParser()\nparser.add_argument('--rate', type=float, default=1)\n"
        "print(parser.parse_args().rate, limit)\n"
    )
    for text, wanted in [
        (source, "sys.argv[1:] = command_line(OPTIONS, sweep_values)"),
        ("rate = 1.0\nprint(rate / 2)\n", "rate = sweep_values['rate']"),
    ]:
        program = parse_program(text, tmp_path / "x.py")
        plan = make_plan(program, {"rate": [1.0, 2.0]})
        written = sweep_program(SweepRecord(id="s", created=0.0, plan=plan, runs=[]))
        found: dict[str, object] = {}
        exec(compile(written, "sweep", "exec"), found)
        lesson = str(found["LESSON"])
        assert wanted in lesson
        compile(lesson, "lesson", "exec")
