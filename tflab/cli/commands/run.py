"""`tflab run LESSON`: one run, from the command line."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from typing import Any

from tflab.cli.answering import input_of
from tflab.cli.command import Command, UsageProblem
from tflab.cli.environments import ServerStarter, tell_who_has
from tflab.cli.kept_edits import add_edits, with_kept_edits
from tflab.cli.one_run import EXIT_CODES, run_one
from tflab.cli.options import (
    add_commands,
    add_json,
    add_lesson,
    add_limits,
    add_on,
    add_parameter,
    add_plain,
    add_python,
    add_trust,
    check_place,
    chosen_limits,
    seed,
)
from tflab.cli.questions import ask, given_guesses, require_trust, tell_others
from tflab.cli.run_json import refused
from tflab.cli.run_views import LinearView, RunView, run_view
from tflab.cli.terminal import print_json, print_problem
from tflab.programs.library import lesson_id, resolve
from tflab.programs.parameters import parse_values
from tflab.programs.presets import PresetStore, preset_values
from tflab.programs.program import Program
from tflab.programs.reader import read_program
from tflab.runs.record import Problem, RunRequest
from tflab.targets.devices import Device, find_device, list_devices
from tflab.targets.requests import new_request


def run(arguments: argparse.Namespace) -> int:
    """Run a lesson to its end and return the exit code; `arguments` describes them all."""
    stdin = input_of(arguments)
    lesson = arguments.lesson
    starter = ServerStarter()
    try:
        check_place(arguments)
        starter = ServerStarter(
            arguments.python, quiet=arguments.json, piped=stdin == "piped", on=arguments.on
        )
        path = resolve(lesson)
        lesson, _ = lesson_id(path)
        program = with_kept_edits(read_program(path), arguments.edits)
        # TensorFlow takes seconds to import; asking goes on meanwhile.
        starter.begin(program, trusted=arguments.trust)
        view = run_view(arguments)
        request = _request(arguments, program, starter, asking=isinstance(view, LinearView))
        request = starter.placed(dataclasses.replace(request, stdin=stdin))
    except Problem as problem:
        starter.close()
        if arguments.json:
            print_json(refused(problem, lesson, arguments.device, arguments.seed))
        print_problem(problem)
        return 2
    except BaseException:
        starter.close()
        raise
    return _run(starter, program, request, view)


def _run(starter: ServerStarter, program: Program, request: RunRequest, view: RunView) -> int:
    server = starter.ready(program)
    try:
        return run_one(server, request, view, lambda state: tell_who_has(state, program, starter))
    finally:
        starter.close()


def _request(
    arguments: argparse.Namespace, lesson: Program, starter: ServerStarter, asking: bool
) -> RunRequest:
    values, seed = _values(lesson, arguments)
    device = _device(arguments.device)
    _check_until(lesson, arguments.until)
    guesses = given_guesses(lesson, arguments.guess)
    require_trust(lesson, arguments)
    starter.ready(lesson)
    if asking and not arguments.guess and sys.stdin.isatty():
        guesses = ask(lesson, lambda line: print(line, flush=True), input)
    return new_request(
        lesson,
        values,
        seed=seed,
        device=device,
        until=arguments.until,
        guesses=guesses,
        options=chosen_limits(arguments),
        python=starter.python,
        shell_commands=arguments.commands,
        solutions=arguments.solutions,
    )


def _values(lesson: Program, arguments: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """Return values and seed: those of the preset, and over them what `-p` and `--seed` say."""
    texts = _assignments(arguments.parameter)
    values = parse_values(lesson, texts)
    if arguments.preset is None:
        return values, arguments.seed
    kept, seed = preset_values(lesson, PresetStore().find(lesson, arguments.preset))
    values = {name: values[name] if name in texts else kept[name] for name in values}
    return values, arguments.seed or seed or 0


def _assignments(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, text in pairs:
        if name in found:
            raise UsageProblem("Wrong usage", f"{name} is given twice.", "Keep one of them.")
        found[name] = text
    return found


def _device(text: str) -> Device | None:
    """Return the GPU that is meant, or None; the machine is only looked at when one is."""
    if text.strip().lower() == "cpu":
        return None
    device = find_device(text, list_devices())
    tell_others([device])
    return device


def _check_until(lesson: Program, until: int | None) -> None:
    if until is not None and not 0 <= until < len(lesson.cells):
        raise UsageProblem(
            "No such cell",
            f"{lesson.id} has the cells 0 to {len(lesson.cells) - 1}, prose counted too.",
            "Choose one of them for --until.",
        )


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_lesson(parser)
    add_parameter(parser, "NAME=VALUE", "a value")
    parser.add_argument("--device", metavar="cpu|gpu:N", default="cpu", help="default: cpu")
    add_on(parser)
    parser.add_argument("--seed", metavar="N", type=seed, default=0, help="default: 0")
    parser.add_argument("--preset", metavar="NAME", help="values kept under a name; -p goes over")
    parser.add_argument(
        "--guess",
        metavar="ANSWER",
        action="append",
        default=[],
        help="your guess at the lesson's first question; repeat it for the next ones",
    )
    parser.add_argument(
        "--until", metavar="CELL", type=int, help="stop after this cell; the first one is 0"
    )
    add_commands(parser)
    add_edits(parser)
    parser.add_argument(
        "--solutions",
        action="store_true",
        help="run exercises as their solutions, not as what you wrote in their place",
    )
    add_trust(parser)
    add_python(parser)
    add_limits(parser)
    add_json(parser, "one JSON object at the end")
    add_plain(parser)


COMMAND = Command(
    "run a program here",
    "tflab run 10 -p learning_rate=0.5 -p steps=15",
    run,
    _add_options,
    EXIT_CODES,
)
