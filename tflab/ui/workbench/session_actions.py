"""What keys and panes ask of the session: open, run, stop, live mode, guesses, sweeps."""

from __future__ import annotations

from typing import Literal

from textual import on

from tflab.ui.workbench import messages
from tflab.ui.workbench.editing import CellEditing
from tflab.ui.workbench.frame import PaneFrame

_TERM_SECONDS = 12.0


class SessionActions(CellEditing):
    """The panes with everything over them, and the actions that the session carries out."""

    # By keys

    def action_run(self) -> None:
        """Run the whole lesson; one that is not there yet, as soon as it is."""
        self.tell_typed()
        self._session.run()

    def action_stop(self) -> None:
        """Stop the run on show."""
        self._session.stop()

    def action_live(self) -> None:
        """Turn live mode on or off."""
        self.tell_typed()
        self._session.toggle_live()

    def action_predict(self) -> None:
        """Ask the questions of the lesson again."""
        self.tell_typed()
        self._session.starter.predict()

    def action_follow(self) -> None:
        """Show the run that was found."""
        self._session.follow()

    def action_review(self) -> None:
        """Put a few questions that are due."""
        self._session.quiz.begin_review()

    def action_place(self) -> None:
        """Put questions that say where to begin."""
        self._session.quiz.begin_placement()

    def action_forget(self, what: Literal["lesson", "course"]) -> None:
        """Forget the progress of the open lesson or of the course."""
        if what == "course":
            self._session.course.forget(None)
        elif self._shown is not None:
            self._session.course.forget(self._shown)

    def action_sweep(self) -> None:
        """Show the sweep that goes on, or plan one."""
        self.tell_typed()
        self._session.edits.settle(self._session.sweeps.open)

    # By panes

    @on(messages.LessonChosen)
    def _lesson_chosen(self, message: messages.LessonChosen) -> None:
        self.show_pane("lesson")
        self._session.open(message.path)

    @on(messages.ListOpened)
    def _list_opened(self) -> None:
        self._session.library.look_at_recent(self._session.settings)
        self._session.quiz.look()

    @on(messages.ReviewRequested)
    def _review_requested(self) -> None:
        self.action_review()

    @on(messages.PlacementRequested)
    def _placement_requested(self) -> None:
        self.action_place()

    @on(PaneFrame.Moved)
    def _keep_sizes(self, message: PaneFrame.Moved) -> None:
        self._session.settings.panes = message.shares
        self._session.keep_settings()

    @on(messages.RunRequested)
    def _run_requested(self, message: messages.RunRequested) -> None:
        self._session.run(message.until)

    @on(messages.QuestionAnswered)
    def _question_answered(self, message: messages.QuestionAnswered) -> None:
        session, program = self._session, self._shown
        if program is not None and not session.form.first_bad:
            values = session.form.values
            session.guesses.answer(program, message.question, message.guess, values)

    @on(messages.StopRequested)
    def _stop_requested(self) -> None:
        self._session.stop()

    @on(messages.RunChosen)
    def _run_chosen(self, message: messages.RunChosen) -> None:
        self._session.past_runs.use(message.run, message.use)

    @on(messages.SearchRequested)
    def _search(self) -> None:
        self._session.library.read_texts()

    @on(messages.PresetsRequested)
    def _presets(self) -> None:
        self._session.list_presets()

    @on(messages.GuidanceRequested)
    def _guide(self, message: messages.GuidanceRequested) -> None:
        match message.guidance:
            case messages.Guidance.CONTENTS:
                self.choose_section()
            case messages.Guidance.GLOSSARY:
                self.explain_terms()
            case messages.Guidance.NEXT:
                self._session.library.open_beside(self._shown, 1)
            case messages.Guidance.PREVIOUS:
                self._session.library.open_beside(self._shown, -1)

    @on(messages.WordAsked)
    def _explain(self, message: messages.WordAsked) -> None:
        about = self._session.library.glossary.get(message.word)
        if about is not None:
            self.notify(about, title=message.word, timeout=_TERM_SECONDS)
