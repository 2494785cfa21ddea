"""The pieces of a session about many runs: history, past runs, runs of others, sweeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tflab.session.events import Event, Notice, RunsListed
from tflab.session.pieces import SessionPieces

if TYPE_CHECKING:
    from tflab.runs.trash import Trash
    from tflab.session.alerts import Alerts
    from tflab.session.discovery import Discovery
    from tflab.session.history import RunHistory
    from tflab.session.history_work import HistoryWork
    from tflab.session.past_runs import PastRuns
    from tflab.session.sweep_events import SweepBasis
    from tflab.session.sweeps import Sweeps
    from tflab.targets.devices import Device


class Going(NamedTuple):
    """What goes on.

    Attributes:
        run: Whether a run does that was started here.
        run_id: Id of the run on show, if it goes on.
        sweep: Whether a sweep does.
        waiting: How many of its runs have not begun.
        queued: How many of its runs a queue has, and begins.
    """

    run: bool = False
    run_id: str = ""
    sweep: bool = False
    waiting: int = 0
    queued: int = 0


class HistoryPieces(SessionPieces):
    """Adds to a session what lists runs, finds those that were not started here, and sweeps."""

    _newest_wanted = False
    """Whether a program was just opened whose newest run is to be shown once runs are listed."""

    @cached_property
    def history(self) -> RunHistory:
        """The list of runs."""
        from tflab.session.history import RunHistory

        return RunHistory(self.runs.store, self._trash, self._slow_disk, self._hear)

    @cached_property
    def history_work(self) -> HistoryWork:
        """What can be done with runs of the list."""
        from tflab.session.history_work import HistoryWork, RunsChanged

        def hear(event: Event) -> None:
            if isinstance(event, RunsChanged):
                self.list_runs()
            self._emit(event)

        return HistoryWork(self.runs.store, self._trash, self._slow_disk, hear)

    @cached_property
    def past_runs(self) -> PastRuns:
        """What can be done with runs of the past."""
        from tflab.session.past_runs import PastRuns

        return PastRuns(
            self.opened,
            self.form,
            self.runs,
            self.approval,
            lambda: self.settings.options,
            self.devices.when_known,
            self.disk,
            self._emit,
        )

    @cached_property
    def discovery(self) -> Discovery:
        """The runs that were not started here."""
        from tflab.session.discovery import Discovery, RunDiscovered

        runs = self.runs

        def hear(event: Event) -> None:
            if isinstance(event, RunDiscovered):
                runs.watch(event.run)
            self._emit(event)

        return Discovery(
            runs.store,
            self._slow_disk,
            hear,
            is_own=runs.own.__contains__,
            server_pids=lambda: self.server.pids,
            clock=self._clock,
        )

    @cached_property
    def sweeps(self) -> Sweeps:
        """The sweep that goes on, and earlier ones."""
        from tflab.session.sweep_events import SweepEnded
        from tflab.session.sweeps import Sweeps

        def hear(event: Event) -> None:
            program = self.program.id if self.program is not None else ""
            if isinstance(event, SweepEnded) and event.sweep.plan.each.lesson == program:
                self.list_runs()
            self._emit(event)

        return Sweeps(
            self.runs.store,
            self.disk,
            hear,
            server=self.server.ready,
            approve=self._approve_sweep,
            devices=self.devices.when_known,
            basis=self._sweep_basis,
            python=self.environments.python_of,
            commands=self.commands.run_in,
            on_target=self.targets.require,
        )

    @cached_property
    def alerts(self) -> Alerts:
        """What a person who is elsewhere is told."""
        from tflab.session.alerts import Alerts

        return Alerts(
            lambda: self.settings.alerts,
            self.runs.own.__contains__,
            self.disk.beside(waited_for=False),
            self._emit,
        )

    def list_runs(self) -> None:
        """List the newest runs of the program on show; `RunsListed` follows."""
        if self.program is not None:
            self.history.list_lesson(self.program.id)

    def _show_newest(self, listed: RunsListed) -> None:
        """Show the newest run of a program that was just opened, unless another is on its way."""
        program, runs = self.program, self.runs
        if program is None or listed.program != program.id or not self._newest_wanted:
            return
        self._newest_wanted = False
        current = runs.current
        shown = current is not None and current.record.request.lesson == program.id
        if listed.rows and not (shown or runs.own_running or runs.opening):
            runs.open(listed.rows[0].id, quietly=True)

    def follow(self) -> None:
        """Show the run last told of: its program, its whole curve, live if it still goes on."""
        found = self.discovery.take_offer()
        if found is None:
            self._emit(Notice("No other run was found."))
            return
        if self.runs.own_running:
            self.discovery.offer = found
            text = "Wait for the run to end, or stop it (^x)."
            self._emit(Notice(text, severity="warning"))
            return
        request = found.record.request
        self.runs.open(found.record.id)
        if self.program is None or self.program.id != request.lesson:
            path = Path(request.path)

            def open_it(there: Future[bool]) -> None:
                if there.result():
                    self.opened.open(path)

            self.disk.do_then(path.is_file, open_it)

    @cached_property
    def _trash(self) -> Trash:
        from tflab.runs.trash import Trash

        return Trash(self.runs.store)

    @property
    def _sweeps_begun(self) -> Sweeps | None:
        """The sweeps, if any was ever asked for."""
        found: Sweeps | None = self.__dict__.get("sweeps")
        return found

    def _approve_sweep(
        self, path: Path, source: str, devices: Sequence[Device], then: Callable[[], object]
    ) -> None:
        """Approve of a sweep, and see that its environment serves."""
        self.approval.require(
            path,
            source,
            devices,
            lambda: self.environments.require(lambda _: then()),
            edited=self.edits.foreign(),
        )

    def _sweep_basis(self) -> SweepBasis | None:
        from tflab.session.sweep_events import SweepBasis

        program, form = self.program, self.form
        if program is None:
            return None
        return SweepBasis(program, form.values, form.seed, form.device_key, self.settings.options)
