"""The fork server killed, hung, or failing at its start: runs go on, and another one takes over."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.stand_in import write_stand_in
from tests.targets.test_fork_server import SOURCE
from tests.terminal.conftest import OpenApp
from tests.terminal.processes import processes_of, wait_gone
from tests.terminal.terminal import Terminal
from tflab.programs.code_cells import code_cells
from tflab.programs.reader import parse_program
from tflab.runs.events import Ended
from tflab.runs.log_reader import last_event
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.targets.fork_server import ForkServer
from tflab.targets.live_run import LiveRun
from tflab.targets.server_keeper import FIRST_PAUSE, TRIES, ServerKeeper

FOREVER = "from tflab import lab\nimport time\nlab.log(0, loss=1.0)\nwhile True: time.sleep(0.01)"

WAIT = FOREVER.replace("True", "not pathlib.Path('go').exists()")


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Dying:
    """A server that is gone or broken as soon as it is started."""

    made = 0

    def __init__(self, phase: str = "gone") -> None:
        type(self).made += 1
        self.phase = "off"
        self._fate = phase
        self.problem = Problem("Gone", "It died.", "Wait.")

    def start(self) -> None:
        self.phase = self._fate

    def poll(self) -> list[Any]:
        return []

    def close(self) -> None:
        self.phase = "off"


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a TensorFlow of our own in the way of the real one."""

    def use(**changed: str) -> None:
        home = tmp_path / "modules"
        write_stand_in(home, changed)
        monkeypatch.setenv("PYTHONPATH", str(home))

    return use


@pytest.fixture
def keeper() -> Iterator[ServerKeeper]:
    found = ServerKeeper()
    yield found
    found.close()


def new_run(code: str) -> LiveRun:
    source = SOURCE + code
    request = RunRequest(
        lesson="t",
        title="T",
        path="/nowhere/t.py",
        source=source,
        parameters={"a": 1},
        cells=code_cells(parse_program(source, Path("/nowhere/t.py"))),
    )
    store = RunStore()
    record = store.create(request)
    return LiveRun(record, store.folder(record.id))


def until(condition: Callable[[], Any], *polled: Any, patience: float = 30.0) -> Any:
    """Poll everything until the condition holds; return what it gave."""
    limit = time.monotonic() + patience
    while True:
        for one in polled:
            one.poll()
        if found := condition():
            return found
        assert time.monotonic() < limit
        select.select([], [], [], 0.01)


def test_a_killed_server_is_replaced_and_its_run_finishes(
    stand_in: Callable[..., None], keeper: ServerKeeper
) -> None:
    stand_in()
    keeper.start()
    run = new_run(f"import pathlib\n{WAIT}")
    keeper.server.start_run(run.folder)
    until(lambda: run.state.series.get("loss"), keeper, run)
    first = keeper.server.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    began = time.monotonic()
    until(lambda: keeper.server.phase == "gone", keeper)
    problem = keeper.server.problem
    assert problem is not None
    assert "SIGKILL" in problem.cause
    until(lambda: keeper.server.phase == "ready", keeper)
    seconds = time.monotonic() - began
    print(f"\nreplaced after {seconds:.2f} s, without the time that TensorFlow takes to import")
    assert seconds < 5
    assert keeper.server.pid != first
    (run.folder / "files" / "go").touch()
    until(lambda: run.over, keeper, run)
    assert run.state.status == "finished", "it never needed the server again"
    again = new_run("print('hello')")
    keeper.server.start_run(again.folder)
    until(lambda: again.over, keeper, again)
    assert again.state.status == "finished"


def test_a_run_killed_when_no_server_was_there_is_lost_in_its_log_too(
    stand_in: Callable[..., None], keeper: ServerKeeper
) -> None:
    stand_in()
    keeper.start()
    run = new_run(FOREVER)
    keeper.server.start_run(run.folder)
    until(lambda: run.state.series.get("loss"), keeper, run)
    assert keeper.server.pid is not None
    assert run.state.started is not None
    server = psutil.Process(keeper.server.pid)
    server.kill()
    until(lambda: keeper.server.phase == "gone", keeper)
    psutil.Process(run.state.started.pid).kill()
    until(lambda: run.over, run)
    ended = last_event(run.folder)
    assert isinstance(ended, Ended)
    assert (ended.state, ended.writer) == ("lost", "server")
    assert "no fork server was there" in ended.cause
    assert ended.next_step
    assert RunStore().load(run.record.id).status == "lost"
    assert list(run.state.series["loss"].values) == [1.0]


def test_a_hung_server_is_noticed_killed_and_replaced(stand_in: Callable[..., None]) -> None:
    stand_in()
    clock = Clock()
    keeper = ServerKeeper(lambda: ForkServer(clock=clock), clock)
    try:
        keeper.start()
        until(lambda: keeper.server.phase == "ready", keeper)
        going = new_run(FOREVER)
        keeper.server.start_run(going.folder)
        until(lambda: going.state.series.get("loss"), keeper, going)
        pid = keeper.server.pid
        assert pid is not None
        psutil.Process(pid).suspend()
        waiting = new_run("1")
        keeper.server.start_run(waiting.folder)
        clock.now += 9
        keeper.poll()
        assert keeper.server.phase == "ready", "it may only be slow"
        clock.now += 2
        keeper.poll()
        assert keeper.server.phase == "gone"
        problem = keeper.server.problem
        assert problem is not None
        assert problem.title == "The fork server does not answer"
        until(lambda: waiting.without_server(problem, certain=False), waiting)
        assert waiting.state.status == "failed"
        assert isinstance(last_event(waiting.folder), Ended)
        clock.now += FIRST_PAUSE
        until(lambda: keeper.server.phase == "ready", keeper)
        assert going.state.ended is None, "the run that went on still does"
        going.stop()
        until(lambda: going.over, going)
        assert going.state.status == "cancelled"
    finally:
        keeper.close()


def test_a_hung_server_is_left_in_no_time(stand_in: Callable[..., None]) -> None:
    stand_in()
    server = ForkServer()
    server.start()
    until(lambda: server.phase == "ready", server)
    assert server.pid is not None
    process = psutil.Process(server.pid)
    process.suspend()
    began = time.monotonic()
    server.close()
    assert time.monotonic() - began < 3
    assert wait_gone([process]) == []


@pytest.mark.parametrize("phase", ["gone", "broken"])
def test_restarts_come_later_each_time_and_end_until_a_person_asks(phase: str) -> None:
    clock = Clock()
    Dying.made = 0
    keeper = ServerKeeper(lambda: Dying(phase), clock)  # type: ignore[arg-type,return-value]
    keeper.start()
    pauses = []
    while not keeper.given_up:
        keeper.poll()
        made, began = Dying.made, clock.now
        while Dying.made == made and not keeper.given_up:
            clock.now += 0.125
            keeper.poll()
        if not keeper.given_up:
            pauses.append(clock.now - began)
    assert pauses == [0.5, 1.0, 2.0, 4.0]
    assert Dying.made == TRIES
    clock.now += 1000
    keeper.poll()
    assert Dying.made == TRIES
    keeper.wake()
    assert Dying.made == TRIES + 1
    assert not keeper.given_up


def test_a_server_that_lived_long_is_replaced_at_once() -> None:
    clock = Clock()
    Dying.made = 0
    keeper = ServerKeeper(Dying, clock)  # type: ignore[arg-type]
    keeper.start()
    for _ in range(3 * TRIES):
        clock.now += 100
        keeper.poll()
        clock.now += FIRST_PAUSE
        keeper.poll()
        assert not keeper.given_up
    assert Dying.made == 3 * TRIES + 1


FAULTS = {
    "missing": ("raise ModuleNotFoundError('no', name='tensorflow')", "is not installed"),
    "broken": ("import a_part_that_is_missing", "is not complete"),
    "wrong-CPU": ("import os\nos.kill(os.getpid(), 4)", "does not fit this CPU"),
    "no-CUDA-library": (
        "raise ImportError('libcudart.so.12: cannot open shared object file')",
        "libcudart.so.12",
    ),
    "crash": ("import os\nos.abort()", "SIGABRT"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_workbench_says_it_plainly_and_stays_usable(
    fault: str, open_app: OpenApp, data: Path, tmp_path: Path
) -> None:
    code, words = FAULTS[fault]
    modules = tmp_path / "modules"
    write_stand_in(modules, {"tensorflow/__init__.py": code})
    app = open_app(
        "linear-classifier", PYTHONPATH=str(modules), TFLAB_DATA=str(data), PYTHONSAFEPATH="1"
    )
    app.wait_for(words)
    if fault not in ("wrong-CPU", "crash"):
        app.wait_for("Esc closes")
        app.press("escape")
        app.wait_gone("Esc closes")
    app.press("f3", "j")
    app.wait_for("Next cell")
    app.press("f6")
    app.wait_for("Use values")
    leave(app)
    assert wait_gone(processes_of(data)) == []


def leave(app: Terminal) -> None:
    """Leave, closing what may be over the panes: the fork server may just have failed for good."""
    for _ in range(TRIES):
        app.press("escape", "ctrl+q")
        try:
            assert app.wait_end(3) == 0
        except AssertionError:
            continue
        return
    raise AssertionError(app.text)
