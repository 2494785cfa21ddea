"""What lies over the workbench: history, sweeps, questions; and what the session tells."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on

from tflab.session import events
from tflab.ui.session_app import SessionApp
from tflab.ui.workbench.messages import HistoryRequested
from tflab.ui.workbench.screen import WorkbenchScreen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tflab.session import sweep_events
    from tflab.session.history_list import HistoryView
    from tflab.session.placement import PlacementSitting
    from tflab.session.quiz import ReviewSitting
    from tflab.session.review import Due, ReadingPlace
    from tflab.session.sweep_events import EarlierSweep
    from tflab.sweeps.sweep import Sweep
    from tflab.ui.history.run_actions import ChosenRun
    from tflab.ui.history.screen import HistoryScreen
    from tflab.ui.quiz.screen import OpenAt
    from tflab.ui.sweep.form import FormChoice, PlannedSweep
    from tflab.ui.sweep.screen import SweepChoice, SweepRunChosen


class FeatureScreens(SessionApp):
    """Opens the history and the sweeps, and does what is chosen there.

    Args:
        program: The file to open; None for the one last open, or the first.
    """

    def __init__(self, program: Path | None = None) -> None:
        super().__init__(program)
        self._history: HistoryScreen | None = None
        self._history_view: HistoryView | None = None

    @property
    @abstractmethod
    def workbench(self) -> WorkbenchScreen:
        """The workbench, also while another screen is over it."""

    def show_elsewhere(self, event: events.Event) -> None:
        """Show what is for the history, for the sweep, or for a review or placement."""
        from tflab.session import quiz_desk, sweep_events

        if self._history is not None:
            self._history.take_event(event)
        match event:
            case quiz_desk.ReviewBegun(sitting, places, due):
                self._begin_quiz(sitting, places, due)
            case quiz_desk.PlacementBegun(sitting):
                self._begin_quiz(sitting, {}, None)
            case sweep_events.SweepPlanning():
                from tflab.ui.sweep.form import SweepForm

                self.push_screen(SweepForm(event), self._begin_sweep)
            case sweep_events.SweepShown(sweep):
                from tflab.ui.sweep.screen import SweepScreen

                self.push_screen(SweepScreen(sweep, self.session.sweeps), self._leave_sweep)
            case sweep_events.SweepAdvanced(sweep):
                self._show_sweep_progress(sweep)
            case sweep_events.SweepEnded():
                self._end_sweep(event)
            case sweep_events.EarlierSweepsListed(sweeps):
                self._choose_earlier(sweeps)

    # Questions

    def _begin_quiz(
        self,
        sitting: ReviewSitting | PlacementSitting,
        places: Mapping[str, ReadingPlace],
        due: Due | None,
    ) -> None:
        """Put the questions of a review or a placement; where there are none, say why."""
        from tflab.session.quiz_words import nothing_due
        from tflab.session.review import Due
        from tflab.ui.quiz.screen import QuizScreen

        if sitting.question is None:
            self.notify(nothing_due(due or Due()))
            return

        def go(place: OpenAt | None) -> None:
            if place is not None:
                self.workbench.show_pane("lesson")
                self.session.open(place.path, place.cell)

        self.push_screen(QuizScreen(sitting, places, due or Due()), go)

    # History

    @on(HistoryRequested)
    def _show_history(self) -> None:
        """Open the history at the runs of the program on show."""
        from tflab.runs.summary import code_mark
        from tflab.session.history_list import HistoryView
        from tflab.session.past_runs import RunUse
        from tflab.ui.history.screen import HistoryScreen

        session = self.session
        self._history_view = view = self._history_view or HistoryView()
        program = session.program
        if program is None:
            view.everywhere = True
        title = (program.id, program.title) if program is not None else ("", "")

        def copy_line(run: str) -> None:
            session.past_runs.use(run, RunUse.COMMAND)

        def show_code(run: str) -> None:
            session.past_runs.use(run, RunUse.CODE)

        self._history = HistoryScreen(
            session.history,
            session.history_work,
            copy_line,
            view,
            title,
            program.defaults if program is not None else {},
            code_mark(program.file_source) if program is not None else "",
            show_code,
        )
        self.push_screen(self._history, self._use_run)

    def _use_run(self, chosen: ChosenRun | None) -> None:
        self._history = None
        self.session.list_runs()
        if chosen is not None:
            self.session.past_runs.use(chosen.run, chosen.use)

    # Sweeps

    def _begin_sweep(self, answer: PlannedSweep | FormChoice | None) -> None:
        from tflab.ui.sweep.form import FormChoice, PlannedSweep

        if isinstance(answer, PlannedSweep):
            self.session.sweeps.begin(answer.plan, answer.slots)
        elif answer is FormChoice.EARLIER:
            self.session.sweeps.list_earlier()

    def _leave_sweep(self, answer: SweepRunChosen | SweepChoice | None) -> None:
        from tflab.session.past_runs import RunUse
        from tflab.ui.sweep.screen import SweepChoice, SweepRunChosen

        if answer is SweepChoice.PLAN:
            self.session.sweeps.plan()
        elif isinstance(answer, SweepRunChosen):
            self.session.past_runs.use(answer.run.id, answer.use)
            if answer.use is RunUse.SHOW:
                self.workbench.show_pane("loss")

    def _show_sweep_progress(self, sweep: Sweep) -> None:
        going = sweep.started_here and not sweep.over
        progress = f"sweep {sweep.done}/{sweep.total}" if going else ""
        self.workbench.status.sweep = progress

    def _end_sweep(self, event: sweep_events.SweepEnded) -> None:
        from tflab.ui.sweep.screen import SweepScreen

        self._show_sweep_progress(event.sweep)
        seen = any(isinstance(screen, SweepScreen) for screen in self.screen_stack)
        if event.sweep.started_here and not seen and not event.left:
            self.notify(event.text)

    def _choose_earlier(self, sweeps: list[EarlierSweep]) -> None:
        from tflab.ui.sweep.form import pick_sweep

        def reopen(sweep: str | None) -> None:
            if sweep is not None:
                self.session.sweeps.reopen(sweep)

        self.push_screen(pick_sweep(sweeps), reopen)
