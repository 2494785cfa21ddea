"""`tflab resume` as a user calls it, and what lists and exports say of runs that go on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import command
from tflab.cli.run_text import metric_lines
from tflab.runs.store import RunStore

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
    refused = command("resume", "20200101")
    assert (refused.returncode, "No such run" in refused.stderr) == (2, True)
    asked = command("resume", "last", "-p", "steps=7", "--plain")
    assert asked.returncode == 0, asked.stderr
    assert f"Goes on from run {first['run']}, which came to step 3." in asked.stderr
    assert "Goes on at step 4, from the checkpoint" in asked.stdout
    assert "loss: from 0 to 21, lowest 0, highest 21, 7 points; goes on" in asked.stdout
    (second,) = [row for row in listed() if row["run"] != first["run"]]
    assert second["continues"] == first["run"]
    assert f"goes on from {first['run']}" in command("runs").stdout

    table = command("export", second["run"], "--as", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["logged_by"] for row in rows] == [first["run"]] * 4 + [second["run"]] * 3
    assert [float(row["loss"]) for row in rows] == [0, 1, 3, 6, 10, 15, 21]
    whole = json.loads(command("export", second["run"], "--as", "json").stdout)
    assert whole["continues"] == {"run": first["run"], "steps": {"step": 3}}
    assert whole["series"]["loss"]["earlier"] == [{"run": first["run"], "end": 4}]
    folder = tmp_path / "boards"
    assert command("export", second["run"], "--as", "tensorboard", "-o", folder).returncode == 0
    assert len(list(folder.rglob("events.out.tfevents.*"))) == 2
    assert list(folder.rglob(f"from {first['run']}/events*"))

    command("delete", first["run"])
    gone = command("resume", first["run"])
    assert "tflab trash --restore" in gone.stderr
    state = RunStore().load(second["run"])
    assert "goes on from an earlier run at step 4" in metric_lines(state)[0]
    assert data.exists()


def listed() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(command("runs", "--json").stdout)
    return found
