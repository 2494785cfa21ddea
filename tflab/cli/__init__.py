"""The command line. Each command lives in a module of its own, loaded only when it is called."""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tflab.cli.streams import fill_closed_streams, give_up_stdout, stdout_takes_nothing

if TYPE_CHECKING:
    from tflab.runs.record import Problem

_MODULES = {
    None: "open",
    "open": "open",
    "lessons": "lessons",
    "run": "run",
    "sweep": "sweep",
    "sweeps": "sweeps",
    "runs": "runs",
    "attach": "attach",
    "stop": "stop",
    "devices": "devices",
    "delete": "trash",
    "trash": "trash",
    "export": "export",
    "doctor": "doctor",
    "check": "check",
    "new": "new",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 is success, 1 that a lesson failed or is bad, 2 wrong usage, 128 and a signal's number that
    it was stopped by that signal (130 for Ctrl+C).
    """
    fill_closed_streams()
    words = list(sys.argv[1:] if argv is None else argv)
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
    from tflab.cli.printing import print_problem
    from tflab.runs.record import Problem

    give_up_stdout()
    cause = f"It cannot be written: {error.strerror or error}."
    print_problem(Problem("Output lost", cause, "Make room, or send it elsewhere."))
    return 2


def _open() -> int:
    """Open the workbench. What reads words stays out of the way of the first paint."""
    from tflab.cli.open import open_workbench
    from tflab.runs.record import Problem

    try:
        return open_workbench(None)
    except Problem as problem:
        from tflab.cli.printing import print_problem

        print_problem(problem)
        return 2


def _dispatch(words: list[str]) -> int:
    from tflab.cli.arguments import UsageProblem, parse
    from tflab.cli.printing import prepare_output, print_json, print_problem
    from tflab.runs.record import Problem

    prepare_output()
    as_json = "--json" in words
    try:
        if words[0][:1] != "-" and words[0] not in _MODULES:
            raise UsageProblem(
                "Wrong usage", f"There is no command {words[0]}.", _instead(words[0])
            )
        arguments = parse(words)
    except UsageProblem as problem:
        if as_json:
            print_json(_refusal(problem, words))
        print_problem(problem)
        return 2
    command = importlib.import_module(f"tflab.cli.{_MODULES[arguments.command]}")
    try:
        return int(command.run(arguments))
    except Problem as problem:
        if as_json:
            print_json({"error": _error(problem)})
        print_problem(problem)
        return 2


def _instead(word: str) -> str:
    """Return what someone may have meant with a word that is no command."""
    import difflib

    from tflab.programs.library import resolve
    from tflab.runs.record import Problem

    if close := difflib.get_close_matches(word, [name for name in _MODULES if name], cutoff=0.7):
        return f"Did you mean `tflab {close[0]}`?"
    try:
        found = resolve(word).is_file()
    except Problem:
        found = False
    if not found:
        return "See `tflab --help` for all of them."
    return f"It is a lesson: `tflab open {word}` opens it, `tflab run {word}` runs it."


def _refusal(problem: Problem, words: list[str]) -> dict[str, object]:
    """Return what JSON says of a command line that makes no sense, in the command's own shape."""
    if words[0] != "run":
        return {"error": _error(problem)}
    from tflab.cli.report import refused

    return refused(problem, next((word for word in words[1:] if word[:1] != "-"), None))


def _error(problem: Exception) -> dict[str, str]:
    return {name: getattr(problem, name) for name in ("title", "cause", "next_step")}
