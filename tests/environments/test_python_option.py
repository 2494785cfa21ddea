"""`--python` of run, sweep and open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import command as tflab
from tests.session.hearing import write_program
from tflab.runs.store import RunStore
from tflab.session.environments import EnvironmentStore
from tflab.session.trust import TrustStore


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = write_program(tmp_path / "home" / "work" / "train.py", "print('ran')")
    TrustStore().trust(path, path.read_text())
    return path


@pytest.mark.parametrize("command", ["run", "sweep", "open"])
def test_one_without_tensorflow_is_refused(program: Path, bare_python: Path, command: str) -> None:
    done = tflab(command, program, "--python", bare_python)
    assert done.returncode == 2
    assert "TensorFlow is not installed" in done.stderr
    assert "-m pip install tensorflow" in done.stderr
    assert EnvironmentStore().chosen(program) == ""
    assert list(RunStore().ids()) == []


def test_json_says_so_too(program: Path) -> None:
    done = tflab("run", program, "--python", "no-such-python", "--json")
    assert done.returncode == 2
    found = json.loads(done.stdout)
    assert found["error"]["title"] == "There is no such interpreter"
    assert found["lesson"] == "train"


def test_what_was_chosen_and_is_gone_is_not_passed_over(program: Path, tmp_path: Path) -> None:
    EnvironmentStore().choose(program, str(tmp_path / "gone" / "bin" / "python"))
    done = tflab("run", program)
    assert done.returncode == 2
    assert "There is no such interpreter" in done.stderr
    assert "Here is what would serve: tflab's own (Python 3" in done.stderr
    done = tflab("run", program, "--python", "auto", "--plain")
    assert done.returncode == 0, done.stderr
    assert "ran" in done.stdout
    assert EnvironmentStore().chosen(program) == ""


def test_no_environment_has_tensorflow(program: Path, bare_python: Path, tmp_path: Path) -> None:
    """The workbench lists, and says in words why nothing runs, where TensorFlow is nowhere."""
    (tmp_path / "tensorflow").mkdir()
    blind = (
        "import sys; from importlib.machinery import PathFinder as P; find = P.find_spec; "
        "P.find_spec = classmethod(lambda c, n, p=None, t=None: "
        "None if n in ('tensorflow', 'keras') else find(n, p, t)); "
        "from tflab.cli import main; sys.exit(main(sys.argv[1:]))"
    )

    def call(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", blind, *map(str, words)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PATH": str(bare_python / "bin")},
        )

    for words in (["lessons"], ["runs"], ["check", program]):
        assert call(*words).returncode == 0
    done = call("run", program)
    assert done.returncode == 2
    assert "No environment has TensorFlow" in done.stderr
    assert "tflab's own: TensorFlow is not installed" in done.stderr
    assert "--python PATH" in done.stderr


def test_beside_an_untrusted_program_nothing_starts(tmp_path: Path) -> None:
    path = write_program(tmp_path / "home" / "foreign" / "train.py")
    proof = tmp_path / "started"
    python = path.parent / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\ntouch {proof}\n")
    python.chmod(0o755)
    (path.parent / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.1\n")
    done = tflab("run", path)
    assert done.returncode == 2
    assert "not trusted yet" in done.stderr
    assert not proof.exists()


def test_check_says_what_a_program_lacks_there(
    tmp_path: Path, old_tensorflow: Path, keras_on_jax: Path
) -> None:
    code = (
        "import os, jaxlib.xla_client\nimport helper\nimport tensorflow as tf\n"
        "try:\n    import no_such_package\nexcept ImportError:\n    pass"
    )
    path = write_program(tmp_path / "home" / "work" / "train.py", code)
    (path.parent / "helper.py").write_text("")
    done = tflab("check", path, "--python", old_tensorflow, CONDA_PREFIX=str(keras_on_jax))
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert f"{path}: it would run in {old_tensorflow.name} (Python" in lines[0]
    line = path.read_text().splitlines().index("import os, jaxlib.xla_client") + 1
    assert lines[1].startswith(f"{path}:{line}: It imports jaxlib, which is not there. jaxlib is")
    assert str(keras_on_jax / "bin" / "python") in lines[1]
    assert len([text for text in lines if "It imports" in text]) == 1
    assert EnvironmentStore().chosen(path) == str(old_tensorflow / "bin" / "python")
    path.write_text(path.read_text().replace(", jaxlib.xla_client", ""))
    assert tflab("check", path, "--python", old_tensorflow).returncode == 0
