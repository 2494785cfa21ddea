"""Doing something as soon as a module is imported, whoever imports it."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_waiting: dict[str, list[Callable[[], object]]] = {}


def when_imported(name: str, then: Callable[[], object]) -> None:
    """Call `then` once the top-level module `name` is imported: now if it already is.

    What `then` raises comes out of the import.
    """
    if name in sys.modules:
        then()
        return
    if not _waiting:
        sys.meta_path.insert(0, _Finder())
    _waiting.setdefault(name, []).append(then)


class _Finder:
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname not in _waiting:
            return None
        calls = _waiting.pop(fullname)
        # Not among those that wait any more, so that this finds the module itself.
        spec = find_spec(fullname)
        if spec is None or spec.loader is None:
            _waiting[fullname] = calls
            return None
        spec.loader = _Loader(spec.loader, calls)  # type: ignore[assignment]
        return spec


class _Loader:
    """Loads as the module's own loader does, which is back in its place before that begins."""

    def __init__(self, loader: Any, calls: list[Callable[[], object]]) -> None:
        self._loader = loader
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        drawn = random.getstate()
        self._loader.exec_module(module)
        # What a library draws while it is loaded is not drawn where it was loaded before the run.
        random.setstate(drawn)
        for call in self._calls:
            call()
