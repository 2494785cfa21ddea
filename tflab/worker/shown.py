"""What a cell shows of its last expression, as a notebook would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tflab.recording.conversion import ConversionError
from tflab.recording.values import is_tensor, to_tensor_value, to_text
from tflab.runs.events import TensorValue, Value

TEXT_LIMIT = 20_000
"""Characters of a value's text that are kept."""

_ITEMS_LIMIT = 1_000
_TENSORS_LIMIT = 16


def shown(value: Any, cell: int, at: int) -> Iterator[Value]:
    """Yield the events that show `value`: none for None, one for each tensor of a short list."""
    if value is None:
        return
    if isinstance(value, (list, tuple)) and _is_short_list_of_tensors(value):
        for item in value:
            yield _event(item, cell, at)
    else:
        yield _event(value, cell, at)


def _event(value: Any, cell: int, at: int) -> Value:
    return Value(cell=cell, text=to_text(_text(value)), at=at, tensor=_tensor(value))


def _text(value: Any) -> str:
    rest = ""
    if type(value) in (list, tuple) and len(value) > _ITEMS_LIMIT:
        rest = f" … {len(value):,} items in all"
        value = value[:_ITEMS_LIMIT]
    text = repr(value)
    if len(text) > TEXT_LIMIT:
        rest = f" … {len(text):,} characters in all" + rest
        text = text[:TEXT_LIMIT]
    return text + rest


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
