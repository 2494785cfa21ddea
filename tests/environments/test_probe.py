"""What is told of real interpreters, good and bad."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tflab.runs.processes import start_of
from tflab.runs.record import Problem
from tflab.targets.environment_probe import EnvironmentProbe, ask_interpreter
from tflab.targets.environment_search import own
from tflab.targets.environments import Candidate, Environment, Installed, Source, who_has, why_not


def look(interpreter: Path | str, start: bool = True) -> Environment:
    return EnvironmentProbe().look(Candidate(str(interpreter), Source.NAMED, "it"), start)


def program(path: Path, text: str) -> Path:
    """Write something that can be started."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def refusal(interpreter: Path | str, patience: float = 20.0) -> Problem:
    found = ask_interpreter(str(interpreter), patience)
    assert isinstance(found, Problem), found
    return found


def test_old_tensorflow_serves(old_tensorflow: Path) -> None:
    found = look(old_tensorflow / "bin" / "python")
    assert found.serves
    done = subprocess.run(
        [
            old_tensorflow / "bin" / "python",
            "-c",
            "import platform; print(platform.python_version())",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.python == done.stdout.strip()
    assert found.version("tensorflow").startswith("2.")
    assert found.version("keras").startswith("3.")
    assert found.backends == ("tensorflow",)
    assert found.gpu.startswith("CUDA 12")


def test_versions_are_those_that_python_imports(old_tensorflow: Path) -> None:
    """Metadata may lie; here it is held against NumPy, which imports quickly."""
    code = "import numpy; print(numpy.__version__)"
    done = subprocess.run(
        [old_tensorflow / "bin" / "python", "-c", code], capture_output=True, text=True, check=True
    )
    assert look(old_tensorflow / "bin" / "python").version("numpy") == done.stdout.strip()


def test_keras_on_jax_serves_without_tensorflow(keras_on_jax: Path) -> None:
    found = look(keras_on_jax / "bin" / "python")
    assert found.serves
    assert found.version("tensorflow") == ""
    assert found.backends == ("jax",)
    assert found.gpu == ""


def test_environment_without_tensorflow_says_so(bare_python: Path) -> None:
    found = look(bare_python / "bin" / "python")
    assert found.problem is not None
    assert found.problem.title == "TensorFlow is not installed"
    assert str(bare_python) in found.problem.next_step


def test_own_environment_needs_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tflab.targets.environment_probe.ask_process", None)
    found = EnvironmentProbe().look(own())
    assert found.serves
    assert found.own


def test_nothing_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = tmp_path / "imported"
    for name in ("tensorflow", "keras", "numpy", "jax", "torch"):
        (tmp_path / name).mkdir()
        text = f"__version__ = '9.0'\nopen({str(proof)!r}, 'w').close()\n"
        (tmp_path / name / "__init__.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = look(sys.executable)
    assert found.serves
    assert found.installed is not None
    assert Path(tmp_path) in map(Path, found.installed.paths)
    assert not proof.exists()


def test_folders_tell_the_same_without_starting_anything(old_tensorflow: Path) -> None:
    started = look(old_tensorflow / "bin" / "python")
    read = look(old_tensorflow / "bin" / "python", start=False)
    assert read.serves
    assert read.installed is not None
    assert started.installed is not None
    assert read.installed.packages == started.installed.packages
    assert read.python == started.python
    assert not read.installed.started


def test_a_foreign_interpreter_is_not_started_before_it_is_trusted(tmp_path: Path) -> None:
    proof = tmp_path / "started"
    python = program(tmp_path / ".venv" / "bin" / "python", f"#!/bin/sh\ntouch {proof}\n")
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.1\n")
    assert not look(python, start=False).serves
    assert not proof.exists()
    look(python)
    assert proof.exists()


def test_spaces_and_unicode_in_paths(tmp_path: Path) -> None:
    folder = tmp_path / "my envs" / "größe ✓"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    found = look(folder / "bin" / "python")
    assert found.installed is not None
    assert Path(found.installed.prefix) == folder
    assert "'" in found.problem.next_step  # type: ignore[union-attr]


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "gone" / "python3.9")
    found = refusal(tmp_path / "bin" / "python")
    assert found.title == "The environment's Python is gone"
    assert str(tmp_path / "gone" / "python3.9") in found.cause


def test_an_interpreter_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "python").title == "There is no such interpreter"


def test_a_file_that_may_not_be_executed(tmp_path: Path) -> None:
    (tmp_path / "python").write_text("#!/bin/sh\n")
    found = refusal(tmp_path / "python")
    assert found.title == "The interpreter does not start"
    assert "Permission denied" in found.cause


def test_a_program_of_another_machine(tmp_path: Path) -> None:
    assert "format" in refusal(program(tmp_path / "python", "\x7fELF")).cause.lower()


def test_an_interpreter_that_fails_says_why(tmp_path: Path) -> None:
    found = refusal(program(tmp_path / "python", "#!/bin/sh\necho no such version >&2\nexit 3\n"))
    assert "code 3" in found.cause
    assert "no such version" in found.cause


def test_an_interpreter_that_dies(tmp_path: Path) -> None:
    assert "SIGSEGV" in refusal(program(tmp_path / "python", "#!/bin/sh\nkill -SEGV $$\n")).cause


def test_what_is_no_python_is_told_so(tmp_path: Path) -> None:
    found = refusal(program(tmp_path / "python", "#!/bin/sh\necho hello\n"))
    assert "hello" in found.cause


def test_an_interpreter_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    text = f"#!/bin/sh\nsleep 600 & echo $! > {pids}\necho $$ >> {pids}\nwait\n"
    found = refusal(program(tmp_path / "python", text), patience=1.0)
    assert found.title == "The interpreter does not answer"
    assert "after 1 s" in found.cause
    for pid in map(int, pids.read_text().split()):
        until = time.monotonic() + 20
        while start_of(pid) is not None and time.monotonic() < until:
            time.sleep(0.02)
        assert start_of(pid) is None


def test_an_interpreter_that_never_stops_talking_is_ended(tmp_path: Path) -> None:
    found = refusal(program(tmp_path / "python", "#!/bin/sh\nexec cat /dev/zero\n"))
    assert found.title == "The interpreter does not answer"


def test_noise_before_and_after_the_answer_is_passed_over(tmp_path: Path) -> None:
    text = f'#!/bin/sh\necho module loaded\n"{sys.executable}" "$@"\necho bye\n'
    found = ask_interpreter(str(program(tmp_path / "python", text)))
    assert isinstance(found, Installed)
    assert "tensorflow" in found.packages


def test_no_file_of_the_current_folder_passes_for_a_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = tmp_path / "imported"
    for name in ("json", "runpy", "tensorflow", "re"):
        (tmp_path / f"{name}.py").write_text(f"open({str(proof)!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    assert isinstance(ask_interpreter(sys.executable), Installed)
    assert not proof.exists()


def test_an_answer_is_kept_until_packages_change(tmp_path: Path) -> None:
    folder = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    probe, candidate = EnvironmentProbe(), Candidate(str(folder / "bin/python"), Source.NAMED, "")
    first = probe.look(candidate)
    assert probe.look(candidate).installed is first.installed
    site = next(folder.glob("lib/python3*/site-packages"))
    for name in ("tensorflow", "keras", "numpy"):
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("__version__ = '3.0.1'\n")
    os.utime(site, (time.time() + 5, time.time() + 5))
    again = probe.look(candidate)
    assert first.problem is not None
    assert again.serves
    assert again.version("tensorflow") == "3.0.1"


def test_what_an_uninstalled_package_left_behind_does_not_count(tmp_path: Path) -> None:
    folder = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    site = next(folder.glob("lib/python3*/site-packages"))
    (site / "tensorflow" / "python").mkdir(parents=True)
    (site / "numpy-2.0.0.dist-info").mkdir()
    (site / "numpy-2.0.0.dist-info" / "METADATA").write_text("Name: numpy\nVersion: 2.0.0\n")
    found = look(folder / "bin" / "python")
    assert found.version("tensorflow") == ""
    assert found.version("numpy") == ""


@pytest.mark.parametrize(
    ("python", "packages", "title"),
    [
        ("3.12.1", {"tensorflow": "2.18.1", "keras": "3.5.0", "numpy": "2.0.2"}, None),
        ("3.12.1", {"tensorflow": "2.16.0rc0", "keras": "3.0", "numpy": "1.26"}, None),
        ("3.12.1", {"tensorflow": "unknown", "keras": "unknown", "numpy": "1.26"}, None),
        ("3.12.1", {"torch": "2.5.1+cu124", "keras": "3.5.0", "numpy": "2.0.2"}, None),
        ("3.9.18", {"tensorflow": "2.18.1"}, "Python 3.9.18 is too old"),
        ("3.12.1", {"tensorflow": "2.9.1", "keras": "2.9.0"}, "TensorFlow 2.9.1 is too old"),
        ("3.12.1", {"tensorflow": "2.15.1", "keras": "2.15.0"}, "TensorFlow 2.15.1 is too old"),
        ("3.12.1", {"jax": "0.5", "keras": "2.15.0"}, "TensorFlow is not installed"),
        ("3.12.1", {"jax": "0.5", "numpy": "2.0"}, "TensorFlow is not installed"),
        ("3.12.1", {"tensorflow": "2.18.1", "numpy": "2.0"}, "Keras is not installed"),
        ("3.12.1", {"tensorflow": "2.18.1", "keras": "3.5"}, "NumPy is not installed"),
        ("3.12.1", {}, "TensorFlow is not installed"),
    ],
)
def test_why_an_environment_does_not_serve(
    python: str, packages: dict[str, str], title: str | None
) -> None:
    found = why_not(Installed(python, "/env/bin/python", "/env", (), packages, {}))
    assert (found.title if found else None) == title


def test_who_has_a_package(old_tensorflow: Path, keras_on_jax: Path, bare_python: Path) -> None:
    folders = (old_tensorflow, keras_on_jax, bare_python)
    found = [look(folder / "bin" / "python") for folder in folders]
    assert who_has(found, "scipy.stats") == [found[1]]
    assert who_has(found, "h5py") == found[:2]
    assert who_has(found, "no_such_package") == []
