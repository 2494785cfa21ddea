"""Two fork servers for each test process, because TensorFlow takes long to import."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.course.course import Course
from tests.worker.bare_environment import bare_environment
from tflab.targets.fork_server import ForkServer


@pytest.fixture(scope="session")
def bare_interpreter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with TensorFlow and nothing of ours."""
    return bare_environment(tmp_path_factory.mktemp("environment") / "bare")


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory, bare_interpreter: Path) -> Iterator[Course]:
    """The course, at its defaults beside the workbench and else beside nothing of ours."""
    root = tmp_path_factory.mktemp("course")
    with ExitStack() as stack:
        servers = []
        for name, interpreter in (("ours", ""), ("bare", str(bare_interpreter))):
            servers.append(ForkServer(root / f"{name}.log", interpreter=interpreter))
            stack.callback(servers[-1].close)
            servers[-1].start()
        ours, bare = servers
        yield Course(ours, root / "runs", bare)
