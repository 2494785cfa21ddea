"""The figures and pictures that a program records: these calls are `tflab.lab`'s own.

They say what is drawn; how it becomes data is `figures`, how pictures do is `shown_pictures`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tflab.recording import current
from tflab.recording.confusion import count_classes
from tflab.recording.conversion import ConversionError, checked
from tflab.recording.figures import Layers, axis_range
from tflab.recording.values import to_text
from tflab.runs.events import Figure

Range = tuple[float, float] | None


def scatter(
    title: str,
    groups: Mapping[str, Any],
    *,
    lines: Mapping[str, tuple[Any, Any]] | None = None,
    x_label: str = "",
    y_label: str = "",
    x_range: Range = None,
    y_range: Range = None,
    log_x: bool = False,
    log_y: bool = False,
    step: int | None = None,
) -> None:
    """Record points in groups, each an array of shape (n, 2), with lines (xs, ys) over them.

    Figures of one title with a `step` are the frames of a moving picture. `log_x` and `log_y` make
    an axis logarithmic; what is not above 0 has no place on it.

    Raises:
        Problem: When a group or a line has another shape, or holds no numbers.
    """

    def build(layers: Layers) -> None:
        layers.add_points(groups)
        layers.add_lines(lines or {})

    axes = _Axes(x_label, y_label, x_range, y_range, bool(log_x), bool(log_y))
    _figure(title, build, axes, step)


def line(
    title: str,
    curves: Mapping[str, tuple[Any, Any]],
    *,
    points: Mapping[str, Any] | None = None,
    x_label: str = "",
    y_label: str = "",
    x_range: Range = None,
    y_range: Range = None,
    log_x: bool = False,
    log_y: bool = False,
    step: int | None = None,
) -> None:
    """Record curves, each a pair (xs, ys), with points of shape (n, 2) over them.

    `log_x` and `log_y` make an axis logarithmic; what is not above 0 has no place on it.

    Raises:
        Problem: When a curve is no such pair, or holds no numbers.
    """

    def build(layers: Layers) -> None:
        layers.add_lines(curves)
        layers.add_points(points or {})

    axes = _Axes(x_label, y_label, x_range, y_range, bool(log_x), bool(log_y))
    _figure(title, build, axes, step)


def bar(
    title: str,
    bars: Mapping[str, Any],
    *,
    x_label: str = "",
    y_label: str = "",
    step: int | None = None,
) -> None:
    """Record a bar chart: a number for each name.

    Raises:
        Problem: When a height is no number.
    """
    _figure(title, lambda layers: layers.add_bars(bars), _Axes(x_label, y_label), step)


def hist(
    title: str,
    groups: Mapping[str, Any],
    *,
    bins: int = 30,
    x_label: str = "",
    y_label: str = "",
    step: int | None = None,
) -> None:
    """Record a histogram of each group's values, all over the same bins.

    Raises:
        Problem: When a group holds no numbers.
    """

    def build(layers: Layers) -> None:
        layers.add_histograms(groups, bins)

    _figure(title, build, _Axes(x_label, y_label), step)


def heatmap(
    title: str,
    grid: Any,
    *,
    points: Mapping[str, Any] | None = None,
    lines: Mapping[str, tuple[Any, Any]] | None = None,
    classes: Sequence[Any] = (),
    x_range: Range = None,
    y_range: Range = None,
    x_label: str = "",
    y_label: str = "",
    step: int | None = None,
) -> None:
    """Record a 2-D grid of numbers, rows from the smallest y upwards.

    Without ranges, a cell is one unit wide and high.

    Args:
        title: The title.
        grid: The numbers.
        points: Points of shape (n, 2) over it.
        lines: Lines (xs, ys) over it, such as the path of an optimizer.
        classes: The names of the numbers 0, 1, … in the grid, where each stands for something.
        x_range: What the columns cover.
        y_range: What the rows cover.
        x_label: The name of the x axis.
        y_label: The name of the y axis.
        step: Figures of one title with a step are the frames of a moving picture.

    Raises:
        Problem: When the grid has another shape, or holds no numbers.
    """
    axes = _Axes(x_label, y_label)

    def build(layers: Layers) -> None:
        rows, columns = layers.add_grid(grid, classes)
        axes.x_range, axes.y_range = x_range or (0, columns), y_range or (0, rows)
        layers.add_lines(lines or {})
        layers.add_points(points or {})

    _figure(title, build, axes, step)


def image(value: Any, *, title: str = "", step: int | None = None) -> None:
    """Record a picture.

    Args:
        value: An array or a tensor of shape (height, width), or with 1, 3 or 4 channels behind
            that; a figure of matplotlib; an image of Pillow's; the path of an image.
        title: Its title.
        step: Pictures of one title with a step are the frames of a moving picture.

    Raises:
        Problem: When it is none of these.
    """
    from tflab.recording.shown_pictures import record_picture

    record = partial(record_picture, current.recorder, title, step)
    checked("lab.image", title or "picture", record, value)


def images(
    batch: Any,
    titles: Sequence[Any] | None = None,
    *,
    title: str = "",
    columns: int | None = None,
    step: int | None = None,
) -> None:
    """Record images side by side in rows, such as `lab.images(digits[:20], labels[:20])`.

    Args:
        batch: Images, each as `lab.image` takes them: an array of shape (count, height, width) or
            (count, height, width, channels), or a list. Of more than 400, the first are kept.
        titles: One for each, such as its class.
        title: The title of all.
        columns: How many stand side by side; by default as many as make a wide rectangle.
        step: Those of one title with a step are the frames of a moving picture.

    Raises:
        Problem: When something in the batch is no image.
    """
    from tflab.recording.shown_pictures import record_images

    names = [to_text(str(one)) for one in titles] if titles is not None else []
    record = partial(record_images, current.recorder, names, title, columns, step)
    checked("lab.images", title or "images", record, batch)


def confusion_matrix(
    true: Any,
    predicted: Any,
    labels: Sequence[Any] | None = None,
    *,
    title: str = "Confusion matrix",
    step: int | None = None,
) -> None:
    """Record how often each true class was taken for which, such as after `model.predict`.

    Args:
        true: The number of the class of each example, from 0; or one-hot rows.
        predicted: What was predicted: numbers of classes, or rows of scores, of which the largest
            counts.
        labels: The names of the classes; by default their numbers.
        title: The title.
        step: Those of one title with a step are the frames of a moving picture.

    Raises:
        Problem: When there are not as many of each, or they are no classes.
    """

    def build(layers: Layers) -> None:
        counts, names = count_classes(true, predicted, labels)
        layers.add_matrix(counts, names)

    _figure(title, build, _Axes("predicted", "true"), step)


@dataclass
class _Axes:
    """The axes of a figure: their names, their ends where these are fixed, and their scales."""

    x_label: str = ""
    y_label: str = ""
    x_range: Range = None
    y_range: Range = None
    log_x: bool = False
    log_y: bool = False


def _figure(title: str, build: Callable[[Layers], None], axes: _Axes, step: int | None) -> None:
    layers = Layers()
    try:
        build(layers)
        figure = Figure(
            cell=current.recorder.cell,
            title=to_text(title),
            layers=layers.found,
            x_label=to_text(axes.x_label),
            y_label=to_text(axes.y_label),
            x_range=axis_range(axes.x_range),
            y_range=axis_range(axes.y_range),
            log_x=axes.log_x,
            log_y=axes.log_y,
            step=None if step is None else int(step),
            note=layers.note,
            at=current.recorder.at(),
        )
    except ConversionError as error:
        raise error.problem("A figure", title) from error
    current.recorder.emit(figure)
