"""The run side in environments that hold TensorFlow and nothing of ours.

That every lesson runs in one is checked where runs of the lessons are made, in `tests/course`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.course.course import Course
from tests.environments.building import old_tensorflow, python_of, version_of
from tests.worker.bare_environment import bare_environment
from tests.worker.conftest import Bench, wait_until_ready
from tflab.targets.fork_server import ForkServer
from tflab.targets.worker_command import worker_command

OURS = ("msgspec", "psutil", "jupytext", "nbformat", "textual", "plotext", "platformdirs")
RUN_SIDE = (
    "tflab.lab",
    "tflab.recording.run_recorder",
    "tflab.recording.keras_callback",
    "tflab.recording.last_values",
    "tflab.worker.__main__",
    "tflab.worker.fork_server",
    "tflab.worker.children",
    "tflab.worker.run_process",
    "tflab.worker.probe",
    "tflab.runs.log_writer",
    "tflab.runs.protocol",
    "tflab.runs.reserve",
)


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory):
    return bare_environment(tmp_path_factory.mktemp("environment") / "bare")


@pytest.fixture(scope="module")
def bare_server(interpreter, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFLAB_DATA", str(tmp_path_factory.mktemp("data")))
        server = ForkServer(interpreter=str(interpreter))
        server.start()
    wait_until_ready(server)
    yield server
    server.close()


def test_nothing_of_ours_is_there(interpreter):
    for name in (*OURS, "tflab"):
        # Where it lies, since the current folder counts as a place of packages too.
        done = subprocess.run(
            [interpreter, "-c", f"import {name}"],
            check=False,
            capture_output=True,
            text=True,
            cwd=interpreter.parent,
        )
        assert "ModuleNotFoundError" in done.stderr, name


def test_a_program_sees_our_package_and_its_own_environment(bare_server, interpreter, tmp_path):
    run = Bench(bare_server, tmp_path).run(
        f"""
        import importlib.util, sys
        from tflab import Meta, lab
        print(sys.executable, [n for n in {OURS!r} if importlib.util.find_spec(n)])
        lab.log(0, loss=0.5)
        """
    )
    assert run.state.ended.state == "finished", run.state.ended
    assert run.printed == f"{interpreter} []\n"
    assert list(run.state.series["loss"].values) == [0.5]


def test_the_run_side_works_with_python_310_and_the_oldest_tensorflow(tmp_path, monkeypatch):
    if version_of(python_of("3.10")) != (3, 10):
        pytest.skip("NOT CHECKED: this machine has no Python 3.10")
    old = old_tensorflow()
    imports = "; ".join(f"import {name}" for name in RUN_SIDE)
    start = worker_command(str(old / "bin" / "python"), "")[1]
    code = f"import sys; sys.path.insert(0, {str(Path(start).parent)!r}); {imports}"
    subprocess.run(
        [old / "bin" / "python", "-W", "error", "-c", code], check=True, timeout=60, cwd=tmp_path
    )
    server = ForkServer(interpreter=str(old / "bin" / "python"))
    server.start()
    try:
        wait_until_ready(server)
        assert server.tensorflow == "2.16.2"
        outcome = Course(server, tmp_path / "runs").run("linear-classifier", steps=20)
        assert outcome.state.series["loss"]
        broken = Bench(server, tmp_path).run("import tensorflow as tf\n1 / 0")
        assert broken.state.error.title == "ZeroDivisionError"
    finally:
        server.close()


def test_our_own_interpreter_is_checked_too():
    """The modules listed above are there, and bring none of what the run side does without."""
    imports = "; ".join(f"import {name}" for name in RUN_SIDE)
    code = f"import sys; {imports}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert not set(OURS) & set(done.stdout.split())
