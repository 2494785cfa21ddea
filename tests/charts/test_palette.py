"""Colours stand out from their background and from each other."""

from __future__ import annotations

from itertools import combinations

import pytest
from rich.color import Color, ColorSystem

from tflab.charts.palette import (
    COLOURS,
    RGB,
    Ink,
    alarm_ink,
    axis_ink,
    faint_ink,
    label_ink,
    series_ink,
)

BACKGROUNDS = {True: [(0, 0, 0), (30, 30, 46)], False: [(255, 255, 255), (238, 238, 238)]}

# Machado, Oliveira and Fernandes (2009), severity 1: what deuteranopes and protanopes see.
_BLINDNESS = {
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
}


def _linear(rgb: RGB) -> list[float]:
    parts = [part / 255 for part in rgb]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def _contrast(one: RGB, other: RGB) -> float:
    def brightness(rgb: RGB) -> float:
        red, green, blue = _linear(rgb)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


def _distance(one: list[float], other: list[float]) -> float:
    """Return the distance in CIE Lab; about 2 is just visible."""

    def lab(linear: list[float]) -> tuple[float, float, float]:
        rows = (
            (0.4124, 0.3576, 0.1805, 0.9505),
            (0.2126, 0.7152, 0.0722, 1.0),
            (0.0193, 0.1192, 0.9505, 1.089),
        )
        x, y, z = (
            (sum(c * p for c, p in zip(row[:3], linear, strict=True)) / row[3]) ** (1 / 3)
            for row in rows
        )
        return 116 * y - 16, 500 * (x - y), 200 * (y - z)

    return sum((a - b) ** 2 for a, b in zip(lab(one), lab(other), strict=True)) ** 0.5


@pytest.mark.parametrize("dark", [True, False])
def test_contrast(dark: bool) -> None:
    for background in BACKGROUNDS[dark]:
        for style in range(COLOURS):
            assert _contrast(series_ink(style, dark).rgb, background) >= 3
            assert _contrast(faint_ink(style, dark).rgb, background) >= 1.5
        assert _contrast(label_ink(dark).rgb, background) >= 4.5
        assert _contrast(axis_ink(dark).rgb, background) >= 1.5


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("kind", sorted(_BLINDNESS))
def test_the_first_four_differ_for_colour_blind_readers(dark: bool, kind: str) -> None:
    seen = []
    for style in range(4):
        linear = _linear(series_ink(style, dark).rgb)
        rows = _BLINDNESS[kind]
        seen.append(
            [max(sum(c * p for c, p in zip(row, linear, strict=True)), 0.0) for row in rows]
        )
    assert min(_distance(a, b) for a, b in combinations(seen, 2)) >= 10


def test_codes_of_each_colour_mode() -> None:
    ink = series_ink(0, dark=True)
    assert ink.sgr("true") == "\x1b[38;2;86;180;233m"
    assert ink.sgr("256") == "\x1b[38;5;74m"
    assert ink.sgr("16") == "\x1b[94m"
    assert ink.sgr("none") == ""
    assert ink.hex == "#56b4e9"
    assert Ink((128, 128, 128), 90).sgr("256") == "\x1b[38;5;244m"


PANELS = {
    (True, ColorSystem.TRUECOLOR): (0x1B, 0x22, 0x2D),
    (False, ColorSystem.TRUECOLOR): (0xED, 0xEA, 0xE2),
    (True, ColorSystem.EIGHT_BIT): (0x30, 0x30, 0x30),
    (False, ColorSystem.EIGHT_BIT): (0xF5, 0xF5, 0xF5),
    (True, ColorSystem.STANDARD): (0, 0, 0),
    (False, ColorSystem.STANDARD): (255, 255, 255),
}
"""The grounds that contrast least, in each theme and with so many colours."""

# The colours of a Linux console, from black to white.
CONSOLE = tuple(
    tuple(bright + (0xAA if number >> place & 1 else 0) for place in range(3))
    if (number, bright) != (3, 0)
    else (0xAA, 0x55, 0)
    for bright in (0, 0x55)
    for number in range(8)
)


@pytest.mark.parametrize(("dark", "system"), PANELS)
def test_a_label_in_the_colour_of_its_curve_can_be_read(dark: bool, system: ColorSystem) -> None:
    inks = [series_ink(style, dark) for style in range(COLOURS)]
    for ink in [*inks, label_ink(dark), alarm_ink(dark)]:
        colour = Color.from_rgb(*ink.rgb).downgrade(system)
        basic = system is ColorSystem.STANDARD
        seen = CONSOLE[colour.number or 0] if basic else tuple(colour.get_truecolor())
        assert _contrast(seen, PANELS[dark, system]) >= 4.5, ink
