"""The real workbench in a real pseudo-terminal, with a data folder of the test's own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal.processes import kill, processes_of
from tests.terminal.terminal import Terminal

OpenApp = Callable[..., Terminal]


@pytest.fixture
def open_app(data: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[OpenApp]:
    """Open the workbench at a lesson; what is left of it goes when the test ends."""
    opened: list[Terminal] = []
    # A terminal starts without the variables of Python that the tests run with.
    stands_in = "tensorflow_stand_in" in request.fixturenames
    always = {"PYTHONPATH": request.getfixturevalue("tensorflow_stand_in")} if stands_in else {}

    def start(
        lesson: str | Path = "linear-classifier",
        size: tuple[int, int] = (120, 40),
        **environment: str | None,
    ) -> Terminal:
        command = [sys.executable, "-m", "tflab", "open", str(lesson)]
        opened.append(Terminal(command, size, always | environment, tmp_path))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()
    kill(processes_of(data))


@pytest.fixture
def write_lesson(data: Path) -> Callable[..., Path]:
    """Write a lesson of one code cell to the person's own lessons, which need no trust."""

    def write(*lines: str, steps: int = 3, name: str = "own.py") -> Path:
        path = data / "lessons" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        head = ["# %% [markdown]", "# # A lesson of our own", '# %% tags=["parameters"]']
        body = [f"steps = {steps}  # how many", "# %%", "from tflab import lab", *lines]
        path.write_text("\n".join([*head, *body, ""]))
        return path

    return write
