"""Grids: regions of classes, and values as shades."""

from __future__ import annotations

import numpy as np

from tflab.charts.drawing import ChartOptions, LegendEntry
from tflab.charts.layers import Shape
from tflab.charts.palette import Ink, heat_ink, ink_number, region_ink
from tflab.charts.raster import Cells
from tflab.charts.scale import short
from tflab.charts.thin import Floats

_MOST_CLASSES = 8
_TEXTURES = "⠂⠒⠕⡇⠶⢎⣤⣿"
_TEXTURES_ASCII = ".:-=/%~'"
_SHADES = " ░▒▓█"
_SHADES_ASCII = " .:-=+*#"
_HEAT_LEVELS = 16


def draw_grid(
    cells: Cells, shape: Shape, inks: list[Ink], options: ChartOptions
) -> list[LegendEntry]:
    """Fill the picture with a grid, add the inks used to `inks`, return its legend.

    Few whole numbers are taken for classes, each with a texture of its own; anything else is
    shaded from lowest to highest. Cells that are not finite stay blank.
    """
    grid = _stretched(shape.grid, cells)
    values = shape.grid[np.isfinite(shape.grid)]
    classes = np.unique(values)
    if len(classes) == 0:
        return []
    if len(classes) <= _MOST_CLASSES and bool((classes == np.rint(classes)).all()):
        return _draw_classes(cells, grid, classes, shape, inks, options)
    return _draw_shades(cells, grid, values, shape.label, inks, options)


def _stretched(grid: Floats, cells: Cells) -> Floats:
    """Return the value at the middle of each cell."""
    rows, columns = grid.shape
    up = ((np.arange(cells.rows) + 0.5) / cells.rows * rows).astype(np.int64)
    across = ((np.arange(cells.columns) + 0.5) / cells.columns * columns).astype(np.int64)
    stretched: Floats = grid[up][:, across]
    return stretched


def _draw_classes(
    cells: Cells,
    grid: Floats,
    classes: Floats,
    shape: Shape,
    inks: list[Ink],
    options: ChartOptions,
) -> list[LegendEntry]:
    textures = _TEXTURES if options.unicode else _TEXTURES_ASCII
    entries = []
    for number, value in enumerate(classes):
        ink = region_ink(number, options.dark)
        cells.put(grid == value, ord(textures[number]), ink_number(ink, inks))
        shown = None if options.colour == "none" else ink
        named = 0 <= value < len(shape.names)
        name = shape.names[int(value)] if named else f"{shape.label or 'class'} {value:.0f}"
        entries.append(LegendEntry(textures[number] * 3, shown, name))
    return entries


def _draw_shades(
    cells: Cells,
    grid: Floats,
    values: Floats,
    label: str,
    inks: list[Ink],
    options: ChartOptions,
) -> list[LegendEntry]:
    shades = _SHADES if options.unicode else _SHADES_ASCII
    low, high = float(values.min()), float(values.max())
    with np.errstate(invalid="ignore"):
        level = (grid / 4 - low / 4) / (high / 4 - low / 4) if low < high else grid * 0 + 0.5
    finite = np.isfinite(level)
    level = np.where(finite, np.clip(level, 0, 1), 0)
    codes = np.array([ord(shade) for shade in shades], dtype=np.uint32)
    glyphs = codes[np.rint(level * (len(shades) - 1)).astype(np.int64)]
    heat = np.rint(level * (_HEAT_LEVELS - 1)).astype(np.int64)
    for step in np.unique(heat[finite]).tolist():
        ink = _heat(step, options.dark)
        cells.put(finite & (heat == step), glyphs, ink_number(ink, inks))
    steps = [round(place * (_HEAT_LEVELS - 1) / (len(shades) - 1)) for place in range(len(shades))]
    scale = tuple(_heat(step, options.dark) for step in steps)
    shown = None if options.colour == "none" else scale[-1]
    text = f"{short(low)} to {short(high)}"
    return [LegendEntry(shades, shown, f"{label} {text}" if label else text, scale)]


def _heat(step: int, dark: bool) -> Ink:
    return heat_ink(step / (_HEAT_LEVELS - 1), dark)
