"""Figures of matplotlib, recorded without a word from the program.

They are shown as in a notebook, where cells are: by `plt.show()`, and at the end of the cell that
left them open. In a script, at its end. Nothing of matplotlib is imported unless the program does.
"""

from __future__ import annotations

import functools
import hashlib
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from tflab.recording.run_recorder import RunRecorder
from tflab.recording.shown_pictures import (
    draw_figure,
    is_figure,
    record_figure,
    show_as_picture,
)
from tflab.runs.events import Notice
from tflab.runs.record import RunRequest
from tflab.worker.import_hooks import when_imported

_NO_WINDOW = ("agg", "cairo", "pdf", "pgf", "ps", "svg", "template")
_OF_NOTEBOOKS = ("inline", "module://matplotlib_inline.backend_inline")
_CELL_MARK = re.compile(r"^#\s?%%", re.MULTILINE)
_SHARE = 4.0
"""Between two frames of a figure, how many times as long as one takes to draw goes by."""


@dataclass
class _Shown:
    """What was recorded of a figure.

    Attributes:
        cell: In which cell.
        number: The number that it has there.
        mark: Tells its last picture from others.
        next_at: When the next frame may be drawn.
        waits: Whether it was to be shown since.
    """

    cell: int
    number: int
    mark: bytes = b""
    next_at: float = 0.0
    waits: bool = False


class MatplotlibFigures:
    """Records the figures that a program of matplotlib's shows or leaves open.

    Args:
        recorder: What records them.
        request: The run.
    """

    def __init__(self, recorder: RunRecorder, request: RunRequest) -> None:
        self._recorder = recorder
        self._has_cells = request.path.endswith(".ipynb") or bool(_CELL_MARK.search(request.source))
        self._shown: WeakKeyDictionary[Any, _Shown] = WeakKeyDictionary()
        self._last: _Shown | None = None
        self._replaces = False
        self._told: set[str] = set()

    def install(self) -> None:
        """Take over as soon as the program imports matplotlib."""
        when_imported("matplotlib", self._choose_backend)
        when_imported("matplotlib.pyplot", self._watch)

    def end_cell(self) -> None:
        """Record what a cell left open; close it, so that the next one begins with its own."""
        if self._has_cells:
            self._show_open(close=True)
        self._recorder.end_pictures()
        self._last, self._replaces = None, False

    def end(self) -> None:
        """Record what the program leaves open."""
        self._show_open(close=False)
        self._recorder.end_pictures()

    def show(self, figure: Any, hurry: bool = False) -> None:
        """Record a figure as it is now.

        Args:
            figure: The figure.
            hurry: Whether frames may be passed over so that a quick loop is not held up.
        """
        known = self._known(figure)
        if hurry and time.monotonic() < known.next_at:
            known.waits = True
            return
        began = time.monotonic()
        known.waits = False
        try:
            self._record(figure, known)
        except Exception as error:  # noqa: BLE001
            # It is the figure's own fault, and none that would stop the program elsewhere.
            self._tell(f"A figure could not be drawn: {type(error).__name__}: {error}")
        now = time.monotonic()
        known.next_at = now + _SHARE * (now - began)

    def display(self, value: Any) -> bool:
        """Record a value if it shows itself as a picture, as `display` in a notebook does.

        Returns:
            Whether it does; else it has to be shown as text.

        Raises:
            ConversionError: When it is an image that cannot be kept.
        """
        if is_figure(value):
            self.show(value, hurry=True)
            return True
        return show_as_picture(self._recorder, value)

    def clear(self) -> None:
        """Take it that the next figure takes the place of the one before."""
        self._replaces = True

    def _record(self, figure: Any, known: _Shown) -> None:
        image = draw_figure(figure)
        mark = hashlib.sha256(image.content).digest()
        if mark != known.mark:
            known.mark = mark
            record_figure(self._recorder, figure, known.number, image)

    def _known(self, figure: Any) -> _Shown:
        """Return what is known of a figure in this cell; cleared output makes it the next frame."""
        cell = self._recorder.cell
        known = self._shown.get(figure)
        if known is None or known.cell != cell:
            goes_on = self._replaces and self._last is not None and self._last.cell == cell
            number = self._last.number if goes_on and self._last else self._recorder.figure_number()
            known = self._shown[figure] = _Shown(cell, number)
        self._last, self._replaces = known, False
        return known

    # What the program calls

    def _choose_backend(self) -> None:
        """Draw without a window, unless the program asks for another way to do that."""
        matplotlib = sys.modules["matplotlib"]
        asked = dict.get(matplotlib.rcParams, "backend")
        if not (isinstance(asked, str) and _draws_without_window(asked)):
            matplotlib.rcParams["backend"] = "agg"
            if isinstance(asked, str):
                self._tell_replaced(asked)
        matplotlib.use = self._instead(matplotlib.use)  # type: ignore[attr-defined]

    def _watch(self) -> None:
        """Hear of what is shown, drawn anew and closed."""
        pyplot = sys.modules["matplotlib.pyplot"]
        figure = sys.modules["matplotlib.figure"].Figure
        canvas = sys.modules["matplotlib.backend_bases"].FigureCanvasBase
        pyplot.switch_backend = self._instead(pyplot.switch_backend)  # type: ignore[attr-defined]

        close, flush, show_window = pyplot.close, canvas.flush_events, figure.show

        @functools.wraps(pyplot.show)
        def show(*_: Any, block: bool | None = None, **__: Any) -> None:
            stays = block is False or (not self._has_cells and pyplot.isinteractive())
            self._show_open(close=not stays, hurry=stays)

        @functools.wraps(figure.show)
        def show_one(one: Any, *args: Any, **kwargs: Any) -> Any:
            if one.canvas.manager is None:
                return show_window(one, *args, **kwargs)
            return self.show(one, hurry=True)

        @functools.wraps(close)
        def close_after(*args: Any, **kwargs: Any) -> Any:
            self._show_waiting()
            return close(*args, **kwargs)

        @functools.wraps(flush)
        def flush_after(one: Any) -> Any:
            if one.figure in self._shown or pyplot.isinteractive():
                self.show(one.figure, hurry=True)
            return flush(one)

        pyplot.show, pyplot.close = show, close_after  # type: ignore[attr-defined]
        figure.show, canvas.flush_events = show_one, flush_after

    def _instead(self, use: Callable[..., Any]) -> Callable[..., Any]:
        """Return a way to choose a backend that opens no window."""

        @functools.wraps(use)
        def chosen(backend: str, *args: Any, **kwargs: Any) -> Any:
            if isinstance(backend, str) and not _draws_without_window(backend):
                self._tell_replaced(backend)
                backend = "agg"
            return use(backend, *args, **kwargs)

        return chosen

    # What is open

    def _show_open(self, close: bool, hurry: bool = False) -> None:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None or not hasattr(pyplot, "get_fignums"):
            return
        numbers = pyplot.get_fignums()
        current = pyplot.gcf().number if numbers else 0
        for number in numbers:
            one = pyplot.figure(number)
            if one.axes:
                self.show(one, hurry)
        if numbers and close:
            pyplot.close("all")
        elif numbers:
            pyplot.figure(current)

    def _show_waiting(self) -> None:
        for figure, known in list(self._shown.items()):
            if known.waits and known.cell == self._recorder.cell:
                self.show(figure)

    def _tell_replaced(self, backend: str) -> None:
        if backend.lower() not in _OF_NOTEBOOKS:
            self._tell(
                f"The program asked matplotlib for windows ({backend}). Its figures are shown here "
                "instead."
            )

    def _tell(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._recorder.emit(Notice(text=text, at=self._recorder.at()))


def _draws_without_window(backend: str) -> bool:
    return backend.lower() in _NO_WINDOW
