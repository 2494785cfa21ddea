"""What the command palette lists: every action of the registry that works now, and every lesson."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from textual.dom import DOMNode

from tflab.programs.library import LessonEntry
from tflab.ui.actions import SCOPE_TITLES, Scope, actions
from tflab.ui.dialogs.palette import Command, action_command


def pane_commands(
    scope: Scope,
    pane: DOMNode | None,
    run: Callable[[str, DOMNode | None], Any],
    running: bool = False,
) -> Iterator[Command]:
    """Yield the likely actions first, then those of the pane in focus, then the others.

    What would do nothing now is not listed: Stop while nothing runs, and Run while something does.

    Args:
        scope: The pane in focus.
        pane: The widget that carries out its actions.
        run: Carries out an action, there or, without a widget, in the app.
        running: Whether a run goes on.
    """
    idle = "run" if running else "stop"
    everywhere = [action for action in actions("app") if action.id not in ("palette", idle)]
    for action in everywhere:
        if action.footer:
            yield action_command(action, partial(run, action.id, None))
    if scope != "app" and pane is not None:
        for action in actions(scope):
            yield action_command(action, partial(run, action.id, pane), SCOPE_TITLES[scope])
    for action in everywhere:
        if not action.footer:
            yield action_command(action, partial(run, action.id, None))


def lesson_commands(
    entries: Sequence[LessonEntry], open_lesson: Callable[[Path], Any]
) -> Iterator[Command]:
    """Yield a command for each lesson that opens it."""
    for entry in entries:
        number = f"{entry.number} " if entry.number is not None else ""
        about = f"Open this lesson ({entry.id})."
        yield Command(f"Open {number}{entry.title}", "", about, partial(open_lesson, entry.path))
