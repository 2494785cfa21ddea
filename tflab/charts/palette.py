"""Colours of charts: chosen for colour-blind readers, on dark and on light backgrounds.

The hues follow the palette of Okabe and Ito ("Color Universal Design", 2008). Lightness is moved
so that the colour of a series stands out from its background by a contrast of at least 4.5 to 1,
the least that WCAG 2.2 asks of text: labels stand at the ends of curves. So do the colours that a
terminal with 256 or 16 has in its place. Axes have 3 to 1, which is asked of graphics.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

ColourMode = Literal["none", "16", "256", "true"]
RGB = tuple[int, int, int]


class Ink(NamedTuple):
    """A colour: red, green and blue, and the SGR code that stands for it among 16 colours."""

    rgb: RGB
    basic: int

    @property
    def hex(self) -> str:
        """The colour as `#rrggbb`."""
        return "#{:02x}{:02x}{:02x}".format(*self.rgb)

    def sgr(self, mode: ColourMode) -> str:
        """Return the escape sequence that switches to this colour; empty without colour."""
        return _sgr(self, mode)

    def ground_sgr(self, mode: ColourMode) -> str:
        """Return the escape sequence that makes this the ground; empty with few colours."""
        return _sgr(self, mode).replace("[38;", "[48;") if mode in ("true", "256") else ""


_DARK = (
    Ink((86, 180, 233), 94),  # sky blue
    Ink((238, 159, 8), 33),  # orange
    Ink((32, 194, 152), 32),  # bluish green
    Ink((229, 155, 198), 95),  # reddish purple
    Ink((240, 120, 62), 91),  # vermilion
    Ink((240, 228, 66), 93),  # yellow
    Ink((150, 160, 255), 36),  # periwinkle
)
_LIGHT = (
    Ink((0, 80, 170), 34),
    Ink((152, 84, 0), 33),
    Ink((0, 114, 88), 32),
    Ink((148, 66, 124), 35),
    Ink((196, 46, 14), 31),
    Ink((114, 104, 0), 33),
    Ink((82, 82, 200), 36),
)
_BACKGROUND: dict[bool, RGB] = {True: (24, 24, 28), False: (250, 250, 250)}
_AXIS = {True: Ink((108, 110, 118), 90), False: Ink((138, 140, 146), 90)}
_ALARM = {True: Ink((255, 125, 125), 91), False: Ink((190, 20, 20), 31)}
_LABEL = {True: Ink((164, 166, 174), 37), False: Ink((96, 98, 106), 90)}
_HEAT: dict[bool, tuple[RGB, RGB, RGB]] = {
    True: ((74, 86, 150), (32, 160, 150), (240, 228, 66)),
    False: ((120, 176, 214), (0, 122, 120), (40, 28, 92)),
}
_FAINT = 0.5

COLOURS = len(_DARK)


def series_ink(style: int, dark: bool) -> Ink:
    """Return the colour of the series with this style number; beyond the last they start over."""
    return (_DARK if dark else _LIGHT)[style % COLOURS]


@lru_cache(maxsize=64)
def faint_ink(style: int, dark: bool) -> Ink:
    """Return the same colour drawn towards the background: for raw and earlier curves."""
    return Ink(_mix(_BACKGROUND[dark], series_ink(style, dark).rgb, _FAINT), 90)


@lru_cache(maxsize=64)
def region_ink(number: int, dark: bool) -> Ink:
    """Return the colour of the region of a class: faint, yet of its own among 16 colours."""
    return Ink(faint_ink(number, dark).rgb, series_ink(number, dark).basic)


def axis_ink(dark: bool) -> Ink:
    """Return the colour of axis lines."""
    return _AXIS[dark]


def alarm_ink(dark: bool) -> Ink:
    """Return the colour of what went wrong: where a curve diverged."""
    return _ALARM[dark]


def label_ink(dark: bool) -> Ink:
    """Return the colour of the numbers and names beside the axes."""
    return _LABEL[dark]


@lru_cache(maxsize=64)
def heat_ink(level: float, dark: bool) -> Ink:
    """Return the colour of a value at `level`, 0 (lowest) to 1 (highest), of a heatmap."""
    low, middle, high = _HEAT[dark]
    if level < 0.5:
        return Ink(_mix(low, middle, level * 2), 34 if level < 0.25 else 36)
    return Ink(_mix(middle, high, level * 2 - 1), 32 if level < 0.75 else 33)


def ink_number(ink: Ink, inks: list[Ink]) -> int:
    """Return the place of an ink among those in use, to which it is added if it is new.

    Colours start over, so few are in use however much is drawn; pictures have room for 255.
    """
    if ink not in inks:
        inks.append(ink)
    return inks.index(ink)


def _mix(start: RGB, end: RGB, part: float) -> RGB:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(start, end, strict=True))
    return red, green, blue


@lru_cache(maxsize=8192)
def _sgr(ink: Ink, mode: ColourMode) -> str:
    if mode == "true":
        return "\x1b[38;2;{};{};{}m".format(*ink.rgb)
    if mode == "256":
        return f"\x1b[38;5;{_nearest_256(ink.rgb)}m"
    if mode == "16":
        return f"\x1b[{ink.basic}m"
    return ""


def _nearest_256(rgb: RGB) -> int:
    """Return the xterm colour number nearest to `rgb`: the 6x6x6 cube, or one of 24 greys."""
    levels = (0, 95, 135, 175, 215, 255)
    steps = [[abs(level - part) for level in levels] for part in rgb]
    cube = [distances.index(min(distances)) for distances in steps]
    grey = min(range(24), key=lambda i: abs(8 + 10 * i - sum(rgb) / 3))
    cube_error = sum((levels[i] - part) ** 2 for i, part in zip(cube, rgb, strict=True))
    grey_error = sum((8 + 10 * grey - part) ** 2 for part in rgb)
    if grey_error < cube_error:
        return 232 + grey
    return 16 + 36 * cube[0] + 6 * cube[1] + cube[2]
