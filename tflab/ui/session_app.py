"""An app that owns a session: it drives it, and takes what it tells as messages, in order."""

from __future__ import annotations

import math
import time
from pathlib import Path

from textual.timer import Timer

from tflab.session.events import Event, RunsListed
from tflab.session.session import Session
from tflab.ui.terminal.app_base import TerminalApp
from tflab.ui.terminal.notices import alert_sequence
from tflab.ui.workbench.messages import SessionSpoke

_SHORTEST_PAUSE = 0.001


class SessionApp(TerminalApp):
    """Owns a session. Whatever the session tells arrives as `SessionSpoke`.

    Args:
        program: The file to open; None for the one last open, or the first.
    """

    def __init__(self, program: Path | None = None) -> None:
        super().__init__()
        self.session = Session(self._hear, self._wake, program)
        self._timer: Timer | None = None
        self._listed: dict[str, RunsListed] = {}
        self._due = math.inf

    def drive(self) -> None:
        """Let the session do what is due, from now on as often as it asks for it."""
        self._due = math.inf
        self.session.advance()
        self._hurry()

    def _hear(self, event: Event) -> None:
        self.post_message(SessionSpoke(event))
        self._alert(event)
        self._hurry()

    def _alert(self, event: Event) -> None:
        """Tell a person who is elsewhere, where this is worth it."""
        if isinstance(event, RunsListed):
            # Kept for the first alert: what makes alerts is not needed before.
            self._listed[event.program] = event
        if not event.ALERTS or not self.presence.away:
            return
        alerts = self.session.alerts
        while self._listed:
            alerts.of(self._listed.popitem()[1])
        alert = alerts.of(event)
        if alert is not None:
            loudness = self.session.settings.alerts.loudness
            self.write_past_screen(alert_sequence(alert.title, alert.text, loudness))
            alerts.run_command(alert)

    def _wake(self) -> None:
        """Have taken in, soon, what has come back; called in the thread of a queue."""
        self.call_later(self._deliver)

    def _deliver(self) -> None:
        self.session.deliver()
        self._hurry()

    def _hurry(self) -> None:
        """See that the session is driven as soon as it needs it, and no sooner."""
        pause = self.session.pause
        due = time.monotonic() + pause
        if not self.is_running or due >= self._due:
            return
        if self._timer is not None:
            self._timer.stop()
        self._due = due
        # Textual divides by the pause of a timer that is late.
        self._timer = self.set_timer(max(pause, _SHORTEST_PAUSE), self.drive)
