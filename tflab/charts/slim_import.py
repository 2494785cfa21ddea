"""Importing plotext without what no chart needs: its documentation, its tests and Pillow.

They are half of its memory and more than half of its time. Where a later plotext has them elsewhere
they are imported as ever; `tests/charts/test_slim_import.py` says so.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from threading import get_ident
from types import ModuleType

LEFT_OUT = {"plotext._doc.doc": "docs", "plotext._tests.run": "test"}
"""Modules that stay empty, and the name in each that plotext imports."""

ABSENT = "PIL"
"""A package that plotext does without where it is not installed."""


class _Empty(Loader):
    def create_module(self, spec: ModuleSpec) -> None:
        """Have an ordinary module made."""

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, LEFT_OUT[module.__name__], None)


class _Finder(MetaPathFinder):
    """Answers for the modules left out, to the thread that made it only."""

    def __init__(self) -> None:
        self._thread = get_ident()

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Find nothing but what is left out."""
        if get_ident() != self._thread:
            return None
        if name == ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return ModuleSpec(name, _Empty()) if name in LEFT_OUT else None


@contextmanager
def slim_import() -> Iterator[None]:
    """Leave them out of what is imported meanwhile, unless it is imported already."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
