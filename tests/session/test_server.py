"""What is said of the fork server: in passing while another starts, else until it is read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.session.hearing import Heard
from tflab.runs.record import Problem
from tflab.session.events import Notice, ProblemRaised, ServerChanged
from tflab.session.server import Server
from tflab.targets.server_pool import OWN

GONE = Problem("The fork server is gone", "It ended by SIGKILL.", "Start it again.")
BROKEN = Problem("TensorFlow cannot be imported", "No module.", "Install it.")


class Keeper:
    """A keeper whose server is in the phase that a test says."""

    def __init__(self) -> None:
        self.server: Any = self
        self.phase, self.problem, self.pid = "off", None, 7
        self.given_up = False
        self.refusal: Problem | None = None

    def start(self) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.phase, self.problem = "importing", None

    wake = poll = start

    def become(self, phase: str, problem: Problem | None = None, given_up: bool = False) -> None:
        self.phase, self.problem, self.given_up = phase, problem, given_up


class Bench:
    def __init__(self) -> None:
        self.heard, self.keeper = Heard(), Keeper()
        keeper: Any = self.keeper
        pool: Any = SimpleNamespace(
            current=keeper, place=OWN, keeper=lambda place: keeper, tidy=lambda: None
        )
        self.server = Server(self.heard, pool)
        keeper.poll = lambda: None

    def hear(self) -> list[str]:
        self.heard.events.clear()
        self.server.advance()
        return [type(event).__name__ for event in self.heard.events]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_each_phase_is_told_once(bench: Bench) -> None:
    bench.server.warm_up()
    assert bench.hear() == ["ServerChanged"]
    assert bench.hear() == []
    bench.keeper.become("ready")
    assert bench.hear() == ["ServerChanged"]
    assert bench.heard.of(ServerChanged)[0].phase == "ready"


def test_one_that_is_gone_is_told_in_passing_while_another_starts(bench: Bench) -> None:
    bench.keeper.become("gone", GONE)
    assert bench.hear() == ["ServerChanged", "Notice"]
    assert "Another one is being started." in bench.heard.notices[0]
    bench.keeper.become("importing")
    bench.hear()
    bench.keeper.become("gone", GONE)
    assert bench.hear() == ["ServerChanged"], "the same again says nothing new"


def test_one_that_is_given_up_is_told_until_it_is_read(bench: Bench) -> None:
    bench.keeper.become("gone", GONE, given_up=True)
    assert bench.hear() == ["ServerChanged", "ProblemRaised"]
    assert "Run tries again" in bench.heard.of(ProblemRaised)[0].problem.next_step


def test_tensorflow_that_is_broken_is_shown_in_full_once(bench: Bench) -> None:
    bench.keeper.become("broken", BROKEN)
    assert bench.hear() == ["ServerChanged", "ProblemRaised"]
    bench.keeper.become("importing")
    bench.hear()
    bench.keeper.become("broken", BROKEN, given_up=True)
    assert bench.hear() == ["ServerChanged", "Notice"]
    assert bench.heard.of(Notice)[0].severity == "warning"


def test_a_run_asked_for_makes_the_same_trouble_worth_telling_again(bench: Bench) -> None:
    bench.keeper.become("broken", BROKEN)
    bench.hear()
    assert bench.server.ready() is bench.keeper
    bench.hear()
    bench.keeper.become("broken", BROKEN)
    assert bench.hear() == ["ServerChanged", "ProblemRaised"]


def test_a_system_that_gives_no_process_is_told(bench: Bench) -> None:
    bench.keeper.refusal = Problem("The fork server cannot be started", "EAGAIN.", "Wait.")
    bench.server.warm_up()
    assert bench.heard.of(ProblemRaised)[0].problem is bench.keeper.refusal
    with pytest.raises(Problem, match=r"EAGAIN"):
        bench.server.ready()
