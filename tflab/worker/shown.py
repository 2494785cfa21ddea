"""What a cell shows of its last expression, as a notebook would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tflab.recording.conversion import ConversionError
from tflab.recording.readable import readable
from tflab.recording.values import is_tensor, to_tensor_value, to_text
from tflab.runs.events import TensorValue, Value

TEXT_LIMIT = 20_000
"""Characters of a value's text that are kept."""

_TENSORS_LIMIT = 16


def shown(value: Any, cell: int, at: int, display: str = "") -> Iterator[Value]:
    """Yield the events that show `value`: none for None, one for each tensor of a short list.

    Args:
        value: What is to be shown.
        cell: The cell that shows it.
        at: How much it had printed before.
        display: Names what may later be shown in its place; that is one event always.
    """
    if value is None:
        return
    if not display and isinstance(value, (list, tuple)) and _is_short_list_of_tensors(value):
        for item in value:
            yield _event(item, cell, at)
    else:
        yield _event(value, cell, at, display)


def _event(value: Any, cell: int, at: int, display: str = "") -> Value:
    text = to_text(_text(value))
    return Value(cell=cell, text=text, at=at, tensor=_tensor(value), display=display)


def _text(value: Any) -> str:
    text = readable(value)
    if len(text) > TEXT_LIMIT:
        return f"{text[:TEXT_LIMIT]} … {len(text):,} characters in all"
    return text


def _tensor(value: Any) -> TensorValue | None:
    if not is_tensor(value):
        return None
    try:
        return to_tensor_value(value)
    except ConversionError:
        # A symbol in a graph has no content; its text says so.
        return None


def _is_short_list_of_tensors(value: Any) -> bool:
    return 0 < len(value) <= _TENSORS_LIMIT and all(is_tensor(item) for item in value)
