"""Bringing every pane up to date with the run on show, at a pace the eye can follow."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from tflab.programs.program import Program
from tflab.runs.summary import summarise
from tflab.runs.text import plain_line
from tflab.session.discovery import time_ago
from tflab.session.environments import Environments
from tflab.session.events import RunEnded
from tflab.session.history_columns import value_text
from tflab.session.lesson_end import lesson_end
from tflab.session.run_names import RunName, name_of_run
from tflab.session.session import Session
from tflab.targets.device import Device
from tflab.targets.live_run import LiveRun
from tflab.ui.actions import key_of
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.workbench.goals import Goals
from tflab.ui.workbench.panes import Panes
from tflab.ui.workbench.progress_text import progress_line
from tflab.ui.workbench.status_line import StatusLine

_WORDS_SECONDS = 0.5
_ROW_SECONDS = 2.0
_LABEL_WIDTH = 12
"""Cells of a name at the end of a curve."""

_TONES = {
    "finished": "$success",
    "failed": "$error",
    "lost": "$error",
    "cancelled": "$warning",
    "pruned": "$text-quiet",
}
_PHASES = {
    "importing": "TensorFlow is loading",
    "broken": "TensorFlow cannot be loaded",
    "gone": "no fork server",
}
"""What the status line says of the fork server; nothing while all is well."""


class RunPanes:
    """Shows a run in chart, lesson, goals, list of runs and status line.

    Numbers in words change twice a second at most, and those in the list of runs every other
    second: nobody reads faster. A change of state shows at once.

    Args:
        panes: The panes.
        goals: The goals.
        status: The status line.
        session: Has the run, the form and the fork server.
        name_run: Is told what the run on show is called; None while there is none of this program.
    """

    def __init__(
        self,
        panes: Panes,
        goals: Goals,
        status: StatusLine,
        session: Session,
        name_run: Callable[[RunName | None], object],
    ) -> None:
        self._panes = panes
        self._goals = goals
        self._status = status
        self._session = session
        self._name_run = name_run
        self._on_show: LiveRun | None = None
        self._state_told = ""
        self._read_once = ""
        self._next_words = 0.0
        self._next_row = 0.0

    async def show(self, run: LiveRun) -> None:
        """Bring every pane up to date with the run on show; another run only has its row."""
        ours = is_of(run, self._session.program)
        if run is not self._session.runs.current:
            if ours:
                self._panes.runs.put(summarise(run.record, run.state))
            return
        if ours:
            self._panes.chart.show_run(run.state, difference(self._on_show, run))
            self._on_show = run
            self._panes.lesson.show_guessed(run.state, run.record.request.parameters)
            await self._panes.lesson.show_run(
                run.state,
                run.record.request.source,
                partial(self._name, run),
                self._session.live.on,
            )
            self._goals.show_run(run.state)
        asks = run.state.question is not None
        state = f"{run.record.id} {run.state.status} {run.over} {asks}"
        if state != self._state_told:
            self._state_told = state
            self.show_name()
            self._next_words = self._next_row = 0.0
        self._show_words(run, time.monotonic(), ours)

    def end(self, event: RunEnded) -> None:
        """Bring what stands out in a run of this workbench to the person's notice."""
        if is_of(event.run, self._session.program):
            if event.own:
                self._panes.chart.show_diagnosis(event.diagnosis)
                self._panes.lesson.show_end()
            self.show_card()

    def show_card(self) -> None:
        """Bring the end of the lesson up to date: what was done in it, and what comes next."""
        session = self._session
        program, run = session.program, session.runs.current
        if program is None:
            return
        state = run.state if run is not None and is_of(run, program) else None
        runs, entries = self._panes.runs.summaries, session.library.entries
        end = lesson_end(program, session.course.course, runs, entries, state)
        self._panes.lesson.show_card(end._replace(due=len(session.quiz.due.kinds)))

    def show_name(self) -> None:
        """Say which run is on show, and mark it in the list."""
        run, program = self._session.runs.current, self._session.program
        if run is None or program is None or not is_of(run, program):
            self._panes.runs.mark_shown("")
            self._name_run(None)
            return
        self._panes.runs.mark_shown(run.record.id)
        self._name_run(name_of_run(run.record, program.defaults, program.file_source))

    def show_status(self) -> None:
        """Write the status line."""
        session, status = self._session, self._status
        device, phase = session.form.device, session.server.phase
        status.device = _place_word(device) if device is not None else ""
        status.environment = environment_word(session.environments)
        status.commands = session.commands.words(session.program)
        server = _PHASES.get(phase, "")
        if session.environments.problem is not None:
            server = "no environment"
        run = session.runs.current
        elsewhere = run is not None and not is_of(run, session.program)
        on_show = None if elsewhere and run is not None and run.over else run
        words, status.tone = run_text(on_show, phase == "ready")
        if on_show is not None and self._still_opens(on_show):
            words, status.tone = "opening the run", "$text-quiet"
        if elsewhere and run is not None and not run.over:
            words = f"{plain_line(run.record.request.lesson)} {words}"
        if words == "ready" and server:
            # It is not, and nothing else goes on: one word for both.
            words, server = server, ""
        status.server = server
        status.run = f"live {glyphs().dot} {words}" if session.live.on else words

    def _still_opens(self, run: LiveRun) -> bool:
        """Whether it is not known yet if this run goes on: its log is read from the start."""
        if run.caught_up or run.over:
            self._read_once = run.record.id
        return self._read_once != run.record.id

    def _name(self, run: LiveRun, width: int) -> str:
        """Return what an output says of its run; how old that is, if not of this session."""
        session = self._session
        program = session.program
        defaults = program.defaults if program is not None else {}
        source = program.file_source if program is not None else ""
        age = "" if run.record.id in session.runs.own else f", {time_ago(run.record.created)}"
        return name_of_run(run.record, defaults, source).fit(width - len(age)) + age

    def _show_words(self, run: LiveRun, now: float, ours: bool) -> None:
        settled = run.state.ended is None or run.over
        if now >= self._next_row and settled and ours:
            self._next_row = now + _ROW_SECONDS
            self._panes.runs.put(summarise(run.record, run.state))
        if now >= self._next_words:
            self._next_words = now + _WORDS_SECONDS
            self.show_status()


def _place_word(device: Device) -> str:
    """Return what the status line calls the chosen device, or target."""
    if device.target:
        return f"on {plain_line(device.target)}"
    return device.name if device.key != "cpu" else "CPU"


def environment_word(environments: Environments) -> str:
    """Return what the status line calls the environment; nothing for tflab's own."""
    current = environments.current
    return "" if current is None or current.own else plain_line(current.candidate.name)


def is_of(run: LiveRun, program: Program | None) -> bool:
    """Return whether a run is of the program on show."""
    return program is not None and run.record.request.lesson == program.id


def run_text(run: LiveRun | None, server_ready: bool) -> tuple[str, str]:
    """Return what the status line says of `run`, and the theme variable that colours it."""
    if run is None:
        return "ready", "$text-quiet"
    if run.stopping:
        return "stopping", "$warning"
    state = run.state
    tone = _TONES.get(state.status, "$secondary")
    if state.status == "starting" and not server_ready:
        return "waits for TensorFlow", tone
    if state.status == "queued":
        return f"queued: {plain_line(state.queued)}", tone
    if state.question is not None:
        return f"waits for an answer: {key_of('answer')}", "$warning"
    if state.status == "running":
        return f"running {progress_line(state)}".rstrip(), tone
    seconds = f" in {state.seconds:.1f} s" if state.seconds is not None else ""
    return f"{state.status}{seconds}", tone


def difference(before: LiveRun | None, now: LiveRun) -> str:
    """Return the number of the run before and the values it had where `now` has others.

    Such as `#1 lr 0.1`; short enough for the end of a line. Nothing when `before` is no run of the
    same lesson.
    """
    if before is None:
        return ""
    old, new = before.record.request, now.record.request
    if old.lesson != new.lesson:
        return ""
    values = [
        (name, value_text(value))
        for name, value in {**old.parameters, "seed": old.seed}.items()
        if {**new.parameters, "seed": new.seed}.get(name) != value
    ]
    name = RunName(before.record.number, values)
    return name.fit(_LABEL_WIDTH) if values else f"{name.tag} before".lstrip()
