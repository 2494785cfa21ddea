"""The frame of the main screen: lines and titles around the panes, which can be moved.

One widget draws all lines. A border of each pane's own would take more room, and a change of the
focus would give all that is in the pane its style anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.content import Content
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.region_layout import PlacesChildren
from tflab.ui.widgets.box_lines import BoxLines
from tflab.ui.widgets.notice_line import NoticeLine
from tflab.ui.workbench.arrangement import SLOT, Arrangement, Edge, Kind, Pane, Wanted, arrange


class Title(NamedTuple):
    """What stands in the line above a pane.

    Attributes:
        key: The key that leads there.
        text: What it is called.
        about: What follows, made to fit a number of cells; empty where it does not.
        right: What stands at the right end, where there is room.
    """

    key: str = ""
    text: str = ""
    about: Callable[[int], str] = lambda _: ""
    right: str = ""


class PaneFrame(PlacesChildren):
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
        super().__init__(*panes.values(), notice, id="panes")
        self._panes = panes
        self._notice = notice
        self._measure = measure
        self._shares = {kind: dict(found) for kind, found in shares.items()}
        self._titles: dict[Pane, Title] = {pane: Title() for pane in panes}
        self._news: set[Pane] = set()
        self._slot: Pane = "loss"
        self._active: Pane | None = None
        self._full: Pane | None = None
        self._dragged: Edge | None = None
        self._lines = BoxLines(())
        self._drawn: Mapping[Pane, Region] = {}
        self.arrangement = Arrangement("wide", {})

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
        self.arrangement = self._arranged(size)
        for pane, widget in self._panes.items():
            shown = pane in self.arrangement.boxes
            if widget.display != shown:
                widget.display = shown
        if self.arrangement.boxes != self._drawn:
            self._drawn = self.arrangement.boxes
            self._lines = BoxLines(self._drawn.values(), glyphs().unicode)
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

    def entitle(self, pane: Pane, title: Title) -> None:
        """Write another title above a pane."""
        if self._titles[pane] != title:
            self._titles[pane] = title
            self._refresh_lines(pane)

    def title_of(self, pane: Pane) -> Title:
        """Return the title of a pane."""
        return self._titles[pane]

    def tab_of(self, pane: Pane) -> Offset | None:
        """Return where a pane that is out of sight is named, for those that take turns."""
        box, others = self._drawn.get(self._slot), self._others(self._slot)
        if box is None:
            return None
        x = box.right - 2 - _joined(others).cell_length
        for other, content in others:
            if other == pane:
                return Offset(x, box.y)
            x += content.cell_length
        return None

    def badge(self, pane: Pane) -> None:
        """Mark that something new is in a pane which is out of sight."""
        if pane not in self.arrangement.boxes and pane not in self._news:
            self._news.add(pane)
            self._refresh_lines(self._slot)

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
        titled = self._titled(event.x, event.y)
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

    def _titled(self, x: int, y: int) -> Pane | None:
        for pane, box in self._drawn.items():
            if y == box.y and box.x < x < box.right - 1:
                width = self._left(pane, box.width - 4).cell_length
                if x < box.x + 2 + width:
                    return pane
                others = self._others(pane)
                if others and x >= box.right - 2 - _joined(others).cell_length:
                    at = box.right - 2 - _joined(others).cell_length
                    for other, content in others:
                        at += content.cell_length
                        if x < at:
                            return other
        return None

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Return a row of lines and titles."""
        width = self.size.width
        quiet = self._style("$border-quiet")
        strip = Strip([Segment(self._lines.row(y, width), quiet)], width)
        active = self._drawn.get(self._active) if self._active else None
        if active is not None and active.y <= y < active.bottom:
            strip = self._lit(strip, active, y)
        for pane, box in self._drawn.items():
            if y == box.y:
                strip = self._titled_strip(strip, pane, box)
        return strip

    def _lit(self, strip: Strip, box: Region, y: int) -> Strip:
        """Return a row with the lines of the pane in focus bright."""
        bright = self._style("$primary")
        spans = [(box.x, box.right)]
        if box.y < y < box.bottom - 1:
            spans = [(box.x, box.x + 1), (box.right - 1, box.right)]
        for start, stop in spans:
            text = strip.crop(start, stop).text
            strip = _laid(strip, start, Strip([Segment(text, bright)]))
        return strip

    def _titled_strip(self, strip: Strip, pane: Pane, box: Region) -> Strip:
        room = box.width - 4
        if room < 4:
            return strip
        left, others = self._left(pane, room), self._others(pane)
        strip = _laid(strip, box.x + 2, self._drawn_content(left))
        right = _joined(others) if others else self._right(pane)
        if right and left.cell_length + right.cell_length + 1 <= room:
            place = box.right - 2 - right.cell_length
            strip = _laid(strip, place, self._drawn_content(right))
        return strip

    def _left(self, pane: Pane, room: int) -> Content:
        title = self._titles[pane]
        active = pane == self._active
        found = Content.assemble(
            (f" {title.key}" if title.key else "", "bold $primary" if active else "$primary"),
            (f" {title.text} ", "bold $primary" if active else "bold $text-quiet"),
        )
        about = title.about(room - found.cell_length - 1)
        if about:
            found = Content.assemble(found, (f"{about} ", "bold" if active else "$foreground"))
        return found.truncate(room, ellipsis=glyphs().unicode)

    def _right(self, pane: Pane) -> Content:
        right = self._titles[pane].right
        return Content.styled(f" {right} ", "$text-quiet") if right else Content()

    def _others(self, pane: Pane, named: bool = True) -> list[tuple[Pane, Content]]:
        """Return the panes that take turns with this one; short of room by their keys alone."""
        if self.kind != "small" or pane != self._slot:
            return []
        found: list[tuple[Pane, Content]] = []
        for other in SLOT:
            title = self._titles[other]
            if other != pane and title.text:
                new = glyphs().bullet if other in self._news else ""
                word = f" {title.text}" if named else ""
                parts = (f" {title.key}", "$primary"), (word, "$text-quiet")
                found.append((other, Content.assemble(*parts, (f"{new} ", "$success"))))
        box = self._drawn.get(pane)
        room = box.width - 5 - self._left(pane, box.width - 4).cell_length if box else 0
        return (
            found if not named or _joined(found).cell_length <= room else self._others(pane, False)
        )

    def _refresh_lines(self, pane: Pane | None) -> None:
        box = self._drawn.get(pane) if pane is not None else None
        if box is not None:
            self.refresh(*_sides(box))

    def _style(self, name: str) -> Style:
        return (self.visual_style + self.app.stylesheet.parse_style(name)).rich_style

    def _drawn_content(self, content: Content) -> Strip:
        parse = self.app.stylesheet.parse_style
        page = self.visual_style
        return Strip(
            [
                Segment(text, style.rich_style)
                for text, style in content.render(page, end="", parse_style=parse)
            ]
        )


def _joined(parts: list[tuple[Pane, Content]]) -> Content:
    return Content("").join([content for _, content in parts])


def _laid(strip: Strip, at: int, over: Strip) -> Strip:
    """Return a row with another over some of its cells."""
    stop = at + over.cell_length
    return Strip.join([strip.crop(0, at), over, strip.crop(stop, strip.cell_length)])


def _sides(box: Region) -> Iterator[Region]:
    yield Region(box.x, box.y, box.width, 1)
    yield Region(box.x, box.bottom - 1, box.width, 1)
    yield Region(box.x, box.y, 1, box.height)
    yield Region(box.right - 1, box.y, 1, box.height)
