"""`tflab check PATH…`: are these files good lessons, and what is found in any other program?"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from tflab.cli.command import Command
from tflab.cli.environments import tell_missing_packages
from tflab.cli.exercise_proof import prove_exercises
from tflab.cli.options import add_python, add_trust
from tflab.programs.check import place_words
from tflab.programs.parameters import allowed, format_value
from tflab.programs.program import Parameter, Program
from tflab.programs.reader import examine
from tflab.runs.text import count_of, plain_line

_ENDINGS = (".py", ".ipynb")


def run(arguments: argparse.Namespace) -> int:
    """Print every finding with file and line; 1 when one is more than advice, or no file is there.

    Of a program that can be run it is said what it is, and what becomes a parameter. Exercises
    are tried by a run, as far as the program is trusted.
    """
    good = bad = 0
    for path in _files([Path(text) for text in arguments.paths]):
        program, found = examine(path)
        if program is not None and program.exercises:
            found += prove_exercises(program, arguments.python, arguments.trust)
        for finding in found:
            print(plain_line(str(finding)))
        wrong = any(finding.level != "advice" for finding in found)
        if program is not None and arguments.python:
            wrong = tell_missing_packages(program, arguments.python) or wrong
        if wrong:
            bad += 1
        else:
            good += 1
        if not wrong or (program is not None and program.kind != "lesson"):
            print(plain_line(f"{os.fspath(path)}: {_about(program)}"))
        if program is not None and arguments.parameters:
            for line in _parameter_lines(program):
                print(f"  {line}")
    if good + bad == 0:
        print("There is no program here. Give a path that ends in .py or .ipynb.")
    elif good + bad > 1:
        print(f"{good} good, {bad} with problems")
    return 0 if good and not bad else 1


def _about(program: Program | None) -> str:
    if program is None or program.kind == "lesson":
        count = len(program.exercises) if program is not None else 0
        return f"a good lesson with {count_of(count, 'exercise')}" if count else "a good lesson"
    cells = count_of(len(program.cells), "cell")
    names = ", ".join(parameter.name for parameter in program.parameters)
    parameters = count_of(len(program.parameters), "parameter") if names else "no parameters"
    by = f" ({names})" if names else ""
    return f"a {program.kind} that can be run: {cells}, {parameters}{by}"


def _parameter_lines(program: Program) -> Iterator[str]:
    """Yield a line for each parameter, and for each name that is none, with the reason."""
    for parameter in program.parameters:
        yield plain_line(f"{parameter.name} = {_shown(parameter)}: {_words(parameter)}")
    for refusal in sorted(program.refused, key=lambda found: found.line):
        place = place_words(program.cells, refusal.line)
        yield plain_line(f"not {refusal.name} ({place}): {refusal.reason}")


def _shown(parameter: Parameter) -> str:
    default = parameter.default
    return repr(default) if isinstance(default, str) else format_value(default)


def _words(parameter: Parameter) -> str:
    words = [allowed(parameter), parameter.help, parameter.note]
    option = parameter.option
    if option is not None:
        words.insert(1, f"given as {option.flag}" if option.flag else "given by its place")
    return "; ".join(word for word in words if word)


def _files(paths: list[Path]) -> Iterator[Path]:
    """Yield the files; a folder stands for the programs right in it."""
    for path in paths:
        if path.is_dir():
            # Not `glob`, to which a folder that may not be read is an empty one.
            names = sorted(os.listdir(path))
            yield from (path / n for n in names if n.endswith(_ENDINGS) and n[0] not in "._")
        else:
            yield path


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="PATH", nargs="+", help="a file, or a folder of them")
    add_trust(parser)
    add_python(parser)
    parser.add_argument(
        "--parameters",
        action="store_true",
        help="list what became a parameter, and why other names did not",
    )


COMMAND = Command(
    "say whether files are good lessons, and what is found in other programs",
    "tflab check my_lesson.py notebook.ipynb",
    run,
    _add_options,
)
