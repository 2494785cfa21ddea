"""One fork server for each test process, because TensorFlow takes long to import."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.course.course import Course
from tflab.targets.fork_server import ForkServer


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    root = tmp_path_factory.mktemp("course")
    server = ForkServer(root / "server.log")
    server.start()
    yield Course(server, root / "runs")
    server.close()
