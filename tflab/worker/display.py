"""`display` and `clear_output` of notebooks: what they show becomes part of the cell's output.

Pictures go to whoever records pictures, everything else becomes a table or text.
"""

from __future__ import annotations

import builtins
import itertools
import re
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Any, Protocol

from tflab.recording.conversion import ConversionError
from tflab.recording.run_recorder import RunRecorder
from tflab.runs.events import Cleared, Value
from tflab.runs.record import RunRequest
from tflab.worker import ipython_stand_in
from tflab.worker.import_hooks import when_imported
from tflab.worker.shown import shown

_CELL_MARK = re.compile(r"^#\s?%%", re.MULTILINE)
_MODULES = ("IPython.display", "IPython.core.display_functions")


class Pictures(Protocol):
    """Who records pictures."""

    def display(self, value: Any) -> bool:
        """Record a value if it shows itself as a picture; return whether it does."""

    def clear(self) -> None:
        """Take it that the next picture takes the place of the one before."""


class Display:
    """What a program shows.

    Args:
        recorder: The run's.
        pictures: Who records pictures.
    """

    def __init__(self, recorder: RunRecorder, pictures: Pictures) -> None:
        self._recorder = recorder
        self._pictures = pictures
        self._numbers = itertools.count(1)
        self._has_cells = True

    def install(self, request: RunRequest) -> None:
        """Be there for a program: under its name in notebooks, and where it imports it from."""
        is_notebook = request.path.lower().endswith(".ipynb")
        self._has_cells = is_notebook or _CELL_MARK.search(request.source) is not None
        if self._has_cells:
            builtins.display = self.display  # type: ignore[attr-defined]
        if is_notebook:
            sys.meta_path.append(_StandIn(self))
        for name in _MODULES:
            when_imported(name, lambda name=name: self._take_over(name))  # type: ignore[misc]

    def show(self, value: Any, cell: int) -> None:
        """Show the value of a cell's last expression; None shows nothing.

        Statements of a plain script are often called for what they do, such as to declare an
        option: there an object that only says what it is shows nothing either.
        """
        if not self._has_cells and _says_nothing(value):
            return
        if value is not None and not self._is_picture(value):
            self._tell(value, cell)

    def display(
        self, *values: Any, display_id: Any = None, clear: bool = False, **_: Any
    ) -> Handle | None:
        """Show each of some values, as IPython's `display` does."""
        if clear:
            self.clear_output(wait=True)
        name = ""
        if display_id:
            name = f"display {next(self._numbers)}" if display_id is True else str(display_id)
        for value in values:
            if not self._is_picture(value):
                self._tell(value, self._recorder.cell, name)
        return Handle(self, name) if name else None

    def clear_output(self, wait: bool = False) -> None:
        """Take away what the cell has shown and printed."""
        recorder = self._recorder
        self._pictures.clear()
        recorder.emit(Cleared(cell=recorder.cell, waits=wait, at=recorder.at()))

    def _is_picture(self, value: Any) -> bool:
        try:
            return self._pictures.display(value)
        except ConversionError:
            # Its text says what it is.
            return False

    def _tell(self, value: Any, cell: int, name: str = "") -> None:
        if value is None:
            recorder = self._recorder
            recorder.emit(Value(cell=cell, text="None", at=recorder.at(), display=name))
            return
        for event in shown(value, cell, self._recorder.at(), name):
            self._recorder.emit(event)

    def _take_over(self, name: str) -> None:
        module: Any = sys.modules[name]
        module.display = self.display
        module.clear_output = self.clear_output


def _says_nothing(value: Any) -> bool:
    kind = type(value)
    if any(hasattr(kind, f"_repr_{name}_") for name in ("html", "markdown", "mimebundle", "png")):
        return False
    says = any("__repr__" in vars(base) for base in kind.__mro__ if base is not object)
    return not says or kind.__module__ == "argparse"


class Handle:
    """What `display(…, display_id=True)` returns: it can show something else in the same place."""

    def __init__(self, display: Display, display_id: str) -> None:
        self.display_id = display_id
        self._display = display

    def display(self, value: Any, **_: Any) -> None:
        """Show something in this place."""
        self._display.display(value, display_id=self.display_id)

    update = display


class _StandIn:
    """Finds `IPython.display` for a notebook whose environment lacks IPython; asked last of all."""

    def __init__(self, display: Display) -> None:
        self._display = display

    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        if fullname not in ipython_stand_in.NAMES or PathFinder.find_spec("IPython") is not None:
            return None
        return spec_from_loader(fullname, self, is_package=fullname.count(".") < 2)  # type: ignore[arg-type]

    def create_module(self, _: ModuleSpec) -> None:
        """Have the module made as usual."""

    def exec_module(self, module: ModuleType) -> None:
        ipython_stand_in.fill(module, self._display.display, self._display.clear_output)
