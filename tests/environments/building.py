"""Real environments to test with, built once and kept in the user's cache folder.

They hold nothing of ours. Where one cannot be built, as without a network, the tests that need it
fail and say so; with `TFLAB_TEST_OFFLINE=1` they are skipped.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import platformdirs
import pytest

# Asked before a test gives itself another home.
_CACHE = Path(platformdirs.user_cache_dir("tflab")) / "test-environments"
_PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
_SECONDS = 900


def python_of(*versions: str) -> str:
    """Return a Python of the first of these versions that the machine has, or the one at hand."""
    for version in versions:
        for path in _pythons(version):
            told = _ask(path, "import sys; print('%d.%d' % sys.version_info[:2])")
            if told == version:
                return path
    return _ask(sys.executable, "import sys; print(sys._base_executable)")


def version_of(python: str) -> tuple[int, int]:
    """Return the first two numbers of a Python's version."""
    major, _, minor = _ask(python, "import sys; print('%d.%d' % sys.version_info[:2])").partition(
        "."
    )
    return int(major), int(minor)


def environment(name: str, python: str, requirements: Sequence[str]) -> Path:
    """Return the folder of an environment that holds these packages, built if it is not there."""
    told = "\n".join((os.path.realpath(python), *requirements))
    key = hashlib.sha256(told.encode()).hexdigest()[:12]
    _CACHE.mkdir(parents=True, exist_ok=True)
    folder = _CACHE / f"{name}-{key}"
    done = folder / "complete"
    # Several test processes may want it at once.
    with (_CACHE / f"{name}-{key}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _build(folder, python, requirements)
            done.touch()
    return folder


def old_tensorflow() -> Path:
    """Return one with another Python, an older TensorFlow and Keras 2, and with nothing else."""
    python = python_of("3.10", "3.12")
    # The oldest that tflab takes, where it has a wheel for this Python.
    pins = ["tensorflow==2.16.2", "keras==3.3.3", "tf-keras==2.16.0"]
    if version_of(python) >= (3, 13):
        pins = ["tensorflow==2.20.0", "tf-keras==2.20.0"]
    return environment("old-tensorflow", python, pins)


def stand_in_environment(folder: Path) -> Path:
    """Make a virtual environment that holds nothing but what passes for TensorFlow."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    site = next(folder.glob("lib/python3*/site-packages"))
    for name, version in (("tensorflow", "2.18.1"), ("keras", "3.5.0"), ("numpy", "2.0.2")):
        (site / name).mkdir()
        (site / name / "__init__.py").write_text(f"__version__ = '{version}'\n")
    return folder


def _build(folder: Path, python: str, requirements: Sequence[str]) -> None:
    _run([python, "-m", "venv", "--without-pip", str(folder)])
    if requirements:
        target = str(folder / "bin" / "python")
        uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--compile-bytecode"]
        _run([*uv, "--python", target, *requirements])


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _not_to_be_had(str(error))
    else:
        if done.returncode:
            _not_to_be_had(done.stderr[-2000:])


def _not_to_be_had(why: str) -> None:
    words = f"an environment that this test needs cannot be built: {why}"
    if os.environ.get("TFLAB_TEST_OFFLINE") == "1":
        pytest.skip(words)
    pytest.fail(f"{words}\nSet TFLAB_TEST_OFFLINE=1 to go without.", pytrace=False)


def _pythons(version: str) -> list[str]:
    """Return where a Python of this version may be; a shim may be there without the Python."""
    found = [str(path) for path in sorted(_PYENV.glob(f"{version}.*/bin/python{version}"))]
    on_path = shutil.which(f"python{version}")
    return [*([on_path] if on_path else []), *found]


def _ask(python: str, code: str) -> str:
    done = subprocess.run(
        [python, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout.strip()
