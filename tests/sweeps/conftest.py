"""One fork server for a module of sweeps, because TensorFlow takes long to import."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.sweeps.sweeping import HEAD, drive
from tflab.programs.program import Program
from tflab.programs.reader import read_program
from tflab.sweeps.plan import SweepPlan
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep
from tflab.targets.fork_server import ForkServer
from tflab.targets.placement import Slot
from tflab.targets.run_executor import RunExecutor


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """A fork server with TensorFlow loaded, or about to be."""
    found = ForkServer(tmp_path_factory.mktemp("server") / "server.log")
    found.start()
    yield found
    found.close()


@pytest.fixture
def lesson(tmp_path: Path) -> Callable[[str], Program]:
    def write(code: str) -> Program:
        path = tmp_path / "7_tiny.py"
        path.write_text(HEAD + code)
        return read_program(path)

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
