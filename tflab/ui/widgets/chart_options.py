"""How charts are drawn on this terminal: colours, dark or light, Unicode or ASCII."""

from __future__ import annotations

from typing import Any

from textual.app import App

from tflab.charts.drawing import ChartOptions
from tflab.ui.terminal.glyphs import glyphs


def chart_options(app: App[Any], **changes: Any) -> ChartOptions:
    """Return the options that fit the app's theme and terminal, with `changes` made."""
    return ChartOptions(
        colour="none" if app.no_color else "true",
        dark=app.current_theme.dark,
        unicode=glyphs().unicode,
        **changes,
    )
