"""The tabs of the narrow layout: one pane at a time."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tflab.ui.actions import SCOPE_TITLES, Scope, actions, key_name
from tflab.ui.workbench.messages import PaneChosen

PANES: tuple[Scope, ...] = ("lessons", "lesson", "loss", "parameters", "runs")


class PaneTabs(Widget):
    """One line that names the panes with their keys; the one on show stands out."""

    active: reactive[Scope] = reactive("lesson")

    def render(self) -> Content:
        """Draw the tabs."""
        keys = {action.id: key_name(action.key) for action in actions("app")}
        parts: list[Content] = []
        for pane in PANES:
            style = "bold $background on $primary" if pane == self.active else "$text-quiet"
            key = keys[f"show('{pane}')"]
            parts.append(Content.styled(f" {key} {SCOPE_TITLES[pane]} ", style))
        return Content(" ").join(parts)

    def on_click(self, event: events.Click) -> None:
        """Show the pane whose tab was clicked."""
        left = 0
        for pane in PANES:
            width = len(SCOPE_TITLES[pane]) + 5
            if left <= event.x < left + width:
                self.post_message(PaneChosen(pane))
                return
            left += width + 1
