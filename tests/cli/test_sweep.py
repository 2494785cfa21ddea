"""`tflab sweep` for real: fork server, runs, exit codes, and what stands on stdout."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pexpect
import pytest

from tflab.runs.store import RunStore
from tflab.sweeps.store import SweepStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

LOSS = """\
if rate > 9:
    raise ValueError("too large")
for step in lab.track(range(steps)):
    lab.log(step, loss=rate / (step + 1) if rate != 3 else float("nan"))
"""

WAITING = """\
import time

lab.log(0, loss=rate)
with open(ready, "w") as pipe:
    pipe.write("now")
while True:
    time.sleep(0.01)
"""

Tflab = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[[str], Path]


def test_json_of_a_grid_with_failures(tflab: Tflab, lesson: Write) -> None:
    done = tflab(
        "sweep", lesson(LOSS), "-p", "rate=1..3:step:1,9.5", "-p", "steps=2,4", "--json", "--jobs=2"
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert len(found["runs"]) == 8
    assert found["fields"]["rate"] == [1, 2, 3, 9.5]
    assert found["best"]["parameters"] == {"rate": 1, "steps": 4, "ready": ""}
    assert found["best"]["mean"] == 0.25
    assert [row["mean"] for row in found["rows"][:4]] == [0.25, 0.5, 0.5, 1]
    assert [row["mean"] for row in found["rows"][4:]] == ["nan", "nan", None, None]
    assert [run["status"] for run in found["runs"]] == ["finished"] * 6 + ["failed"] * 2
    assert "too large" in found["runs"][-1]["cause"]
    assert found["error"] is None
    assert SweepStore().load(found["sweep"]).runs == [run["run"] for run in found["runs"]]
    assert set(RunStore().ids()) == {run["run"] for run in found["runs"]}


def test_csv_is_one_table_alone(tflab: Tflab, lesson: Write) -> None:
    done = tflab("sweep", lesson(LOSS), "-p", "rate=3,0.5", "--repeat", "2", "--seed=5", "--csv")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["rank"], row["best"], row["rate"], row["seed"]) for row in rows] == [
        ("1", "yes", "0.5", "5"),
        ("1", "yes", "0.5", "6"),
        ("2", "", "3", "5"),
        ("2", "", "3", "6"),
    ]
    assert [row["value"] for row in rows] == ["0.125", "0.125", "nan", "nan"]
    assert [row["mean"] for row in rows] == ["0.125", "0.125", "nan", "nan"]
    assert rows[0]["spread"] == "0"


def test_plain_lines_say_number_progress_and_best(tflab: Tflab, lesson: Write) -> None:
    done = tflab("sweep", lesson(LOSS), "-p", "rate=0.5,1,2,4,5", "--sample=3", "--metric=loss:max")
    assert done.returncode == 0, done.stderr
    out = done.stdout
    assert "\x1b" not in out
    assert "A tiny lesson" in out
    assert "3 of these combinations, drawn at random" in out
    assert "the time is known after the first." in out
    assert "[3/3] rate=" in out
    assert "Best: rate=" in out
    assert out.rstrip().splitlines()[-1].startswith("3 finished in")
    again = tflab("sweep", lesson(LOSS), "-p", "rate=0.5,1,2,4,5", "--sample=3", "--json")
    rates = {run["parameters"]["rate"] for run in json.loads(again.stdout)["runs"]}
    assert all(f"rate={rate:g}" in out for rate in rates), "the same sample again"
    assert "going by earlier runs" in tflab("sweep", lesson(LOSS), "-p", "rate=1").stdout


def test_every_run_failed(tflab: Tflab, lesson: Write) -> None:
    done = tflab("sweep", lesson(LOSS), "-p", "rate=9.5,10")
    assert done.returncode == 1
    assert "2 failed" in done.stdout
    assert "too large" in done.stdout


LIMITED = """\
import os
import tensorflow as tf

lab.log(0, loss=rate)
lab.show(nice=os.nice(0), threads=tf.config.threading.get_intra_op_parallelism_threads())
"""


def test_nice_threads_and_memory_limit_reach_every_run(tflab: Tflab, lesson: Write) -> None:
    limits = ["--nice", "7", "--threads", "1", "--memory-limit", "900"]
    done = tflab("sweep", lesson(LIMITED), "-p", "rate=1,2", *limits, "--json", PYTHONPATH="")
    assert done.returncode == 0, done.stdout + done.stderr
    store = RunStore()
    for run in json.loads(done.stdout)["runs"]:
        request = store.record(run["run"]).request
        assert (request.nice, request.threads, request.memory_limit) == (7, 1, 900)
        results = store.load(run["run"]).results
        assert results["nice"].value == os.nice(0) + 7
        assert results["threads"].value == 1


@pytest.mark.parametrize("words", [["sweep", "-p", "steps=1,2"], ["run"]], ids=["sweep", "run"])
def test_a_gpu_that_others_use_is_told_of_on_stderr(
    tflab: Tflab, lesson: Write, shared_gpus: dict[str, str], words: list[str]
) -> None:
    path, warning = lesson(LOSS), "gpu:1 (NVIDIA H100) is in use by someone else; "
    done = tflab(*words, path, "--device", "gpu:1", "--json", **shared_gpus)
    assert done.stderr.splitlines()[0].startswith(warning)
    assert json.loads(done.stdout), "stdout has the answer alone"
    assert RunStore().record(next(RunStore().ids())).request.device == "gpu:1"
    free = tflab(*words, path, "--device", "gpu:0", "--json", **shared_gpus)
    assert "is in use" not in free.stderr


def test_sweeps_are_listed_and_shown_again(tflab: Tflab, lesson: Write) -> None:
    assert "There are no sweeps yet" in tflab("sweeps").stdout
    first = tflab("sweep", lesson(LOSS), "-p", "rate=1,9.5", "--json")
    second = tflab("sweep", lesson(LOSS), "-p", "rate=2,1,4", "--plain")
    ids = [json.loads(first.stdout)["sweep"], second.stdout.split()[-1].rstrip(".")]
    newest, older = tflab("sweeps").stdout.splitlines()
    assert newest.split()[0] == ids[1]
    assert "3 runs over rate" in newest
    assert "3 finished" in newest
    assert older.split()[0] == ids[0]
    assert "1 finished, 1 failed" in older

    shown = tflab("sweeps", "last").stdout
    table = second.stdout[second.stdout.index("\n\n") :]
    assert table.split("Best:")[0].strip() in shown
    assert "Best: rate=1 with loss 0.25." in shown
    assert tflab("sweeps", ids[0], "--json").stdout == first.stdout
    listed = json.loads(tflab("sweeps", "--json").stdout)
    assert [sweep["sweep"] for sweep in listed] == ids[::-1]
    assert listed[1]["states"] == {"finished": 1, "failed": 1}

    missing = tflab("sweeps", "2020")
    assert missing.returncode == 2
    assert "No such sweep" in missing.stderr
    assert tflab("sweeps", "--csv").returncode == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-p", "rate=0..1:lin:5"], "rate must be a number above 0"),
        (["-p", "rate=0.1..1"], "1e-3..1 log 7"),
        (["-p", "rat=1"], "Did you mean rate?"),
        (["-p", "rate=1", "-p", "rate=2"], "rate is given twice"),
        (["-p", "rate=0.01..10:lin:1000", "-p", "steps=1..10:step:1"], "10,000 runs"),
        (["--jobs", "0"], "from 1 to 100000"),
        (["--repeat", "x"], "from 1 to 100000"),
        (["--device", "gpu:99"], "gpu:99"),
        (["--json", "--csv"], "not allowed"),
    ],
)
def test_refusals(tflab: Tflab, lesson: Write, words: list[str], said: str) -> None:
    done = tflab("sweep", lesson(LOSS), *words)
    assert done.returncode == 2
    assert said in done.stderr
    if "--json" not in words:
        assert done.stdout == ""
    assert list(RunStore().ids()) == []


def test_refusal_as_json(tflab: Tflab, lesson: Write) -> None:
    done = tflab("sweep", lesson(LOSS), "-p", "rate=x", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["title"] == "Bad value for rate"


def exported(tflab: Tflab) -> list[str]:
    """Return the states of the last sweep's runs, as its export has them."""
    text = tflab("export", "last-sweep", "--as", "csv").stdout
    return [row["status"] for row in csv.DictReader(io.StringIO(text))]


def test_interrupt_stops_every_run(tflab: Tflab, lesson: Write, tmp_path: Path) -> None:
    pipe = tmp_path / "ready"
    os.mkfifo(pipe)
    words = ["sweep", str(lesson(WAITING)), "-p", "rate=1,2,3,4", "-p", f"ready={pipe}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tflab", *words, "--jobs=2", "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    with pipe.open() as end:
        assert end.read().startswith("now"), "at least one run goes on"
    patience, going = time.monotonic() + 60, ["running", "running", "waiting", "waiting"]
    while (states := exported(tflab)) != going and time.monotonic() < patience:
        assert set(states) <= {"starting", "running", "waiting"}
    assert states == going
    process.send_signal(signal.SIGINT)
    # A run that opens the pipe only now must not wait for a reader.
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    out, _ = process.communicate(timeout=60)
    os.close(reader)
    assert process.returncode == 130
    found = json.loads(out)
    ended = ["cancelled", "cancelled", "not begun", "not begun"]
    assert [run["status"] for run in found["runs"]] == exported(tflab) == ended
    assert [run["run"] is not None for run in found["runs"]] == [True, True, False, False]


def test_live_table_on_a_terminal(lesson: Write) -> None:
    words = ["-m", "tflab", "sweep", str(lesson(LOSS)), "-p", "rate=0.5,1,2", "--repeat=2"]
    child = pexpect.spawn(sys.executable, words, encoding="utf-8", dimensions=(24, 80), timeout=60)
    child.expect("6 runs")
    child.expect(r"of 6 done")
    child.expect(r"finished, best")
    child.expect(r"Best: rate=0\.5 with loss 0\.125")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_a_sweep_of_another_process_is_stopped_as_a_whole(
    tflab: Tflab, lesson: Write, tmp_path: Path
) -> None:
    pipe = tmp_path / "ready"
    os.mkfifo(pipe)
    words = ["sweep", str(lesson(WAITING)), "-p", "rate=1,2,3,4", "-p", f"ready={pipe}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tflab", *words, "--jobs=2", "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    with pipe.open() as end:
        assert end.read().startswith("now")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    done = tflab("stop", "last-sweep")
    out, _ = process.communicate(timeout=60)
    os.close(reader)
    assert done.returncode == 0, done.stderr
    assert "cancelled, 2 not begun" in done.stdout
    found = json.loads(out)
    assert [run["status"] for run in found["runs"]].count("not begun") == 2
    again = tflab("stop", found["sweep"])
    assert again.returncode == 2
    assert "The sweep is over" in again.stderr


SEARCHED = """\
import time

for step in range(20):
    lab.log(step, val_loss=abs(rate - 2) + 1 / (step + 1))
    time.sleep(0.005)
"""


def test_a_search_from_its_line_to_its_answer_and_on(tflab: Tflab, lesson: Write) -> None:
    words = ["-p", "rate=0.01..10:log", "-p", "steps=1..9", "--search", "tpe", "--jobs", "1"]
    path = lesson(SEARCHED)
    asked = [*words, "--trials", "8", "--search-seed", "3", "--minimise", "val_loss"]
    done = tflab("sweep", path, *asked, "--stop-early", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["runs"]) == 8
    assert found["fields"]["rate"] == {"low": 0.01, "high": 10, "log": True}
    assert (found["search"]["method"], found["search"]["pruner"]) == ("tpe", "percentile")
    assert found["order"] == "min"
    assert "10 runs" in found["importance"]["note"]
    assert {run["status"] for run in found["runs"]} <= {"finished", "pruned"}

    store = SweepStore()
    record = store.load(found["sweep"])
    plan = msgspec.structs.replace(record.plan, points=record.plan.points[:6])
    store.save(msgspec.structs.replace(record, plan=plan, runs=record.runs[:6]))
    on = tflab("sweep", "--resume", "last", "--plain")
    assert on.returncode == 0, on.stderr
    assert "Each run is chosen from those before (TPE), seed 3" in on.stdout
    assert "[8/8]" in on.stdout
    again = store.load(found["sweep"])
    assert again.plan.points == record.plan.points, "the same values as in one go"
    assert again.runs[:6] == record.runs[:6]
    over = tflab("sweep", "--resume", "last")
    assert over.returncode == 2
    assert "nothing left" in over.stderr


def test_of_two_that_go_on_with_a_sweep_at_once_one_does(tflab: Tflab, lesson: Write) -> None:
    path = lesson("lab.log(0, loss=rate)\n")
    assert tflab("sweep", path, "-p", "rate=1,2,3", "--plain").returncode == 0
    store = SweepStore()
    (sweep,) = store.ids()
    record = store.load(sweep)
    store.save(msgspec.structs.replace(record, runs=[record.runs[0], None, None]))
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "tflab", "sweep", "--resume", sweep, "--plain"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=90) for process in both]
    assert sorted(process.returncode for process in both) == [0, 2], said
    assert sum("Another tflab begins its runs" in err or "nothing left" in err for _, err in said)
    assert len(list(RunStore().ids())) == 3 + 2, "no run is made twice"
    assert None not in store.load(sweep).runs


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-p", "rate=0.1..1:log"], "or search in it"),
        (["-p", "rate=0..1", "--search", "tpe"], "above 0"),
        (["-p", "rate=1,2", "--trials", "4"], "as many runs as its values make"),
        (["-p", "rate=1,2", "--search-seed", "4"], "takes no --search-seed"),
        (["-p", "rate=0.1..1", "--search", "tpe", "--repeat", "2"], "repeats"),
        (["--resume", "last"], "Leave them out"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(
    tflab: Tflab, lesson: Write, words: list[str], said: str
) -> None:
    done = tflab("sweep", lesson(LOSS), *words)
    assert done.returncode == 2
    assert said in done.stderr
