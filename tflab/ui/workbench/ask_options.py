"""Asking for the run options, and keeping them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tflab.runs.record import RunOptions

if TYPE_CHECKING:
    from tflab.ui.app import LabApp


def ask_options(app: LabApp) -> None:
    """Show the options of runs; what is chosen holds from the next run on, for every lesson."""
    from tflab.ui.dialogs.options import OptionsScreen

    def keep(options: RunOptions | None) -> None:
        if options is None:
            return
        app.settings.options = options
        app.keep_settings()
        app.notify(f"Runs now have {options.words or 'no limits'}.")

    app.push_screen(OptionsScreen(app.settings.options), keep)
