"""Beginning a sweep, or going on with one: approval, devices, and what does its runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem, RunOptions
from tflab.runs.store import RunStore
from tflab.session.events import Emit, ProblemRaised
from tflab.sweeps.placing import place_runs
from tflab.sweeps.plan import SweepPlan
from tflab.sweeps.store import SweepRecord, SweepStore
from tflab.sweeps.sweep import Sweep
from tflab.targets.devices import Device, DeviceList
from tflab.targets.fork_server import ForkServer
from tflab.targets.placement import Slot, choose_devices
from tflab.targets.run_executor import RunExecutor
from tflab.targets.target_host import TargetHost

_NICE = 5

Approve = Callable[[Path, str, Sequence[Device], Callable[[], object]], object]
"""Calls back when a program may run on some devices: soon, after asking, or never."""

OnTarget = Callable[[str, str, Callable[[TargetHost], object]], object]
"""Calls back with what takes runs for a target, by its name and the interpreter."""

AskDevices = Callable[[Callable[[DeviceList], object]], object]
"""Calls back with the devices of this machine."""

Take = Callable[[Sweep], object]
"""Takes a sweep that goes on now."""


class SweepStarter:
    """Makes sweeps go on, each once it may.

    Args:
        store: Where runs are kept.
        sweeps: Where sweeps are kept.
        disk: Does what is done on the disk.
        emit: Takes problems.
        server: Gives the fork server of an interpreter.
        approve: Every sweep passes through it before it begins.
        devices: Gives the devices of this machine, now or soon.
        python: Gives the interpreter of a program's runs.
        commands: Whether the shell commands of a program's text run.
        on_target: Makes a target ready.
    """

    def __init__(
        self,
        store: RunStore,
        sweeps: SweepStore,
        disk: DiskQueue,
        emit: Emit,
        *,
        server: Callable[[str], ForkServer],
        approve: Approve,
        devices: AskDevices,
        python: Callable[[Path], str],
        commands: Callable[[str], bool],
        on_target: OnTarget,
    ) -> None:
        self._store = store
        self._sweeps = sweeps
        self._disk = disk
        self._emit = emit
        self._server = server
        self._approve = approve
        self._devices = devices
        self._python = python
        self._commands = commands
        self._on_target = on_target

    def begin(self, plan: SweepPlan, slots: Sequence[Slot], began: Take) -> None:
        """Begin a sweep once its program and its devices are approved of."""
        plan = plan.asking(behind_the_workbench(plan.options))
        start = partial(self._create, plan, slots, began)

        def approve(known: DeviceList) -> None:
            # As they are now: the plan may have been made long ago.
            devices = [device for device in known.devices if device.key in plan.devices]
            self._approve(Path(plan.each.path), plan.each.file_source, devices, start)

        self._devices(approve)

    def _create(self, plan: SweepPlan, slots: Sequence[Slot], began: Take) -> None:
        python = self._python(Path(plan.each.path))
        commands = self._commands(plan.each.source)
        plan = plan.asking(python=python, shell_commands=commands)
        create = partial(self._sweeps.create, plan)
        self._disk.do_then(create, partial(self._start, slots, plan, began))

    def _start(
        self, slots: Sequence[Slot], plan: SweepPlan, began: Take, done: Future[SweepRecord]
    ) -> None:
        def start(executor: RunExecutor) -> None:
            try:
                sweep = Sweep(
                    done.result(),
                    executor,
                    store=self._store,
                    sweeps=self._sweeps,
                    disk=self._disk,
                )
                sweep.start()
            except Problem as problem:
                self._emit(ProblemRaised(problem))
                return
            began(sweep)

        self._with_executor(plan, slots, start)

    def go_on(self, sweep: Sweep, went_on: Take) -> None:
        """Go on with a sweep that was left, once its program and its devices are approved of."""
        plan = sweep.plan

        def start(slots: Sequence[Slot]) -> None:
            def claim(executor: RunExecutor) -> None:
                # Another tflab may have taken it up since it was read.
                begin = partial(self._go_on, sweep, slots, went_on, executor)
                self._disk.do_then(partial(self._sweeps.claim, sweep.id), begin)

            self._with_executor(plan, slots, claim)

        def approve(known: DeviceList) -> None:
            try:
                devices = choose_devices(plan.devices, known)
            except Problem as problem:
                self._emit(ProblemRaised(problem))
                return
            begin = partial(start, place_runs(plan, devices, plan.jobs)[1])
            self._approve(Path(plan.each.path), plan.each.file_source, devices, begin)

        self._devices(approve)

    def _go_on(
        self,
        sweep: Sweep,
        slots: Sequence[Slot],
        went_on: Take,
        executor: RunExecutor,
        claimed: Future[None],
    ) -> None:
        keys = sweep.plan.devices
        if not sweep.plan.each.target:
            keys = list(dict.fromkeys(slot.device for slot in slots))
        try:
            claimed.result()
            sweep.go_on(executor, keys, len(slots))
        except Problem as problem:
            self._emit(ProblemRaised(problem))
            return
        went_on(sweep)

    def _with_executor(
        self, plan: SweepPlan, slots: Sequence[Slot], then: Callable[[RunExecutor], object]
    ) -> None:
        """Call `then` with what does the runs of a plan, here or on its target."""
        each = plan.each
        if each.target:
            self._on_target(
                each.target,
                each.python,
                lambda host: then(
                    RunExecutor(
                        slots, self._store, threaded=False, disk=self._disk, make=lambda: host
                    )
                ),
            )
            return
        server = partial(self._server, each.python)
        then(RunExecutor(slots, self._store, server, threaded=False, disk=self._disk))


def behind_the_workbench(options: RunOptions) -> RunOptions:
    """Return the options of a sweep: many runs at once must leave the workbench its share."""
    return dataclasses.replace(options, nice=max(_NICE, options.nice))
