"""Values that cells show: last expressions, named results, tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from tflab.runs.events.event import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class TensorValue:
    """A tensor, variable or array as the log keeps it.

    Attributes:
        dtype: Name of the element type, such as `float32`.
        shape: Size of each axis; empty for a scalar.
        values: Nested lists of numbers, or one number for a scalar.
        device: Where it lay, such as `CPU:0`; empty when it is no TensorFlow object.
        truncated: True when `values` holds only the first elements, flat.
    """

    dtype: str
    shape: list[int]
    values: Any
    device: str = ""
    truncated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Value(Event):
    """The value of a cell's last expression: its text, and its content if it is a tensor."""

    TYPE: ClassVar[str] = "value"

    cell: int
    text: str
    at: int = 0
    tensor: TensorValue | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Result(Event):
    """A named result of `lab.show`: a plain JSON value, or a tensor."""

    TYPE: ClassVar[str] = "result"

    cell: int
    name: str
    value: Any = None
    tensor: TensorValue | None = None
    at: int = 0
