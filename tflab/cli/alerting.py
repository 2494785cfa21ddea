"""A bell, a notice and the person's own command when something long has ended."""

from __future__ import annotations

import sys
import time

from tflab.cli.output import stderr
from tflab.session.alerts import LONG_SECONDS, Alert, run_command
from tflab.session.settings import load_settings


class LongWait:
    """Knows how long a command has taken, and tells of its end where that was long."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def over(self, alert: Alert) -> None:
        """Tell that it is over, if the person has waited for long and wants to be told."""
        if time.monotonic() - self._began >= LONG_SECONDS:
            send(alert)


def send(alert: Alert) -> None:
    """Send an alert as the person's settings have it; what is wrong with it is said on stderr."""
    settings = load_settings().alerts
    if settings.loudness == "off":
        return
    # What is asked for on stdout, JSON for one, stays whole.
    if sys.stderr.isatty():
        stderr().alert(alert.title, alert.text, settings.loudness)
    if settings.command and (problem := run_command(settings, alert)):
        print(f"Your command for alerts: {problem}", file=sys.stderr)
