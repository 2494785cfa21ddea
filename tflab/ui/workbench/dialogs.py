"""What the workbench asks in dialogs, for itself and for the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.dom import DOMNode

from tflab.session import events
from tflab.session.question_events import LineAsked, QuestionAsked, QuestionKind
from tflab.session.session import Session
from tflab.ui.actions import ON_EVERY_SCREEN, Scope, key_of
from tflab.ui.workbench.panes import Panes, PaneScreen

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.runs.answers import Answer
    from tflab.runs.events import InputAsked
    from tflab.runs.record import RunOptions
    from tflab.targets.live_run import LiveRun
    from tflab.ui.dialogs.answer import AnswerScreen
    from tflab.ui.dialogs.palette import Command
    from tflab.ui.terminal.notices import Loudness
    from tflab.ui.workbench.pickers import PresetChoice


class WorkbenchDialogs(PaneScreen):
    """The panes, and the dialogs over them.

    Args:
        session: Is told the answers.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session.library.entries, session.first_program, session.settings)
        self._session = session
        self._panes: Panes | None = None
        self._shown: Program | None = None
        self._answering: AnswerScreen | None = None

    def ask(self, event: events.Event) -> bool:
        """Put what the session asks, and hand on the answer; return whether it asks anything."""
        match event:
            case QuestionAsked():
                self._ask_question(event)
            case LineAsked():
                self._ask_line(event)
            case events.RecentListed():
                self.lessons.show_recent(event.files, event.missing)
            case events.PresetsListed():
                self._choose_preset(event)
            case events.LessonsRead():
                self._choose_lesson(event)
            case events.EnvironmentsListed():
                self._choose_environment(event)
            case events.InputWanted():
                self._ask_input(event.run)
            case _:
                return False
        return True

    def _ask_line(self, event: LineAsked) -> None:
        from tflab.ui.dialogs.ask import AskScreen

        def take(text: str | None) -> None:
            if text is not None:
                event.take(text)

        self.app.push_screen(AskScreen(event.title, event.text, event.about), take)

    def choose_section(self) -> None:
        """Go to a section of the lesson."""
        from tflab.ui.workbench.pickers import pick_section

        panes = self._panes
        if panes is None or self._shown is None:
            return

        def take(place: int | None) -> None:
            if place is not None:
                panes.lesson.go_to(place)

        self.app.push_screen(pick_section(panes.lesson.headings()), take)

    def explain_terms(self) -> None:
        """Explain the technical words of the lesson."""
        from tflab.ui.workbench.pickers import pick_term

        if self._shown is not None:
            self.app.push_screen(pick_term(self._shown, self._session.library.glossary))

    def show_text(self, title: str, text: str) -> None:
        """Show a long text."""
        from tflab.ui.dialogs.notice import TextScreen

        self.app.push_screen(TextScreen(title, text))

    def action_help(self) -> None:
        """Show the keys of the pane in focus."""
        from tflab.ui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen(self.scope))

    def action_jump(self, from_field: bool = False) -> None:
        """Show a letter at every place in sight, and go to the one whose letter is pressed."""
        del from_field  # What tells the two keys apart.
        from tflab.ui.dialogs.jump import JumpScreen, Target
        from tflab.ui.workbench.jump_targets import jump_targets

        def take(target: Target | None) -> None:
            if target is not None:
                target.go()

        if self._panes is not None:
            self.app.push_screen(JumpScreen(jump_targets(self, self._panes)), take)

    def action_options(self) -> None:
        """Choose how much of a shared machine runs may take."""
        from tflab.ui.dialogs.options import OptionsScreen

        def keep(options: RunOptions | None) -> None:
            if options is not None:
                self._session.set_options(options)

        self.app.push_screen(OptionsScreen(self._session.settings.options), keep)

    def action_alerts(self) -> None:
        """Choose how loud alerts are."""
        from tflab.ui.workbench.pickers import pick_loudness

        def keep(loudness: Loudness | None) -> None:
            if loudness is not None:
                settings = self._session.settings
                settings.alerts = replace(settings.alerts, loudness=loudness)
                self._session.keep_settings()
                self.notify(f"Alerts are {loudness}.")

        self.app.push_screen(pick_loudness(self._session.settings.alerts), keep)

    def action_environment(self) -> None:
        """Choose the environment that the lesson runs in."""
        self._session.environments.list()

    def action_commands(self) -> None:
        """Allow the shell commands of the notebook, or skip them again."""
        self._session.commands.change(self._shown)

    def action_palette(self) -> None:
        """Search commands and lessons."""
        from tflab.ui.dialogs.palette import PaletteScreen

        def take(command: Command | None) -> None:
            if command is not None:
                self.call_later(command.call)

        self.app.push_screen(PaletteScreen(self._commands()), take)

    def _commands(self) -> Iterator[Command]:
        from tflab.ui.workbench.commands import lesson_commands, pane_commands

        # What can be done with a cell is listed also while one writes in it.
        scope: Scope = "lesson" if self.scope == "editor" else self.scope
        running = self._session.runs.running
        yield from pane_commands(scope, self.pane_target(), self._run_command, running)
        yield from lesson_commands(self._session.library.entries, self._session.open)

    async def _run_command(self, action: str, pane: DOMNode | None) -> None:
        """Carry out an action of a pane, of the workbench, or of every screen."""
        place = self.app if action in ON_EVERY_SCREEN else self
        await self.app.run_action(action, pane or place)

    def action_answer(self) -> None:
        """Answer what the run on show asks for."""
        run = self._session.runs.current
        if run is None or run.state.question is None:
            self.notify("No run asks for anything.")
        elif self._answering is None:
            self._open_answer(run, run.state.question)

    def _ask_input(self, run: LiveRun) -> None:
        """Open the field for what a run asks, where that takes no key from what a person types."""
        from textual.widgets import Input, TextArea

        if self._answering is not None:
            self._answering.let_go()
        question = run.state.question
        if question is None or run.stopping:
            return
        typing = isinstance(self.focused, Input | TextArea)
        if self.app.screen is self and not typing:
            self._open_answer(run, question)
        else:
            self.notify(f"The program asks for input: {key_of('answer')} answers.", timeout=8)

    def _open_answer(self, run: LiveRun, question: InputAsked) -> None:
        from tflab.runs.transcript import Transcript
        from tflab.ui.dialogs.answer import AnswerScreen

        state = run.state
        items = state.cells[question.cell].items if question.cell in state.cells else []
        said = items[-1].text() if items and isinstance(items[-1], Transcript) else question.prompt

        def take(answer: Answer | None) -> None:
            self._answering = None
            if answer is not None:
                self._session.runs.input.answer(run, question.number, answer)

        self._answering = AnswerScreen(said, question.secret)
        self.app.push_screen(self._answering, take)

    def _ask_question(self, event: QuestionAsked) -> None:
        from tflab.ui.dialogs.confirm import ConfirmScreen

        question, panes = event.question, self._panes
        about_code = question.kind is QuestionKind.TRUST
        if about_code and panes is not None:
            # What is asked about is seen whole, also after a no: it is read before the next run.
            panes.lesson.show_whole_code(True)

        def take(good: bool | None) -> None:
            if about_code and good and panes is not None:
                panes.lesson.show_whole_code(False)
            event.answer(bool(good))

        words = (question.title, question.text, question.yes, question.no)
        self.app.push_screen(ConfirmScreen(*words), take)

    def _choose_preset(self, event: events.PresetsListed) -> None:
        from tflab.ui.workbench.pickers import pick_preset

        def take(choice: PresetChoice | None) -> None:
            if choice is not None:
                self._work_on_preset(event.program, choice)

        self.app.push_screen(pick_preset(event.presets), take)

    def _work_on_preset(self, program: Program, choice: PresetChoice) -> None:
        from tflab.ui.workbench.pickers import PresetWork

        presets = self._session.presets
        match choice.work:
            case PresetWork.USE:
                if choice.preset is not None:
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

        self.app.push_screen(pick_lesson(self._session.library.entries, event.texts), take)

    def _choose_environment(self, event: events.EnvironmentsListed) -> None:
        from tflab.ui.workbench.pickers import pick_environment

        def take(interpreter: str | None) -> None:
            if interpreter is not None:
                self._session.environments.choose(interpreter)

        self.app.push_screen(pick_environment(event.environments, event.current), take)
