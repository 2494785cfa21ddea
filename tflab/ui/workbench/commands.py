"""The command palette: every action of the registry, and every lesson."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import Matcher
from textual.markup import escape

from tflab.ui.actions import SCOPE_TITLES, actions, key_name

if TYPE_CHECKING:
    from tflab.ui.app import LabApp

    Command = tuple[str, str, partial[Any]]


def open_palette(app: LabApp) -> None:
    """Show the palette, once."""
    from tflab.ui.dialogs.palette import Palette

    # Textual bears only one, be it below another screen.
    if not any(isinstance(screen, Palette) for screen in app.screen_stack):
        app.push_screen(Palette())


def _highlight(matcher: Matcher, title: str) -> Content:
    """Mark what matches. Brackets in a lesson's title are no markup."""
    _, offsets = matcher.fuzzy_search.match(matcher.query, title)
    content = Content(title)
    for offset in offsets:
        content = content.stylize(matcher.match_style, offset, offset + 1)
    return content


class LabCommands(Provider):
    """Finds actions that work now and lessons to open."""

    async def discover(self) -> Hits:
        """Show everything before anything is typed."""
        for title, about, call in self._commands():
            yield DiscoveryHit(Content(title), call, text=title, help=escape(about))

    async def search(self, query: str) -> Hits:
        """Show what matches."""
        matcher = self.matcher(query)
        for title, about, call in self._commands():
            score = matcher.match(title)
            if score > 0:
                yield Hit(score, _highlight(matcher, title), call, text=title, help=escape(about))

    def _commands(self) -> Iterator[Command]:
        app: LabApp = self.app  # type: ignore[assignment]
        scope = app.main.scope
        target = app.main.pane_target()
        for action in actions(scope) if scope != "app" else []:
            if target is not None:
                title = f"{SCOPE_TITLES[scope]}: {action.label} ({key_name(action.key)})"
                yield title, action.help, partial(app.run_action, action.id, target)
        for action in actions("app"):
            if action.id != "palette":
                title = f"{action.label} ({key_name(action.key)})" if action.key else action.label
                yield title, action.help, partial(app.run_action, action.id)
        for entry in app.entries:
            number = f"{entry.number} " if entry.number is not None else ""
            title = f"Open {number}{entry.title}"
            yield title, f"Open this lesson ({entry.id}).", partial(app.open_lesson, entry.path)
