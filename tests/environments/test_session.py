"""The environment of a session's open program: found, chosen, kept, refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.environments.building import stand_in_environment
from tests.session.hearing import Heard, until, write_program
from tests.terminal.processes import kill, processes_of
from tflab.programs.library import user_folder
from tflab.programs.program import Program
from tflab.programs.reader import read_program
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.runs.transcript import Transcript
from tflab.session.environments import Environments, EnvironmentStore
from tflab.session.events import (
    EnvironmentChosen,
    EnvironmentMissing,
    EnvironmentsListed,
    ProblemRaised,
    RunEnded,
)
from tflab.session.session import Session
from tflab.session.trust import TrustStore
from tflab.targets.environments import Environment, Source


class Desk:
    """The piece of a session that has environments, and what it said."""

    def __init__(self) -> None:
        self.queue, self.heard = DiskQueue(), Heard()
        self.environments = Environments(self.queue, self.heard)

    def settle(self) -> None:
        until(lambda: not self.environments.choosing, self.queue.deliver)

    def finish(self) -> None:
        """Let what was asked of the queue come back, and what that asks for."""
        for _ in range(3):
            assert self.queue.finish(30)
            self.queue.deliver()

    def open(self, program: Program) -> None:
        self.environments.open(program)
        self.settle()

    @property
    def source(self) -> Source:
        current = self.environments.current
        assert current is not None
        return current.candidate.source


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return read_program(write_program(tmp_path / "home" / "work" / "train.py"))


def test_our_own_is_found_and_told(desk: Desk, program: Program) -> None:
    desk.open(program)
    (chosen,) = desk.heard.of(EnvironmentChosen)
    assert chosen.program == program.path
    assert chosen.environment.own
    assert desk.environments.current is chosen.environment


def test_what_lies_beside_a_program_is_started_once_it_is_trusted(
    desk: Desk, program: Program
) -> None:
    folder = stand_in_environment(program.path.parent / ".venv")
    proof = program.path.parent / "started"
    site = next(folder.glob("lib/python3*/site-packages"))
    (site / "early.pth").write_text(f"import os; open({str(proof)!r}, 'w').close()\n")
    desk.open(program)
    assert desk.source is Source.VENV
    assert not proof.exists()
    TrustStore().trust(program.path, program.source)
    given: list[Environment] = []
    desk.environments.require(given.append)
    until(lambda: given, desk.queue.deliver)
    assert proof.exists()
    assert given[0].installed is not None
    assert given[0].installed.started
    # From now on there is nothing to wait for.
    desk.environments.require(given.append)
    assert len(given) == 2


def test_what_a_person_chose_is_kept(desk: Desk, program: Program, old_tensorflow: Path) -> None:
    desk.open(program)
    desk.environments.choose(str(old_tensorflow))
    until(lambda: len(desk.heard.of(EnvironmentChosen)) == 2, desk.queue.deliver)
    assert desk.source is Source.NAMED
    again = Desk()
    again.open(program)
    assert again.source is Source.NAMED
    again.environments.choose("")
    until(lambda: len(again.heard.of(EnvironmentChosen)) == 2, again.queue.deliver)
    assert again.source is Source.OWN


@pytest.mark.parametrize("text", ["/nowhere/python", "no-such-python"])
def test_a_bad_choice_is_refused_and_changes_nothing(
    desk: Desk, program: Program, text: str
) -> None:
    desk.open(program)
    desk.environments.choose(text)
    desk.finish()
    (raised,) = desk.heard.of(ProblemRaised)
    assert raised.problem.title == "There is no such interpreter"
    assert desk.source is Source.OWN
    assert EnvironmentStore().chosen(program.path) == ""


def test_a_choice_that_does_not_serve_is_refused_before_it_is_kept(
    desk: Desk, program: Program, bare_python: Path
) -> None:
    desk.open(program)
    desk.environments.choose(str(bare_python))
    desk.finish()
    (raised,) = desk.heard.of(ProblemRaised)
    assert raised.problem.title == "TensorFlow is not installed"
    assert EnvironmentStore().chosen(program.path) == ""


def test_a_choice_that_serves_no_more_is_told_with_what_would(
    desk: Desk, program: Program, tmp_path: Path
) -> None:
    """It is never passed over in silence: results would come from another environment."""
    EnvironmentStore().choose(program.path, str(tmp_path / "gone" / "bin" / "python"))
    desk.open(program)
    (missing,) = desk.heard.of(EnvironmentMissing)
    assert missing.problem.title == "There is no such interpreter"
    assert sys.executable in missing.problem.cause
    assert desk.heard.of(ProblemRaised) == []
    ran: list[Environment] = []
    desk.environments.require(ran.append)
    desk.settle()
    assert [raised.problem for raised in desk.heard.of(ProblemRaised)] != []
    assert ran == []


def test_only_the_last_program_opened_counts(desk: Desk, tmp_path: Path) -> None:
    first = read_program(write_program(tmp_path / "home" / "a" / "one.py"))
    second = read_program(write_program(tmp_path / "home" / "b" / "two.py"))
    stand_in_environment(first.path.parent / ".venv")
    desk.environments.open(first)
    desk.environments.open(second)
    desk.finish()
    (chosen,) = desk.heard.of(EnvironmentChosen)
    assert chosen.program == second.path


def test_all_are_listed(desk: Desk, program: Program, bare_python: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", program.path.parent / "venv"], check=True
    )
    EnvironmentStore().choose(program.path, str(bare_python / "bin" / "python"))
    desk.open(program)
    desk.environments.list()
    desk.finish()
    (listed,) = desk.heard.of(EnvironmentsListed)
    sources = [environment.candidate.source for environment in listed.environments]
    assert sources[:3] == [Source.NAMED, Source.VENV, Source.OWN]
    assert listed.current == ""


class Sitting:
    """A whole session, and what it said."""

    def __init__(self, program: Path) -> None:
        self.heard = Heard()
        self.session = Session(self.heard, program=program)
        self.session.begin()

    def until(self, kind: type) -> Any:
        until(lambda: self.heard.of(kind), self.session.advance)
        return self.heard.of(kind)[-1]

    def run(self) -> RunState:
        self.session.run()
        ended: RunEnded = self.until(RunEnded)
        self.heard.events.clear()
        return ended.run.state


@pytest.fixture
def sit(data: Path) -> Iterator[Callable[[Path], Sitting]]:
    sittings: list[Sitting] = []

    def start(program: Path) -> Sitting:
        sittings.append(Sitting(program))
        return sittings[-1]

    yield start
    for sitting in sittings:
        sitting.session.close()
    kill(processes_of(data))


def test_a_session_runs_in_the_environment_that_is_chosen(
    sit: Callable[[Path], Sitting], old_tensorflow: Path
) -> None:
    path = write_program(user_folder() / "one.py", "import tensorflow\nprint(tensorflow.__file__)")
    sitting = sit(path)
    first = sitting.run().environment
    assert first is not None
    assert first.interpreter == sys.executable
    assert first.backend == "tensorflow"
    sitting.session.environments.choose(str(old_tensorflow))
    assert sitting.until(EnvironmentChosen).environment.candidate.source is Source.NAMED
    state = sitting.run()
    second = state.environment
    assert second is not None
    assert second.interpreter == str(old_tensorflow / "bin" / "python")
    assert second.packages["tensorflow"] != first.packages["tensorflow"]
    current = sitting.session.runs.current
    assert current is not None
    assert current.record.request.python == second.interpreter
    printed = "".join(
        item.text() for cell in state.cells.values() for item in cell.items
        if isinstance(item, Transcript)
    )  # fmt: skip
    assert str(old_tensorflow) in printed
    # Both servers are warm: going back costs no import.
    sitting.session.environments.choose("")
    sitting.until(EnvironmentChosen)
    assert sitting.session.server.phase == "ready"


def test_a_session_without_tensorflow_reads_and_says_what_to_do(
    sit: Callable[[Path], Sitting], monkeypatch: pytest.MonkeyPatch, bare_python: Path
) -> None:
    path = write_program(user_folder() / "one.py")
    monkeypatch.setattr("tflab.targets.environment_probe.sys.path", [])
    monkeypatch.setattr("tflab.session.server.find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(bare_python / "bin"))
    sitting = sit(path)
    missing: EnvironmentMissing = sitting.until(EnvironmentMissing)
    assert missing.problem.title == "No environment has TensorFlow"
    assert sitting.session.program is not None
    assert sitting.session.server.phase == "off"
    assert not sitting.heard.of(ProblemRaised), "nobody asked for a run yet"
    sitting.session.run()
    assert "--python" in sitting.until(ProblemRaised).problem.next_step
    assert list(RunStore().ids()) == []


def test_a_program_that_imports_tensorflow_does_not_get_keras_on_jax(
    desk: Desk, keras_on_jax: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(keras_on_jax))
    folder = tmp_path / "home" / "work"
    with_it = write_program(folder / "with.py", "import os\nfrom tensorflow import keras")
    without = write_program(folder / "without.py", "import keras  # no import tensorflow")
    desk.open(read_program(with_it))
    assert desk.source is Source.OWN
    desk.open(read_program(without))
    assert desk.source is Source.ACTIVE
    EnvironmentStore().choose(with_it, str(keras_on_jax / "bin" / "python"))
    desk.open(read_program(with_it))
    assert desk.source is Source.NAMED, "a person may know better"


def test_a_program_trusted_elsewhere_does_not_speak_for_what_lies_beside_it(
    desk: Desk, tmp_path: Path
) -> None:
    """Trust goes by content: a known notebook may be put beside an environment of others."""
    home = tmp_path / "home"
    mine = write_program(home / "mine" / "train.py")
    theirs = write_program(home / "theirs" / "train.py")
    stand_in_environment(theirs.parent / ".venv")
    stand_in_environment(mine.parent / ".venv")
    source = read_program(mine).source
    assert source == theirs.read_text()
    TrustStore().trust(mine, source)
    desk.open(read_program(mine))
    assert desk.source is Source.VENV
    desk.open(read_program(theirs))
    assert desk.source is Source.OWN
    assert any("The environment beside it is not used" in text for text in desk.heard.notices)
    desk.environments.choose(str(theirs.parent / ".venv"))
    until(lambda: desk.source is Source.NAMED, desk.queue.deliver)
    # In another folder of the same project the environment is the one that was meant.
    near = write_program(mine.parent / "more" / "train.py")
    desk.open(read_program(near))
    assert desk.source is Source.VENV
