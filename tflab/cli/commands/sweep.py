"""`tflab sweep LESSON`: a lesson over many values, from the command line."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from tflab.cli.alerting import LongWait
from tflab.cli.command import Command, UsageProblem
from tflab.cli.environments import ServerStarter, keep_python
from tflab.cli.hangup import leave, while_connected
from tflab.cli.kept_edits import add_edits, with_kept_edits
from tflab.cli.options import (
    add_commands,
    add_json,
    add_limits,
    add_on,
    add_parameter,
    add_plain,
    add_python,
    add_trust,
    check_place,
    chosen_limits,
    count,
    seed,
)
from tflab.cli.questions import require_trust, tell_others
from tflab.cli.search_options import add_search, chosen_metric, chosen_search
from tflab.cli.sweep_views import SweepView, sweep_view
from tflab.programs.edits import program_as_run
from tflab.programs.library import resolve
from tflab.programs.parameters import unknown_parameter
from tflab.programs.program import Program
from tflab.programs.reader import read_program
from tflab.programs.search_values import Range, parse_search_values
from tflab.programs.sweep_values import Values, parse_sweep_values
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.session.alerts import Alert
from tflab.sweeps.estimate import usual_seconds
from tflab.sweeps.plan import make_plan
from tflab.sweeps.search import require_optuna
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep, open_sweep
from tflab.targets.devices import list_devices
from tflab.targets.placement import choose_devices, make_slots
from tflab.targets.run_executor import RunExecutor
from tflab.targets.stop_signals import StopSignals


def run(arguments: argparse.Namespace) -> int:
    """Run a sweep to its end and return the exit code; `arguments` describes them all."""
    if arguments.resume:
        return _resume(arguments)
    if arguments.lesson is None:
        raise UsageProblem("Wrong usage", "Say which program to run.", "See `tflab sweep --help`.")
    lesson = with_kept_edits(read_program(resolve(arguments.lesson)), arguments.edits)
    wish, metric = chosen_search(arguments), chosen_metric(arguments)
    fields = parse_fields(lesson, arguments.parameter, searching=wish.method != "grid")
    require_trust(lesson, arguments)
    keep_python(lesson.path, arguments.python)
    check_place(arguments)
    starter = ServerStarter(quiet=arguments.json or arguments.csv, on=arguments.on)
    starter.choose(lesson)
    devices = choose_devices(arguments.device, list_devices())
    slots = make_slots(devices, arguments.jobs)
    plan = make_plan(
        lesson,
        fields,
        seed=arguments.seed,
        repeat=arguments.repeat,
        budget=arguments.sample,
        sample_seed=arguments.sample_seed,
        metric=metric,
        wish=wish,
    )
    plan = plan.placed([device.key for device in devices], len(slots))
    plan, slots = starter.placed_sweep(plan, slots, arguments.jobs)
    plan = plan.asking(chosen_limits(arguments), starter.python, arguments.commands)
    tell_others(devices)
    executor = RunExecutor(slots, threaded=False, make=starter.make)
    sweep = Sweep(SweepStore().create(plan), executor)
    return _run(sweep, executor, sweep_view(arguments), sweep.start)


def _resume(arguments: argparse.Namespace) -> int:
    """Go on with a sweep that was left, as it was planned; only where runs go may be given anew."""
    if arguments.lesson is not None or arguments.parameter:
        text = "A sweep that is gone on with has its program and its values."
        raise UsageProblem("Wrong usage", text, "Leave them out.")
    sweep = open_sweep(SweepStore().find(arguments.resume))
    sweep.catch_up()
    if sweep.driven:
        raise Problem("The sweep is going on", "Another tflab begins its runs.", "Wait for it.")
    if not sweep.over or not sweep.may_go_on:
        cause = sweep.note or "There is nothing left of it to run."
        raise Problem("The sweep is over", cause, f"See it with `tflab sweeps {sweep.id}`.")
    if sweep.plan.search is not None and (sweep.plan.search.pruner or not sweep.plan.points):
        require_optuna("This search")
    lesson = program_as_run(sweep.plan.request(sweep.plan.example))
    require_trust(lesson, arguments)
    each = sweep.plan.each
    quiet = arguments.json or arguments.csv
    starter = ServerStarter(each.python, quiet=quiet, on=each.target)
    starter.choose(lesson)
    named = (arguments.device or sweep.plan.devices) if starter.target is None else []
    devices = choose_devices(named, list_devices())
    slots = make_slots(devices, arguments.jobs or sweep.plan.jobs)
    placed, slots = starter.placed_sweep(sweep.plan, slots, arguments.jobs)
    tell_others(devices)
    executor = RunExecutor(slots, threaded=False, make=starter.make)
    keys = placed.devices if starter.target is not None else [device.key for device in devices]

    def go_on() -> None:
        sweep.go_on(executor, keys, len(slots))

    # Another tflab may have taken it up since it was read.
    SweepStore().claim(sweep.id)
    return _run(sweep, executor, sweep_view(arguments), go_on)


def parse_fields(
    lesson: Program, pairs: Sequence[tuple[str, str]], searching: bool = False
) -> Mapping[str, Values | Range]:
    """Return the values that the command line gives to each parameter.

    Args:
        lesson: The program.
        pairs: Names and texts.
        searching: Whether a range may go without its steps.

    Raises:
        ValueProblem: When a name is unknown or a text makes no sense.
        UsageProblem: When a name is given twice.
    """
    fields: dict[str, Values | Range] = {}
    read = parse_search_values if searching else parse_sweep_values
    for name, text in pairs:
        parameter = lesson.parameter(name)
        if parameter is None:
            raise unknown_parameter(lesson, name)
        if name in fields:
            raise UsageProblem(
                "Wrong usage", f"{name} is given twice.", "Write its values with commas, once."
            )
        fields[name] = read(parameter, text)
    return fields


def _run(sweep: Sweep, executor: RunExecutor, view: SweepView, start: Callable[[], object]) -> int:
    wait = LongWait()
    try:
        with StopSignals() as stops:
            start()
            usual = usual_seconds(RunStore(), sweep.plan.each.lesson)
            while_connected(partial(view.begin, usual=usual), stops)(sweep)
            show, handled = while_connected(view.update, stops), 0
            while not sweep.over and not stops.left:
                while handled < min(stops.count, 2):
                    handled += 1
                    sweep.stop_all(kill=handled == 2)
                sweep.poll()
                show(sweep)
                executor.wait()
            if not sweep.over:
                return leave(_left_words(sweep))
            while_connected(view.end, stops)(sweep)
            text = f"{sweep.count('finished')} of {len(sweep.runs)} runs finished."
            wait.over(Alert("ended", "Sweep over", text, {"SWEEP": sweep.id}))
            return _exit_code(sweep, stops.first)
    finally:
        sweep.close()


def _left_words(sweep: Sweep) -> str:
    going, waiting = sweep.count("queued", "starting", "running"), sweep.count("waiting")
    waiting += sweep.total - len(sweep.runs)
    return (
        f"\nThe line was lost; the runs that have begun go on to their end ({going}), the others "
        f"never begin ({waiting}). `tflab sweeps {sweep.id}` shows them, "
        f"`tflab sweep --resume {sweep.id}` goes on."
    )


def _exit_code(sweep: Sweep, stopped_by: signal.Signals | None) -> int:
    if stopped_by is not None:
        return 128 + stopped_by
    return 0 if sweep.count("finished") and not sweep.note.startswith("No run gave") else 1


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lesson", metavar="LESSON", nargs="?", help="its id, its number, or a path")
    add_parameter(parser, "NAME=VALUES", "one or several values")
    parser.add_argument(
        "--sample", metavar="N", type=count, help="draw N combinations at random, not all"
    )
    parser.add_argument(
        "--sample-seed", metavar="N", type=seed, default=0, help="decides which; default: 0"
    )
    parser.add_argument(
        "--repeat", metavar="N", type=count, default=1, help="run each N times, seed by seed"
    )
    parser.add_argument("--seed", metavar="N", type=seed, default=0, help="the first; default: 0")
    parser.add_argument(
        "--jobs", metavar="N", type=count, help="runs at once; default: the cores, one a GPU"
    )
    parser.add_argument(
        "--device",
        metavar="cpu|gpu:N|gpus",
        action="append",
        default=[],
        help="where to run; repeat it to spread over several; default: cpu",
    )
    parser.add_argument(
        "--resume",
        metavar="SWEEP",
        default="",
        help="go on with one that was left: its id, the beginning of it, or last",
    )
    add_on(parser)
    add_search(parser)
    add_edits(parser)
    add_commands(parser)
    add_trust(parser)
    add_python(parser)
    add_limits(parser)
    output = parser.add_mutually_exclusive_group()
    add_json(output, "one JSON object at the end")
    output.add_argument("--csv", action="store_true", help="print one table of all runs at the end")
    add_plain(output)


_MORE = """values:
  0.01,0.03,0.1   these              1e-3..1:log:7   7 values, each the same times larger
  1..8:step:1     1, 2, 3, to 8      0..1:lin:5      5 values at equal distances
  '*'             every choice of a list
  1e-4..1:log     every number between, small and large ones alike; 4..64 whole numbers
                  (for --search random and tpe)

exit code:
  0    the sweep went to its end; some runs may have failed
  1    every run failed, or a search got no value of its metric
  2    wrong usage, a bad value or a bad program file
  129  the line was lost (SIGHUP): runs that have begun go on, the others never begin
  130  stopped by Ctrl+C (143 by SIGTERM); a second Ctrl+C kills its runs at once
"""

COMMAND = Command(
    "run a program over many values",
    "tflab sweep 10 -p learning_rate=1e-3..1:log:7 -p steps=20,40",
    run,
    _add_options,
    _MORE,
)
