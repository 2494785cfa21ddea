"""`tflab resume` as a user calls it, and what lists and exports say of runs that go on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import command
from tflab.charts.drawing import ChartOptions
from tflab.cli.run_text import metric_lines
from tflab.export.formats import export_text, export_to, find_format
from tflab.export.loaded import LoadedRun, load_run
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

LOOP = """
import numpy as np
total = np.zeros(1)
kept = lab.checkpoint(every=1, total=total)
for step in kept.steps(steps):
    total += step
    lab.log(step, loss=float(total[0]))
"""


def test_a_run_goes_on_and_both_show_as_one(
    lesson: Callable[[str], Path], data: Path, tmp_path: Path
) -> None:
    first = json.loads(command("run", lesson(LOOP), "--json").stdout)
    assert first["continues"] is None
    asked = command("resume", "last", "-p", "steps=7", "--plain")
    assert asked.returncode == 0, asked.stderr
    assert f"Goes on from run {first['run']}, which came to step 3." in asked.stderr
    assert "Goes on at step 4, from the checkpoint" in asked.stdout
    assert "loss: from 0 to 21, lowest 0, highest 21, 7 points; goes on" in asked.stdout
    listed = command("runs").stdout
    assert f"goes on from {first['run']}" in listed
    second = load_run(RunStore(), listed.split()[0])
    check_exports(first["run"], second, tmp_path)

    Trash(RunStore()).delete(first["run"])
    gone = command("resume", first["run"])
    assert (gone.returncode, "tflab trash --restore" in gone.stderr) == (2, True)
    state = RunStore().load(second.record.id)
    assert "goes on from an earlier run at step 4" in metric_lines(state)[0], "it has it all"
    assert data.exists()


def check_exports(first: str, second: LoadedRun, tmp_path: Path) -> None:
    def export(kind: str) -> str:
        return export_text(find_format(kind), [second], ChartOptions(colour="none"))

    rows = list(csv.DictReader(io.StringIO(export("csv"))))
    assert [row["logged_by"] for row in rows] == [first] * 4 + [second.record.id] * 3
    assert [float(row["loss"]) for row in rows] == [0, 1, 3, 6, 10, 15, 21]
    whole = json.loads(export("json"))
    assert whole["continues"] == {"run": first, "steps": {"step": 3}}
    assert whole["series"]["loss"]["earlier"] == [{"run": first, "end": 4}]
    assert next(csv.DictReader(io.StringIO(export("csv-summary"))))["continues"] == first
    assert "goes on from an earlier run at step 4" in export("chart-text")
    target = tmp_path / "boards"
    export_to(find_format("tensorboard"), [second], target, ChartOptions())
    parts = {str(path.parent.relative_to(target)) for path in target.rglob("events.out.*")}
    assert parts == {second.record.id, f"{second.record.id}/from {first}"}
