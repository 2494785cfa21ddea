"""Environments of others: an old TensorFlow, Keras on JAX, and one with nothing in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environments.building import environment, old_tensorflow, python_of


@pytest.fixture(autouse=True)
def plain_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment is active, and nothing lies in the person's home or on their path."""
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "JUPYTER_PATH", "JUPYTER_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "share"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


@pytest.fixture(scope="session", name="old_tensorflow")
def _old_tensorflow() -> Path:
    return old_tensorflow()


@pytest.fixture(scope="session")
def keras_on_jax() -> Path:
    """An environment with Keras and JAX, without TensorFlow."""
    return environment("keras-on-jax", python_of("3.12", "3.11"), ["jax[cpu]", "keras>=3.10"])


@pytest.fixture(scope="session")
def keras_on_torch() -> Path:
    """An environment with Keras and PyTorch, which a person names: its wheels are very large."""
    named = os.environ.get("TFLAB_TEST_TORCH")
    folders = [Path(named)] if named else [Path(sys.prefix)]
    for folder in folders:
        python = folder / "bin" / "python"
        code = "from importlib.util import find_spec as f; print(bool(f('torch') and f('keras')))"
        if (
            python.exists()
            and "True"
            in subprocess.run(
                [python, "-c", code], capture_output=True, text=True, check=False
            ).stdout
        ):
            return folder
    pytest.skip(
        "engine: Keras on PyTorch. Name an environment that holds both: TFLAB_TEST_TORCH=FOLDER"
    )


@pytest.fixture(scope="session")
def bare_python() -> Path:
    """A virtual environment with nothing in it."""
    return environment("bare", python_of(), [])
