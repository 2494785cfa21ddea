"""What lesson code calls: `from tflab import lab`.

It records; it never draws. In a run everything goes to the run log. When the lesson is started as
a plain Python program, the same calls print short lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from tflab.data import Dataset, load
from tflab.recording.autolog import set_wanted
from tflab.recording.checks import NOTHING, CheckRules, check_cases, check_value
from tflab.recording.confusion import count_classes
from tflab.recording.conversion import ConversionError, checked
from tflab.recording.figures import Layers, axis_range
from tflab.recording.guesses import compare
from tflab.recording.plain import PlainRecorder
from tflab.recording.recorder import Recorder
from tflab.recording.values import is_tensor, to_plain, to_tensor_value, to_text
from tflab.runs.events import Figure, Goal, Result

Item = TypeVar("Item")
Range = tuple[float, float] | None

_recorder: Recorder = PlainRecorder()


def attach(recorder: Recorder) -> None:
    """Send everything from now on to `recorder`. For the run process, not for lessons."""
    global _recorder
    _recorder = recorder


def log(step: int, **scalars: Any) -> None:
    """Record one point for each named scalar, such as `lab.log(step, loss=loss)`.

    Numbers of Python and NumPy and tensors with one element are taken; a tensor is read later, so
    that a GPU is not made to wait. NaN and infinities are kept. Names with a slash make groups,
    and `val_` in front marks the validation twin of a series.

    Raises:
        Problem: When a value is no number; for a tensor, at one of the next calls.
    """
    _recorder.log(step, scalars)


def track(iterable: Iterable[Item], total: int | None = None) -> Iterator[Item]:
    """Return an iterator over `iterable` that records how far it has come.

    `total` is the number of items, where `len` cannot tell it.
    """
    return _recorder.track(iterable, total)


def show(**named: Any) -> None:
    """Report results by name, such as `lab.show(w=w, accuracy=0.99)`.

    Plain numbers, text, booleans, None and lists stay plain. Tensors, variables and arrays are
    kept with dtype, shape and device.

    Raises:
        Problem: When a value is none of these.
    """
    for name, value in named.items():
        at, tensor, plain = _recorder.at(), None, None
        if is_tensor(value):
            tensor = checked("lab.show", name, to_tensor_value, value)
        else:
            plain = checked("lab.show", name, to_plain, value)
        _recorder.emit(
            Result(cell=_recorder.cell, name=to_text(name), value=plain, tensor=tensor, at=at)
        )


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

    checked("lab.image", title or "picture", partial(record_picture, _recorder, title, step), value)


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
    record = partial(record_images, _recorder, names, title, columns, step)
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


def keras_callback(
    batches: bool = False, prefix: str = "", frame: Callable[[int], None] | None = None
) -> Any:
    """Return a Keras callback that logs every epoch's scalars, and how far training has come.

    Args:
        batches: Log each batch too, as `batch_loss` and so on: the batch's own values, where Keras
            shows means over the epoch so far. What is no mean, such as an AUC, is left out.
        prefix: Put before each name; `"sequential/"` makes `sequential/loss`.
        frame: Called with the epoch, from 1, after each one; to record a figure, say.
    """
    from tflab.recording.keras_callback import make_callback

    return make_callback(lambda: _recorder, batches, prefix, frame)


def autolog(wanted: bool = True) -> None:
    """Turn on or off what a run records without a word from the program, from here on.

    That is what `fit` and `evaluate` of Keras, `tf.summary.scalar` and progress bars report. It is
    on at first, unless the environment variable `TFLAB_AUTOLOG` is 0.
    """
    set_wanted(wanted)


def goal(text: str, passed: Any, hint: str | Sequence[str] = (), *, id: str = "") -> None:
    """Record whether a goal was reached. Hints go from weak to strong.

    `text` must be a literal, so that the workbench can show the goal before any run. Progress is
    kept under `id`, which stays when the text is reworded; without one, under the text.
    """
    hints = [to_text(str(one)) for one in ([hint] if isinstance(hint, str) else hint)]
    goal = Goal(
        text=to_text(text), passed=bool(passed), hints=hints, cell=_recorder.cell, id=to_text(id)
    )
    _recorder.emit(goal)


def predict(
    question: str,
    answer: Any,
    choices: Sequence[str] | Mapping[str, str] | None = None,
    within: float = 0.1,
    *,
    id: str = "",
) -> Any:
    """Compare what the learner guessed before the run with the answer, and return the guess.

    Never waits: without a guess it returns None. `question` and `choices` must be literals. A
    number is right when it is off by no more than `within` of the answer; a choice, when it is it.
    Choices may be a dict from what each is known by to what it says; the answer is then such a
    key. `id` stays when the question is reworded.

    Raises:
        Problem: When the answer is neither a number nor text.
    """
    guess = _recorder.guesses.get(id or question)
    try:
        found = compare(to_text(question), answer, guess, choices, within, _recorder.cell)
        found = replace(found, id=to_text(id), within=float(within))
    except ConversionError as error:
        raise error.problem("lab.predict", question) from error
    _recorder.emit(found)
    return guess


def check(
    name: str,
    value: Any,
    expected: Any = NOTHING,
    *,
    cases: Iterable[Any] | None = None,
    close: float = 1e-5,
    seconds: float = 5.0,
    changes: bool = False,
) -> None:
    """Say whether a value is as expected, or a function in every case.

    `lab.check("area", area, 12)` compares a value; `lab.check("half", half, cases=[((2,), 1)])`
    calls `half(2)`. The first case that fails is told: what was given, expected and got. Tensors
    are compared by shape, dtype and nearness. Never raises for what is checked, whatever it does.

    Args:
        name: What is checked, in a word or two.
        value: The value, or the function.
        expected: What the value should be; may be left out where the value is True or False.
        cases: Pairs of arguments and what is expected: a tuple of arguments, a dict of named ones,
            or a single one. An exception's class is expected to be raised.
        close: How far a number may be off; relative to the expected one where that is above 1.
        seconds: How long one call may take.
        changes: Whether a function may change what it is given.

    Raises:
        Problem: When nothing says what is expected.
    """
    rules = CheckRules(close=close, seconds=seconds, changes=changes)
    if cases is None:
        found = check_value(to_text(name), value, expected, rules)
    else:
        found = check_cases(to_text(name), value, cases, rules)
    _recorder.emit(replace(found, cell=_recorder.cell, at=_recorder.at()))


def folder() -> Path:
    """Return where the lesson may save files: the run's own folder for them."""
    return _recorder.folder()


def dataset(name: str) -> Dataset:
    """Return a data set that ships with the course: `features`, `labels`, `names`, `columns`.

    Raises:
        ValueError: When no data set has that name.
    """
    return load(name)


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
            cell=_recorder.cell,
            title=to_text(title),
            layers=layers.found,
            x_label=to_text(x_label),
            y_label=to_text(y_label),
            x_range=axis_range(x_range),
            y_range=axis_range(y_range),
            step=None if step is None else int(step),
            note=layers.note,
            at=_recorder.at(),
        )
    except ConversionError as error:
        raise error.problem("A figure", title) from error
    _recorder.emit(figure)
