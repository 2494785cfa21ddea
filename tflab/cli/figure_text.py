"""A figure in words and numbers, for those who read line by line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tflab.runs.events import Figure, Layer, Number, Picture
from tflab.runs.text import count_of, plain_line

_MOST_BARS = 20
_KINDS = {
    "points": ("group of points", "groups of points"),
    "line": ("line", "lines"),
    "bars": ("set of bars", "sets of bars"),
    "hist": ("histogram", "histograms"),
    "grid": ("map of values", "maps of values"),
    "matrix": ("confusion matrix", "confusion matrices"),
}


def figure_lines(figure: Figure, frames: int = 1) -> list[str]:
    """Return one sentence on a figure, and a line of numbers for each thing in it."""
    counts = {kind: sum(layer.kind == kind for layer in figure.layers) for kind in _KINDS}
    parts = [f"{count} {_KINDS[kind][count > 1]}" for kind, count in counts.items() if count] or [
        "nothing in it"
    ]
    moving = f", the last of {frames} pictures" if frames > 1 else ""
    lines = [f"Figure: {plain_line(figure.title)}{moving}, {' and '.join(parts)}."]
    for layer in figure.layers:
        lines += [f"  {line}" for line in _layer(figure, layer)]
    if figure.note:
        lines.append(f"  {plain_line(figure.note)}")
    return lines


def picture_lines(picture: Picture, frames: int = 1) -> list[str]:
    """Return one sentence on a picture, what it shows as far as that is told, and its file."""
    moving = f", the last of {frames} frames" if frames > 1 else ""
    tiles = picture.tiles
    many = f", {count_of(tiles.count, 'image')}" if tiles is not None and tiles.count > 1 else ""
    title = f" {plain_line(picture.title)}" if picture.title else ""
    lines = [f"Picture{title}{moving}{many}, {picture.width} × {picture.height} dots."]
    for figure in picture.data:
        lines += [f"  {line}" for line in figure_lines(figure)]
    if tiles is not None and any(tiles.titles):
        lines.append(f"  Images: {', '.join(map(plain_line, tiles.titles[:_MOST_BARS]))}")
    if picture.note:
        lines.append(f"  {plain_line(picture.note)}")
    return [*lines, f"  File: {picture.file}"] if picture.file else lines


def _layer(figure: Figure, layer: Layer) -> list[str]:
    name = plain_line(layer.label) or layer.kind
    x, y = plain_line(figure.x_label) or "x", plain_line(figure.y_label) or "y"
    match layer.kind:
        case "points":
            points = count_of(len(layer.x), "point")
            return [f"{name}: {points}, {_span(x, layer.x)}, {_span(y, layer.y)}"]
        case "line":
            ends = ""
            if layer.y:
                ends = f", {y} begins at {_number(layer.y[0])} and ends at {_number(layer.y[-1])}"
            return [f"{name}: {_span(x, layer.x)}, {_span(y, layer.y)}{ends}"]
        case "bars":
            bars = list(zip(layer.names, layer.y, strict=False))
            lines = [f"{plain_line(bar)}: {_number(size)}" for bar, size in bars[:_MOST_BARS]]
            more = len(bars) - _MOST_BARS
            return [*lines, f"and {more} more"] if more > 0 else lines
        case "hist":
            return [_histogram(name, layer)]
        case "grid":
            values = [value for row in layer.grid for value in row]
            size = (
                f"{count_of(len(layer.grid), 'row')} of {len(layer.grid[0]) if layer.grid else 0}"
            )
            return [f"{name}: {size}, {_span('values', values)}"]
        case "matrix":
            return [_class(layer, number) for number in range(len(layer.grid))]


def _class(layer: Layer, number: int) -> str:
    """Return what became of one true class."""
    names = [plain_line(name) for name in layer.names]
    counts = [_float(count) for count in layer.grid[number]]
    pairs = [(names[at] if at < len(names) else str(at), n) for at, n in enumerate(counts) if n]
    told = ", ".join(f"{count:.4g} as {name}" for name, count in pairs[:_MOST_BARS]) or "none"
    return f"true {names[number] if number < len(names) else number}: {told}"


def _histogram(name: str, layer: Layer) -> str:
    counts = [_float(count) for count in layer.y]
    total = sum(counts)
    text = f"{name}: {count_of(round(total), 'value')}, {_span('from', layer.x)}".replace(
        "from from", "from"
    )
    if counts and len(layer.x) > len(counts):
        top = max(range(len(counts)), key=counts.__getitem__)
        between = f"{_number(layer.x[top])} and {_number(layer.x[top + 1])}"
        text += f", most of them ({counts[top]:.0f}) between {between}"
    return text


def _span(name: str, values: Sequence[Number]) -> str:
    finite = [number for number in map(_float, values) if math.isfinite(number)]
    if not finite:
        return f"{name} without a finite value"
    left_out = len(values) - len(finite)
    more = f" ({left_out} not finite)" if left_out else ""
    return f"{name} from {_number(min(finite))} to {_number(max(finite))}{more}"


def _float(value: Number) -> float:
    return float(value)


def _number(value: Number) -> str:
    return value if isinstance(value, str) else f"{_float(value):.4g}"
