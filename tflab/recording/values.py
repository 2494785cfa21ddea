"""Turning what a lesson hands over into what the run log keeps.

TensorFlow and Keras objects are known by what they can do, never by importing either: these
modules must load in a lesson that uses none of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from tflab.recording.conversion import ConversionError
from tflab.runs.events import Number, TensorValue, as_number

MAX_ELEMENTS = 10_000
"""Elements of a tensor that the log keeps; of a larger one, the first so many."""

_LARGEST_INT = 1 << 63
_PARTS = "Report its real and imaginary parts."


def never_changes(kind: type) -> bool:
    """Return whether values of this type stay as they are, so that reading them may wait."""
    return issubclass(kind, np.generic) or kind.__name__ == "EagerTensor"


def to_number(value: Any) -> float | int:
    """Return one number: of Python, NumPy, or a tensor or array with exactly one element.

    Raises:
        ConversionError: When `value` is no number, or more than one.
    """
    if value.__class__ is float:
        return float(value)
    if isinstance(value, (int, np.integer, np.bool_)) and abs(int(value)) < _LARGEST_INT:
        return int(value)
    if isinstance(value, (str, bytes)) or value is None:
        raise ConversionError(
            f"It is {_shown(value)}, not a number.", "Print it, or report it with lab.show."
        )
    if is_tensor(value):
        return _only_element(to_array(value))
    if isinstance(value, np.complexfloating):
        # Its float would be the real part alone.
        raise ConversionError("It is a complex number.", _PARTS)
    try:
        return float(value)
    except OverflowError as error:
        raise ConversionError("It is larger than any float.", "Hand over its logarithm.") from error
    except (TypeError, ValueError) as error:
        raise ConversionError(
            f"It is {_a_kind(value)}, not a number.", "Hand over one number for each name."
        ) from error


def read_number(value: Any) -> float | int:
    """Return one number, as `to_number` does; quick for a scalar tensor or a NumPy float.

    Raises:
        ConversionError: When `value` is no number, or more than one.
    """
    read = getattr(value, "numpy", None)
    found = value if read is None else read()
    return float(found) if isinstance(found, np.floating) else to_number(value)


def to_whole(value: Any) -> int:
    """Return a count, such as a step, as a whole number.

    Raises:
        ConversionError: When it is none.
    """
    number = to_number(value)
    if not math.isfinite(number) or number != int(number):
        raise ConversionError(f"It is {number}, not a whole number.", "Count with integers.")
    return int(number)


def is_tensor(value: Any) -> bool:
    """Return whether `value` is an array, a tensor or a variable, with or without a value yet."""
    if isinstance(value, np.ndarray):
        return True
    home = type(value).__module__.partition(".")[0]
    return home in ("tensorflow", "keras") and hasattr(value, "dtype") and hasattr(value, "shape")


def to_array(value: Any) -> np.ndarray[Any, Any]:
    """Return the content of a tensor, a variable or anything NumPy understands.

    Raises:
        ConversionError: When it has no content yet: a symbol in a graph.
    """
    read: Callable[[], Any] | None = getattr(value, "numpy", None)
    if read is None and is_tensor(value) and not isinstance(value, np.ndarray):
        raise _symbolic()
    if read is None:
        return np.asarray(value)
    try:
        return np.asarray(read())
    except (NotImplementedError, AttributeError) as error:
        raise _symbolic() from error


def to_tensor_value(value: Any) -> TensorValue:
    """Return a tensor, variable or array with its dtype, shape, device and content.

    Raises:
        ConversionError: When it has no content yet, or elements that are neither numbers nor text.
    """
    array = to_array(value)
    flat = array.reshape(-1)[:MAX_ELEMENTS]
    cut = array.size > MAX_ELEMENTS
    kept = flat if cut else array
    if array.dtype.kind in "OSU":
        values = _map_nested(kept.tolist(), _text_or_number)
    elif array.dtype.kind in "biuf" or array.dtype.name == "bfloat16":
        values = _numbers(kept)
    else:
        mend = _PARTS if array.dtype.kind == "c" else "Report it as numbers, or str() of it."
        raise ConversionError(f"Its elements are {array.dtype.name}.", mend)
    name = getattr(getattr(value, "dtype", None), "name", None) or str(
        getattr(value, "dtype", array.dtype)
    )
    return TensorValue(
        dtype=name,
        shape=[int(size) for size in array.shape],
        values=values,
        device=_device(value),
        truncated=cut,
    )


def to_plain(value: Any) -> Any:
    """Return `value` as plain JSON: numbers, text, booleans, None, lists and objects of these.

    Non-finite numbers become their names, bytes become text, and arrays inside become lists.

    Raises:
        ConversionError: When it, or something inside it, is none of these.
    """
    if value is None or isinstance(value, (bool, np.bool_)):
        return None if value is None else bool(value)
    if isinstance(value, (str, bytes)):
        return to_text(value)
    if isinstance(value, np.floating):
        return as_number(float(str(value)))
    if isinstance(value, (int, float, np.integer)):
        return as_number(to_number(value))
    if is_tensor(value):
        return to_tensor_value(value).values
    if isinstance(value, Mapping):
        return {to_text(str(key)): to_plain(item) for key, item in value.items()}
    if isinstance(value, Iterable):
        return [to_plain(item) for item in value]
    raise ConversionError(
        f"It is {_a_kind(value)}.", "Report a number, text, a list, a tensor, or str() of it."
    )


def to_text(value: str | bytes) -> str:
    """Return text that UTF-8 can write; other bytes become replacement marks."""
    data = value.encode("utf-8", "replace") if isinstance(value, str) else value
    return data.decode("utf-8", "replace")


def rounded(values: Any) -> list[Number]:
    """Return numbers to six significant digits, flat: enough for a picture, a third of the bytes.

    Raises:
        ConversionError: When they are no numbers.
    """
    try:
        array = to_array(values).astype(np.float64).reshape(-1)
    except (TypeError, ValueError) as error:
        raise ConversionError(
            "It holds something other than numbers.", "Hand over numbers only."
        ) from error
    with np.errstate(all="ignore"):
        size = np.where(array == 0, 1.0, np.abs(array))
        scale = 10.0 ** (5 - np.floor(np.log10(size)))
        short = np.rint(array * scale) / scale
    short = np.where(np.isfinite(short), short, array)
    found: list[Number] = short.tolist()
    return found if np.isfinite(short).all() else [as_number(float(v)) for v in found]


def _only_element(array: np.ndarray[Any, Any]) -> float | int:
    if array.size != 1:
        raise ConversionError(
            f"It has shape {array.shape}; a series takes one number at a step.",
            "Log its mean (tf.reduce_mean), or each element under a name of its own.",
        )
    return to_number(array.reshape(-1)[0].item())


def _numbers(array: np.ndarray[Any, Any]) -> Any:
    """Nested lists of plain numbers; a float32 keeps the shortest digits that mean it."""
    if array.dtype.kind == "b":
        return array.tolist()
    if array.dtype.kind in "iu":
        return _map_nested(array.tolist(), to_number)
    narrow = array.astype(np.float32) if array.dtype.name == "bfloat16" else array
    exact = narrow if narrow.dtype == np.float64 else narrow.astype("U32").astype(np.float64)
    return exact.tolist() if np.isfinite(exact).all() else _map_nested(exact.tolist(), as_number)


def _map_nested(values: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(values, list):
        return [_map_nested(item, change) for item in values]
    return change(values)


def _text_or_number(value: Any) -> Any:
    return to_text(value) if isinstance(value, (str, bytes)) else to_plain(value)


def _device(value: Any) -> str:
    """`/job:localhost/replica:0/task:0/device:GPU:0` becomes `GPU:0`."""
    if isinstance(value, np.ndarray):
        return ""
    inner = getattr(value, "value", None)
    name = getattr(value, "device", None) or getattr(inner, "device", "")
    return str(name).rpartition("device:")[2]


def _symbolic() -> ConversionError:
    return ConversionError(
        "It is a symbol in a graph and has no value here: TensorFlow is still building the graph.",
        "Return it from the tf.function and use it outside, or run it in a session first.",
    )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _a_kind(value: Any) -> str:
    name = type(value).__name__
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"
