"""Which environment a program runs in, out of real ones that lie where people keep them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environments.building import stand_in_environment
from tflab.runs.record import Problem
from tflab.session.environments import EnvironmentStore
from tflab.targets.environment_probe import EnvironmentProbe
from tflab.targets.environment_search import (
    Choice,
    Wanted,
    candidates,
    choose,
    list_environments,
    named_interpreter,
)
from tflab.targets.environments import Source
from tflab.targets.kernelspecs import find_kernel, kernels


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "project" / "src" / "train.py"
    path.parent.mkdir(parents=True)
    path.write_text("rate = 0.1\n")
    return path


def install_kernel(folder: Path, name: str, **told: object) -> Path:
    """Write a kernel as `ipykernel install` does."""
    file = folder / "kernels" / name / "kernel.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"language": "python", "display_name": f"My {name}", **told}))
    return file


def chosen(wanted: Wanted) -> Choice:
    return choose(wanted, EnvironmentProbe())


def test_our_own_where_there_is_nothing_else(program: Path) -> None:
    found = chosen(Wanted(program))
    assert found.environment.own
    assert found.passed_over == ()


def test_order(
    program: Path,
    old_tensorflow: Path,
    keras_on_jax: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each of the places goes before those that are set up before it here."""
    active = stand_in_environment(tmp_path / "active")
    monkeypatch.setenv("VIRTUAL_ENV", str(active))
    assert chosen(Wanted(program)).environment.candidate.source is Source.ACTIVE

    above = stand_in_environment(program.parent.parent / "venv")
    found = chosen(Wanted(program)).environment
    assert found.candidate.source is Source.VENV
    assert found.candidate.name == "project/venv"
    assert found.interpreter == str(above / "bin" / "python")

    beside = stand_in_environment(program.parent / ".venv")
    assert chosen(Wanted(program)).environment.interpreter == str(beside / "bin" / "python")

    kernel = str(keras_on_jax / "bin" / "python")
    install_kernel(tmp_path / "home" / "share" / "jupyter", "work", argv=[kernel, "-m", "x"])
    found = chosen(Wanted(program, kernel="Work")).environment
    assert found.candidate.source is Source.KERNEL
    assert found.candidate.name == "My work"
    assert found.interpreter == kernel

    named = named_interpreter(str(old_tensorflow))
    found = chosen(Wanted(program, kernel="work", named=named)).environment
    assert found.candidate.source is Source.NAMED
    assert found.interpreter == str(old_tensorflow / "bin" / "python")


def test_one_that_does_not_serve_is_passed_over_and_told(program: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", program.parent / ".venv"], check=True
    )
    found = chosen(Wanted(program, kernel="gone"))
    assert found.environment.own
    titles = [e.problem.title for e in found.passed_over if e.problem]
    assert titles == ["The kernel gone is not on this machine", "TensorFlow is not installed"]


def test_what_a_person_chose_is_never_passed_over(program: Path, bare_python: Path) -> None:
    with pytest.raises(Problem, match="TensorFlow is not installed"):
        chosen(Wanted(program, named=str(bare_python / "bin" / "python")))


def test_nothing_serves(program: Path, bare_python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tflab.targets.environment_probe.sys.path", [])
    monkeypatch.setenv("PATH", str(bare_python / "bin"))
    with pytest.raises(Problem, match="No environment has TensorFlow") as caught:
        chosen(Wanted(program))
    assert "tflab's own: TensorFlow is not installed" in caught.value.cause
    assert "--python" in caught.value.next_step


def test_beside_an_untrusted_program_nothing_is_started(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stand_in_environment(program.parent / ".venv")
    proof = program.parent / "started"
    site = next(folder.glob("lib/python3*/site-packages"))
    (site / "evil.pth").write_text(f"import os; open({str(proof)!r}, 'w').close()\n")
    wanted = Wanted(program, trusted=False)
    assert chosen(wanted).environment.candidate.source is Source.VENV
    assert list_environments(wanted, EnvironmentProbe())[0].version("tensorflow") == "2.18.1"
    assert not proof.exists()
    # An active environment was started by the person already.
    monkeypatch.setenv("VIRTUAL_ENV", str(folder))
    assert chosen(wanted).environment.candidate.source is Source.ACTIVE
    assert proof.exists()


def test_a_kernel_beside_an_untrusted_program_does_not_count(program: Path) -> None:
    folder = stand_in_environment(program.parent / ".venv")
    python = str(folder / "bin" / "python")
    install_kernel(folder / "share" / "jupyter", "theirs", argv=[python])
    found = chosen(Wanted(program, kernel="theirs")).environment
    assert found.candidate.source is Source.KERNEL
    found = chosen(Wanted(program, kernel="theirs", trusted=False)).environment
    assert found.candidate.source is Source.VENV


def test_the_name_of_every_jupyter_says_nothing(program: Path, tmp_path: Path) -> None:
    """Our own environment has a kernel `python3` like every other, as ipykernel brings one."""
    venv = stand_in_environment(program.parent / ".venv")
    found = chosen(Wanted(program, kernel="python3"))
    assert found.environment.interpreter == str(venv / "bin" / "python")
    assert found.passed_over == ()
    # But a person may install one under that name.
    other = stand_in_environment(tmp_path / "other")
    python = str(other / "bin" / "python")
    install_kernel(tmp_path / "home" / "share" / "jupyter", "python3", argv=[python])
    assert chosen(Wanted(program, kernel="python3")).environment.interpreter == python


def test_the_search_ends_with_the_home_folder(program: Path, tmp_path: Path) -> None:
    stand_in_environment(tmp_path / ".venv")
    assert chosen(Wanted(program)).environment.own
    stand_in_environment(tmp_path / "home" / ".venv")
    assert chosen(Wanted(program)).environment.candidate.source is Source.VENV


def test_our_own_interpreter_is_our_own_by_any_path(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (program.parent / ".venv").symlink_to(sys.prefix)
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    assert chosen(Wanted(program)).environment.own
    named = named_interpreter(os.path.join(sys.prefix, "bin", "python"))
    assert chosen(Wanted(program, named=named)).environment.own
    assert sum(c.source is Source.OWN for c in candidates(Wanted(program))) == 2
    found = list_environments(Wanted(program), EnvironmentProbe())
    assert sum(environment.own for environment in found) == 1


def test_every_environment_is_listed_once(
    program: Path, old_tensorflow: Path, bare_python: Path, tmp_path: Path
) -> None:
    python = old_tensorflow / "bin" / "python"
    jupyter = tmp_path / "home" / "share" / "jupyter"
    install_kernel(jupyter, "one", argv=[str(python)])
    install_kernel(jupyter, "two", argv=[str(python) + "3"])
    install_kernel(jupyter, "r", argv=["R"], language="R")
    (tmp_path / "home" / ".conda").mkdir()
    listed = f"{bare_python}\n\n{tmp_path}/gone\n{old_tensorflow}\n"
    (tmp_path / "home" / ".conda" / "environments.txt").write_text(listed)
    found = list_environments(Wanted(program, named=str(bare_python / "bin/python")), _probe())
    assert [e.interpreter for e in found if e.serves] == [sys.executable, str(python)]
    assert found[0].interpreter == str(bare_python / "bin" / "python")
    assert sum(e.interpreter == str(bare_python / "bin" / "python") for e in found) == 1


def test_a_named_interpreter(tmp_path: Path, bare_python: Path) -> None:
    python = bare_python / "bin" / "python"
    assert named_interpreter(str(bare_python)) == str(python)
    assert named_interpreter(str(python)) == str(python)
    assert named_interpreter("sh") == "/usr/bin/sh"
    for bad in (str(tmp_path), "no-such-python", str(tmp_path / "none"), "~/none"):
        with pytest.raises(Problem, match="There is no such interpreter"):
            named_interpreter(bad)


def test_a_shim_is_taken_for_what_it_starts(
    program: Path, tmp_path: Path, old_tensorflow: Path
) -> None:
    """What a version manager's shim starts depends on the folder that it is called from."""
    shim = tmp_path / "shims" / "python3"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{old_tensorflow}/bin/python" "$@"\n')
    shim.chmod(0o755)
    found = chosen(Wanted(program, named=str(shim))).environment
    assert found.interpreter == str(old_tensorflow / "bin" / "python")


def test_what_a_kernel_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: Path) -> None:
    monkeypatch.setenv("SET_HERE", "yes")
    told = {"KERAS_BACKEND": "jax", "PLACE": "${SET_HERE}/x", "OTHER": "${NOT_SET}", "BAD": 3}
    install_kernel(tmp_path / "home/share/jupyter", "k", argv=[sys.executable], env=told)
    found = find_kernel("k", [])
    assert found is not None
    assert found.variables == {"KERAS_BACKEND": "jax", "PLACE": "yes/x", "OTHER": "${NOT_SET}"}
    # With variables of its own it is not our own environment, though it is our interpreter.
    assert not chosen(Wanted(program, kernel="k")).environment.own


@pytest.mark.parametrize("argv", [[], None, "python", [3], ["conda", "run"], ["/bin/sh", "-c"]])
def test_a_kernel_that_is_no_interpreter(tmp_path: Path, argv: object) -> None:
    install_kernel(tmp_path / "home" / "share" / "jupyter", "odd", argv=argv)
    found = find_kernel("odd", [])
    assert found is not None
    assert found.problem is not None


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, "\udcff", "{}"])
def test_a_damaged_kernel_is_no_accident(tmp_path: Path, text: str) -> None:
    file = install_kernel(tmp_path / "home" / "share" / "jupyter", "broken")
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    found = find_kernel("broken", [])
    assert found is None or found.problem is not None
    assert all(c.problem is not None for c in kernels([]))


def test_an_interpreter_relative_to_its_environment(tmp_path: Path, bare_python: Path) -> None:
    """Kernels that a package brings name `python`: that of the environment they lie in."""
    folder = stand_in_environment(tmp_path / "env")
    install_kernel(folder / "share" / "jupyter", "brought", argv=["python", "-m", "x"])
    found = find_kernel("brought", [str(folder)])
    assert found is not None
    assert found.interpreter == str(folder / "bin" / "python")


def _probe() -> EnvironmentProbe:
    return EnvironmentProbe()


def test_a_kernel_that_a_person_chose_keeps_its_variables(tmp_path: Path, program: Path) -> None:
    told = {"MY_SETTING": "one"}
    file = install_kernel(
        tmp_path / "home/share/jupyter", "mine", argv=[sys.executable], env=told, display_name="M"
    )
    known = list_environments(Wanted(program), EnvironmentProbe())
    (listed,) = [e for e in known if e.candidate.kernel == "mine"]
    assert listed.choice == "kernel:mine"
    store = EnvironmentStore()
    store.choose(program, named_interpreter(listed.choice))
    found = chosen(Wanted(program, named=store.chosen(program))).environment
    assert (found.candidate.source, found.candidate.name) == (Source.NAMED, "M")
    assert found.candidate.variables == told
    assert found.choice == listed.choice
    # It has what the kernel sets by now, and is refused once the kernel is gone.
    file.write_text(file.read_text().replace("one", "two"))
    found = chosen(Wanted(program, named="kernel:mine")).environment
    assert found.candidate.variables == {"MY_SETTING": "two"}
    file.unlink()
    with pytest.raises(Problem, match="kernel mine is not on this machine"):
        chosen(Wanted(program, named="kernel:mine"))
