"""`tflab export`, and the line that makes a run again: on real runs."""

from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
import sys

import pytest

from tflab.runs.store import RunStore
from tflab.session.past_runs import line_of

RANDOM = """\
import numpy as np
import tensorflow as tf
for step in range(steps):
    lab.log(step, loss=rate * np.random.rand())
print("drew", rate, np.random.rand(), float(tf.random.uniform(())))
lab.show(last=float(tf.random.uniform(())))
"""


def test_a_real_run_is_exported_and_its_script_gives_the_same(tflab, lesson, tmp_path):
    path = lesson(RANDOM)
    done = tflab("run", path, "-p", "rate=0.25", "-p", "steps=6", "--seed", 11, "--json")
    report = json.loads(done.stdout)
    assert report["status"] == "finished", done.stdout

    text = tflab("export", "last", "--as", "csv").stdout
    assert text.splitlines()[0] == "step,loss"
    assert len(text.splitlines()) == 7

    script = tmp_path / "again.py"
    assert tflab("export", report["run"][:18], "--as", "script", "--to", script).returncode == 0
    said = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, timeout=120
    )
    drew = next(line for line in report["output"].splitlines() if line.startswith("drew"))
    assert drew in said.stdout.splitlines()

    assert tflab("export", "last", "--as", "notebook", "--to", tmp_path).returncode == 0
    assert len(list(tmp_path.glob("*.ipynb"))) == 1
    assert "<svg" in tflab("export", "last", "--as", "chart-svg").stdout
    folder = tmp_path / "events"
    assert tflab("export", "last", "--as", "tensorboard", "--to", folder).returncode == 0
    assert list(folder.glob(f"{report['run']}/events.out.tfevents.*"))


def test_what_cannot_be_exported_is_said(tflab, data):
    for words in (("export", "last", "--as", "csv"), ("export", "2020", "--as", "csv")):
        done = tflab(*words)
        assert done.returncode == 2
        assert "No such run" in done.stderr
        assert done.stdout == ""
    assert tflab("export", "last").returncode == 2
    assert list(RunStore().ids()) == []


def test_a_preset_gives_values_and_the_copied_line_gives_the_run_again(tflab, lesson):
    path = lesson(RANDOM)
    path.with_suffix(".presets.toml").write_text('["Fast"]\nrate = 2\nsteps = 3\nseed = 5\n')
    first = json.loads(tflab("run", path, "--preset", "fast", "-p", "steps=2", "--json").stdout)
    assert first["parameters"] == {"rate": 2.0, "steps": 2, "ready": ""}
    assert first["seed"] == 5

    line, current = line_of(RunStore().record(first["run"]).request)
    assert current
    again = json.loads(tflab(*shlex.split(line)[1:], "--json").stdout)
    same = ("parameters", "seed", "metrics", "results", "output")
    assert [again[name] for name in same] == [first[name] for name in same]
    assert again["run"] != first["run"]

    done = tflab("run", path, "--preset", "fats")
    assert done.returncode == 2
    assert "Fast" in done.stderr


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_a_real_sweep_is_exported_whole_wherever_a_run_is_taken(tflab, lesson, tmp_path):
    done = tflab("sweep", lesson("lab.log(0, loss=rate)"), "-p", "rate=0.25,0.5", "--json")
    found = json.loads(done.stdout)
    sweep = found["sweep"]
    text = tflab("export", "last-sweep", "--as", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["rank"] for row in rows] == ["1", "2"]
    assert {row["run"] for row in rows} == {run["run"] for run in found["runs"]}
    assert tflab("export", sweep, "--as", "csv").stdout == text
    assert tflab("sweeps", "last", "--csv").stdout == text
    assert tflab("export", sweep, "--as", "notebook", "--to", tmp_path).returncode == 0
    assert [path.name for path in tmp_path.glob("*.ipynb")] == [f"tiny-sweep-{sweep}.ipynb"]
    both = tflab("export", sweep, "last", "--as", "csv")
    assert (both.returncode, both.stdout) == (2, "")
    assert "One sweep at a time" in both.stderr
    run = found["runs"][0]["run"]
    alike = run[:4]
    unclear = tflab("export", alike, "--as", "csv")
    assert "A run or a sweep?" in unclear.stderr
    assert tflab("export", run, "--as", "csv").stdout.startswith("step,loss")
    assert "csv-points" in tflab("export", sweep, "--as", "pdf").stderr
