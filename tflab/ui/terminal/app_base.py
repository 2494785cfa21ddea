"""The last line of defence: no text may steer the terminal, whichever widget draws it.

Widgets make foreign text safe with `plain` where they show it. What one of them forgets ends here:
every line on its way to the terminal loses its control characters, and toasts take no markup.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence

from rich.segment import Segment
from textual.actions import ActionParseResult
from textual.app import App
from textual.color import Color
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.driver import Driver
from textual.errors import NoWidget
from textual.events import Event, MouseDown
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.widgets import OptionList

from tflab.runs.record import Problem
from tflab.runs.text import plain, plain_line
from tflab.ui.terminal.key_order import KeyOrder

# What `plain` takes as a control character, line ends and tabs too: within a line there are none.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class ControlFilter(LineFilter):
    """Takes control characters and hyperlinks out of a line. They are no cells wide."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without what could steer a terminal."""
        del background
        return [_clean(segment) for segment in segments]


class TerminalApp(App[None]):
    """An app that lets no foreign text reach the terminal as anything but text."""

    def __init__(self) -> None:
        super().__init__()
        self._keys = KeyOrder(self)
        self._crash = ""

    def get_driver_class(self) -> type[Driver]:
        """Return the driver; on Linux and macOS the one that no byte of input can end."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from tflab.ui.terminal.driver import TolerantDriver

        return TolerantDriver

    async def on_event(self, event: Event) -> None:
        """Take an event; a key waits its turn, and what is going is not clicked on any more."""
        if self._keys.holds(event) or (isinstance(event, MouseDown) and self._is_going(event)):
            return
        await super().on_event(event)

    def _is_going(self, event: MouseDown) -> bool:
        """Whether what is pressed was removed: it is drawn until the next layout, and Textual
        takes for granted that something holds it."""
        try:
            widget, _ = self.get_widget_at(event.x, event.y)
        except NoWidget:
            return False
        return widget.parent is None

    def _fatal_error(self) -> None:
        """Leave after a fault of ours. Textual's own way prints the values of every variable."""
        from tflab.ui.terminal.crash import report_crash

        if self._exception is not None and not self._crash:
            self._crash = report_crash(self._exception)
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        """Say what has happened, on the person's own screen."""
        super()._print_error_renderables()
        if self._crash:
            print(self._crash, file=sys.__stderr__)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, unless it goes down a page of a list that has no row to show."""
        if "page_" in str(action) and _has_no_row(default_namespace):
            return False
        return await super().run_action(action, default_namespace, namespaces)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line passes through; ours comes last."""
        return [*super().get_line_filters(), _FILTER]

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a toast. Its text is taken as it is: a goal or a path is no markup."""
        del markup
        super().notify(
            plain(message),
            title=plain_line(title),
            severity=severity,
            timeout=timeout,
            markup=False,
        )

    def show_problem(self, problem: Problem) -> None:
        """Show a problem over whatever is on the screen."""
        from tflab.ui.dialogs.notice import ProblemScreen

        self.push_screen(ProblemScreen(problem))


def _has_no_row(node: DOMNode | None) -> bool:
    """Whether this is a list, or has one, that a small terminal leaves no room: paging fails."""
    lists = [node] if isinstance(node, OptionList) else []
    if isinstance(node, CommandPalette):
        lists = list(node.query(OptionList))
    return any(not found.scrollable_content_region.height for found in lists)


_FILTER = ControlFilter()


def _clean(segment: Segment) -> Segment:
    text, style, control = segment
    harmless = text.isascii() and text.isprintable()
    if harmless and (style is None or not style.link):
        return segment
    # A hyperlink is a control sequence with foreign text in it.
    quiet = style.update_link(None) if style is not None and style.link else style
    return Segment(text if harmless else _CONTROL.sub("", text), quiet, control)
