"""Drawing the frame of the main screen: its lines, and a title above each pane."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget

from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.region_layout import PlacesChildren
from tflab.ui.widgets.box_lines import BoxLines
from tflab.ui.workbench.arrangement import SLOT, Arrangement, Pane

_LEAST_RIGHT = 12
"""Cells for what stands at the right end of a title: less of it says nothing."""


class Title(NamedTuple):
    """What stands in the line above a pane.

    Attributes:
        key: The key that leads there.
        text: What it is called.
        about: What follows, made to fit a number of cells; empty where it does not.
        right: What stands at the right end, where there is room.
        short: What stands there where there is less.
    """

    key: str = ""
    text: str = ""
    about: Callable[[int], str] = lambda _: ""
    right: str = ""
    short: str = ""


class DrawnFrame(PlacesChildren):
    """Draws the lines around the panes, those of the pane in focus bright, and the titles.

    Args:
        panes: The widget of each pane.
        others: What else the frame holds.
    """

    def __init__(self, panes: Mapping[Pane, Widget], *others: Widget) -> None:
        super().__init__(*panes.values(), *others, id="panes")
        self._panes = panes
        self._titles: dict[Pane, Title] = {pane: Title() for pane in panes}
        self._news: set[Pane] = set()
        self._slot: Pane = "loss"
        self._active: Pane | None = None
        self._lines = BoxLines(())
        self._drawn: Mapping[Pane, Region] = {}
        self.arrangement = Arrangement("wide", {})

    def draw(self, arrangement: Arrangement) -> bool:
        """Take another arrangement; return whether anything stands elsewhere."""
        self.arrangement = arrangement
        if arrangement.boxes == self._drawn:
            return False
        self._drawn = arrangement.boxes
        self._lines = BoxLines(self._drawn.values(), glyphs().unicode)
        return True

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

    def titled(self, x: int, y: int) -> Pane | None:
        """Return the pane whose title stands at a cell."""
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
        right = _joined(others) if others else self._right(pane)
        strip = _laid(strip, box.x + 2, self._drawn_content(left))
        if not others and right and left.cell_length + right.cell_length > room:
            right = self._shortened(pane, room - left.cell_length)
        if right and left.cell_length + right.cell_length <= room:
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
        words = title.about(room - found.cell_length - 1)
        if words:
            found = Content.assemble(found, (f"{words} ", "bold" if active else "$foreground"))
        return found.truncate(room, ellipsis=glyphs().unicode)

    def _right(self, pane: Pane) -> Content:
        return _at_the_right(self._titles[pane].right)

    def _shortened(self, pane: Pane, room: int) -> Content:
        """Return what stands at the right end where what stands before it leaves so many cells."""
        title = self._titles[pane]
        short = _at_the_right(title.short or title.right)
        if short.cell_length <= room or room < _LEAST_RIGHT:
            return short
        return short.truncate(room, ellipsis=glyphs().unicode)

    def _others(self, pane: Pane, named: bool = True) -> list[tuple[Pane, Content]]:
        """Return the panes that take turns with this one; short of room by their keys alone."""
        if self.arrangement.kind != "small" or pane != self._slot:
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


def _at_the_right(words: str) -> Content:
    return Content.styled(f" {words} ", "$text-quiet") if words else Content()


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
