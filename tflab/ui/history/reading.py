"""Reading the runs for the history's screen, in the background, as long as it is open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.trash import KEEP_SECONDS, Trash
from tflab.session.history_watch import HistoryWatch

if TYPE_CHECKING:
    from tflab.ui.app import LabApp
    from tflab.ui.history.screen import HistoryScreen


class HistoryReading:
    """Reads what the screen shows. Results go through the screen's queue, or nowhere."""

    def __init__(self, app: LabApp, store: RunStore, trash: Trash) -> None:
        self._app = app
        self._trash = trash
        self._watch = HistoryWatch(store)
        self._alone = threading.Lock()
        self._told = ""

    def read(self, screen: HistoryScreen) -> None:
        """Hand over all runs, and how much room they take."""
        self._start(lambda: self._look(screen, anew=True))
        self._app.run_worker(
            lambda: self._see_disk(screen), thread=True, group="history-disk", exclusive=True
        )

    def look(self, screen: HistoryScreen) -> None:
        """Hand over all runs if something has changed; leave it while they are being read."""
        if not self._alone.locked():
            self._start(lambda: self._look(screen, anew=False))

    def _start(self, work: Callable[[], None]) -> None:
        self._app.run_worker(work, thread=True, group="history")

    def _look(self, screen: HistoryScreen, anew: bool) -> None:
        with self._alone:
            try:
                rows = self._watch.look(anew)
                if rows is not None:
                    screen.call_later(screen.take, rows)
                rows = self._watch.mend()
            except OSError as error:
                self._tell(f"The runs cannot be read: {error.strerror}.")
                return
            self._told = ""
            if rows is not None:
                screen.call_later(screen.take, rows)

    def _see_disk(self, screen: HistoryScreen) -> None:
        """Empty the trash of what is old, and add up the rest."""
        try:
            self._trash.empty(KEEP_SECONDS)
        except Problem as problem:
            self._tell(f"{problem.title}. {problem.cause}")
        try:
            use = self._trash.disk_use()
        except OSError as error:
            self._tell(f"The disk cannot be read: {error.strerror}.")
            return
        if not get_current_worker().is_cancelled:
            screen.call_later(screen.take_disk_use, use)

    def _tell(self, text: str) -> None:
        """Say what is wrong, once."""
        if text != self._told:
            self._told = text
            self._app.call_later(self._app.notify, text, severity="warning")
