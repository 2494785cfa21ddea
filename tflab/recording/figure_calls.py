"""The figures and pictures that a program records: these calls are `tflab.lab`'s own.

They say what is drawn; how it becomes data is `figures`, how pictures do is `shown_pictures`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    step: int | None = None,
) -> None:
    """Record points in groups, each an array of shape (n, 2), with lines (xs, ys) over them.

    Figures of one title with a `step` are the frames of a moving picture.

    Raises:
        Problem: When a group or a line has another shape, or holds no numbers.
    """

    def build(layers: Layers) -> None:
        layers.add_points(groups)
        layers.add_lines(lines or {})

    _figure(title, build, x_label, y_label, x_range, y_range, step)


def line(
    title: str,
    curves: Mapping[str, tuple[Any, Any]],
    *,
    points: Mapping[str, Any] | None = None,
    x_label: str = "",
    y_label: str = "",
    x_range: Range = None,
    y_range: Range = None,
    step: int | None = None,
) -> None:
    """Record curves, each a pair (xs, ys), with points of shape (n, 2) over them.

    Raises:
        Problem: When a curve is no such pair, or holds no numbers.
    """

    def build(layers: Layers) -> None:
        layers.add_lines(curves)
        layers.add_points(points or {})

    _figure(title, build, x_label, y_label, x_range, y_range, step)


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
    _figure(title, lambda layers: layers.add_bars(bars), x_label, y_label, None, None, step)


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

    _figure(title, build, x_label, y_label, None, None, step)


def heatmap(
    title: str,
    grid: Any,
    *,
    points: Mapping[str, Any] | None = None,
    x_range: Range = None,
    y_range: Range = None,
    x_label: str = "",
    y_label: str = "",
    step: int | None = None,
) -> None:
    """Record a 2-D grid of numbers, rows from the smallest y upwards, with points over it.

    Without ranges, a cell is one unit wide and high.

    Raises:
        Problem: When the grid has another shape, or holds no numbers.
    """
    size = (1, 1)

    def build(layers: Layers) -> None:
        nonlocal size
        size = layers.add_grid(grid)
        layers.add_points(points or {})

    def ranges() -> tuple[Any, Any]:
        return x_range or (0, size[1]), y_range or (0, size[0])

    _figure(title, build, x_label, y_label, None, None, step, ranges)


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

    _figure(title, build, "predicted", "true", None, None, step)


def _figure(
    title: str,
    build: Callable[[Layers], None],
    x_label: str,
    y_label: str,
    x_range: Range,
    y_range: Range,
    step: int | None,
    ranges: Callable[[], tuple[Any, Any]] | None = None,
) -> None:
    layers = Layers()
    try:
        build(layers)
        if ranges is not None:
            x_range, y_range = ranges()
        figure = Figure(
            cell=current.recorder.cell,
            title=to_text(title),
            layers=layers.found,
            x_label=to_text(x_label),
            y_label=to_text(y_label),
            x_range=axis_range(x_range),
            y_range=axis_range(y_range),
            step=None if step is None else int(step),
            note=layers.note,
            at=current.recorder.at(),
        )
    except ConversionError as error:
        raise error.problem("A figure", title) from error
    current.recorder.emit(figure)
