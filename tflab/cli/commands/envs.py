"""`tflab envs [LESSON]`: the Python environments, what each has, and why one does not serve."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from tflab.cli.command import Command
from tflab.cli.options import add_json
from tflab.cli.terminal import print_json
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.session.environments import wanted_by
from tflab.targets.environment_probe import EnvironmentProbe
from tflab.targets.environment_search import Wanted, choose, list_environments
from tflab.targets.environments import SHOWN_NAMES, Environment, Source, package_words

_SOURCES = {
    Source.NAMED: "chosen",
    Source.KERNEL: "a kernel of Jupyter's",
    Source.VENV: "beside the program",
    Source.ACTIVE: "active",
    Source.OWN: "where tflab is installed",
    Source.OTHER: "on this machine",
}


def run(arguments: argparse.Namespace) -> int:
    """Print the environments, the one that would be used first marked; 1 when none serves."""
    wanted = _wanted(arguments.lesson)
    probe = EnvironmentProbe()
    found = list_environments(wanted, probe)
    try:
        chosen, problem = choose(wanted, probe).environment.interpreter, None
    except Problem as refusal:
        chosen, problem = "", refusal
    if arguments.json:
        environments = [_as_json(environment) for environment in found]
        print_json({"environments": environments, "chosen": chosen or None})
    else:
        for environment in found:
            print("\n".join(_lines(environment, environment.interpreter == chosen)))
        if problem is not None:
            print(f"{problem.title}. {problem.next_step}")
    return 0 if chosen else 1


def _wanted(lesson: str | None) -> Wanted:
    if lesson is None:
        # What a program in the current folder would find.
        return Wanted(program=Path.cwd() / "program", trusted=False)
    from tflab.programs.library import resolve
    from tflab.programs.reader import read_program

    return wanted_by(read_program(resolve(lesson)))


def _as_json(environment: Environment) -> dict[str, Any]:
    problem = environment.problem
    return {
        "interpreter": environment.interpreter,
        "name": environment.candidate.name,
        "source": environment.candidate.source.value,
        "serves": environment.serves,
        "python": environment.python or None,
        **{name: environment.version(name) or None for name in SHOWN_NAMES},
        "backends": list(environment.backends),
        "gpu": environment.gpu or None,
        "problem": None
        if problem is None
        else {"title": problem.title, "cause": problem.cause, "next_step": problem.next_step},
    }


def _lines(environment: Environment, chosen: bool) -> list[str]:
    mark = "*" if chosen else " "
    lines = [f"{mark} {environment.candidate.name}: {_SOURCES[environment.candidate.source]}"]
    if environment.interpreter and environment.interpreter != environment.candidate.name:
        lines.append(f"    {plain_line(os.fspath(environment.interpreter))}")
    if environment.installed is not None:
        lines.append(f"    {package_words(environment)}")
    if environment.problem is not None:
        problem = environment.problem
        lines += [
            f"    Does not serve: {problem.title}. {problem.cause}",
            f"    {problem.next_step}",
        ]
    return lines


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "lesson", metavar="LESSON", nargs="?", help="those of this one: its id, number, or a path"
    )
    add_json(parser)


COMMAND = Command(
    "list the Python environments that programs may run in",
    "tflab envs\n  tflab envs train.py --json",
    run,
    _add_options,
)
