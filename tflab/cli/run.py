"""`tflab run LESSON`: one run, from the command line."""

from __future__ import annotations

import argparse
import dataclasses
import signal
import sys
from pathlib import Path
from typing import Any

from tflab.cli.arguments import UsageProblem
from tflab.cli.limits import chosen_options
from tflab.cli.lost_line import leave, while_connected
from tflab.cli.printing import print_json, print_others, print_problem, terminal
from tflab.cli.questions import ask, given_guesses
from tflab.cli.report import refused
from tflab.cli.showing import JsonView, LinearView, LiveView, View
from tflab.cli.trust import require_trust
from tflab.programs.library import resolve
from tflab.programs.names import lesson_id
from tflab.programs.program import Program
from tflab.runs.record import Problem, RunRequest
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.targets.fork_server import ForkServer
from tflab.targets.runner import begin, follow
from tflab.targets.stop_signals import StopSignals


def run(arguments: argparse.Namespace) -> int:
    """Run a lesson to its end and return the exit code; `arguments` describes them all."""
    server = ForkServer()
    lesson = arguments.lesson
    try:
        path = resolve(lesson)
        lesson, _ = lesson_id(path)
        # TensorFlow takes seconds to import; reading the lesson and asking go on meanwhile.
        server.start()
        view = _view(arguments)
        request = _request(arguments, path, asking=isinstance(view, LinearView))
    except Problem as problem:
        server.close()
        if arguments.json:
            print_json(refused(problem, lesson, arguments.device, arguments.seed))
        print_problem(problem)
        return 2
    except BaseException:
        server.close()
        raise
    return _run(server, request, view)


def _run(server: ForkServer, request: RunRequest, view: View) -> int:
    try:
        with StopSignals() as stops:
            try:
                live = begin(server, RunStore(), request)
            except Problem as problem:
                if isinstance(view, JsonView):
                    print_json(refused(problem, request.lesson, request.device, request.seed))
                print_problem(problem)
                return 1
            while_connected(view.begin, stops)(live)
            show = while_connected(view.update, stops)
            follow(server, live, show, lambda: stops.count, lambda: stops.left)
            if live.over or isinstance(view, JsonView):
                while_connected(view.end, stops)(live)
            if live.over:
                return _exit_code(live.state, stops.first)
            run = live.record.id
            return leave(
                f"\nThe line was lost; the run goes on. `tflab attach {run}` follows it, "
                f"`tflab stop {run}` stops it."
            )
    finally:
        server.close()


def _exit_code(state: RunState, stopped_by: signal.Signals | None) -> int:
    if state.status == "finished":
        return 0
    if stopped_by is not None:
        return 128 + stopped_by
    return 128 + signal.SIGINT if state.status == "cancelled" else 1


def _view(arguments: argparse.Namespace) -> View:
    if arguments.json:
        return JsonView()
    found = terminal()
    return LinearView(found) if arguments.plain or not found.live else LiveView(found)


def _request(arguments: argparse.Namespace, path: Path, asking: bool) -> RunRequest:
    from tflab.programs.code_cells import code_cells
    from tflab.programs.reader import read_program

    lesson = read_program(path)
    values, seed = _values(lesson, arguments)
    device, uuid = _device(arguments.device)
    _check_until(lesson, arguments.until)
    guesses = given_guesses(lesson, arguments.guess)
    require_trust(lesson, arguments)
    if asking and not arguments.guess and sys.stdin.isatty():
        guesses = ask(lesson, lambda line: print(line, flush=True), input)
    return RunRequest(
        lesson=lesson.id,
        title=lesson.title,
        path=str(path),
        source=lesson.source,
        parameters=values,
        cells=code_cells(lesson),
        device=device,
        device_uuid=uuid,
        seed=seed,
        until=arguments.until,
        guesses=guesses,
        **dataclasses.asdict(chosen_options(arguments)),
    )


def _values(lesson: Program, arguments: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """Return values and seed: those of the preset, and over them what `-p` and `--seed` say."""
    from tflab.programs.parameters import parse_values

    texts = _assignments(arguments.parameter)
    values = parse_values(lesson, texts)
    if arguments.preset is None:
        return values, arguments.seed
    from tflab.programs.presets import PresetStore, preset_values

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


def _device(text: str) -> tuple[str, str]:
    """Return key and UUID; the machine is only looked at when a GPU is asked for."""
    if text.strip().lower() == "cpu":
        return "cpu", ""
    from tflab.targets.devices import find_device, list_devices

    device = find_device(text, list_devices())
    print_others([device])
    return device.key, device.uuid


def _check_until(lesson: Program, until: int | None) -> None:
    if until is not None and not 0 <= until < len(lesson.cells):
        raise UsageProblem(
            "No such cell",
            f"{lesson.id} has the cells 0 to {len(lesson.cells) - 1}, prose counted too.",
            "Choose one of them for --until.",
        )
