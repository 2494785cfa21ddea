"""Where the panes stand, for every size of the terminal: pure geometry.

Panes stand in boxes, and neighbours share the line between them. Reading is on the left or above,
and form and curve are together in sight at every size.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from textual.geometry import Region, Size

Pane = Literal["lesson", "parameters", "loss", "runs", "goals"]
Kind = Literal["wide", "low", "tall", "small", "full"]
"""Which layout it is: sizes that a person chose are kept for each."""

SLOT: tuple[Pane, ...] = ("loss", "runs", "goals")
"""The panes that take turns where there is no room for all of them."""

_WIDE = 100
_THREE_COLUMNS = 130
_HIGH = 28
_TALL = 34
_MEASURE = 106
"""Columns of the lesson after which lines get too long to read; the rest goes to the charts."""

_LEAST_WIDTH = 18
_LEAST_HEIGHT = 2
_LEAST_CHART = 5


class Wanted(NamedTuple):
    """How much room the panes ask for.

    Attributes:
        form_rows: Rows of the form in a column of its own.
        form_columns: Columns of its narrowest legible form.
        goal_rows: Rows of the goals; 0 where there are none.
        chart: Whether there are curves; without any, the pane says so in little room.
        form_pairs: Columns of the form with two fields in a row.
    """

    form_rows: int = 6
    form_columns: int = 26
    goal_rows: int = 2
    chart: bool = True
    form_pairs: int = 0


class Edge(NamedTuple):
    """A line between panes that can be moved.

    Attributes:
        name: What its place is kept under.
        upright: Whether it runs from top to bottom.
        at: Its column or row.
        start: Where it begins.
        stop: Where it ends.
        low: The least place it can have.
        high: The greatest.
        whole: What its place is a share of.
    """

    name: str
    upright: bool
    at: int
    start: int
    stop: int
    low: int
    high: int
    whole: int

    def share(self, at: int) -> float:
        """Return what is kept of a place, as near to it as the edge can go."""
        return max(self.low, min(at, self.high)) / max(self.whole, 1)


class Arrangement(NamedTuple):
    """Where everything stands.

    Attributes:
        kind: Which layout it is.
        boxes: The panes in sight, lines around them included.
        edges: What can be moved.
    """

    kind: Kind
    boxes: Mapping[Pane, Region]
    edges: tuple[Edge, ...] = ()


Shares = Mapping[str, float]
"""What a person chose, by the name of the edge."""


def kind_of(size: Size) -> Kind:
    """Return which layout fits a room."""
    width, height = size
    if width >= _WIDE and height >= _HIGH - 2:
        return "wide"
    if width >= _THREE_COLUMNS:
        return "low"
    return "tall" if height >= _TALL - 2 else "small"


def arrange(
    size: Size,
    wanted: Wanted,
    shares: Shares,
    slot: Pane = "loss",
    full: Pane | None = None,
) -> Arrangement:
    """Return where the panes stand.

    Args:
        size: The room for all of them.
        wanted: How much they ask for.
        shares: What the person chose, in this kind of layout.
        slot: The pane on show where several take turns.
        full: The one that has all of it.
    """
    if full is not None:
        return Arrangement("full", {full: size.region})
    kind = kind_of(size)
    match kind:
        case "wide":
            return _wide(size, wanted, shares)
        case "low":
            return _low(size, wanted, shares)
        case "tall":
            return _tall(size, wanted, shares)
        case _:
            return _small(size, wanted, shares, slot)


class _Lines:
    """Places lines, and keeps what can be moved."""

    def __init__(self, size: Size, shares: Shares) -> None:
        self.right, self.bottom = size.width - 1, size.height - 1
        self._shares = shares
        self.edges: list[Edge] = []

    def upright(self, name: str, at: float, low: int, high: int, rows: tuple[int, int]) -> int:
        """Place a line from top to bottom, in the rows given; return its column."""
        return self._line(name, True, at, low, high, rows, self.right)

    def level(self, name: str, at: float, low: int, high: int, columns: tuple[int, int]) -> int:
        """Place a line from left to right, in the columns given; return its row."""
        return self._line(name, False, at, low, high, columns, self.bottom)

    def _line(
        self,
        name: str,
        upright: bool,
        at: float,
        low: int,
        high: int,
        span: tuple[int, int],
        whole: int,
    ) -> int:
        high = max(low, high)
        share = self._shares.get(name)
        known = share is not None and 0 <= share <= 1
        place = round(share * whole if share is not None and known else at)
        place = max(low, min(place, high))
        self.edges.append(Edge(name, upright, place, *span, low, high, whole))
        return place


def _box(left: int, top: int, right: int, bottom: int) -> Region:
    """Return the box between four lines, which are part of it."""
    return Region(left, top, right - left + 1, bottom - top + 1)


def _wide(size: Size, wanted: Wanted, shares: Shares) -> Arrangement:
    lines = _Lines(size, shares)
    right, bottom = lines.right, lines.bottom
    least = _LEAST_WIDTH + 1
    at: float = min(0.57 * right, _MEASURE)
    for_pairs = right - 1 - wanted.form_pairs
    if for_pairs >= 0.52 * right:
        at = min(at, for_pairs)
    side = lines.upright("side", at, least, right - least, (0, bottom))
    span = (side, right)
    goals = 1 + max(2, min(wanted.goal_rows, (bottom - 8) // 4)) if wanted.goal_rows else 0
    form = min(wanted.form_rows, bottom * 2 // 5) + 1
    below = 2 * (_LEAST_HEIGHT + 1) + _LEAST_CHART + 1
    first = lines.level("form", form, _LEAST_HEIGHT + 1, bottom - below, span)
    third = bottom
    if wanted.goal_rows:
        low = first + _LEAST_CHART + _LEAST_HEIGHT + 2
        third = lines.level("goals", bottom - goals, low, bottom - _LEAST_HEIGHT, span)
    if wanted.chart:
        runs = third - max(_LEAST_HEIGHT + 2, (third - first) // 4) - 1
        low = first + _LEAST_CHART + 1
        second = lines.level("runs", runs, low, third - _LEAST_HEIGHT - 1, span)
    else:
        second = min(first + _LEAST_HEIGHT + 1, third - _LEAST_HEIGHT - 1)
    boxes: dict[Pane, Region] = {
        "lesson": _box(0, 0, side, bottom),
        "parameters": _box(side, 0, right, first),
        "loss": _box(side, first, right, second),
        "runs": _box(side, second, right, third),
    }
    if wanted.goal_rows:
        boxes["goals"] = _box(side, third, right, bottom)
    return Arrangement("wide", boxes, tuple(lines.edges))


def _low(size: Size, wanted: Wanted, shares: Shares) -> Arrangement:
    lines = _Lines(size, shares)
    right, bottom = lines.right, lines.bottom
    least = _LEAST_WIDTH + 1
    rows = (0, bottom)
    side = lines.upright("side", min(0.5 * right, _MEASURE), least, right - 2 * least, rows)
    strip = right - max(wanted.form_columns + 2, 32) - 1
    form = lines.upright("strip", strip, side + least, right - least, rows)
    low, high = _LEAST_CHART + 1, bottom - _LEAST_HEIGHT - 1
    runs = lines.level("runs", bottom - max(4, bottom // 4) - 1, low, high, (side, form))
    boxes: dict[Pane, Region] = {
        "lesson": _box(0, 0, side, bottom),
        "loss": _box(side, 0, form, runs),
        "runs": _box(side, runs, form, bottom),
    }
    goals = bottom
    if wanted.goal_rows:
        at = bottom - 1 - min(wanted.goal_rows, bottom // 2)
        goals = lines.level("goals", at, _LEAST_HEIGHT + 1, bottom - _LEAST_HEIGHT, (form, right))
        boxes["goals"] = _box(form, goals, right, bottom)
    boxes["parameters"] = _box(form, 0, right, goals)
    return Arrangement("low", boxes, tuple(lines.edges))


def _tall(size: Size, wanted: Wanted, shares: Shares) -> Arrangement:
    lines = _Lines(size, shares)
    right, bottom = lines.right, lines.bottom
    below = 1 + max(4, bottom // 6)
    high = bottom - below - _LEAST_CHART - 1
    lower = lines.level("lower", 0.54 * bottom, _LEAST_HEIGHT + 1, high, (0, right))
    form = _strip(lines, wanted, (lower, bottom))
    low, high = lower + _LEAST_CHART + 1, bottom - _LEAST_HEIGHT - 1
    second = lines.level("runs", bottom - below, low, high, (0, right))
    boxes: dict[Pane, Region] = {
        "lesson": _box(0, 0, right, lower),
        "loss": _box(0, lower, form, second),
        "parameters": _box(form, lower, right, second),
    }
    if wanted.goal_rows:
        boxes["runs"] = _box(0, second, form, bottom)
        boxes["goals"] = _box(form, second, right, bottom)
    else:
        boxes["runs"] = _box(0, second, right, bottom)
    return Arrangement("tall", boxes, tuple(lines.edges))


def _small(size: Size, wanted: Wanted, shares: Shares, slot: Pane) -> Arrangement:
    lines = _Lines(size, shares)
    right, bottom = lines.right, lines.bottom
    high = bottom - _LEAST_HEIGHT - 1
    lower = lines.level("lower", 0.62 * bottom, _LEAST_HEIGHT + 1, high, (0, right))
    form = _strip(lines, wanted, (lower, bottom))
    boxes: dict[Pane, Region] = {
        "lesson": _box(0, 0, right, lower),
        slot: _box(0, lower, form, bottom),
        "parameters": _box(form, lower, right, bottom),
    }
    return Arrangement("small", boxes, tuple(lines.edges))


def _strip(lines: _Lines, wanted: Wanted, rows: tuple[int, int]) -> int:
    """Place the line between the curves and the form beside them; return its column."""
    columns = max(_LEAST_WIDTH, min(wanted.form_columns, lines.right * 9 // 20))
    least = _LEAST_WIDTH + 1
    return lines.upright("strip", lines.right - columns - 1, least, lines.right - least, rows)
