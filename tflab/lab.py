"""What lesson code calls: `from tflab import lab`.

It records; it never draws. In a run everything goes to the run log. When the lesson is started as
a plain Python program, the same calls print short lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tflab.data import Dataset, load
from tflab.recording import current
from tflab.recording.autolog import set_wanted
from tflab.recording.checks import NOTHING, CheckRules, check_cases, check_value
from tflab.recording.conversion import ConversionError, checked
from tflab.recording.figure_calls import (
    bar,
    confusion_matrix,
    heatmap,
    hist,
    image,
    images,
    line,
    scatter,
)
from tflab.recording.guesses import compare
from tflab.recording.recorder import Recorder
from tflab.recording.values import is_tensor, to_plain, to_tensor_value, to_text
from tflab.runs.events import Goal, Result

if TYPE_CHECKING:
    from tflab.recording.checkpoints import Checkpoints

__all__ = [
    "attach",
    "autolog",
    "bar",
    "check",
    "checkpoint",
    "confusion_matrix",
    "dataset",
    "folder",
    "goal",
    "heatmap",
    "hist",
    "image",
    "images",
    "keras_callback",
    "line",
    "log",
    "predict",
    "scatter",
    "show",
    "track",
]

Item = TypeVar("Item")


def attach(recorder: Recorder) -> None:
    """Send everything from now on to `recorder`. For the run process, not for lessons."""
    current.recorder = recorder


def log(step: int, **scalars: Any) -> None:
    """Record one point for each named scalar, such as `lab.log(step, loss=loss)`.

    Numbers of Python and NumPy and tensors with one element are taken; a tensor is read later, so
    that a GPU is not made to wait. NaN and infinities are kept. Names with a slash make groups,
    and `val_` in front marks the validation twin of a series.

    Raises:
        Problem: When a value is no number; for a tensor, at one of the next calls.
    """
    current.recorder.log(step, scalars)


def track(iterable: Iterable[Item], total: int | None = None) -> Iterator[Item]:
    """Return an iterator over `iterable` that records how far it has come.

    `total` is the number of items, where `len` cannot tell it.
    """
    return current.recorder.track(iterable, total)


def show(**named: Any) -> None:
    """Report results by name, such as `lab.show(w=w, accuracy=0.99)`.

    Plain numbers, text, booleans, None and lists stay plain. Tensors, variables and arrays are
    kept with dtype, shape and device.

    Raises:
        Problem: When a value is none of these.
    """
    for name, value in named.items():
        recorder, tensor, plain = current.recorder, None, None
        at = recorder.at()
        if is_tensor(value):
            tensor = checked("lab.show", name, to_tensor_value, value)
        else:
            plain = checked("lab.show", name, to_plain, value)
        recorder.emit(
            Result(
                cell=recorder.cell,
                name=to_text(name),
                value=plain,
                tensor=tensor,
                at=at,
            )
        )


def keras_callback(
    batches: bool = False, prefix: str = "", frame: Callable[[int], None] | None = None
) -> Any:
    """Return a Keras callback that logs every epoch's scalars, and how far training has come.

    Pass it before a `BackupAndRestore`: the points of an epoch are then there when it is kept.

    Args:
        batches: Log each batch too, as `batch_loss` and so on: the batch's own values, where Keras
            shows means over the epoch so far. What is no mean, such as an AUC, is left out.
        prefix: Put before each name; `"sequential/"` makes `sequential/loss`.
        frame: Called with the epoch, from 1, after each one; to record a figure, say.
    """
    from tflab.recording.keras_callback import make_callback

    return make_callback(lambda: current.recorder, batches, prefix, frame)


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
        text=to_text(text),
        passed=bool(passed),
        hints=hints,
        cell=current.recorder.cell,
        id=to_text(id),
    )
    current.recorder.emit(goal)


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
    guess = current.recorder.guesses.get(id or question)
    try:
        found = compare(to_text(question), answer, guess, choices, within, current.recorder.cell)
        found = replace(found, id=to_text(id), within=float(within))
    except ConversionError as error:
        raise error.problem("lab.predict", question) from error
    current.recorder.emit(found)
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
    current.recorder.emit(replace(found, cell=current.recorder.cell, at=current.recorder.at()))


def folder() -> Path:
    """Return where the lesson may save files: the run's own folder for them."""
    return current.recorder.folder()


def checkpoint(
    *,
    folder: str | Path | None = None,
    every: int = 0,
    keep: int = 2,
    name: str = "training",
    **objects: Any,
) -> Checkpoints:
    """Keep a training loop of your own, and go on where it stopped when its run is continued.

    `kept = lab.checkpoint(model=model, optimizer=optimizer)`, then `for step in kept.steps(1000):`.
    A run that goes on from another one restores the newest checkpoint of that; any other begins
    at step 0. `kept.save()` keeps one at once, `kept.step` says how many steps are done.

    Kept are models, optimizers, variables, generators and iterators of TensorFlow (also in lists
    and dicts), NumPy arrays in their place, and random generators of NumPy and Python; besides,
    always, the state of `random` and of `np.random`. Not kept is the state behind `tf.random`
    without a generator, and the order of a data set whose iterator is not among the objects.

    Args:
        folder: Where they are kept when the program runs as plain Python. In a run, its own files.
        every: Steps between two of them; 0 for one each half minute.
        keep: How many of the newest stay.
        name: A word that tells the loop from others of the same program.
        objects: What is kept, by name.

    Raises:
        Problem: When something cannot be kept, or what was kept does not fit.
    """
    from tflab.recording.checkpoints import open_checkpoints

    return open_checkpoints(objects, folder, every, keep, name)


def dataset(name: str) -> Dataset:
    """Return a data set that ships with the course: `features`, `labels`, `names`, `columns`.

    Raises:
        ValueError: When no data set has that name.
    """
    return load(name)
