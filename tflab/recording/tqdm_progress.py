"""Progress bars of tqdm as the progress of a run."""

from __future__ import annotations

import functools
import importlib
import weakref
from typing import Any

from tflab.recording.autolog import is_wanted
from tflab.recording.progress import Meter
from tflab.recording.run_recorder import RunRecorder


class BarMeter(Meter):
    """Reads off a bar how far it has come, so that its loop takes no longer.

    Args:
        bar: The bar of tqdm.
    """

    __slots__ = ("_bar",)

    def __init__(self, bar: Any) -> None:
        super().__init__(None)
        self._bar = weakref.ref(bar)
        self.look()

    def look(self) -> None:
        """Bring `done` and `total` up to date; what counts in fractions is rounded."""
        bar = self._bar()
        if bar is not None:
            self.done = round(bar.n)
            self.total = None if bar.total is None else round(bar.total)
            self.unit = "" if bar.unit in ("it", None) else str(bar.unit).strip()


def record_tqdm(recorder: RunRecorder) -> None:
    """Have every bar of tqdm recorded, which is imported already."""
    kind = importlib.import_module("tqdm").tqdm
    begin, close = kind.__init__, kind.close
    meters: weakref.WeakKeyDictionary[Any, BarMeter] = weakref.WeakKeyDictionary()

    @functools.wraps(begin)
    def begin_recorded(self: Any, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        if is_wanted() and not self.disable:
            meters[self] = meter = BarMeter(self)
            recorder.watch(meter)

    @functools.wraps(close)
    def close_recorded(self: Any) -> None:
        close(self)
        # A bar may be closed while memory is being freed, when no lock may be waited for.
        meter = meters.pop(self, None)
        if meter is not None:
            meter.look()
            meter.over = True

    kind.__init__, kind.close = begin_recorded, close_recorded
