"""Whether a value is what was expected, by shape, kind and nearness; and why it is not."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np

from tflab.recording.conversion import ConversionError
from tflab.recording.values import is_tensor, to_array, to_text

LONGEST = 200
"""Characters of a value that are shown."""

_MOST_SHOWN = 12
_KINDS = {"b": "true or false", "i": "whole numbers", "u": "whole numbers", "f": "numbers"}
_KINDS |= {"c": "complex numbers", "O": "objects", "S": "text", "U": "text"}


class Different(Exception):
    """A value is not what was expected; its text says why, and is empty where that is plain."""


def require_same(expected: Any, got: Any, close: float) -> None:
    """Return when a value is what was expected.

    Numbers may differ by `close`, and by that share of the expected one where it is above 1.
    NaN is NaN. A tensor that is expected of TensorFlow wants one of its dtype; an array of NumPy,
    or a list, wants numbers of its kind.

    Raises:
        Different: When it is not.
    """
    if is_tensor(expected) or (is_tensor(got) and isinstance(expected, _NUMERIC)):
        _require_same_array(expected, got, close)
    elif isinstance(expected, bool | np.bool_):
        if not isinstance(got, bool | np.bool_) or bool(got) != bool(expected):
            raise Different("")
    elif isinstance(expected, _Number):
        _require_same_number(expected, got, close)
    elif isinstance(expected, Mapping):
        _require_same_keys(expected, got)
        for key, value in expected.items():
            _inner(f"[{key!r}]", value, got[key], close)
    elif isinstance(expected, list | tuple):
        if not isinstance(got, list | tuple):
            raise Different(f"A {_plain_kind(expected)} is expected.")
        if len(got) != len(expected):
            raise Different(f"It has {len(got)} items; {len(expected)} are expected.")
        for place, (wanted, found) in enumerate(zip(expected, got, strict=True)):
            _inner(f"[{place}]", wanted, found, close)
    elif not _equal(expected, got):
        raise Different("" if isinstance(got, type(expected)) else _kind_reason(expected))


_Number = (int, float, complex, np.number)
_NUMERIC = (*_Number, list, tuple)


def _require_same_array(expected: Any, got: Any, close: float) -> None:
    of_tensorflow = is_tensor(expected) and not isinstance(expected, np.ndarray)
    if of_tensorflow and (not is_tensor(got) or isinstance(got, np.ndarray)):
        raise Different("A tensor is expected.")
    try:
        wanted, found = to_array(expected), to_array(got)
    except ConversionError as error:
        raise Different(error.cause) from error
    except ValueError as error:
        raise Different("Its rows are not equally long.") from error
    if wanted.shape != found.shape:
        raise Different(f"Its shape is {found.shape}; {wanted.shape} is expected.")
    if of_tensorflow and wanted.dtype != found.dtype:
        raise Different(f"Its dtype is {found.dtype.name}; {wanted.dtype.name} is expected.")
    kinds = (_kind_of(wanted), _kind_of(found))
    numeric = set(kinds) <= {"numbers", "whole numbers"}
    # Only an array says of what kind its numbers are to be; a list of them is a list.
    loose = numeric and (kinds[0] == "numbers" or not is_tensor(expected))
    if kinds[0] != kinds[1] and not loose:
        raise Different(f"It holds {kinds[1]}; {kinds[0]} are expected.")
    if wanted.dtype.kind not in "fciu" and wanted.dtype.name != "bfloat16":
        if not np.array_equal(wanted, found):
            raise Different("")
        return
    exact = kinds == ("whole numbers", "whole numbers")
    far = ~_near(_widened(wanted), _widened(found), 0.0 if exact else close)
    if far.any():
        raise Different(_where(far, wanted, found, 0.0 if exact else close))


def _widened(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if array.dtype.kind in "iu":
        return array
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _near(wanted: Any, found: Any, close: float) -> Any:
    same = np.asarray((wanted == found) | (np.isnan(wanted) & np.isnan(found)))
    if not close:
        return same
    with np.errstate(all="ignore"):
        off = np.abs(found - wanted)
        near = off <= close * np.maximum(1.0, np.abs(wanted))
    return np.asarray(same | near)


def _where(far: Any, wanted: Any, found: Any, close: float) -> str:
    if not far.ndim:
        return _tolerance(close) if close else ""
    first = tuple(int(n) for n in np.argwhere(far)[0])
    place = ", ".join(map(str, first))
    count = int(far.sum())
    words = f"{count} of {far.size} elements differ; [{place}] is {found[first]:.7g}, and "
    words += f"{wanted[first]:.7g} is expected."
    return f"{words} {_tolerance(close)}" if close else words


def _tolerance(close: float) -> str:
    return f"It may differ by {close:g}."


def _kind_of(array: np.ndarray[Any, Any]) -> str:
    return "numbers" if array.dtype.name == "bfloat16" else _KINDS.get(array.dtype.kind, "objects")


def _require_same_number(expected: Any, got: Any, close: float) -> None:
    if isinstance(got, bool | np.bool_) or not isinstance(got, _Number):
        raise Different("A number is expected.")
    whole = isinstance(expected, int | np.integer)
    if whole and isinstance(got, int | np.integer):
        if int(expected) != int(got):
            raise Different("")
        return
    try:
        if not _near(complex(expected), complex(got), close):
            raise Different(_tolerance(close))
    except OverflowError:
        raise Different("") from None


def _require_same_keys(expected: Mapping[Any, Any], got: Any) -> None:
    if not isinstance(got, Mapping):
        raise Different("A dict is expected.")
    missing = [key for key in expected if key not in got]
    if missing:
        raise Different(f"It has no {short(missing[0])}.")
    extra = [key for key in got if key not in expected]
    if extra:
        raise Different(f"It has {short(extra[0])}, which is not expected.")


def _inner(place: str, expected: Any, got: Any, close: float) -> None:
    try:
        require_same(expected, got, close)
    except Different as different:
        words = f"{place} is {short(got)}; {short(expected)} is expected."
        raise Different(f"{words} {different}".rstrip()) from None


def _equal(expected: Any, got: Any) -> bool:
    found = expected == got
    return bool(np.all(found)) if is_tensor(found) else bool(found)


def _kind_reason(expected: Any) -> str:
    if expected is None or isinstance(expected, type):
        return ""
    return f"A {_plain_kind(expected)} is expected."


def _plain_kind(value: Any) -> str:
    return "text" if isinstance(value, str) else type(value).__name__


def short(value: Any) -> str:
    """Return a value as one line of text, of at most 200 characters."""
    if is_tensor(value):
        try:
            text = _array_text(to_array(value))
        except ConversionError:
            text = f"a {type(value).__name__}"
    elif isinstance(value, float) and math.isfinite(value):
        text = f"{value:.7g}"
    elif isinstance(value, np.generic):
        text = _array_text(np.asarray(value))
    elif isinstance(value, list) and len(value) <= _MOST_SHOWN:
        text = f"[{', '.join(map(short, value))}]"
    elif isinstance(value, tuple) and 1 < len(value) <= _MOST_SHOWN:
        text = f"({', '.join(map(short, value))})"
    elif isinstance(value, type) or inspect.isroutine(value):
        text = value.__name__
    else:
        text = _repr(value)
    text = " ".join(to_text(text).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _array_text(array: np.ndarray[Any, Any]) -> str:
    if array.dtype.kind == "f" or array.dtype.name == "bfloat16":
        with np.printoptions(precision=7, suppress=True):
            text = np.array2string(
                array.astype(np.float64), separator=", ", threshold=_MOST_SHOWN, floatmode="maxprec"
            )
    else:
        text = np.array2string(array, separator=", ", threshold=_MOST_SHOWN)
    if array.size > _MOST_SHOWN:
        text += f" of shape {array.shape}"
    return text


def _repr(value: Any) -> str:
    if isinstance(value, Sequence | Set | Mapping) and len(value) > LONGEST:
        return f"a {type(value).__name__} of {len(value):,} items"
    try:
        return repr(value)
    except Exception:  # noqa: BLE001  # what a learner wrote may not even have a text
        return f"a {type(value).__name__}"
