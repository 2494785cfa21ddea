"""`tflab sweep LESSON`: a lesson over many values, from the command line."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Mapping, Sequence
from functools import partial

from tflab.cli.arguments import UsageProblem
from tflab.cli.limits import chosen_options
from tflab.cli.lost_line import leave, while_connected
from tflab.cli.printing import print_others, terminal
from tflab.cli.sweep_views import CsvView, JsonView, LiveView, PlainView, SweepView
from tflab.cli.trust import require_trust
from tflab.programs.library import resolve
from tflab.programs.parameters import unknown_parameter
from tflab.programs.program import Program
from tflab.programs.reader import read_program
from tflab.programs.sweep_values import Values, parse_sweep_values
from tflab.runs.store import RunStore
from tflab.sweeps.estimate import usual_seconds
from tflab.sweeps.plan import SweepPlan, make_plan
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep
from tflab.targets.devices import list_devices
from tflab.targets.placement import Slot, choose_devices, make_slots
from tflab.targets.run_executor import RunExecutor
from tflab.targets.stop_signals import StopSignals


def run(arguments: argparse.Namespace) -> int:
    """Run a sweep to its end and return the exit code; `arguments` describes them all."""
    lesson = read_program(resolve(arguments.lesson))
    fields = parse_fields(lesson, arguments.parameter)
    require_trust(lesson, arguments)
    devices = choose_devices(arguments.device, list_devices())
    slots = make_slots(devices, arguments.jobs)
    plan = make_plan(
        lesson,
        fields,
        seed=arguments.seed,
        repeat=arguments.repeat,
        budget=arguments.sample,
        sample_seed=arguments.sample_seed,
        metric=arguments.metric,
        devices=[device.key for device in devices],
        jobs=len(slots),
        options=chosen_options(arguments),
    )
    print_others(devices)
    return _run(plan, slots, _view(arguments))


def parse_fields(lesson: Program, pairs: Sequence[tuple[str, str]]) -> Mapping[str, Values]:
    """Return the values that the command line gives to each parameter.

    Raises:
        ValueProblem: When a name is unknown or a text makes no sense.
        UsageProblem: When a name is given twice.
    """
    fields: dict[str, Values] = {}
    for name, text in pairs:
        parameter = lesson.parameter(name)
        if parameter is None:
            raise unknown_parameter(lesson, name)
        if name in fields:
            raise UsageProblem(
                "Wrong usage", f"{name} is given twice.", "Write its values with commas, once."
            )
        fields[name] = parse_sweep_values(parameter, text)
    return fields


def _run(plan: SweepPlan, slots: Sequence[Slot], view: SweepView) -> int:
    executor = RunExecutor(slots, threaded=False)
    sweep = Sweep(SweepStore().create(plan), executor)
    try:
        with StopSignals() as stops:
            sweep.start()
            usual = usual_seconds(RunStore(), plan.lesson)
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
            return _exit_code(sweep, stops.first)
    finally:
        sweep.close()


def _left_words(sweep: Sweep) -> str:
    going, waiting = sweep.count("starting", "running"), sweep.count("waiting")
    return (
        f"\nThe line was lost; the runs that have begun go on to their end ({going}), the others "
        f"never begin ({waiting}). `tflab sweeps {sweep.id}` shows them."
    )


def _exit_code(sweep: Sweep, stopped_by: signal.Signals | None) -> int:
    if stopped_by is not None:
        return 128 + stopped_by
    return 0 if sweep.count("finished") else 1


def _view(arguments: argparse.Namespace) -> SweepView:
    if arguments.json:
        return JsonView()
    if arguments.csv:
        return CsvView()
    found = terminal()
    return PlainView(found) if arguments.plain or not found.live else LiveView(found)
