"""The Python environments: whether programs can run in one of them, and in which they do."""

from __future__ import annotations

from collections.abc import Sequence

from tflab.runs.record import Problem
from tflab.runs.text import count_of
from tflab.session.doctor.check import Check, ok, problem
from tflab.targets.environment_probe import EnvironmentProbe
from tflab.targets.environment_search import Wanted, choose, list_environments
from tflab.targets.environments import Environment


def find_environment(wanted: Wanted) -> tuple[Environment | None, Check]:
    """Return the environment that a program would run in, if any, and what is to be said of it."""
    probe = EnvironmentProbe()
    try:
        chosen = choose(wanted, probe).environment
    except Problem as refusal:
        return None, problem("Environment", f"{refusal.title}. {refusal.cause}", refusal.next_step)
    return chosen, ok("Environment", _words(chosen, list_environments(wanted, probe)))


def _words(chosen: Environment, known: Sequence[Environment]) -> str:
    others = sum(e.serves and e.interpreter != chosen.interpreter for e in known)
    more = f"; {count_of(others, 'other')} would serve (`tflab envs`)" if others else ""
    return f"programs run in {chosen.words}{more}"
