"""Real workbenches, fork servers and runs, and the faults that befall them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import open_app
from tests.worker.conftest import bench, server

__all__ = ["bench", "open_app", "server"]


@pytest.fixture
def write_lesson(data: Path) -> Callable[..., Path]:
    """Write a lesson of one code cell into the user's own folder, which nobody asks about."""

    def write(*lines: str, steps: int = 3, name: str = "own.py") -> Path:
        path = data / "lessons" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        head = ["# %% [markdown]", "# # A lesson of our own", '# %% tags=["parameters"]']
        body = [f"steps = {steps}  # how many", "# %%", "from tflab import lab", *lines]
        path.write_text("\n".join([*head, *body, ""]))
        return path

    return write
