"""One fork server for a module of sweeps, because TensorFlow takes long to import."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.control.sweeping import HEAD, drive
from tflab.control.fork_server import ForkServer
from tflab.control.placement import Slot
from tflab.control.run_executor import RunExecutor
from tflab.control.sweep import Sweep
from tflab.control.sweep_plan import SweepPlan
from tflab.control.sweep_store import SweepStore
from tflab.lessons.lesson import Lesson
from tflab.lessons.reader import read_lesson


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """A fork server with TensorFlow loaded, or about to be."""
    found = ForkServer(tmp_path_factory.mktemp("server") / "server.log")
    found.start()
    yield found
    found.close()


@pytest.fixture
def lesson(tmp_path: Path) -> Callable[[str], Lesson]:
    def write(code: str) -> Lesson:
        path = tmp_path / "7_tiny.py"
        path.write_text(HEAD + code)
        return read_lesson(path)

    return write


@pytest.fixture
def start(server: ForkServer) -> Iterator[Callable[..., Sweep]]:
    """Start a sweep on the module's server; what still runs at the end is stopped."""
    begun: list[tuple[Sweep, RunExecutor]] = []

    def begin(plan: SweepPlan, slots: Sequence[Slot] = (Slot(), Slot())) -> Sweep:
        executor = RunExecutor(slots, server=lambda: server, threaded=False)
        sweep = Sweep(SweepStore().create(plan), executor)
        begun.append((sweep, executor))
        sweep.start()
        return sweep

    yield begin
    for sweep, executor in begun:
        sweep.stop_all()
        drive(sweep, server)
        executor.shutdown()
