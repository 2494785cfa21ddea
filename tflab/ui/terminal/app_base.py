"""The last line of defence: no text may steer the terminal, whichever widget draws it.

Widgets make foreign text safe with `plain` where they show it. What one of them forgets ends here:
every line on its way to the terminal loses its control characters, and toasts take no markup.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual import on
from textual._compositor import ChopsUpdate
from textual.actions import ActionParseResult, parse
from textual.app import App
from textual.color import Color
from textual.dom import DOMNode
from textual.driver import Driver
from textual.errors import NoWidget
from textual.events import AppBlur, AppFocus, Event, Key, MouseDown, Paste
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import OptionList

from tflab.ui.terminal.cursor import RealCursor
from tflab.ui.terminal.job_control import launchers
from tflab.ui.terminal.key_order import OrderedKeys
from tflab.ui.terminal.notices import Presence
from tflab.ui.terminal.partial_updates import PartialUpdate
from tflab.ui.terminal.pixels import Pixels
from tflab.ui.terminal.safe_text import short_line, short_text
from tflab.ui.terminal.themes import LIGHT, themes_for

# What `plain` takes as a control character, line ends and tabs too: within a line there are none.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class SelectionInk(LineFilter):
    """Gives all text on the ground of a selection one ink.

    A row that is selected has numbers, keys and remarks in colours that were chosen for the page.

    Args:
        inks: The ink of each ground.
    """

    def __init__(self, inks: Mapping[RichColor, RichColor]) -> None:
        super().__init__()
        self._styles = {ground: Style(color=ink) for ground, ink in inks.items()}

    @property
    def exact(self) -> bool:
        """Whether no other filter turns these colours into others."""
        return all(ground.type is ColorType.TRUECOLOR for ground in self._styles)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments, those on such a ground in its ink."""
        del background
        return [self.inked(segment) for segment in segments]

    def inked(self, segment: Segment) -> Segment:
        """Return a segment, in its ink where it stands on such a ground."""
        text, style, control = segment
        if style is None or style.bgcolor is None:
            return segment
        ink = self._styles.get(style.bgcolor)
        return segment if ink is None else Segment(text, style + ink, control)


class ControlFilter(LineFilter):
    """Takes control characters and hyperlinks out of a line. They are no cells wide.

    Args:
        ink: What else is done on the way: each filter of its own costs the first paint 5 ms.
    """

    def __init__(self, ink: SelectionInk | None = None) -> None:
        super().__init__()
        self._ink = ink

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without what could steer a terminal."""
        del background
        if self._ink is None:
            return [_clean(segment) for segment in segments]
        inked = self._ink.inked
        return [_clean(inked(segment)) for segment in segments]


class TerminalApp(OrderedKeys):
    """An app that lets no foreign text reach the terminal as anything but text."""

    def __init__(self) -> None:
        super().__init__()
        self._crash = ""
        self.pixels: Pixels | None = None
        self.presence = Presence()
        self.typed_early = b""
        """What was typed before the app had the terminal; the driver takes it first."""
        self._real_cursor = RealCursor(self.write_past_screen)
        self._selection: tuple[Theme, SelectionInk, ControlFilter] | None = None

    def dress(self, theme: str) -> None:
        """Take the named theme, or the dark one, before the app runs.

        Setting `App.theme` would have every style sheet parsed again, before the first paint.
        """
        dark, light = themes_for(self.console.color_system)
        chosen = light if theme == LIGHT.name else dark
        for known in (dark, light):
            self.register_theme(known)
        self.set_reactive(App.theme, chosen.name)
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_class(chosen.dark, "-dark-mode", update=False)
        self.set_class(not chosen.dark, "-light-mode", update=False)

    @property
    def terminal_modes(self) -> list[Any] | None:
        """The modes of the terminal before the app took it over, as `termios` has them."""
        # The driver keeps them for its own leaving, and has no other name for them.
        found: list[Any] | None = getattr(self._driver, "attrs_before", None)
        return found

    def write_past_screen(self, sequence: str) -> None:
        """Write a sequence that shows nothing, between what the screen writes."""
        # Textual has no way of its own to send a terminal anything but text.
        if self._driver is not None and not self._driver.is_headless:
            self._driver.write(sequence)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Send what has changed, and no more of its lines than that."""
        if isinstance(renderable, ChopsUpdate):
            renderable = PartialUpdate.of(renderable)
        super()._display(screen, renderable)

    def post_display_hook(self) -> None:
        """Put the terminal's cursor where somebody types, after each paint."""
        super().post_display_hook()
        if self.screen_stack and self.is_running:
            place = self._real_cursor.follow(self.screen)
            if place is not None:
                # Textual moves it there after the next paint.
                self.cursor_position = place

    def get_driver_class(self) -> type[Driver]:
        """Return the driver; on Linux and macOS the one that no byte of input can end."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from tflab.ui.terminal.driver import TolerantDriver

        return TolerantDriver

    async def on_event(self, event: Event) -> None:
        """Take an event, unless it is a press on something that is going."""
        match event:
            case AppFocus() | AppBlur():
                self.presence.focused(isinstance(event, AppFocus))
            case Key() | MouseDown() | Paste():
                self.presence.touched()
        if not (isinstance(event, MouseDown) and self._is_going(event)):
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
        if _pages(action) and _has_no_row(default_namespace):
            return False
        return await super().run_action(action, default_namespace, namespaces)

    def action_suspend_process(self) -> None:
        """Put the program aside, as Ctrl+Z does with any other; the shell brings it back."""
        if launchers() is None:
            self.notify("No shell is here that could bring the workbench back.")
        else:
            super().action_suspend_process()

    @on(Driver.SignalResume)
    def _draw_again(self) -> None:
        """Draw all of the screen: what the shell left there is in its place, and Textual draws
        only what has changed."""
        self.refresh(layout=True)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line passes through; what keeps control characters out comes last."""
        ink, last = self._own_filters()
        first = [] if self._keeps_colours(ink) else [ink]
        return [*first, *super().get_line_filters(), last]

    def _keeps_colours(self, ink: SelectionInk) -> bool:
        """Whether the grounds of selections come through Textual's own filters as they are."""
        return ink.exact and not self.no_color

    def _own_filters(self) -> tuple[SelectionInk, ControlFilter]:
        theme = self.current_theme
        if self._selection is None or self._selection[0] is not theme:
            found = self.theme_variables
            pairs = (("primary", "background"), ("edge", "edge-ink"))
            inks = {
                Color.parse(found[ground]).rich_color: Color.parse(found[ink]).rich_color
                for ground, ink in pairs
                if ground in found
            }
            ink = SelectionInk(inks)
            self._selection = theme, ink, ControlFilter(ink if self._keeps_colours(ink) else None)
        return self._selection[1:]

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
            short_text(message),
            title=short_line(title),
            severity=severity,
            timeout=timeout,
            markup=False,
        )


def _pages(action: str | ActionParseResult) -> bool:
    _, name, _ = parse(action) if isinstance(action, str) else action
    return name in _PAGE_ACTIONS


def _has_no_row(node: DOMNode | None) -> bool:
    """Whether this is a list that a small terminal leaves no room: paging fails there."""
    return isinstance(node, OptionList) and not node.scrollable_content_region.height


_PAGE_ACTIONS = ("page_up", "page_down")


def _clean(segment: Segment) -> Segment:
    text, style, control = segment
    harmless = text.isascii() and text.isprintable()
    if harmless and (style is None or not style.link):
        return segment
    # A hyperlink is a control sequence with foreign text in it.
    quiet = style.update_link(None) if style is not None and style.link else style
    return Segment(text if harmless else _CONTROL.sub("", text), quiet, control)
