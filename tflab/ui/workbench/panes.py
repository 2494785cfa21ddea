"""The panes of the workbench, side by side or one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tflab.programs.library import LessonEntry
from tflab.ui.actions import SCOPE_TITLES, Scope
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.screens import QuietWhenCovered
from tflab.ui.widgets.key_line import KeyLine
from tflab.ui.workbench.goals import Goals
from tflab.ui.workbench.lesson_list import LessonList
from tflab.ui.workbench.pane_tabs import PANES, PaneTabs
from tflab.ui.workbench.status_line import StatusLine

if TYPE_CHECKING:
    from tflab.ui.workbench.lesson_view import LessonView
    from tflab.ui.workbench.loss_chart import LossChart
    from tflab.ui.workbench.parameter_form import ParameterForm
    from tflab.ui.workbench.run_list import RunList

SMALLEST = (60, 20)
WIDE = (100, 28)


class Pane(Vertical):
    """A titled box that holds one part of the workbench. Its keys work while it has the focus.

    Args:
        content: What the pane shows.
        scope: Which part of the workbench this is; gives title and keys.
    """

    ALLOW_MAXIMIZE = True
    scope: Scope = "app"

    def __init__(self, *content: Widget, scope: Scope) -> None:
        super().__init__(*content, id=f"pane-{scope}", classes="pane")
        self.scope = scope
        self.border_title = SCOPE_TITLES[scope]

    def take_focus(self) -> None:
        """Give the focus to the first thing in the pane that can have it."""
        for child in self.query("*"):
            if child.focusable:
                # At once: the keys behind this one in the same burst are for the child already.
                self.screen.set_focus(child)
                return


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
    """Lessons and goals, the lesson over its loss, parameters over runs.

    Only what the first paint needs is here from the start; `fill` brings the rest.

    Args:
        entries: The lessons to list.
        current: The one that will be open.
    """

    AUTO_FOCUS = ""

    def __init__(self, entries: Sequence[LessonEntry], current: Path | None) -> None:
        super().__init__()
        self.status = StatusLine(id="status")
        self.lessons = LessonList(entries, current)
        self.goals = Goals()
        self._pane: Scope = "lesson"

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        self._fit(self.app.size)
        yield self.status
        yield PaneTabs(id="tabs")
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield Pane(self.lessons, self.goals, scope="lessons")
            with Vertical(id="middle", classes="-front"):
                yield Pane(scope="lesson").add_class("-front")
                yield Pane(scope="loss")
            with Vertical(id="right"):
                yield Pane(scope="parameters")
                yield Pane(scope="runs")
        yield KeyLine(id="keys")
        yield TooSmall(id="too-small")

    async def fill(self, panes: Panes) -> None:
        """Put the panes' contents in, after the first paint."""
        places: dict[Scope, Widget] = {
            "lesson": panes.lesson,
            "loss": panes.chart,
            "parameters": panes.form,
            "runs": panes.runs,
        }
        for scope, widget in places.items():
            await self.pane(scope).mount(widget)

    def pane(self, scope: Scope) -> Pane:
        """Return the pane of that scope."""
        return self.query_one(f"#pane-{scope}", Pane)

    @property
    def scope(self) -> Scope:
        """The pane in focus."""
        return self.query_one(KeyLine).scope

    def pane_target(self) -> Widget | None:
        """Return the widget that carries out the actions of the pane in focus."""
        return next(iter(self.pane(self._pane).children), None)

    def toggle_full_screen(self) -> None:
        """Give the pane in focus the whole screen, or take it back."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.maximize(self.pane(self._pane))

    @property
    def narrow(self) -> bool:
        """Whether one pane is shown at a time."""
        return self.has_class("-narrow")

    def show_pane(self, scope: Scope) -> None:
        """Bring a pane to the front, and give it the focus."""
        if self.maximized is not None and self.maximized is not self.pane(scope):
            self.minimize()
        self._choose(scope)
        self.pane(scope).take_focus()

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout that fits."""
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        """Set the classes of the layout, and only those that change: each costs a restyling."""
        width, height = size
        too_small = width < SMALLEST[0] or height < SMALLEST[1]
        narrow = width < WIDE[0] or height < WIDE[1]
        if too_small != self.has_class("-too-small"):
            self.set_class(too_small, "-too-small")
        if narrow != self.has_class("-narrow"):
            self.set_class(narrow, "-narrow")

    @on(events.DescendantFocus)
    def _focus_moved(self, event: events.DescendantFocus) -> None:
        node = event.widget
        for ancestor in node.ancestors_with_self:
            if isinstance(ancestor, Pane):
                writing = node.id == "code-area"
                self.query_one(KeyLine).scope = "editor" if writing else ancestor.scope
                self._choose(ancestor.scope)

    def _choose(self, scope: Scope) -> None:
        if scope == self._pane:
            return
        self._pane = scope
        self.query_one(PaneTabs).active = scope
        for name in PANES:
            self.pane(name).set_class(name == scope, "-front")
        for column in self.query("#panes > Vertical"):
            column.set_class(bool(column.query(".-front")), "-front")
