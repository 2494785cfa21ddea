"""Telling a person who is elsewhere that a run has ended, diverges, or is the best so far.

Here is decided what is worth telling, and the person's own command is run; the bell and the notice
of the terminal are whoever's who has one. Names and results come from programs, which may be
anybody's: what is told is plain text on one line.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.metrics import best_value, higher_is_better, main_metric
from tflab.runs.record import RunRecord
from tflab.runs.state import RunState
from tflab.runs.summary import GOING
from tflab.runs.text import plain_line, shorten
from tflab.session.events import Emit, Event, Notice, RunAdvanced, RunEnded, RunsListed
from tflab.session.settings import AlertSettings
from tflab.session.sweep_events import SweepEnded
from tflab.targets.bounded_process import ask_process

LONG_SECONDS = 10.0
"""On the command line, what took less was waited for."""

_LONGEST = 200
_KEPT = 500

_ENDINGS = {
    "finished": "finished",
    "failed": "failed",
    "cancelled": "was stopped",
    "pruned": "was stopped early",
    "lost": "was lost",
}


@dataclass(frozen=True)
class Alert:
    """Something worth a bell. All of it is plain text on one line.

    Attributes:
        kind: What has happened.
        title: A few words.
        text: A sentence.
        values: More that a command may want to know, by name.
    """

    kind: Literal["ended", "diverged", "best", "test"]
    title: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict)


class Alerts:
    """Says which events are worth an alert, and runs the person's own command.

    Args:
        settings: Returns how loud alerts are, and the command.
        own: Whether a run, given by its id, was started here.
        queue: Where the command is run: it may take its time.
        emit: Is told what is wrong with it.
    """

    def __init__(
        self,
        settings: Callable[[], AlertSettings],
        own: Callable[[str], bool],
        queue: DiskQueue,
        emit: Emit,
    ) -> None:
        self._settings = settings
        self._own = own
        self._queue = queue
        self._emit = emit
        self._told: dict[tuple[str, str], None] = {}
        self._best: dict[str, tuple[str, float]] = {}

    def of(self, event: Event) -> Alert | None:
        """Return what is to be told now that this has happened; each thing is told once."""
        if self._settings().loudness == "off":
            return None
        match event:
            case RunAdvanced(run) | RunEnded(run):
                if self._own(run.record.id):
                    return self._of_run(run.record, run.state)
            case RunsListed():
                self._note_best(event)
            case SweepEnded(sweep) if sweep.started_here and not event.left:
                return Alert("ended", "Sweep over", _line(event.text), {"SWEEP": sweep.id})
        return None

    def run_command(self, alert: Alert) -> None:
        """Run the person's own command, if there is one; what is wrong with it is said."""
        settings = self._settings()
        if not settings.command:
            return

        def said(done: Any) -> None:
            if problem := done.result():
                self._emit(Notice(problem, title="Your command for alerts", severity="warning"))

        self._queue.do_then(lambda: run_command(settings, alert), said)

    def _of_run(self, record: RunRecord, state: RunState) -> Alert | None:
        if state.ended is not None:
            if not self._once("ended", record.id):
                return None
            before = self._best.get(record.request.lesson)
            return alert_of_run(record, state, before)
        tag = main_metric(state.series)
        series = state.series[tag] if tag is not None else None
        if series is None or not series.nonfinite or math.isfinite(series.values[-1]):
            return None
        if not self._once("diverged", record.id):
            return None
        text = f"{tag} left the range of numbers at step {series.first_nonfinite_step}."
        return Alert("diverged", _title(record, "diverges"), _line(text), _values(record, state))

    def _once(self, kind: str, run: str) -> bool:
        known = (kind, run) in self._told
        self._told[kind, run] = None
        while len(self._told) > _KEPT:
            del self._told[next(iter(self._told))]
        return not known

    def _note_best(self, listed: RunsListed) -> None:
        """Keep the best value of the main metric of a program's runs."""
        found: tuple[str, float] | None = None
        for row in listed.rows:
            if row.summary.status in GOING:
                continue
            metrics = row.summary.metrics
            tag = main_metric(metrics)
            value = best_value(tag, metrics[tag]) if tag is not None else None
            if tag is None or value is None or (found is not None and found[0] != tag):
                continue
            if found is None or _is_better(tag, value, found[1]):
                found = tag, value
        if found is not None:
            self._best[listed.program] = found


def alert_of_run(
    record: RunRecord, state: RunState, before: tuple[str, float] | None = None
) -> Alert:
    """Return what is told of a run that has ended.

    Args:
        record: What was asked of it.
        state: The run.
        before: The main metric of the runs before, and its best value, if there were any.
    """
    how = _ENDINGS.get(state.status, state.status)
    kind: Literal["ended", "best"] = "ended"
    words: list[str] = []
    tag = main_metric(tag for tag, series in state.series.items() if len(series))
    if tag is not None:
        metric = state.series[tag].summary()
        best = best_value(tag, metric)
        words.append(f"{tag} {state.series[tag].values[-1]:.4g}")
        if state.status == "finished" and (better := _new_best(tag, best, before)):
            kind, words = "best", [better]
    if state.status in ("failed", "lost"):
        cause = state.error.title if state.error is not None else ""
        cause = cause or (state.ended.cause if state.ended is not None else "")
        words = [cause, *words]
    if state.seconds is not None:
        words.append(f"{state.seconds:.0f} s")
    text = _line(", ".join(filter(None, words)))
    return Alert(kind, _title(record, how), text, _values(record, state))


def run_command(settings: AlertSettings, alert: Alert) -> str:
    """Run the person's own command, and return what is wrong with it; empty when nothing is.

    It is started as it is, never by a shell; what it may want to know is in its environment.
    """
    told = {
        "TFLAB_ALERT": alert.kind,
        "TFLAB_TITLE": alert.title,
        "TFLAB_TEXT": alert.text,
        **{f"TFLAB_{name}": value for name, value in alert.values.items()},
    }
    command = [os.path.expanduser(settings.command[0]), *settings.command[1:]]
    name = plain_line(command[0])
    try:
        answer = ask_process(
            command, settings.seconds, limit=1 << 16, environment={**os.environ, **told}
        )
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else str(error)
        return f"{name} cannot be started: {cause}."
    if answer.code == 0:
        return ""
    if answer.code is None:
        return f"{name} was ended: it took more than {settings.seconds:g} s, or said too much."
    last = _line(answer.text.strip().rpartition("\n")[2])
    return f"{name} failed with code {answer.code}." + (f" It says: {last}" if last else "")


def _values(record: RunRecord, state: RunState) -> dict[str, str]:
    request = record.request
    found = {
        "RUN": record.id,
        "STATE": state.status,
        "LESSON": _line(request.lesson),
        "DEVICE": _line(request.device),
    }
    if state.seconds is not None:
        found["SECONDS"] = f"{state.seconds:.1f}"
    tag = main_metric(tag for tag, series in state.series.items() if len(series))
    if tag is not None:
        found["METRIC"] = _line(tag)
        found["VALUE"] = repr(state.series[tag].values[-1])
    return found


def _title(record: RunRecord, how: str) -> str:
    number = f" #{record.number}" if record.number else ""
    return _line(f"{record.request.title}{number} {how}")


def _line(text: str) -> str:
    """Return a text that no terminal and no shell can take for more than text."""
    line = "".join(char for char in plain_line(text) if char.isprintable())
    return shorten(line.replace("\x00", ""), _LONGEST)


def _new_best(tag: str, best: float | None, before: tuple[str, float] | None) -> str:
    """Say that a run is the best so far; empty where it is not, or is the first."""
    if best is None or before is None or before[0] != tag or not _is_better(tag, best, before[1]):
        return ""
    return f"New best {tag} {best:.4g}, {before[1]:.4g} before"


def _is_better(tag: str, value: float, before: float) -> bool:
    return value > before if higher_is_better(tag) else value < before
