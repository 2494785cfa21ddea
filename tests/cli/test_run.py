"""`tflab run` for real: a fork server, a run process, signals and exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tflab.runs.store import RunStore

KEYS = [
    "run",
    "lesson",
    "status",
    "parameters",
    "device",
    "target",
    "seed",
    "continues",
    "environment",
    "seconds",
    "metrics",
    "system",
    "results",
    "goals",
    "exercises",
    "figures",
    "pictures",
    "output",
    "error",
]

WORKING = """\
import tensorflow as tf

for step in lab.track(range(steps)):
    lab.log(step, loss=rate / (step + 1))
lab.log(steps, loss=float("nan"))
print("\\x1b[2Jhello \\x1b]0;title\\x07é")
w = tf.constant([[1.0], [2.0]])
lab.show(w=w, accuracy=1.0, bad=float("inf"), word="yes")
lab.goal("small", rate < 1, hint="smaller")
lab.goal("large", rate > 1, hint="larger")
lab.predict("How many steps?", steps)
lab.bar("Heights", {"a": 1.5, "b": 2.0})
w
"""

FOREVER = """\
import signal, time



def say(*_):
    with open(ready, "w") as pipe:
        pipe.write("now")


if rate == 1:
    signal.signal(signal.SIGINT, say)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
lab.log(0, loss=1.0)
print("before")
say()
while True:
    time.sleep(0.01)
"""


def test_json_of_a_good_run(lesson: Any, tflab: Any) -> None:
    done = tflab("run", lesson(WORKING), "--json", "-p", "rate=0.25", "--seed", 3)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert list(found) == KEYS
    assert found["lesson"] == "tiny"
    assert (found["status"], found["device"], found["seed"]) == ("finished", "cpu", 3)
    assert found["parameters"] == {"rate": 0.25, "steps": 4, "ready": ""}
    assert found["environment"]["interpreter"] == sys.executable
    assert found["environment"]["packages"]["tensorflow"] == version("tensorflow")
    assert found["environment"]["backend"] == "tensorflow"
    assert found["seconds"] > 0
    assert found["metrics"] == {
        "loss": {
            "first": 0.25,
            "last": "nan",
            "min": 0.0625,
            "max": 0.25,
            "count": 5,
            "nonfinite": 1,
        }
    }
    tensor = {"dtype": "float32", "shape": [2, 1], "values": [[1.0], [2.0]]}
    assert found["results"] == {"w": tensor, "accuracy": 1.0, "bad": "inf", "word": "yes"}
    assert found["goals"] == [
        {"text": "small", "passed": True},
        {"text": "large", "passed": False},
    ]
    assert found["output"] == "hello é\n"
    assert found["error"] is None
    assert RunStore().load(found["run"]).status == "finished"


def test_plain_text_of_a_good_run(lesson: Any, tflab: Any) -> None:
    done = tflab("run", lesson(WORKING), "--guess", "4")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "\r" not in done.stdout
    for line in (
        "A tiny lesson (rate=0.5, steps=4, ready=, seed=0, cpu)",
        "hello é",
        "w = [[1], [2]] (float32 (2, 1) on CPU:0)",
        "accuracy = 1",
        "Figure: Heights, 1 set of bars.",
        "  a: 1.5",
        "Goal reached: small",
        "Goal not reached: large",
        "How many steps? (you guessed 4, the answer is 4, right)",
        "float32 (2, 1) on CPU:0",
    ):
        assert line in done.stdout.splitlines(), done.stdout
    assert "diverged at step 4" in done.stdout
    assert "1 of 2 goals reached" in done.stdout


def test_live_text_on_a_terminal(lesson: Any) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tflab", "run", str(lesson(WORKING))],
        dimensions=(40, 80),
        encoding="utf-8",
        env={**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
        timeout=120,
    )
    shown = child.read()
    child.close()
    assert child.exitstatus == 0, shown
    assert "✓ small" in shown
    assert "· large" in shown
    assert "Results" in shown
    assert "\x1b[2J" not in shown
    assert "title" not in shown


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_lesson_that_raises(lesson: Any, tflab: Any) -> None:
    done = tflab("run", lesson("lab.log(0, loss=1.0)\n1 / 0\n"), "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["status"] == "failed"
    assert found["metrics"]["loss"]["count"] == 1
    error = found["error"]
    assert list(error) == ["title", "cause", "next_step", "cell", "line", "where"]
    assert "ZeroDivisionError" in error["title"] + error["cause"]
    assert (error["cell"], error["line"]) == (2, 16)
    assert error["next_step"]


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_run_to_a_cell(lesson: Any, tflab: Any) -> None:
    path = lesson("print('one')\n\n# %%\nprint('two')\n")
    done = tflab("run", path, "--until", 2, "--json")
    assert json.loads(done.stdout)["output"] == "one\n"
    done = tflab("run", path, "--until", 4)
    assert done.returncode == 2
    assert "cells 0 to 3" in done.stderr


@pytest.mark.usefixtures("tensorflow_stand_in")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_by_a_signal(
    lesson: Any, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    process = start(lesson(FOREVER), tmp_path)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    found = json.loads(out)
    assert found["status"] == "cancelled"
    assert found["output"] == "before\n"
    assert found["metrics"]["loss"]["count"] == 1
    assert found["error"] is None


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_second_interrupt_kills_at_once(lesson: Any, tmp_path: Path) -> None:
    process = start(lesson(FOREVER), tmp_path, "-p", "rate=1")
    process.send_signal(signal.SIGINT)
    assert (tmp_path / "ready").read_text() == "now"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    found = json.loads(out)
    assert found["status"] == "cancelled"
    assert found["seconds"] < 3.9, "the ladder alone needs 4 s to get to the kill"


def start(path: Path, tmp_path: Path, *more: str) -> subprocess.Popen[str]:
    """Start a lesson that writes to a pipe once it runs, and wait for that."""
    pipe = tmp_path / "ready"
    os.mkfifo(pipe)
    words = ["-m", "tflab", "run", str(path), "--json", "-p", f"ready={pipe}", *more]
    process = subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert pipe.read_text() == "now"
    return process


@pytest.mark.parametrize(
    ("words", "cause", "step"),
    [
        (["-p", "rate=-1"], "rate must be a number above 0, up to 10; you gave -1.", "0.5"),
        (["-p", "rate=nan"], "rate must be a number above 0, up to 10; you gave nan.", "finite"),
        (["-p", "stpes=1"], "tiny has no parameter stpes.", "Did you mean steps?"),
        (["-p", "rate=1", "-p", "rate=2"], "rate is given twice.", "Keep one"),
        (["-p", "rate"], "'rate' is not of the form NAME=VALUE", "--help"),
        (["--seed", "-1"], "a seed is a whole number", "--help"),
        (["--device", "gpu:99"], "There is no device gpu:99 here.", "Choose cpu"),
        (["--until", "99"], "tiny has the cells 0 to 2", "Choose one"),
        (["--guess", "1"], "tiny asks 0 questions.", "Give --guess once"),
        (["--fast"], "nrecognized arguments: --fast", "--help"),
    ],
)
def test_bad_usage_is_told_in_json_and_words(
    lesson: Callable[[str], Path],
    words: list[str],
    cause: str,
    step: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tflab.cli import main

    assert main(["run", str(lesson("pass\n")), "--json", *words]) == 2
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert list(found) == KEYS
    assert found["status"] == "failed"
    assert cause in found["error"]["cause"]
    assert step in found["error"]["next_step"]
    assert cause in err


def test_bad_lesson_and_no_lesson(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tflab.cli import main

    bad = tmp_path / "bad.py"
    bad.write_text("# %%\nprint(\n")
    assert main(["run", str(bad)]) == 2
    assert main(["run", "no-such-lesson"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "bad.py cannot be opened" in err
    assert "There is no lesson no-such-lesson." in err


def test_data_folder_that_cannot_be_written(
    lesson: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tflab.cli import main

    path = lesson("pass\n")
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("TFLAB_DATA", str(blocked / "data"))
    assert main(["run", str(path), "--json", "--trust"]) != 0
    out, err = capsys.readouterr()
    assert "TFLAB_DATA" in json.loads(out)["error"]["next_step"]
    assert "Traceback" not in err
