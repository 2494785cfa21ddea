"""A session for tests that need one whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.session.hearing import write_program
from tests.session.sitting import CODE, SharedPool, Sitting
from tflab.programs.library import user_folder
from tflab.targets.server_pool import ServerPool


@pytest.fixture(scope="session")
def pool() -> Iterator[ServerPool]:
    """A fork server that every session of the tests uses."""
    shared = SharedPool()
    yield shared
    ServerPool.close(shared)


@pytest.fixture
def sit(data: Path, pool: ServerPool) -> Iterator[Callable[..., Sitting]]:
    """Sit down at a program, by default one of the person's own."""
    sittings: list[Sitting] = []

    def start(path: Path | None = None) -> Sitting:
        path = path or write_program(user_folder() / "one.py", CODE)
        sittings.append(Sitting(path, pool))
        return sittings[-1]

    yield start
    for sitting in sittings:
        sitting.session.close()
