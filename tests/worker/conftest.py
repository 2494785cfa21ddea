"""A real fork server, shared by the tests of a process because TensorFlow takes long to import."""

from __future__ import annotations

import dataclasses
import select
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tflab.programs.code_cells import code_cells, command_options
from tflab.programs.parameters import check_values
from tflab.programs.reader import parse_program, read_program
from tflab.runs.events import CellStarted, Event, Scalars, Started
from tflab.runs.log_reader import LogReader
from tflab.runs.protocol import Message, RunForked, RunReaped
from tflab.runs.record import CodeCell, RunRequest
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.targets.fork_server import ForkServer

PATIENCE = 60.0


class Run:
    """One real run, followed by its log."""

    def __init__(self, bench: Bench, folder: Path, lesson: Path) -> None:
        self.bench = bench
        self.folder = folder
        self.lesson = lesson
        self.state = RunState()
        self.events: list[Event] = []
        self._reader = LogReader(folder)

    @property
    def pid(self) -> int:
        return self.wait_for(lambda: self.state.started).pid

    def read(self) -> None:
        while found := self._reader.poll():
            for event in found:
                self.events.append(event)
                self.state.apply(event)

    def wait_for(self, condition: Callable[[], Any]) -> Any:
        """Follow the run until `condition` gives something."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.read()
            if found := condition():
                return found
            self.bench.hear(0.01)
        raise AssertionError(f"waited in vain; output: {self.output[-2000:]}")

    def logged(self, tag: str) -> Any:
        """Wait for the first point of a series."""
        return self.wait_for(lambda: self.state.series.get(tag))

    def finish(self) -> RunState:
        """Wait until the server has seen the run off, and return all of it."""
        self.wait_for(lambda: self.folder in self.bench.reaped)
        self.read()
        return self.state

    @property
    def output(self) -> str:
        return (self.folder / "output.log").read_text("utf-8", "replace")

    @property
    def printed(self) -> str:
        """The output of all cells, as people see it."""
        from tflab.runs.transcript import Transcript

        items = [item for cell in self.state.cells.values() for item in cell.items]
        return "".join(item.text() for item in items if isinstance(item, Transcript))


class Bench:
    """Starts runs on one fork server and hears what it says of them."""

    def __init__(self, server: ForkServer, root: Path) -> None:
        self.server = server
        self.root = root
        self.store = RunStore(root / "runs")
        self.said: list[Message] = []
        self.reaped: set[Path] = set()

    def hear(self, seconds: float) -> None:
        if self.server.fileno() >= 0:
            select.select([self.server], [], [], seconds)
            found = self.server.poll()
        else:
            select.select([], [], [], seconds)
            found = []
        self.said += found
        self.reaped |= {Path(m.folder) for m in found if isinstance(m, RunReaped)}

    def start(self, *cells: str, name: str = "lesson", source: str = "", **request: Any) -> Run:
        """Start a lesson made of these code cells, after a heading and the parameters.

        `source` goes before all of it.
        """
        path = self.root / "lessons" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        source += lesson_source(*cells)
        path.write_text(source)
        values = {"size": 3, "rate": 0.5} | request.pop("parameters", {})
        record = self.store.create(
            RunRequest(
                lesson=name,
                title="A lesson",
                path=str(path),
                source=source,
                parameters=values,
                cells=code_cells(parse_program(source, path)),
                **request,
            )
        )
        folder = self.store.folder(record.id)
        self.server.start_run(folder)
        return Run(self, folder, path)

    def start_cells(self, like: Run, cells: Sequence[str]) -> Run:
        """Start these cells as they are, with the values of another run."""
        request = self.store.record(like.folder.name).request
        code = tuple(CodeCell(index=n, source=source, line=1) for n, source in enumerate(cells))
        record = self.store.create(dataclasses.replace(request, cells=code))
        folder = self.store.folder(record.id)
        self.server.start_run(folder)
        return Run(self, folder, like.lesson)

    def run(self, *cells: str, **request: Any) -> Run:
        """Run such a lesson to its end."""
        run = self.start(*cells, **request)
        run.finish()
        return run

    def start_file(self, path: Path, values: dict[str, Any], **request: Any) -> Run:
        """Start any program as its file has it, with these values in place of its defaults."""
        program = read_program(path)
        record = self.store.create(
            RunRequest(
                lesson=program.id,
                title=program.title,
                path=str(path),
                source=program.source,
                parameters=check_values(program, values),
                cells=code_cells(program),
                command=command_options(program),
                **request,
            )
        )
        folder = self.store.folder(record.id)
        self.server.start_run(folder)
        return Run(self, folder, path)

    def run_file(self, path: Path, values: dict[str, Any] | None = None, **request: Any) -> Run:
        """Run any program to its end."""
        run = self.start_file(path, values or {}, **request)
        run.finish()
        return run

    def forked(self) -> list[int]:
        return [m.pid for m in self.said if isinstance(m, RunForked)]


def lesson_source(*cells: str) -> str:
    """The text of a lesson: cell 0 is a heading, cell 1 the parameters, the rest from 2 on."""
    head = '# %% [markdown]\n# # A lesson\n\n# %% tags=["parameters"]\nsize = 3\nrate = 0.5\n'
    body = [f"\n# %%\n{textwrap.dedent(cell).strip()}\n" for cell in cells]
    return head + "".join(body)


def wait_until_ready(server: ForkServer) -> None:
    until = time.monotonic() + PATIENCE
    while server.phase == "importing" and time.monotonic() < until:
        select.select([server], [], [], 1)
        server.poll()
    assert server.phase == "ready", server.problem


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    server = ForkServer(tmp_path_factory.mktemp("server") / "server.log")
    server.start()
    wait_until_ready(server)
    yield server
    server.close()


@pytest.fixture
def bench(server: ForkServer, tmp_path: Path) -> Bench:
    return Bench(server, tmp_path)


__all__ = ["Bench", "CellStarted", "Run", "Scalars", "Started"]
