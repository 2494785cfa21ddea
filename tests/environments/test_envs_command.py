"""`tflab envs` as a person calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tflab.session.environments import EnvironmentStore


def tflab(*words: object, folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tflab", *map(str, words)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=folder,
        env={**os.environ, **changes},
    )


def listed(*words: object, folder: Path, **changes: str) -> dict[str, Any]:
    done = tflab("envs", "--json", *words, folder=folder, **changes)
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


def test_json_of_every_environment(tmp_path: Path, old_tensorflow: Path, bare_python: Path) -> None:
    found = listed(folder=tmp_path, VIRTUAL_ENV=str(old_tensorflow), CONDA_PREFIX=str(bare_python))
    old, bare, own = found["environments"][:3]
    assert old["interpreter"] == str(old_tensorflow / "bin" / "python")
    assert found["chosen"] == old["interpreter"]
    assert old["source"] == "active"
    assert old["serves"] is True
    assert old["problem"] is None
    assert old["tensorflow"].startswith("2.")
    assert old["gpu"].startswith("CUDA")
    assert old["backends"] == ["tensorflow"]
    assert bare["serves"] is False
    assert bare["tensorflow"] is None
    assert bare["problem"]["title"] == "TensorFlow is not installed"
    assert own["source"] == "own"


def test_text_marks_the_one_that_is_used(tmp_path: Path, bare_python: Path) -> None:
    done = tflab("envs", folder=tmp_path, VIRTUAL_ENV=str(bare_python))
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].endswith(": active")
    assert lines[0].startswith("  ")
    assert "TensorFlow none" in done.stdout
    assert "Does not serve: TensorFlow is not installed." in done.stdout
    assert "* tflab's own: where tflab is installed" in lines


def test_those_of_a_program(tmp_path: Path, old_tensorflow: Path) -> None:
    done = tflab("new", "lesson.py", folder=tmp_path)
    assert done.returncode == 0
    assert listed("lesson.py", folder=tmp_path)["chosen"] == sys.executable
    python = str(old_tensorflow / "bin" / "python")
    EnvironmentStore().choose(tmp_path / "lesson.py", python)
    found = listed("lesson.py", folder=tmp_path)
    assert found["chosen"] == python
    assert found["environments"][0]["source"] == "named"


def test_no_environment_serves(tmp_path: Path, bare_python: Path) -> None:
    """A workbench without TensorFlow: our own packages are hidden from the look."""
    code = (
        "import sys; import tflab.targets.environment_probe as probe; "
        "probe._own = lambda: probe.ask_interpreter(sys.argv[1]); "
        "from tflab.cli import main; sys.exit(main(['envs']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(bare_python / "bin" / "python")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PATH": str(bare_python / "bin")},
    )
    assert done.returncode == 1
    assert "No environment has TensorFlow." in done.stdout
    assert "pip install tensorflow" in done.stdout


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"programs": 3}', "\x00"])
def test_damaged_choices_are_none(data: Path, tmp_path: Path, text: str) -> None:
    data.mkdir()
    (data / "environments.json").write_text(text)
    store = EnvironmentStore()
    assert store.chosen(tmp_path / "a.py") == ""
    store.choose(tmp_path / "a.py", "/env/bin/python")
    assert EnvironmentStore().chosen(tmp_path / "a.py") == "/env/bin/python"
    assert (data / "environments.json").stat().st_mode & 0o077 == 0
    store.choose(tmp_path / "a.py", "")
    assert EnvironmentStore().chosen(tmp_path / "a.py") == ""


def test_a_choice_that_others_may_have_made_is_none(data: Path, tmp_path: Path) -> None:
    store = EnvironmentStore()
    store.choose(tmp_path / "a.py", "/env/bin/python")
    assert store.chosen(tmp_path / "a.py") == "/env/bin/python"
    data.chmod(0o777)
    assert store.chosen(tmp_path / "a.py") == ""
