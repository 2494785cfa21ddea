"""The terminal goes away in every way there is: runs go on, and the next workbench finds them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.processes import commands_of, processes_of, wait_gone
from tests.terminal.terminal import Terminal
from tests.terminal.workbench import CURVE
from tflab.runs.state import RunState
from tflab.runs.store import RunStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

LOOP = (
    "import pathlib, time",
    "go = pathlib.Path(__file__).with_name('go')",
    "for step in lab.track(range(steps)):",
    "    lab.log(step, loss=1 / (step + 1))",
    "    time.sleep(0.005)",
    "    if go.exists(): break",
)
LONG = 1_000_000
RUNNING = r"running +[1-9]"
RESTORED = b"\x1b[?1049l"


def only_run(data: Path) -> tuple[str, RunState]:
    store = RunStore(data / "runs")
    (run,) = store.ids()
    return run, store.load(run)


def start(open_app: OpenApp, lesson: Path, **environment: str) -> Terminal:
    app = open_app(lesson, **environment)
    app.wait_for(r"steps +\d")
    app.press("ctrl+r")
    app.wait_for(RUNNING)
    return app


def tflab(*words: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tflab", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGHUP, 129), (signal.SIGTERM, 143), (signal.SIGKILL, None)],
    ids=["SIGHUP", "SIGTERM", "SIGKILL"],
)
def test_a_signal_ends_the_workbench_and_not_the_run(
    open_app: OpenApp,
    data: Path,
    write_lesson: Callable[..., Path],
    number: signal.Signals,
    code: int | None,
) -> None:
    lesson = write_lesson(*LOOP, steps=LONG)
    first = start(open_app, lesson)
    began = time.monotonic()
    os.kill(first.pid, number)
    assert first.wait_end() == code
    left = time.monotonic() - began
    assert left < 3
    if code is not None:
        assert RESTORED in first.raw
    if number == signal.SIGTERM:
        assert b"The run goes on" in first.raw
    _, state = only_run(data)
    assert state.status == "running"

    second = open_app(lesson)
    found = second.wait_for("A run of own is still going") - second.spawned
    assert len(list((data / "runs").glob("2*"))) == 1
    pressed = second.press("ctrl+o")
    second.wait_for(RUNNING)
    shown = second.wait_for(CURVE) - pressed
    pressed = second.press("ctrl+x")
    stopped = second.wait_for("cancelled in") - pressed
    times = {"left": left, "found": found, "shown": shown, "stopped": stopped}
    print(f"\n{number.name}:", {name: f"{value:.2f} s" for name, value in times.items()})
    _, state = only_run(data)
    assert state.status == "cancelled"
    steps = list(state.series["loss"].steps)
    assert steps == list(range(len(steps))), "the whole curve, without a gap"
    second.press("ctrl+q")
    assert second.wait_end() == 0
    assert wait_gone(processes_of(data)) == [], "server and run are gone"


def test_a_run_that_ended_meanwhile_is_told_of_once(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    lesson = write_lesson(*LOOP, steps=LONG)
    first = start(open_app, lesson)
    first.close()
    lesson.with_name("go").touch()
    assert wait_gone(processes_of(data)) == []
    second = open_app(lesson)
    second.wait_for("A run of own finished while")
    second.press("ctrl+o")
    second.wait_for("finished in")
    second.wait_for(CURVE)
    second.press("ctrl+q")
    assert second.wait_end() == 0
    third = open_app(lesson)
    third.wait_for(r"#1 .*0\.\d+")
    third.press("ctrl+o")
    third.wait_for("No other run was found")
    assert "while you were away" not in third.text


def test_two_workbenches_see_each_others_runs_and_do_no_harm(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    lesson = write_lesson(*LOOP, steps=LONG)
    other = open_app(lesson)
    other.wait_for(r"steps +\d")
    mine = start(open_app, lesson)
    other.wait_for(r"#1 defaults +running")
    other.press("f6", "home", "enter")
    other.wait_for(RUNNING)
    assert "A run is going on" not in other.text
    other.press("ctrl+q")
    assert other.wait_end() == 0, "it leaves without a question: the run is not its own"
    assert only_run(data)[1].status == "running"
    mine.wait_for(RUNNING)
    third = open_app(lesson)
    third.wait_for("is still going")
    third.press("ctrl+o")
    third.wait_for(RUNNING)
    third.press("ctrl+x")
    mine.wait_for("cancelled in")
    third.wait_for("cancelled in")


def test_a_terminal_that_nobody_reads_does_not_hold_the_workbench(
    data: Path, write_lesson: Callable[..., Path]
) -> None:
    """A line that hangs: what is written blocks, so the screen cannot be left in the usual way."""
    controller, line = os.openpty()
    command = [sys.executable, "-m", "tflab", "open", str(write_lesson(*LOOP))]
    app = subprocess.Popen(
        command,
        stdin=line,
        stdout=line,
        stderr=line,
        start_new_session=True,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "200", "LINES": "60"},
    )
    try:
        _wait(lambda: any("--socket" in words for words in commands_of(data)))
        # It keeps redrawing what changes until the terminal takes no more.
        began = time.monotonic()
        app.send_signal(signal.SIGHUP)
        assert app.wait(30) == 129
        assert time.monotonic() - began < 6
    finally:
        app.kill()
        app.wait()
        os.close(line)
        os.close(controller)
    assert wait_gone(processes_of(data)) == []


def test_tmux_is_killed_and_the_run_goes_on(data: Path, write_lesson: Callable[..., Path]) -> None:
    socket = f"tflab-test-{os.getpid()}"
    tmux = ["tmux", "-L", socket, "-f", os.devnull]
    lesson = write_lesson(*LOOP, steps=LONG)
    command = f"{sys.executable} -m tflab open {lesson}"
    try:
        subprocess.run([*tmux, "new-session", "-d", "-x", "120", "-y", "40", command], check=True)
    except FileNotFoundError:
        pytest.skip("tmux is not installed")

    def shows(text: str) -> bool:
        done = subprocess.run(
            [*tmux, "capture-pane", "-p"], capture_output=True, text=True, check=False
        )
        return text in done.stdout

    try:
        _wait(lambda: shows("steps"))
        subprocess.run([*tmux, "send-keys", "C-r"], check=True)
        _wait(lambda: shows("running"))
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)
    _, state = only_run(data)
    assert state.status == "running"
    _wait(lambda: not any("open" in words for words in commands_of(data)))
    done = tflab("stop", "last")
    assert done.returncode == 0, done.stderr
    assert only_run(data)[1].status == "cancelled"
    assert wait_gone(processes_of(data)) == []


def test_the_command_line_lists_follows_lets_go_and_stops(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    lesson = write_lesson(*LOOP, steps=LONG)
    app = start(open_app, lesson)
    os.kill(app.pid, signal.SIGKILL)
    app.wait_end()
    run, _ = only_run(data)
    listed = tflab("runs").stdout
    assert run in listed
    assert "running" in listed
    attach = subprocess.Popen(
        [sys.executable, "-m", "tflab", "attach", run[:15], "--plain"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert attach.stdout is not None
    assert "A lesson of our own" in attach.stdout.readline()
    attach.send_signal(signal.SIGINT)
    rest = attach.stdout.read()
    assert attach.wait(30) == 0
    assert "it goes on" in rest
    assert only_run(data)[1].status == "running"
    attach.stdout.close()
    done = tflab("stop", "last")
    assert done.returncode == 0
    assert "Stopped after" in done.stdout
    again = tflab("stop", run)
    assert again.returncode == 2
    assert "ended already" in again.stderr
    over = tflab("attach", "last", "--plain")
    assert over.returncode == 130
    assert "loss: from 1 to" in over.stdout
    assert wait_gone(processes_of(data)) == []


def _wait(condition: Callable[[], object], patience: float = 30.0) -> None:
    until = time.monotonic() + patience
    pause = 0.02
    while not condition():
        assert time.monotonic() < until
        psutil.wait_procs([], timeout=pause)
        time.sleep(pause)
