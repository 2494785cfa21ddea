"""Leaving the workbench: at once, or after asking what is to become of what goes on."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tflab.ui.app import LabApp


async def leave(app: LabApp) -> None:
    """Leave; a run or a sweep that goes on is asked about first."""
    running = app.bench is not None and app.bench.runs.own_running
    sweep = app.sweeps.current if app.sweeps is not None and app.sweeps.running else None
    if not running and sweep is None:
        close(app)
        return
    from tflab.ui.dialogs.leave import LeaveChoice, LeaveScreen

    def answer(choice: LeaveChoice | None) -> None:
        if choice is LeaveChoice.LEAVE:
            close(app)
        elif choice is LeaveChoice.STOP:
            _stop_run(app)

    waiting = sweep.count("waiting") if sweep is not None else 0
    app.push_screen(LeaveScreen(sweep is not None, waiting), answer)


def close(app: LabApp) -> None:
    """Let go of everything and leave."""
    let_go(app)
    app.exit()


def leave_on_signal(app: LabApp, number: int) -> None:
    """Leave because a signal says so; a run that goes on is named on the way out."""
    going = app.bench.runs.current if app.bench is not None and app.bench.runs.running else None
    let_go(app)
    words = f"tflab was ended by {signal.Signals(number).name}."
    if going is not None:
        words += f" The run goes on; `tflab attach {going.record.id}` follows it."
    app.exit(return_code=128 + number, message=words)


def let_go(app: LabApp) -> None:
    """Keep what is to be kept, and let go of the fork server. Called twice, it does no more."""
    if app.sweeps is not None:
        app.sweeps.close()
    if app.bench is not None:
        app.bench.close()
    app.keeping.finish()


def _stop_run(app: LabApp) -> None:
    async def go_on() -> None:
        _stop_sweep(app)

    if app.bench is not None and app.bench.runs.own_running:
        app.bench.stop_and_then(go_on)
    else:
        _stop_sweep(app)


def _stop_sweep(app: LabApp) -> None:
    if app.sweeps is not None:
        app.sweeps.stop_and_then(lambda: close(app))
    else:
        close(app)
