"""The screen of the workbench: its actions, and what it shows of what the session tells."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual import on
from textual.binding import BindingType
from textual.dom import DOMNode

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.session import events
from tflab.session.session import Session
from tflab.ui.actions import Scope, workbench_bindings
from tflab.ui.terminal.safe_text import box_title
from tflab.ui.workbench import messages
from tflab.ui.workbench.panes import Panes, PaneScreen

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.runs.record import RunOptions
    from tflab.ui.dialogs.palette import Command
    from tflab.ui.workbench.loss_chart import LossChart
    from tflab.ui.workbench.pickers import PresetChoice
    from tflab.ui.workbench.run_panes import RunPanes

_TERM_SECONDS = 12.0


class WorkbenchScreen(PaneScreen):
    """Shows a session, and passes on to it what a person wants.

    Args:
        session: The session.
    """

    BINDINGS: ClassVar[list[BindingType]] = list(workbench_bindings())

    def __init__(self, session: Session) -> None:
        super().__init__(session.entries, session.first_program)
        self._session = session
        self._panes: Panes | None = None
        self._run_panes: RunPanes | None = None
        self._shown: Program | None = None
        self._imports = DiskQueue()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before the panes are there, no key is theirs."""
        if self._panes is None and action in ("show", "help", "full_screen", "hint", "palette"):
            return False
        return super().check_action(action, parameters)

    # Opening

    async def open(self) -> None:
        """Fill the panes, after the first paint; the program too, if it is there by then.

        Laid out and painted once for all of it: each time costs as long as the reading.
        """
        from tflab.ui.workbench.lesson_view import LessonView
        from tflab.ui.workbench.loss_chart import LossChart
        from tflab.ui.workbench.parameter_form import ParameterForm
        from tflab.ui.workbench.run_list import RunList
        from tflab.ui.workbench.run_panes import RunPanes

        session = self._session
        panes = Panes(LessonView(), LossChart(), ParameterForm(session.form), RunList())
        run_panes = RunPanes(panes, self.goals, self.status, session)
        with self.app.batch_update():
            await self.fill(panes)
            self._panes, self._run_panes = panes, run_panes
            session.deliver()
            if session.program is not None:
                await self._show_program(panes, session.program)
        self._imports.do(_import_charts)

    def note_place(self) -> None:
        """Keep where the person stands in the open program."""
        if self._panes is not None and self._shown is not None:
            self._session.course.note_place(self._shown, self._panes.lesson.cursor)

    # What the session tells

    async def hear(self, event: events.Event) -> None:
        """Show what the session tells."""
        panes, run_panes = self._panes, self._run_panes
        if panes is None or run_panes is None:
            return
        match event:
            case events.ProgramOpened():
                await self._open_program(panes, event)
            case events.RunOpened(run=run) | events.RunAdvanced(run=run):
                await run_panes.show(run)
            case events.RunEnded():
                await run_panes.show(event.run)
                if event.own:
                    run_panes.end(event.run, event.diagnosis)
            case events.RunsListed():
                self._show_runs(panes, event)
            case events.CourseChanged():
                self._show_course()
            case events.FormChanged():
                if event.texts:
                    panes.form.show_texts()
                run_panes.show_status()
            case events.DevicesListed():
                panes.form.device.show_devices()
                run_panes.show_status()
            case events.ServerChanged() | events.LiveModeChanged():
                run_panes.show_status()
            case events.ValueRefused():
                self.show_pane("parameters")
                panes.form.focus_field(event.name)
                self.notify(event.problem, title="Not run", severity="error")
            case _:
                self._ask(event)

    def _ask(self, event: events.Event) -> None:
        """Put what the session asks, and hand on the answer."""
        match event:
            case events.QuestionAsked():
                self._ask_question(event)
            case events.GuessesAsked():
                self._ask_guesses(event)
            case events.PresetsListed():
                self._choose_preset(event)
            case events.LessonsRead():
                self._choose_lesson(event)

    async def _open_program(self, panes: Panes, event: events.ProgramOpened) -> None:
        if event.program is self._shown:
            return  # It was there before the panes were.
        self.note_place()
        with self.app.batch_update():
            await self._show_program(panes, event.program, event.same, event.cell)

    async def _show_program(
        self, panes: Panes, program: Program, same: bool = False, cell: int | None = None
    ) -> None:
        session = self._session
        self._shown = program
        self.status.title = plain_line(program.title)
        self.goals.show_lesson(program)
        self.lessons.mark(program.path)
        await panes.form.show_fields()
        self._show_course()
        await panes.lesson.show_lesson(program, session.glossary, keep_place=same)
        if not same:
            kept = session.course.of(program)
            place = kept.cell if kept is not None else 0
            panes.chart.clear(program.logs_curves)
            panes.lesson.put_cursor(place if cell is None else cell)
        if self._run_panes is not None:
            if session.runs.current is not None:
                await self._run_panes.show(session.runs.current)
            self._run_panes.show_status()

    def _show_course(self) -> None:
        """Show what was reached in each lesson, and in the one on show."""
        course, program = self._session.course, self._shown
        goals = {program.id: [goal.text for goal in program.goals]} if program is not None else {}
        self.lessons.show_course(course.course, goals)
        kept = course.of(program) if program is not None else None
        self.goals.show_kept(kept.goals if kept is not None else ())

    def _show_runs(self, panes: Panes, event: events.RunsListed) -> None:
        if self._shown is not None and self._shown.id == event.program:
            panes.runs.show_runs(list(event.rows), self._shown.defaults)

    def show_sweep_progress(self, text: str) -> None:
        """Say in the status line how far the sweep is; nothing when empty."""
        self.status.sweep = text

    def _ask_question(self, event: events.QuestionAsked) -> None:
        from tflab.ui.dialogs.confirm import ConfirmScreen

        question = event.question
        self.app.push_screen(
            ConfirmScreen(question.title, question.text, question.yes),
            lambda good: event.answer(bool(good)),
        )

    def _ask_guesses(self, event: events.GuessesAsked) -> None:
        from tflab.ui.dialogs.predict import PredictScreen

        def take(guesses: dict[str, Any] | None) -> None:
            if guesses is not None:
                event.answer(guesses)

        self.app.push_screen(PredictScreen(event.program.questions, event.guesses), take)

    def _choose_preset(self, event: events.PresetsListed) -> None:
        from tflab.ui.workbench.pickers import pick_preset

        def take(choice: PresetChoice | None) -> None:
            if choice is not None:
                self._work_preset(event.program, choice)

        self.app.push_screen(pick_preset(event.presets), take)

    def _work_preset(self, program: Program, choice: PresetChoice) -> None:
        from tflab.ui.workbench.pickers import PresetWork

        presets = self._session.presets
        match choice.work:
            case PresetWork.USE if choice.preset is not None:
                presets.use(program, choice.preset)
            case PresetWork.SAVE:
                presets.save(program, choice.name)
            case PresetWork.DELETE:
                presets.delete(program, choice.name)

    def _choose_lesson(self, event: events.LessonsRead) -> None:
        from tflab.ui.workbench.pickers import pick_lesson

        def take(path: Path | None) -> None:
            if path is not None:
                self._session.open(path)

        self.app.push_screen(pick_lesson(self._session.entries, event.texts), take)

    # What the panes tell

    @on(messages.LessonChosen)
    def _lesson_chosen(self, message: messages.LessonChosen) -> None:
        self._session.open(message.path)

    @on(messages.RunRequested)
    def _run_requested(self, message: messages.RunRequested) -> None:
        self._session.run(message.until)

    @on(messages.StopRequested)
    def _stop_requested(self) -> None:
        self._session.stop()

    @on(messages.PaneChosen)
    def _pane_chosen(self, message: messages.PaneChosen) -> None:
        self.show_pane(message.scope)

    @on(messages.RunChosen)
    def _run_chosen(self, message: messages.RunChosen) -> None:
        self._session.past_runs.use(message.run, message.use)

    @on(messages.TextCopied)
    def _copied(self, message: messages.TextCopied) -> None:
        self.app.copy_to_clipboard(message.text)
        self.notify(f"{message.what} copied.")

    @on(messages.OutputOpened)
    def _output_opened(self, message: messages.OutputOpened) -> None:
        from tflab.ui.dialogs.notice import TextScreen

        self.app.push_screen(TextScreen(message.title, message.text))

    @on(messages.SearchRequested)
    def _search(self) -> None:
        self._session.read_lessons()

    @on(messages.PresetsRequested)
    def _presets(self) -> None:
        self._session.list_presets()

    @on(messages.GuidanceRequested)
    def _guide(self, message: messages.GuidanceRequested) -> None:
        match message.guidance:
            case messages.Guidance.CONTENTS:
                self._choose_section()
            case messages.Guidance.GLOSSARY:
                self._explain_terms()
            case messages.Guidance.NEXT:
                self._session.neighbour(1)
            case messages.Guidance.PREVIOUS:
                self._session.neighbour(-1)

    def _choose_section(self) -> None:
        from tflab.ui.workbench.pickers import pick_section

        panes = self._panes
        if panes is None or self._shown is None:
            return

        def take(place: int | None) -> None:
            if place is not None:
                panes.lesson.go_to(place)

        self.app.push_screen(pick_section(panes.lesson.headings()), take)

    def _explain_terms(self) -> None:
        from tflab.ui.workbench.pickers import pick_term

        if self._shown is not None:
            self.app.push_screen(pick_term(self._shown, self._session.glossary))

    @on(messages.WordAsked)
    def _explain(self, message: messages.WordAsked) -> None:
        about = self._session.glossary.get(message.word)
        if about is not None:
            self.notify(about, title=message.word, timeout=_TERM_SECONDS)
