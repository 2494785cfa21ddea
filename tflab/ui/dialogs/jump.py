"""Jump mode: a letter stands at every place one may go to; pressing it goes there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.geometry import Offset, Region, Size
from textual.widget import Widget
from textual.widgets import Static

from tflab.ui.dialogs.dialog import Dialog
from tflab.ui.terminal.region_layout import PlacesChildren

LETTERS = "asdfghjklqwertyuiopzxcvbnm1234567890"


class Target(NamedTuple):
    """A place to go to: where it is on the screen, and how one goes there."""

    place: Offset
    go: Callable[[], Any]


class JumpScreen(PlacesChildren, Dialog[Target]):
    """Shows a letter at each target; dismissed with the one whose letter was pressed.

    Any other key goes back. Of more targets than there are letters the last have none.

    Args:
        targets: The places.
    """

    DEFAULT_CSS = """
    JumpScreen.modal { align: left top; }
    JumpScreen > Static {
        width: 3; height: 1; background: $primary; color: $background; text-style: bold;
    }
    """
    AUTO_FOCUS: ClassVar[str | None] = ""

    def __init__(self, targets: Sequence[Target]) -> None:
        super().__init__()
        self._targets = dict(zip(LETTERS, targets, strict=False))
        self._labels: dict[Widget, Target] = {}

    def compose(self) -> ComposeResult:
        """Lay out the letters."""
        for letter, target in self._targets.items():
            label = Static(f" {letter} ")
            self._labels[label] = target
            yield label

    def on_key(self, event: events.Key) -> None:
        """Go to the target of a letter, or back."""
        if event.key != "escape" and event.character in self._targets:
            event.stop()
            self.dismiss(self._targets[event.character])
        elif event.is_printable or event.key in ("ctrl+k", "enter", "tab"):
            event.stop()
            self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """Go to the target whose letter was pressed, or back."""
        self.dismiss(self._labels.get(event.widget) if event.widget is not None else None)

    def place(self, size: Size) -> Mapping[Widget, Region]:
        """Return where the letters are."""
        del size
        return {label: Region(*target.place, 3, 1) for label, target in self._labels.items()}
