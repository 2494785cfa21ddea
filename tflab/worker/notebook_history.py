"""What a notebook remembers of its cells: `In`, `Out`, `_` and their like; and captured output."""

from __future__ import annotations

import io
import re
import sys
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

from tflab.worker.notebook_timing import Clock, clock, tell_time


class History:
    """Keeps what ran and what it gave, under the names that IPython has for them.

    Args:
        names: The notebook's global names.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._inputs = [""]
        self._outputs: dict[int, Any] = {}
        self._last: list[Any] = ["", "", ""]
        names.update(In=self._inputs, Out=self._outputs, _ih=self._inputs, _oh=self._outputs)
        names.update({"_" * n: "" for n in (1, 2, 3)})
        names.update({"_" + "i" * n: "" for n in (1, 2, 3)})

    def begin(self, source: str) -> None:
        """Take that a cell begins."""
        names = self._names
        names["_iii"], names["_ii"], names["_i"] = names["_ii"], names["_i"], self._inputs[-1]
        self._inputs.append(source)
        names[f"_i{len(self._inputs) - 1}"] = source

    def end(self, value: Any) -> None:
        """Take what the cell gave; None is not kept."""
        if value is None:
            return
        names, number = self._names, len(self._inputs) - 1
        # A program that has its own `_` keeps it, as it does under IPython.
        kept = all(names.get("_" * n) is self._last[n - 1] for n in (1, 2, 3))
        self._last = [value, *self._last[:2]]
        if kept:
            names.update({"_" * n: self._last[n - 1] for n in (1, 2, 3)})
        self._outputs[number] = names[f"_{number}"] = value


class Lines(list[str]):
    """The lines that a command printed, with IPython's ways to look at them."""

    @property
    def n(self) -> str:
        """All of them, as printed."""
        return "\n".join(self)

    @property
    def s(self) -> str:
        """All of them, parted by spaces."""
        return " ".join(self)

    @property
    def l(self) -> list[str]:  # noqa: E743
        """A plain list of them."""
        return list(self)

    def grep(self, pattern: str, prune: bool = False) -> Lines:
        """Return those that hold a pattern, or with `prune` the others."""
        found = re.compile(pattern, re.IGNORECASE)
        return Lines(line for line in self if bool(found.search(line)) is not prune)

    def fields(self, *numbers: int) -> Lines:
        """Return these words of each line, parted by spaces."""
        rows = [line.split() for line in self]
        return Lines(" ".join(row[n] for n in numbers if -len(row) <= n < len(row)) for row in rows)


class Captured:
    """What a cell under `%%capture` printed and showed."""

    def __init__(self) -> None:
        self._out, self._err = io.StringIO(), io.StringIO()
        self.outputs: list[Any] = []

    @property
    def stdout(self) -> str:
        """What it wrote to stdout."""
        return self._out.getvalue()

    @property
    def stderr(self) -> str:
        """What it wrote to stderr."""
        return self._err.getvalue()

    def show(self) -> None:
        """Write it all out."""
        sys.stdout.write(self.stdout)
        sys.stderr.write(self.stderr)
        for value in self.outputs:
            sys.stdout.write(f"{value!r}\n")

    __call__ = show

    def __str__(self) -> str:
        return self.stdout


class Events:
    """Where libraries ask to be called after each cell, such as matplotlib, to draw.

    None is: figures are recorded at the end of a cell anyway.
    """

    def register(self, event: str, function: Callable[..., Any]) -> None:
        """Do nothing."""

    unregister = register


class CellGuard:
    """A context manager around each cell: what `%%capture` or `%%time` began in it ends with it.

    Only what goes through Python's streams is captured, as under IPython. An error in such a cell
    is captured too, and the notebook goes on, as it does there; that it was so is said.
    """

    def __init__(self) -> None:
        self._kept: Captured | None = None
        self._streams = sys.stdout, sys.stderr
        self._began: Clock | None = None

    @property
    def on(self) -> bool:
        """Whether the cell that runs is captured."""
        return self._kept is not None

    def begin(self, line: str) -> Captured:
        """Capture from now on, as the words behind `%%capture` ask."""
        words = line.split()
        self._streams = sys.stdout, sys.stderr
        self._kept = kept = Captured()
        if "--no-stdout" not in words:
            sys.stdout = kept._out
        if "--no-stderr" not in words:
            sys.stderr = kept._err
        return kept

    def time(self) -> None:
        """Measure from now on."""
        self._began = clock()

    def take(self, value: Any) -> Any:
        """Return what a cell's value shows: nothing where it is captured."""
        kept, self._kept = self._kept, None
        if kept is None:
            return value
        if value is not None:
            kept.outputs.append(value)
        return None

    def __enter__(self) -> None:
        self._kept = self._began = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if self._began is not None:
            tell_time(self._began)
        kept = self._kept
        if kept is None:
            return False
        sys.stdout, sys.stderr = self._streams
        if not isinstance(error, Exception):
            return False
        kept._err.write("".join(traceback.format_exception(error)))
        what = "".join(traceback.format_exception_only(error)).strip()
        sys.stdout.write(f"%%capture hid an error, and the notebook went on: {what}\n")
        return True
