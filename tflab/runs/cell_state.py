"""What one cell of a run has given."""

from __future__ import annotations

from tflab.runs import bounds
from tflab.runs.events import Check, Figure, Picture, Prediction, Result, Value
from tflab.runs.transcript import Transcript

CellItem = Transcript | Value | Result | Figure | Picture | Prediction | Check


class CellState:
    """What one cell has done so far.

    Attributes:
        items: What it gave, in the order in which the lesson made it.
        cleared: How often the program has taken away what there was.
    """

    def __init__(self) -> None:
        self.items: list[CellItem] = []
        self.seconds: float | None = None
        self.version = 0
        self.cleared = 0
        self._clears_next = False

    @property
    def running(self) -> bool:
        """Whether the cell has started and not come to its end."""
        return self.seconds is None

    def transcript(self) -> Transcript:
        """Return the text that the next output belongs to."""
        self._clear_if_due()
        if self.items and isinstance(self.items[-1], Transcript):
            return self.items[-1]
        self.items.append(Transcript())
        return self.transcript()

    def add(self, item: CellItem) -> bool:
        """Add an item, or put it where the one is that it renews; False if there is no room."""
        self._clear_if_due()
        if isinstance(item, Value) and item.display:
            for place, old in enumerate(self.items):
                if isinstance(old, Value) and old.display == item.display:
                    self.items[place] = item
                    return True
        if len(self.items) >= bounds.MAX_ITEMS:
            return False
        self.items.append(item)
        return True

    def clear(self, waits: bool) -> None:
        """Take away what there is; if it `waits`, as soon as there is something else."""
        self._clears_next = True
        if not waits:
            self._clear_if_due()

    def still_shows(self, first: CellItem) -> bool:
        """Return whether the first frame of a moving picture was not taken away."""
        return not self.cleared or any(item is first for item in self.items)

    def _clear_if_due(self) -> None:
        if self._clears_next:
            self._clears_next = False
            self.items.clear()
            self.cleared += 1
