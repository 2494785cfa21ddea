"""Lessons small enough to run for real, and a way to call the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tflab.session.trust import TrustStore

HEAD = """\
# %% [markdown]
# # A tiny lesson

# %% tags=["parameters"]
from typing import Annotated
from tflab import Meta

rate: Annotated[float, Meta(gt=0, le=10, description="Step size")] = 0.5
steps = 4  # how many
ready = ""  # a pipe to write to

# %%
from tflab import lab

"""


@pytest.fixture
def lesson(tmp_path: Path) -> Callable[[str], Path]:
    """Write a lesson whose only working cell holds the given code."""

    def write(code: str) -> Path:
        path = tmp_path / "7_tiny.py"
        path.write_text(HEAD + code, encoding="utf-8")
        TrustStore().trust(path, HEAD + code)
        return path

    return write


def command(*words: object, **changes: str) -> subprocess.CompletedProcess[str]:
    """Call `python -m tflab` as a user would, its standard input closed."""
    return subprocess.run(
        [sys.executable, "-m", "tflab", *map(str, words)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=170,
        check=False,
        env={**os.environ, **changes},
    )


@pytest.fixture
def tflab() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command line, in a process of its own."""
    return command
