"""Fields in columns, each as wide as its widest, its controls one below another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from textual.containers import VerticalScroll
from textual.geometry import Region, Size
from textual.widget import Widget

from tflab.ui.terminal.region_layout import PlacesChildren, ReadDownwards

_MOST = 4
_GAP = 1
"""Cells between two columns; the first cell of a name, for its mark, comes on top."""

_SPARE = 5
"""Cells by which columns stand further apart where there is room."""


class TwoPart(ReadDownwards):
    """A field: its name, and the control beside it."""

    split = 0
    """The column at which the control begins, which those below it share."""

    @property
    def name_width(self) -> int:
        """Cells of the name."""
        raise NotImplementedError

    @property
    def control_width(self) -> int:
        """Cells that the control wants."""
        raise NotImplementedError

    @property
    def least_control(self) -> int:
        """Cells with which it makes do."""
        raise NotImplementedError

    def place(self, size: Size) -> Mapping[Widget, Region]:
        """Return where name and control are."""
        name, control = self.children
        width = min(self.control_width, size.width - self.split)
        return {
            name: Region(0, 0, max(self.split - 1, 0), 1),
            control: Region(self.split, 0, max(width, 0), 1),
        }


class FieldPlace(NamedTuple):
    """Where a field stands, and at which of its columns the control begins."""

    region: Region
    split: int


class FieldColumns(PlacesChildren, VerticalScroll):
    """Fields in as many columns as there is room for, to be read from top to bottom."""

    def place(self, size: Size) -> Mapping[Widget, Region]:
        """Return where the fields are."""
        fields = [field for field in self.children if isinstance(field, TwoPart)]
        places = field_places(fields, size.width)
        for field, (_, split) in zip(fields, places, strict=True):
            if field.split != split:
                field.split = split
                field.places_changed()
        return {field: place.region for field, place in zip(fields, places, strict=True)}


def least_width(fields: Sequence[TwoPart]) -> int:
    """Return the cells in which every field can be read, in one column."""
    return _width(fields)


def width_of_two(fields: Sequence[TwoPart]) -> int:
    """Return the cells that two columns take."""
    return _used(list(map(_width, _columns(fields, 2))))


def field_places(fields: Sequence[TwoPart], room: int) -> list[FieldPlace]:
    """Return where fields stand in so many cells."""
    for count in range(min(len(fields), _MOST), 0, -1):
        columns = _columns(fields, count)
        widths = list(map(_width, columns))
        if _used(widths) <= room:
            apart = _GAP + min((room - _used(widths)) // max(len(widths) - 1, 1), _SPARE)
            return _placed(columns, widths, apart)
    return _squeezed(fields, room)


def _columns(fields: Sequence[TwoPart], count: int) -> list[Sequence[TwoPart]]:
    height = -(-len(fields) // count)
    return [fields[at : at + height] for at in range(0, len(fields), height)]


def _width(column: Sequence[TwoPart]) -> int:
    return max(field.name_width for field in column) + 1 + max(f.control_width for f in column)


def _used(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _placed(
    columns: Sequence[Sequence[TwoPart]], widths: Sequence[int], apart: int
) -> list[FieldPlace]:
    places: list[FieldPlace] = []
    left = 0
    for column, width in zip(columns, widths, strict=True):
        split = max(field.name_width for field in column) + 1
        places += [FieldPlace(Region(left, y, width, 1), split) for y in range(len(column))]
        left += width + apart
    return places


def _squeezed(fields: Sequence[TwoPart], room: int) -> list[FieldPlace]:
    """Return the places in one column that is too narrow: controls shrink, then names are cut."""
    longest = max((field.name_width for field in fields), default=0) + 1
    places = []
    for y, field in enumerate(fields):
        split = min(longest, max(room - field.least_control, room // 3))
        places.append(FieldPlace(Region(0, y, room, 1), split))
    return places
