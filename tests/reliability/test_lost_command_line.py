"""The line of `tflab run` and `tflab sweep` is lost: what runs goes on, as under the workbench."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import command
from tests.terminal.processes import kill, processes_of, wait_gone
from tests.terminal.terminal import Terminal
from tflab.programs.reader import read_program
from tflab.runs.events import Ended, Started
from tflab.runs.log_writer import append
from tflab.runs.record import RunRequest
from tflab.runs.state import RunState
from tflab.runs.store import RunStore

# What it does after `go` is there, it does with nobody looking on.
LOOP = (
    "import pathlib, time",
    "folder = pathlib.Path(__file__).parent",
    "for step in lab.track(range(1_000_000)):",
    "    lab.log(step, loss=1 / (step + 1))",
    "    print('step', step)",
    "    (folder / f'began-{steps}').touch()",
    "    time.sleep(0.01)",
    "    if (folder / 'go').exists(): break",
)

Start = Callable[..., Terminal]


@pytest.fixture
def start(data: Path, tmp_path: Path, tensorflow_stand_in: str) -> Iterator[Start]:
    """Start a command on a terminal; what is left of it goes when the test ends."""
    opened: list[Terminal] = []
    python = {"PYTHONPATH": tensorflow_stand_in}

    def open_terminal(*words: object) -> Terminal:
        line = [sys.executable, "-m", "tflab", *map(str, words)]
        opened.append(Terminal(line, (100, 30), python, tmp_path))
        return opened[-1]

    yield open_terminal
    for terminal in opened:
        terminal.close()
    kill(processes_of(data))


def request_of(lesson: Path) -> RunRequest:
    """Return what was asked of a run of a lesson."""
    program = read_program(lesson)
    return RunRequest(
        lesson=program.id,
        title=program.title,
        path=str(lesson),
        source=program.source,
        parameters=program.defaults,
    )


def states(data: Path) -> list[RunState]:
    store = RunStore(data / "runs")
    return [store.load(run) for run in sorted(store.ids())]


def assert_it_goes_on_and_is_found(data: Path, lesson: Path) -> None:
    """The run goes on without its command; `tflab attach` and `tflab stop` know it."""
    (state,) = states(data)
    assert state.status == "running"
    before = len(state.series["loss"])
    lesson.with_name("go").touch()
    done = command("attach", "last", "--plain")
    assert done.returncode == 0, done.stderr
    assert wait_gone(processes_of(data)) == []
    (state,) = states(data)
    steps = list(state.series["loss"].steps)
    assert state.status == "finished"
    assert steps == list(range(len(steps)))
    assert len(steps) >= before


def test_the_terminal_of_a_run_is_closed(
    start: Start, data: Path, write_lesson: Callable[..., Path]
) -> None:
    lesson = write_lesson(*LOOP)
    app = start("run", lesson)
    app.wait_for("step 1")
    app.close()
    assert_it_goes_on_and_is_found(data, lesson)


def test_a_run_is_told_that_its_line_is_lost(
    start: Start, data: Path, write_lesson: Callable[..., Path]
) -> None:
    lesson = write_lesson(*LOOP)
    app = start("run", lesson)
    app.wait_for("step 1")
    os.kill(app.pid, signal.SIGHUP)
    assert app.wait_end() == 129
    assert "The line was lost; the run goes on." in app.text
    assert "Traceback" not in app.text
    assert_it_goes_on_and_is_found(data, lesson)


@pytest.mark.parametrize(("how", "code"), [(signal.SIGHUP, 129), (signal.SIGKILL, None)])
def test_a_run_that_goes_on_from_another_outlives_its_command(
    start: Start, data: Path, write_lesson: Callable[..., Path], how: signal.Signals, code: object
) -> None:
    lesson = write_lesson("lab.log(0, loss=1.0)", *LOOP)
    first = RunStore().create(request_of(lesson)).id
    append(RunStore().folder(first), Started(time=0.0, pid=1, process_start=1.0))
    append(RunStore().folder(first), Ended(state="cancelled", time=1.0))
    app = start("resume", first)
    app.wait_for("step 1")
    os.kill(app.pid, how)
    assert app.wait_end() == code
    later = max(RunStore().ids())
    assert later != first
    assert RunStore().load(later).status == "running"
    lesson.with_name("go").touch()
    assert command("attach", later, "--plain").returncode == 0
    assert [state.status for state in states(data)] == ["cancelled", "finished"]


def test_a_run_that_was_only_asked_for_begins_all_the_same(
    data: Path, write_lesson: Callable[..., Path]
) -> None:
    """The line is lost while TensorFlow is still being imported."""
    lesson = write_lesson("lab.log(0, loss=1.0)")
    process = subprocess.Popen(
        [sys.executable, "-m", "tflab", "run", str(lesson), "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    store = RunStore(data / "runs")
    while not list(store.ids()):
        assert process.poll() is None
        os.sched_yield()
    process.send_signal(signal.SIGHUP)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 129
    assert json.loads(out)["status"] in ("starting", "running")
    assert wait_gone(processes_of(data), timeout=60) == []
    assert [state.status for state in states(data)] == ["finished"]


def test_a_stop_that_was_begun_is_carried_on(
    start: Start, data: Path, write_lesson: Callable[..., Path]
) -> None:
    """It ignores the interrupt: somebody has to stay for the next step of the ladder."""
    lesson = write_lesson("import signal", "signal.signal(signal.SIGINT, signal.SIG_IGN)", *LOOP)
    app = start("run", lesson)
    app.wait_for("step 1")
    app.press("ctrl+c")
    app.wait_for("Stopping")
    os.kill(app.pid, signal.SIGHUP)
    assert app.wait_end() == 130
    assert [state.status for state in states(data)] == ["cancelled"]


@pytest.mark.parametrize("how", ["closed", "told"])
def test_the_line_of_a_sweep_is_lost(
    start: Start, data: Path, write_lesson: Callable[..., Path], how: str
) -> None:
    """What has begun goes on to its end; what has not, never begins."""
    lesson = write_lesson(*LOOP)
    app = start("sweep", lesson, "-p", "steps=1,2,3,4", "--jobs", 2)
    app.wait_until(
        lambda _: len(list(lesson.parent.glob("began-*"))) == 2, "two runs that have begun"
    )
    if how == "told":
        os.kill(app.pid, signal.SIGHUP)
        assert app.wait_end() == 129
        assert "(2), the others never begin (2)" in " ".join(app.text.split())
    app.close()
    assert [state.status for state in states(data)] == ["running"] * 2
    lesson.with_name("go").touch()
    assert wait_gone(processes_of(data), timeout=30) == []
    assert [state.status for state in states(data)] == ["finished"] * 2
    shown = command("sweeps", "last", "--json")
    assert shown.returncode == 0, shown.stderr
    found = [run["status"] for run in json.loads(shown.stdout)["runs"]]
    assert sorted(found) == ["finished", "finished", "not begun", "not begun"]
