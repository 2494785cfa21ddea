"""What keys ask of the session: run, stop, live mode, guesses, sweeps, progress."""

from __future__ import annotations

from typing import Literal

from tflab.ui.workbench.editing import CellEditing


class SessionActions(CellEditing):
    """The panes with everything over them, and the actions that the session carries out."""

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
