"""The state of a program before a learner's code is tried, and putting it back.

Names come back as they were, and so does what they hold where that can be copied: containers,
arrays, variables, weights, generators of random numbers. Past 256 MiB nothing more is copied.
"""

from __future__ import annotations

import os
import random
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from tflab.worker.random_state import RandomState

_MOST_BYTES = 256 << 20
_MOST_ITEMS = 1_000_000

Restore = Callable[[], object]


class Snapshot:
    """What the global names of a program hold at one moment.

    Args:
        names: The names, in the dict that functions of the program look them up in.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._kept = dict(names)
        self._bytes = _MOST_BYTES
        self._items = _MOST_ITEMS
        self._seen: set[int] = set()
        self._restores: list[Restore] = []
        self._folder = os.getcwd()
        self._environment = dict(os.environ)
        self._random = RandomState()
        for name, value in self._kept.items():
            if name != "__builtins__":
                self._take(value)

    def restore(self) -> None:
        """Put everything back."""
        for restore in reversed(self._restores):
            restore()
        self._names.clear()
        self._names.update(self._kept)
        os.chdir(self._folder)
        for name in set(os.environ) - set(self._environment):
            del os.environ[name]
        os.environ.update(self._environment)
        self._random.restore()

    def _take(self, value: Any) -> None:
        if id(value) in self._seen or self._items <= 0 or isinstance(value, type):
            return
        self._seen.add(id(value))
        match value:
            case list() | deque():
                self._take_sequence(value)
            case dict():
                self._take_dict(value)
            case set():
                self._take_set(value)
            case tuple():
                self._take_all(value)
            case np.ndarray():
                self._take_array(value)
            case random.Random():
                state = value.getstate()
                self._restores.append(lambda: value.setstate(state))
            case np.random.Generator():
                self._take_generator(value)
            case _:
                self._take_object(value)

    def _take_all(self, items: Any) -> None:
        self._items -= len(items)
        for item in items:
            self._take(item)

    def _take_sequence(self, value: list[Any] | deque[Any]) -> None:
        kept = list(value)
        self._take_all(kept)

        def restore() -> None:
            value.clear()
            value.extend(kept)

        self._restores.append(restore)

    def _take_dict(self, value: dict[Any, Any]) -> None:
        kept = dict(value)
        self._take_all(list(kept.values()))

        def restore() -> None:
            value.clear()
            value.update(kept)

        self._restores.append(restore)

    def _take_set(self, value: set[Any]) -> None:
        kept = set(value)

        def restore() -> None:
            value.clear()
            value.update(kept)

        self._restores.append(restore)

    def _take_array(self, value: np.ndarray[Any, Any]) -> None:
        if not value.flags.writeable or not self._has_room(value.nbytes):
            return
        kept = value.copy()
        self._restores.append(lambda: np.copyto(value, kept))

    def _take_generator(self, value: np.random.Generator) -> None:
        bits = value.bit_generator
        state = bits.state

        def restore() -> None:
            bits.state = state

        self._restores.append(restore)

    def _take_object(self, value: Any) -> None:
        home = type(value).__module__.partition(".")[0]
        if home in ("tensorflow", "keras"):
            self._take_of_tensorflow(value)
        elif type(value).__module__ == "__main__" and isinstance(
            getattr(value, "__dict__", None), dict
        ):
            self._take(value.__dict__)

    def _take_of_tensorflow(self, value: Any) -> None:
        """Keep a variable, or those of a model, a layer, an optimizer or a generator."""
        if hasattr(value, "assign") and hasattr(value, "numpy"):
            self._take_variable(value)
            return
        if not hasattr(value, "assign"):
            # Some build what they have when they are asked for it, and may refuse.
            try:
                found = [*(getattr(value, "variables", None) or ())]
            except (AttributeError, TypeError, ValueError):
                found = []
            self._take_all(found)

    def _take_variable(self, variable: Any) -> None:
        try:
            kept = np.array(variable.numpy())
        except (NotImplementedError, AttributeError, ValueError):
            # It has no value yet.
            return
        if self._has_room(kept.nbytes):
            self._restores.append(lambda: variable.assign(kept))

    def _has_room(self, size: int) -> bool:
        self._bytes -= size
        return self._bytes >= 0
