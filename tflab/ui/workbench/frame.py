"""The frame of the main screen: lines and titles around the panes, which can be moved.

One widget draws all lines. A border of each pane's own would take more room, and a change of the
focus would give all that is in the pane its style anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import events, on
from textual.containers import Vertical
from textual.geometry import Region, Size
from textual.message import Message
from textual.widget import Widget

from tflab.ui.widgets.notice_line import NoticeLine
from tflab.ui.workbench.arrangement import SLOT, Arrangement, Edge, Kind, Pane, Wanted, arrange
from tflab.ui.workbench.frame_drawing import DrawnFrame


class PaneBox(Vertical):
    """Holds one part of the workbench. Its keys work while it has the focus.

    Args:
        scope: Which part of the workbench this is.
    """

    def __init__(self, *content: Widget, scope: Pane) -> None:
        super().__init__(*content, id=f"pane-{scope}", classes="pane")
        self.scope = scope

    def take_focus(self) -> None:
        """Give the focus to the first thing in the pane that can have it."""
        for child in self.query("*"):
            if child.focusable:
                # At once: the keys behind this one in the same burst are for the child already.
                self.screen.set_focus(child)
                return


class PaneFrame(DrawnFrame):
    """Holds the panes, draws the lines between them, and lets a person move those.

    Args:
        panes: The widget of each pane.
        notice: Stands over the lowest line while it says something.
        measure: Says how much room the panes want, when that of the form is so wide.
        shares: What the person chose, for each kind of layout.
    """

    class Moved(Message):
        """A person has moved a line for good; `shares` has the places for each kind of layout."""

        def __init__(self, shares: dict[str, dict[str, float]]) -> None:
            super().__init__()
            self.shares = shares

    class Pressed(Message):
        """The title of a pane was pressed."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane: Pane = pane

    def __init__(
        self,
        panes: Mapping[Pane, Widget],
        notice: NoticeLine,
        measure: Callable[[int], Wanted],
        shares: Mapping[str, Mapping[str, float]],
    ) -> None:
        super().__init__(panes, notice)
        self._notice = notice
        self._measure = measure
        self._shares = {kind: dict(found) for kind, found in shares.items()}
        self._full: Pane | None = None
        self._dragged: Edge | None = None

    @property
    def kind(self) -> Kind:
        """Which layout it is."""
        return self.arrangement.kind

    @property
    def full(self) -> Pane | None:
        """The pane that has the whole screen, if one has."""
        return self._full

    def fit(self, size: Size) -> None:
        """Arrange the panes for a size; those for which there is no room cannot have the focus."""
        if not size.width or not size.height:
            return
        moved = self.draw(self._arranged(size))
        for pane, widget in self._panes.items():
            shown = pane in self.arrangement.boxes
            if widget.display != shown:
                widget.display = shown
        if moved:
            self.places_changed()

    def refit(self) -> None:
        """Arrange the panes anew, after one of them wants more room or less."""
        self.fit(self._room)

    def on_resize(self) -> None:
        """Arrange the panes for another size."""
        self.refit()

    @on(NoticeLine.Changed)
    def _make_room(self, event: NoticeLine.Changed) -> None:
        """Leave a notice the lines that it takes."""
        event.stop()
        self.refit()

    def activate(self, pane: Pane) -> None:
        """Draw the lines of the pane in focus bright, and bring it into sight."""
        before, self._active = self._active, pane
        self.reveal(pane)
        for each in {before, pane} - {None}:
            self._refresh_lines(each)

    def reveal(self, pane: Pane) -> None:
        """Bring a pane into sight where several take turns, or another has the whole screen."""
        self._news.discard(pane)
        if self._full not in (None, pane):
            self.show_full(None)
        if pane in SLOT and pane != self._slot:
            self._slot = pane
            self.refit()

    def show_full(self, pane: Pane | None) -> None:
        """Give a pane all of the screen, or go back to all of them."""
        if pane != self._full:
            self._full = pane
            self.refit()

    # Where everything stands

    @property
    def _room(self) -> Size:
        """The size that is left for the panes while a notice has more than the lowest line."""
        width, height = self.size
        rows = self._notice.rows(width) if self._notice.display else 0
        return Size(width, height - max(rows - 1, 0))

    def _arranged(self, size: Size) -> Arrangement:
        # How many rows the form wants depends on how wide it is.
        wanted = self._measure(size.width)
        for _ in range(2):
            kind = arrange(size, wanted, {}, self._slot, self._full).kind
            found = arrange(size, wanted, self._shares.get(kind, {}), self._slot, self._full)
            form = found.boxes.get("parameters")
            if form is None:
                break
            wanted = self._measure(form.width - 2)
        return found

    def place(self, size: Size) -> Mapping[Widget, Region]:
        """Return where the panes are, and the notice."""
        if not self.arrangement.boxes or not size.width:
            return {}
        found = {
            self._panes[pane]: box.shrink((1, 1, 1, 1))
            for pane, box in self.arrangement.boxes.items()
        }
        if self._notice.display:
            rows = self._notice.rows(size.width)
            found[self._notice] = Region(0, size.height - rows, size.width, rows)
        return found

    # Moving lines

    def edge_at(self, x: int, y: int) -> Edge | None:
        """Return the line under a cell that can be moved."""
        for edge in self.arrangement.edges:
            along, across = (y, x) if edge.upright else (x, y)
            if across == edge.at and edge.start <= along <= edge.stop:
                return edge
        return None

    def push(self, columns: int, rows: int) -> bool:
        """Move the line beside the pane in focus; return whether there is one."""
        box = self.arrangement.boxes.get(self._active) if self._active else None
        if box is None:
            return False
        upright = bool(columns)
        places = (box.right - 1, box.x) if upright else (box.bottom - 1, box.y)
        across = (box.y, box.bottom - 1) if upright else (box.x, box.right - 1)
        for place in places:
            for edge in self.arrangement.edges:
                meets = edge.start <= across[0] and across[1] <= edge.stop
                apart = across[0] <= edge.start and edge.stop <= across[1]
                if edge.upright == upright and edge.at == place and (meets or apart):
                    self._move(edge, place + (columns or rows))
                    self._tell()
                    return True
        return False

    def reset(self) -> None:
        """Put every line of this layout back to where it stands by itself."""
        self._shares.pop(self.kind, None)
        self.refit()
        self._tell()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a line, or go to the pane whose title was pressed."""
        edge = self.edge_at(event.x, event.y)
        titled = self.titled(event.x, event.y)
        if titled is not None:
            self.post_message(self.Pressed(titled))
        if edge is not None:
            self._dragged = edge
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the line that is held."""
        if self._dragged is not None:
            self._move(self._dragged, event.x if self._dragged.upright else event.y)

    def on_mouse_up(self) -> None:
        """Let go of the line."""
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()
            self._tell()

    def _move(self, edge: Edge, at: int) -> None:
        shares = self._shares.setdefault(self.kind, {})
        if shares.get(edge.name) != edge.share(at):
            shares[edge.name] = edge.share(at)
            self.refit()

    def _tell(self) -> None:
        self.post_message(self.Moved({kind: dict(all_) for kind, all_ in self._shares.items()}))
