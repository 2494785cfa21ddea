"""Help: the keys of the pane in focus, then those that work everywhere."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tflab.ui.actions import SCOPE_TITLES, Scope, actions, key_name
from tflab.ui.dialogs.dialog import Dialog

_WIDTH = 72
_AROUND = 7
"""Cells of a dialog that hold no text: borders, padding and scrollbar."""

_KEYS = 11
_ABOUT: dict[Scope, str] = {
    "app": "Tab and Shift+Tab go from field to field.",
    "lessons": "Choose a lesson with the arrow keys. Its goals stand below the list.",
    "lesson": "Read, and run. Arrow keys and Page Up and Down scroll; the bright bar marks the "
    "cell that the keys act on.",
    "editor": "Write in the cell. What you write is kept beside the program, whose file stays as "
    "it is, and ^r runs it.",
    "loss": "The curves of the run on show. A dim curve is the run before.",
    "parameters": "Type new values; Enter runs with them. A dot marks what differs from the "
    "program's default.",
    "sweep": "Every row is one combination of values. The best row so far is marked and its curve "
    "is bright; so is the curve of the row under the cursor.",
    "history": "Every run is kept. Keys act on the marked runs, or else on the one under the "
    "cursor. The filter takes parameters, metrics (loss, best.loss), state, lesson, name, note, "
    "device, seed, seconds, age, goals and pinned, compared with < <= > >= = != and ~ (contains).",
    "compare": "One line for each run; the table has only what differs.",
    "runs": "Every run of this program is kept, with its values, output and curves.",
}


class HelpScreen(Dialog[None]):
    """Shows what can be done here and now."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1,q,enter", "close", "Close")]

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        everywhere: Scope = "app"
        scopes = [self._scope, everywhere] if self._scope != everywhere else [everywhere]
        room = min(_WIDTH, self.app.size.width * 9 // 10) - _AROUND
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Help"
            dialog.border_subtitle = "Esc closes"
            for scope in scopes:
                # No letter of it is to touch the bar that scrolls it.
                yield Static(_section(scope, room - 1), classes="beside-bar")


def _section(scope: Scope, room: int) -> Content:
    lines = [
        Content.styled(SCOPE_TITLES[scope], "bold $primary"),
        Content.styled(_ABOUT[scope], "$text-quiet"),
        Content(""),
    ]
    for action in (action for action in actions(scope) if action.key):
        about = Content(action.help).wrap(max(room - _KEYS, 16))
        lines.append(Content.assemble((f"{key_name(action.key):>{_KEYS - 2}}  ", "bold"), about[0]))
        lines += [Content(" " * _KEYS) + line for line in about[1:]]
    return Content("\n").join(lines)
