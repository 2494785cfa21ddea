"""Proving exercises by a run: each solution passes its checks, and no starter does."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tflab.cli.environments import ServerStarter
from tflab.cli.run_text import error_lines
from tflab.programs.exercises import Exercise
from tflab.programs.program import Finding, Program
from tflab.runs.record import Problem
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.runs.text import count_of
from tflab.session.trust import TrustStore
from tflab.targets.requests import new_request
from tflab.targets.runner import begin, follow


def prove_exercises(program: Program, python: str, trust: bool) -> list[Finding]:
    """Return what is wrong with the exercises of a program, by a run of it up to the last check.

    Args:
        program: The program as its file has it.
        python: What `--python` says.
        trust: Whether it may run although it is not trusted yet.
    """
    store = TrustStore()
    if trust:
        try:
            store.trust_text(program.path, program.source)
        except OSError as error:
            sys.stderr.write(f"That it is trusted cannot be kept: {error.strerror}.\n")
    elif not store.trusts(program.path, program.source):
        return [
            _finding(
                program,
                0,
                "Its exercises are not tried, since that runs it, and it is not trusted.",
                "`tflab check --trust` tries them.",
                advice=True,
            )
        ]
    sys.stderr.write(f"Trying {count_of(len(program.exercises), 'exercise')} by a run…\n")
    try:
        state = _run(program, python, trust)
    except Problem as problem:
        return [_finding(program, 0, problem.cause, problem.next_step)]
    return list(_findings(program, state))


def _run(program: Program, python: str, trust: bool) -> RunState:
    starter = ServerStarter(python, quiet=True)
    last = max(index for one in program.exercises for index in (one.cell, *one.tests))
    with tempfile.TemporaryDirectory(prefix="tflab-check-", ignore_cleanup_errors=True) as folder:
        try:
            starter.begin(program, trusted=trust)
            server = starter.ready(program)
            request = new_request(program, program.defaults, until=last, python=starter.python)
            live = begin(server, RunStore(Path(folder)), request)
            follow(server, live)
            return live.state
        finally:
            # Before the folder goes: the server may still have a word for it.
            starter.close()


def _findings(program: Program, state: RunState) -> Iterator[Finding]:
    for exercise in program.exercises:
        outcome = state.exercises.get(exercise.id)
        if outcome is None:
            why = " ".join(error_lines(state)) or "The run ended before it."
            yield _at(program, exercise, f"It could not be tried. {why}", "Mend that first.")
        elif outcome.broken:
            yield _at(
                program,
                exercise,
                f"Its solution does not pass its own check: {outcome.broken}",
                "Mend the solution, or the check.",
            )
        elif outcome.trivial:
            yield _at(
                program,
                exercise,
                "Its starter passes as it is.",
                "Check what the learner has to write.",
            )


def _at(program: Program, exercise: Exercise, message: str, next_step: str) -> Finding:
    cell = program.cells[exercise.cell]
    line = 1 if cell.label else cell.line
    return _finding(program, line, f"“{exercise.title}”: {message}", next_step, cell=cell.label)


def _finding(
    program: Program,
    line: int,
    message: str,
    next_step: str,
    *,
    cell: str = "",
    advice: bool = False,
) -> Finding:
    return Finding(
        path=program.path,
        line=line,
        message=message,
        next_step=next_step,
        cell=cell,
        level="advice" if advice else "error",
    )
