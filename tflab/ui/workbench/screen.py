"""The screen of the workbench: what it shows of what the session and the panes tell."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from tflab.runs.disk_queue import DiskQueue
from tflab.session import events
from tflab.session.session import Session
from tflab.ui.actions import EDITORS_OWN, FIELDS_OWN, Scope, workbench_bindings
from tflab.ui.terminal.safe_text import short_line
from tflab.ui.widgets.key_line import KeyLine, takes_text
from tflab.ui.workbench import messages
from tflab.ui.workbench.panes import Panes
from tflab.ui.workbench.run_titles import RunTitles
from tflab.ui.workbench.session_actions import SessionActions

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.ui.terminal.pixels import Pixels
    from tflab.ui.workbench.run_panes import RunPanes

_NEEDS_PANES = ("show", "help", "full_screen", "hint", "palette", "jump", "push", "reset_sizes")


class WorkbenchScreen(SessionActions):
    """Shows a session, and passes on to it what a person wants.

    Args:
        session: The session.
        pixels: Shows pictures as pixels, where the terminal can.
    """

    BINDINGS: ClassVar[list[BindingType]] = list(workbench_bindings())

    def __init__(self, session: Session, pixels: Pixels | None = None) -> None:
        super().__init__(session)
        self._pixels = pixels
        self._run_panes: RunPanes | None = None
        self._imports = DiskQueue()
        self._titles = RunTitles(self.frame, session)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before the panes are there, no key is theirs; the editor and fields have their own."""
        if action in EDITORS_OWN and self.focused is not None and self.focused.id == "code-area":
            return False
        if action in FIELDS_OWN and not parameters and takes_text(self.focused):
            return False
        if self._panes is None and action in _NEEDS_PANES:
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
        panes = Panes(
            LessonView(session.disk, self._pixels),
            LossChart(),
            ParameterForm(session.form),
            RunList(),
        )
        run_panes = RunPanes(panes, self.goals, self.status, session, self._titles.name)
        with self.app.batch_update():
            await self.fill(panes)
            self._panes, self._run_panes = panes, run_panes
            session.deliver()
            if session.program is not None:
                await self._show_program(panes, session.program)

    def note_place(self) -> None:
        """Keep where the person stands in the open program."""
        if self._panes is not None and self._shown is not None:
            self._session.course.note_place(self._shown, self._panes.lesson.cursor)

    # What the session tells

    async def hear(self, event: events.Event) -> bool:
        """Show what the session tells; return whether it is for the workbench."""
        panes, run_panes = self._panes, self._run_panes
        if panes is None or run_panes is None:
            return True
        match event:
            case events.ProgramOpened():
                await self._open_program(panes, event)
            case events.RunOpened() | events.RunAdvanced() | events.RunEnded():
                await self._show_run(run_panes, event)
            case events.RunsListed():
                self._show_runs(panes, event)
                run_panes.show_card()
            case events.CourseChanged():
                self._show_course()
                self._show_questions(panes)
            case events.ReviewDue(count):
                self.lessons.show_due(count)
                run_panes.show_card()
            case events.QuestionsChanged():
                self._show_questions(panes, event.again)
            case events.FormChanged() | events.DevicesListed():
                _show_form(panes, event)
                self._show_questions(panes)
                run_panes.show_status()
                self._titles.compare_values()
            case (
                events.ServerChanged()
                | events.CommandsDecided()
                | events.LiveModeChanged()
                | events.EnvironmentChosen()
                | events.EnvironmentMissing()
            ):
                run_panes.show_status()
            case events.ValueRefused():
                self.show_pane("parameters")
                panes.form.focus_field(event.name)
                self.notify(event.problem, title="Not run", severity="error")
            case _:
                return await self.hear_edits(panes, run_panes, event) or self.ask(event)
        return True

    async def _show_run(
        self, run_panes: RunPanes, event: events.RunOpened | events.RunAdvanced | events.RunEnded
    ) -> None:
        await run_panes.show(event.run)
        self._bring_curves(event)
        self.show_running(self._session.runs.running)
        if isinstance(event, events.RunEnded):
            run_panes.end(event)

    def _bring_curves(self, event: events.Event) -> None:
        """Show the curves of a run that begins, where another pane has their place meanwhile."""
        if isinstance(event, events.RunOpened) and self.scope != "runs":
            if self.frame.full is None:
                self.reveal("loss")
        elif isinstance(event, events.RunEnded):
            self.frame.badge("loss")
            self.frame.badge("runs")

    async def _open_program(self, panes: Panes, event: events.ProgramOpened) -> None:
        if event.program is self._shown:
            return  # It was there before the panes were.
        self.note_place()
        editor, panes.lesson.editor = panes.lesson.editor, None
        if event.same:
            self.keep_lines(panes)
        panes.lesson.trial_editor = None
        with self.app.batch_update():
            await self._show_program(panes, event.program, event.same, event.cell)
        if editor is not None and event.same:
            self.go_on_writing(panes, editor)

    async def _show_program(
        self, panes: Panes, program: Program, same: bool = False, cell: int | None = None
    ) -> None:
        session = self._session
        self._shown = program
        self.status.title = short_line(program.title)
        self._titles.name_program(program.kind)
        self.goals.show_lesson(program)
        self.lessons.mark(program.path)
        self.show_beside(any(e.path == program.path for e in session.library.entries))
        await panes.form.show_fields()
        self._show_course()
        await panes.lesson.show_lesson(program, session.library.glossary, keep_place=same)
        self._show_questions(panes)
        passed = session.course.of(program)
        panes.lesson.show_passed(passed.exercises if passed is not None else ())
        if not same:
            kept = session.course.of(program)
            place = kept.cell if kept is not None else 0
            panes.chart.clear(program.logs_curves, program.kind)
            panes.lesson.put_cursor(place if cell is None else cell)
        if self._run_panes is not None:
            if session.runs.current is not None:
                await self._run_panes.show(session.runs.current)
            self._run_panes.show_name()
            self._run_panes.show_status()
        # The first curve must not wait for it, and what is to be read not either.
        self.call_after_refresh(self._imports.do, _import_charts)

    def _show_course(self) -> None:
        """Show what was reached in each lesson, and in the one on show."""
        course, program = self._session.course, self._shown
        goals = {program.id: [goal.id for goal in program.goals]} if program is not None else {}
        exercises = {program.id: [e.id for e in program.exercises]} if program is not None else {}
        self.lessons.show_course(course.course, goals, exercises)
        kept = course.of(program) if program is not None else None
        reached = kept.goals if kept is not None else ()
        self.goals.show_kept(reached, kept.exercises if kept is not None else ())
        if self._panes is not None:
            self._panes.lesson.show_passed(kept.exercises if kept is not None else ())
        if self._run_panes is not None:
            self._run_panes.show_card()

    def _show_questions(self, panes: Panes, again: bool = False) -> None:
        """Show how the questions stand with the values in the form; the first, if asked again."""
        session, program = self._session, self._shown
        if program is not None and program.questions and not session.form.first_bad:
            values = session.form.values
            panes.lesson.show_questions(session.guesses.asked(program, values), values)
        if again:
            self.show_pane("lesson")
            panes.lesson.show_first_question()

    def _show_runs(self, panes: Panes, event: events.RunsListed) -> None:
        if self._shown is not None and self._shown.id == event.program:
            # What reads runs is not there yet at the first paint.
            from tflab.runs.summary import code_mark

            code = code_mark(self._shown.file_source)
            panes.runs.show_runs(list(event.rows), self._shown.defaults, code)

    # What the panes tell

    @on(messages.PaneChosen)
    def _pane_chosen(self, message: messages.PaneChosen) -> None:
        self.show_pane(message.scope)

    @on(messages.TextCopied)
    def _copied(self, message: messages.TextCopied) -> None:
        self.app.copy_to_clipboard(message.text)
        self.notify(f"{message.what} copied.")

    @on(messages.OutputOpened)
    def _output_opened(self, message: messages.OutputOpened) -> None:
        self.show_text(message.title, message.text)

    @on(messages.PicturesOpened)
    def _pictures_opened(self, message: messages.PicturesOpened) -> None:
        from tflab.ui.workbench.picture_images import PictureImages
        from tflab.ui.workbench.picture_screen import PictureScreen

        read = partial(PictureImages, self._session.disk)
        screen = PictureScreen(message.pictures, message.which, message.folder, read, self._pixels)
        self.app.push_screen(screen)

    @on(messages.RunSummedUp)
    def _sum_up(self, told: messages.RunSummedUp) -> None:
        self.entitle("lesson", self.titled("lesson")._replace(right=told.text, short=told.short))

    @on(messages.ChartHeadingChanged)
    def _head_chart(self, message: messages.ChartHeadingChanged) -> None:
        self.entitle("loss", self.titled("loss")._replace(text=short_line(message.title)))
        self._curves = not message.low
        self.frame.refit()

    @on(KeyLine.Pressed)
    async def _key_pressed(self, message: KeyLine.Pressed) -> None:
        here = message.action.scope == "app"
        await self._run_command(message.action.id, None if here else self.pane_target())

    # What keys do

    def action_history(self) -> None:
        """List every run."""
        self.post_message(messages.HistoryRequested())

    def action_show(self, scope: Scope) -> None:
        """Go to a pane."""
        self.show_pane(scope)

    def action_full_screen(self) -> None:
        """Give the pane in focus the whole screen, or take it back."""
        self.toggle_full_screen()

    def action_hint(self) -> None:
        """Show the next hint of the first open goal."""
        none_left = self.goals.show_hint()
        if none_left:
            self.notify(none_left)
        else:
            self.reveal("goals")


def _show_form(panes: Panes, event: events.FormChanged | events.DevicesListed) -> None:
    """Bring the form up to date; texts that the person types stand in it already."""
    if isinstance(event, events.DevicesListed):
        panes.form.device.show_devices()
    elif event.texts:
        panes.form.show_texts()


def _import_charts() -> None:
    """Import what draws, while the person reads."""
    import_module("tflab.charts.figures")
    import_module("tflab.charts.loss")
