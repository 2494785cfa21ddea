"""The panes of the workbench in their frame, the drawer over them, and where the focus is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tflab.programs.library import LessonEntry
from tflab.session.settings import Settings
from tflab.ui.actions import SCOPE_TITLES, Scope, key_of
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.screens import QuietWhenCovered
from tflab.ui.widgets.key_line import KeyLine
from tflab.ui.widgets.notice_line import NoticeLine
from tflab.ui.workbench import messages
from tflab.ui.workbench.arrangement import Pane, Wanted
from tflab.ui.workbench.frame import PaneBox, PaneFrame
from tflab.ui.workbench.frame_drawing import Title
from tflab.ui.workbench.goals import Goals, goals_title
from tflab.ui.workbench.lesson_list import LessonList
from tflab.ui.workbench.status_line import StatusLine

if TYPE_CHECKING:
    from tflab.ui.workbench.lesson_view import LessonView
    from tflab.ui.workbench.loss_chart import LossChart
    from tflab.ui.workbench.parameter_form import ParameterForm
    from tflab.ui.workbench.run_list import RunList

SMALLEST = (60, 20)

PANES: tuple[Pane, ...] = ("lesson", "parameters", "loss", "runs")
"""The panes that can have the focus, in the order in which Tab goes through them."""


class TooSmall(Widget):
    """Says what room the workbench needs."""

    def render(self) -> Content:
        """Draw the sentence."""
        width, height = self.app.size
        times = "×" if glyphs().unicode else "x"
        return Content(
            f"This terminal is {width}{times}{height}.\n"
            f"The workbench needs {SMALLEST[0]}{times}{SMALLEST[1]} or more.\nMake it larger."
        )


class Panes(NamedTuple):
    """What is in the panes, once it is there."""

    lesson: LessonView
    chart: LossChart
    form: ParameterForm
    runs: RunList


class PaneScreen(QuietWhenCovered[None]):
    """The lesson on the left or above; parameters, loss, runs and goals beside or below it.

    Only what the first paint needs is here from the start; `fill` brings the rest.

    Args:
        entries: The lessons to list.
        current: The one that will be open.
        settings: Has the sizes that the person gave the panes.
    """

    AUTO_FOCUS = ""

    def __init__(
        self, entries: Sequence[LessonEntry], current: Path | None, settings: Settings
    ) -> None:
        super().__init__()
        self.status = StatusLine(id="status")
        self.lessons = LessonList(entries, current)
        self.status.title = next((e.title for e in entries if e.path == current), "")
        self.goals = Goals()
        self.notices = NoticeLine()
        self._keys = KeyLine(id="keys")
        self._boxes: dict[Pane, PaneBox] = {pane: PaneBox(scope=pane) for pane in PANES}
        self._boxes["goals"] = PaneBox(self.goals, scope="goals")
        self.frame = PaneFrame(self._boxes, self.notices, self._measure, settings.panes)
        self._pane: Pane = "lesson"
        self._has_goals = False
        self._form: ParameterForm | None = None
        self._curves = True
        for pane in PANES:
            self.entitle(pane)

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        width, height = self.app.size
        self._fit(self.app.size)
        self.frame.fit(Size(width, max(height - 2, 0)))
        yield self.status
        yield self.frame
        yield self._keys
        yield TooSmall(id="too-small")

    async def fill(self, panes: Panes) -> None:
        """Put the panes' contents in, after the first paint."""
        self._form = panes.form
        places: dict[Pane, Widget] = {
            "lesson": panes.lesson,
            "parameters": panes.form,
            "loss": panes.chart,
            "runs": panes.runs,
        }
        for pane, widget in places.items():
            await self._boxes[pane].mount(widget)
        await self.mount(Vertical(self.lessons, id="drawer"))
        self.query_one("#drawer").border_title = "Lessons"
        self._help_in_its_place()

    def entitle(self, pane: Pane, title: Title | None = None) -> None:
        """Write a title above a pane; by default its key and its name."""
        named = Title(key_of(f"show('{pane}')"), SCOPE_TITLES[pane]) if pane != "goals" else Title()
        self.frame.entitle(pane, title or named)

    def titled(self, pane: Pane) -> Title:
        """Return the title of a pane."""
        return self.frame.title_of(pane)

    def pane(self, scope: Pane) -> PaneBox:
        """Return the box of a pane."""
        return self._boxes[scope]

    @property
    def scope(self) -> Scope:
        """Where the focus is."""
        return self._keys.scope

    def pane_target(self) -> Widget | None:
        """Return the widget that carries out the actions of the pane in focus."""
        if self.scope == "lessons":
            return self.lessons
        return next(iter(self._boxes[self._pane].children), None)

    def toggle_full_screen(self) -> None:
        """Give the pane in focus the whole screen, or take it back."""
        self.frame.show_full(None if self.frame.full else self._pane)
        self._keys.full = self.frame.full is not None
        self._help_in_its_place()

    def show_running(self, running: bool) -> None:
        """Offer Stop in place of Run while a run goes on."""
        self._keys.running = running

    def show_beside(self, beside: bool) -> None:
        """Offer the next lesson, or nothing where what is open stands alone."""
        self._keys.beside = beside

    @property
    def narrow(self) -> bool:
        """Whether some panes take turns, because there is no room for all."""
        return self.frame.kind == "small"

    def show_pane(self, scope: Scope | Pane) -> None:
        """Bring a pane into sight, and give it the focus; the list of lessons opens or closes."""
        if scope == "lessons":
            self.show_drawer(not self.drawer_open)
        else:
            for pane in PANES:
                if pane == scope:
                    self._choose(pane)
                    self._boxes[pane].take_focus()

    def reveal(self, pane: Pane) -> None:
        """Bring a pane into sight; the focus stays where it is."""
        self.frame.reveal(pane)
        self._keys.full = self.frame.full is not None

    # The drawer

    @property
    def drawer_open(self) -> bool:
        """Whether the list of lessons is open."""
        return self.has_class("-drawer")

    def show_drawer(self, shown: bool) -> None:
        """Open the list of lessons over what is left, or close it and go back where one was."""
        if shown == self.drawer_open or self._form is None:
            return
        self.set_class(shown, "-drawer")
        if shown:
            self.lessons.go_to_open()
            self.set_focus(self.lessons)
            self.post_message(messages.ListOpened())
        else:
            self._boxes[self._pane].take_focus()

    @on(messages.ListClosed)
    def _close_list(self) -> None:
        self.show_drawer(False)

    # Sizes

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout that fits."""
        self._fit(event.size)
        self.call_after_refresh(self._help_in_its_place)

    def action_push(self, columns: int, rows: int) -> None:
        """Move the line beside the pane in focus."""
        if not self.frame.push(columns, rows):
            self.notify("There is no line to move that way.")

    def action_reset_sizes(self) -> None:
        """Give every pane its own size back."""
        self.frame.reset()

    def _fit(self, size: Size) -> None:
        """Say so where there is no room at all; each change of a class costs a restyling."""
        too_small = size.width < SMALLEST[0] or size.height < SMALLEST[1]
        if too_small != self.has_class("-too-small"):
            self.set_class(too_small, "-too-small")

    def _measure(self, width: int) -> Wanted:
        """Return how much room the panes want, where the form is so wide."""
        goals = self.goals.rows(width) if self._has_goals else 0
        if self._form is None:
            return Wanted(goal_rows=goals, chart=self._curves)
        form = self._form
        rows, least, two = form.rows(width), form.least_width, form.width_of_two
        return Wanted(rows, least, goals, self._curves, two)

    def _help_in_its_place(self) -> None:
        """Have the form say what is to be known below its fields where it is wide enough."""
        if self._form is not None:
            here = self.frame.kind not in ("small", "tall")
            self._form.show_help_here(here)
            if here:
                self.notices.show_quiet(Content())

    @on(messages.FieldExplained)
    def _explain_field(self, message: messages.FieldExplained) -> None:
        here = self.frame.kind not in ("small", "tall")
        self.notices.show_quiet(Content() if here else message.words)
        self.frame.refit()

    @on(messages.GoalsChanged)
    def _count_goals(self, message: messages.GoalsChanged) -> None:
        self._has_goals = bool(message.goals[1] or message.exercises[1])
        self.status.goals, self.status.exercises = message.goals, message.exercises
        text = goals_title(message.goals, message.exercises)
        title = Title(key_of("hint"), text, right="hint" if message.goals[1] else "")
        self.frame.entitle("goals", title if self._has_goals else Title())
        self.frame.refit()

    @on(PaneFrame.Pressed)
    def _title_pressed(self, message: PaneFrame.Pressed) -> None:
        if message.pane == "goals":
            self.reveal("goals")
        else:
            self.show_pane(message.pane)

    # The focus

    @on(events.DescendantFocus)
    def _focus_moved(self, event: events.DescendantFocus) -> None:
        writing = event.widget.id == "code-area"
        for ancestor in event.widget.ancestors_with_self:
            if isinstance(ancestor, PaneBox):
                pane: Scope = ancestor.scope if ancestor.scope != "goals" else "app"
                self._keys.scope = "editor" if writing else pane
                self._choose(ancestor.scope)
                if self.drawer_open:
                    self.set_class(False, "-drawer")
            elif ancestor is self.lessons:
                self._keys.scope = "lessons"

    def _choose(self, pane: Pane) -> None:
        self._pane = pane
        self.frame.activate(pane)
        self._keys.full = self.frame.full is not None
