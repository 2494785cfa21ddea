"""Sweeps in the workbench: planning one, keeping it going, finding an earlier one again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.session.events import Emit, Notice, ProblemRaised, TextCopied
from tflab.session.sweep_events import (
    EarlierSweep,
    EarlierSweepsListed,
    SweepAdvanced,
    SweepBasis,
    SweepEnded,
    SweepPlanning,
    SweepShown,
)
from tflab.session.sweep_files import (
    earlier_sweeps,
    export_sweep_file,
    line_of_sweep,
    newest_if_left,
)
from tflab.session.sweep_starter import Approve, AskDevices, OnTarget, SweepStarter
from tflab.sweeps.estimate import usual_seconds
from tflab.sweeps.plan import SweepPlan
from tflab.sweeps.run import SweepRun
from tflab.sweeps.store import SweepRecord, SweepStore
from tflab.sweeps.sweep import Sweep
from tflab.sweeps.table import mean_text
from tflab.targets.devices import DeviceList
from tflab.targets.fork_server import ForkServer
from tflab.targets.placement import Slot

if TYPE_CHECKING:
    from tflab.export.formats import Format


class Sweeps:
    """Owns the sweep that goes on or was shown last. At most one goes on at a time.

    Args:
        store: Where runs are kept.
        disk: Does what is done on the disk; what may take long, on a queue beside it.
        emit: Takes the events of `sweep_events`, notices and problems.
        server: Gives the fork server of an interpreter.
        approve: Every sweep passes through it before it begins.
        devices: Gives the devices of this machine, now or soon.
        basis: Gives what a new sweep starts from; None while no program is open.
        python: Gives the interpreter of a program's runs.
        commands: Whether the shell commands of a program's text run.
        on_target: Makes a target ready.

    Attributes:
        current: That sweep, or None.
    """

    def __init__(
        self,
        store: RunStore,
        disk: DiskQueue,
        emit: Emit,
        *,
        server: Callable[[str], ForkServer],
        approve: Approve,
        devices: AskDevices,
        basis: Callable[[], SweepBasis | None],
        python: Callable[[Path], str] = lambda _: "",
        commands: Callable[[str], bool] = lambda _: False,
        on_target: OnTarget = lambda *_: None,
    ) -> None:
        self._store = store
        self._sweeps = SweepStore()
        self._starter = SweepStarter(
            store,
            self._sweeps,
            disk,
            emit,
            server=server,
            approve=approve,
            devices=devices,
            python=python,
            commands=commands,
            on_target=on_target,
        )
        self._disk = disk
        self._slow = disk.beside()
        self._emit = emit
        self._devices = devices
        self._basis = basis
        self._texts: dict[str, dict[str, str]] = {}
        self._after: Callable[[], object] | None = None
        self._followed = False
        self.current: Sweep | None = None

    @property
    def running(self) -> bool:
        """Whether a sweep was begun here and goes on."""
        return self.current is not None and self.current.started_here and not self.current.over

    @property
    def going(self) -> bool:
        """Whether there is a sweep to carry on or to follow: `advance` is then called often."""
        return self.current is not None and self._followed

    def open(self) -> None:
        """Show the sweep that goes on, or this program's last one, or plan a new one."""
        basis, sweep = self._basis(), self.current
        if sweep is not None and (
            self.running or (basis is not None and basis.program.id == sweep.plan.each.lesson)
        ):
            self._emit(SweepShown(sweep))
        elif basis is not None and not self.running:
            find = partial(newest_if_left, self._sweeps, self._store, basis.program.id)
            self._slow.do_then(find, self._take_left)
        else:
            self.plan()

    def _take_left(self, done: Future[SweepRecord | None]) -> None:
        """Show the sweep that was left, if there is one; else plan another."""
        record = done.result() if done.exception() is None else None
        if record is None:
            self.plan()
            return
        begun = sum(run is not None for run in record.runs)
        self._show(self._sweep(record))
        if record.unfinished:
            text = f"This sweep was left at {begun:,} of {record.plan.count:,} runs."
            self._emit(Notice(f"{text} g goes on with it."))

    def plan(self) -> None:
        """Gather what a new sweep of the open program is planned from."""
        basis = self._basis()
        if basis is None:
            self._emit(Notice("Open a program first.", severity="warning"))
            return
        if self.running:
            text = "A sweep is going on. Stop it first."
            self._emit(Notice(text, severity="warning"))
            return
        texts = self._texts.setdefault(basis.program.id, {})

        def take(devices: DeviceList, done: Future[float | None]) -> None:
            # What cannot be read gives no estimate; where runs are listed it is told.
            unknown = isinstance(done.exception(), OSError)
            usual = None if unknown else done.result()
            self._emit(SweepPlanning(basis, devices, usual, texts))

        def estimate(devices: DeviceList) -> None:
            usual = partial(usual_seconds, self._store, basis.program.id)
            self._slow.do_then(usual, partial(take, devices))

        self._devices(estimate)

    def begin(self, plan: SweepPlan, slots: Sequence[Slot]) -> None:
        """Begin a sweep once its program and its devices are approved of, and show it."""
        self._starter.begin(plan, slots, self._show)

    def go_on(self, sweep: Sweep) -> None:
        """Go on with a sweep that was left, once its program and its devices are approved of."""
        if self.running:
            self._emit(Notice("A sweep is going on. Stop it first.", severity="warning"))
        else:
            self._starter.go_on(sweep, self._take_up)

    def _take_up(self, sweep: Sweep) -> None:
        self.current, self._followed = sweep, True
        self._emit(SweepAdvanced(sweep))

    def list_earlier(self) -> None:
        """List the sweeps of the open program that are kept, or all where none is open."""
        basis = self._basis()
        program = basis.program.id if basis is not None else None
        self._slow.do_then(partial(earlier_sweeps, self._sweeps, program), self._take_earlier)

    def reopen(self, sweep: str) -> None:
        """Show an earlier sweep."""
        self._disk.do_then(partial(self._sweeps.load, sweep), self._take_record)

    def advance(self) -> None:
        """Carry the sweep on, and follow its runs. Call it often while there is one."""
        sweep = self.current
        if sweep is None or not self._followed:
            return
        if sweep.poll() or sweep.over:
            self._emit(SweepAdvanced(sweep))
        if sweep.over:
            self._followed = False
            sweep.close()
            after, self._after = self._after, None
            self._emit(SweepEnded(sweep, end_text(sweep), left=after is not None))
            if after is not None:
                after()

    def stop(self, sweep: Sweep) -> None:
        """Stop a sweep; where another tflab begins its runs, that one is asked to."""
        if sweep.driven and not sweep.started_here:
            ask = partial(self._sweeps.ask_stop, sweep.id)
            self._disk.do_then(ask, partial(self._take_asked, sweep))
        else:
            self._try(sweep.stop_all)

    def stop_runs(self, sweep: Sweep, runs: Sequence[SweepRun]) -> None:
        """Stop some runs of a sweep; the others go on."""
        for run in runs:
            self._try(partial(sweep.stop, run))

    def _take_asked(self, sweep: Sweep, done: Future[None]) -> None:
        try:
            done.result()
        except Problem as problem:
            self._emit(ProblemRaised(problem))
        else:
            sweep.stopping = True
            self._emit(Notice("The tflab that begins its runs was asked to stop it."))

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Problem as problem:
            self._emit(ProblemRaised(problem))

    def stop_and_then(self, after: Callable[[], object]) -> None:
        """Stop the sweep that goes on, if one does, and call `after` when it is over."""
        if not self.running or self.current is None:
            after()
            return
        self._after = after
        self.current.stop_all()

    def close(self) -> None:
        """Let go: runs that have begun go on to their end, the others never begin."""
        self._followed = False
        if self.current is not None:
            self.current.close()

    def export(self, sweep: Sweep, kind: Format) -> None:
        """Write a sweep, as it stands, into the folder that the workbench was opened in."""
        # Runs that have begun a moment ago are to be in it, so it is written down first.
        sweep.keep()
        export = partial(export_sweep_file, self._store, sweep.id, kind)
        self._disk.do_then(lambda: None, lambda _: self._slow.do_then(export, self._take_notice))

    def copy_line(self, plan: SweepPlan) -> None:
        """Copy the line that makes a sweep again."""
        self._slow.do_then(partial(line_of_sweep, plan), self._take_copied)

    def _take_record(self, done: Future[SweepRecord]) -> None:
        try:
            record = done.result()
        except Problem as problem:
            self._emit(ProblemRaised(problem))
        else:
            self._show(self._sweep(record))

    def _sweep(self, record: SweepRecord) -> Sweep:
        return Sweep(record, store=self._store, sweeps=self._sweeps, disk=self._disk)

    def _show(self, sweep: Sweep) -> None:
        self.close()
        self.current, self._followed = sweep, True
        self._emit(SweepShown(sweep))

    def _take_earlier(self, done: Future[list[EarlierSweep]]) -> None:
        try:
            found = done.result()
        except OSError as error:
            self._emit(Notice(f"The sweeps cannot be read: {error.strerror}.", severity="warning"))
            return
        if found:
            self._emit(EarlierSweepsListed(found))
        else:
            self._emit(Notice("No sweep of this program is kept yet."))

    def _take_notice(self, done: Future[Notice]) -> None:
        try:
            self._emit(done.result())
        except Problem as problem:
            self._emit(ProblemRaised(problem))

    def _take_copied(self, done: Future[TextCopied]) -> None:
        try:
            self._emit(done.result())
        except Problem as problem:
            self._emit(ProblemRaised(problem))


def end_text(sweep: Sweep) -> str:
    """Say with what a sweep has ended."""
    best = sweep.best
    found = f"best {sweep.plan.metric} {mean_text(best)}" if best else "no run has finished"
    return f"The sweep is over: {found}. ^s shows it."
