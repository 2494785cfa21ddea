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
    """What a cell shows of its last expression or by `display`: text, and content of a tensor.

    One with a `display` takes the place of the one before it that had the same.
    """

    TYPE: ClassVar[str] = "value"

    cell: int
    text: str
    at: int = 0
    tensor: TensorValue | None = None
    display: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleared(Event):
    """The output of a cell so far is taken away; if it `waits`, as soon as there is other."""

    TYPE: ClassVar[str] = "cleared"

    cell: int
    waits: bool = False
    at: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Result(Event):
    """A named result of `lab.show`: a plain JSON value, or a tensor."""

    TYPE: ClassVar[str] = "result"

    cell: int
    name: str
    value: Any = None
    tensor: TensorValue | None = None
    at: int = 0
