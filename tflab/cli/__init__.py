"""The command line. Each command lives in a module of its own, loaded only when it is called."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.cli.output import (
    fill_closed_streams,
    gated,
    give_up_stdout,
    print_crash,
    stdout_takes_nothing,
)

if TYPE_CHECKING:
    from tflab.runs.problem import Problem


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 is success, 1 that a lesson failed or is bad, 2 wrong usage, 128 and a signal's number that
    it was stopped by that signal (130 for Ctrl+C).
    """
    fill_closed_streams()
    if argv is None:
        sys.excepthook = print_crash
    with gated():
        return _main(list(sys.argv[1:] if argv is None else argv))


def _main(words: list[str]) -> int:
    try:
        code = _call(words)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read our output left, as `head` does.
        give_up_stdout()
        return 128 + signal.SIGPIPE
    except OSError as error:
        if not stdout_takes_nothing():
            raise
        return _unwritten(error)


def _call(words: list[str]) -> int:
    if words in (["--version"], ["-V"]):
        from tflab import __version__

        print(f"tflab {__version__}")
        return 0
    return _dispatch(words) if words else _open()


def _unwritten(error: OSError) -> int:
    """Say that the output of a command went nowhere."""
    from tflab.cli.terminal import print_problem
    from tflab.runs.problem import Problem

    give_up_stdout()
    cause = f"It cannot be written: {error.strerror or error}."
    print_problem(Problem("Output lost", cause, "Make room, or send it elsewhere."))
    return 2


def _open() -> int:
    """Open the workbench. What reads words stays out of the way of the first paint."""
    from tflab.cli.commands.open import open_workbench
    from tflab.runs.problem import Problem

    try:
        return open_workbench(None)
    except Problem as problem:
        from tflab.cli.terminal import print_problem

        print_problem(problem)
        return 2


def _dispatch(words: list[str]) -> int:
    from tflab.cli.command import UsageProblem
    from tflab.cli.parser import parse
    from tflab.cli.terminal import print_json, print_problem
    from tflab.runs.paths import lies_in_data_folder, unreadable
    from tflab.runs.problem import Problem

    as_json = "--json" in words
    try:
        command, arguments = parse(words)
    except UsageProblem as problem:
        if as_json:
            print_json(_refusal(problem, words))
        print_problem(problem)
        return 2
    try:
        return command.run(arguments)
    except Problem as problem:
        found = problem
    except OSError as error:
        if not isinstance(error.filename, str | bytes):
            raise
        where = Path(os.fsdecode(error.filename))
        if lies_in_data_folder(error):
            found = unreadable("The data folder cannot be used", where, error)
        else:
            cause = f"{where}: {error.strerror}."
            found = Problem("The system refused it", cause, "Check the path and its permissions.")
    if as_json:
        print_json({"error": _error(found)})
    print_problem(found)
    return 2


def _refusal(problem: Problem, words: list[str]) -> dict[str, object]:
    """Return what JSON says of a command line that makes no sense, in the command's own shape."""
    if words[0] != "run":
        return {"error": _error(problem)}
    from tflab.cli.run_json import refused

    return refused(problem, next((word for word in words[1:] if word[:1] != "-"), None))


def _error(problem: Exception) -> dict[str, str]:
    return {name: getattr(problem, name) for name in ("title", "cause", "next_step")}
