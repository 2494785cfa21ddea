"""A run as its log tells it: the events folded into what a screen or a report needs."""

from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from tflab.runs import bounds
from tflab.runs.cell_state import CellState
from tflab.runs.events import (
    LOG_VERSION,
    SYSTEM,
    CellEnded,
    CellStarted,
    Check,
    Cleared,
    Continued,
    Ended,
    Environment,
    Error,
    Event,
    ExerciseOutcome,
    Figure,
    Goal,
    GpuShared,
    InputAsked,
    InputTaken,
    Notice,
    Picture,
    Prediction,
    Progress,
    Result,
    RunStatus,
    Scalars,
    Started,
    TensorValue,
    Value,
)
from tflab.runs.log_reader import Output, new_decoder
from tflab.runs.log_writer import as_dict
from tflab.runs.series import Series

_Named = TypeVar("_Named")

_ALL = " The log has them all."
_NEWER = "A newer tflab recorded this run; what only that one knows is left out."


class RunState:
    """A run, folded from its events. The same for a live run and for a finished one.

    Args:
        folder: Where the files are that it names; None when they are not to be shown.

    Attributes:
        earlier: Ids of the runs that this one goes on from, the first one first.
        environment: What the run process told of what it runs in.
        cells: State of each code cell that has started, by cell index.
        series: Metrics by tag, in the order of their first point.
        system: What the machine did, by name, over seconds of the run: never a metric of it.
        gpu_others: Bytes that others hold on its GPU just now, by user.
        results: What `lab.show` reported, by name.
        question: What the program waits to be told, while it waits for a line.
        queued: Where it waits in the queue of its target, and why; empty where it is in none. It
            is set from outside, like the end of a run that is lost.
        goals: Goals that were checked, by id.
        predictions: Questions that were asked, by id.
        exercises: How each exercise went, by id.
        frames: Figures by title, in order; more than one with `step` is a moving picture.
        pictures: Pictures by number, in order; more than one is a moving picture.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.started: Started | None = None
        self.earlier: list[str] = []
        self.environment: Environment | None = None
        self.ended: Ended | None = None
        self.error: Error | None = None
        self.progress: Progress | None = None
        self.progress_began: Progress | None = None
        self.cells: dict[int, CellState] = {}
        self.current_cell: int | None = None
        self.series: dict[str, Series] = {}
        self.results: dict[str, Result] = {}
        self.goals: dict[str, Goal] = {}
        self.predictions: dict[str, Prediction] = {}
        self.exercises: dict[str, ExerciseOutcome] = {}
        self.frames: dict[str, list[Figure]] = {}
        self.question: InputAsked | None = None
        self.queued = ""
        self.pictures: dict[int, list[Picture]] = {}
        self.notices: list[str] = []
        self.points = 0
        self.system: dict[str, Series] = {}
        self.gpu_others: dict[str, int] = {}
        self._figure_numbers = 0
        self._decoder: codecs.IncrementalDecoder = new_decoder()

    @property
    def status(self) -> RunStatus:
        """Where the run stands. `lost` is set from outside, by an `Ended` event."""
        if self.ended is not None:
            return self.ended.state
        if self.started is not None:
            return "running"
        return "queued" if self.queued else "starting"

    @property
    def seconds(self) -> float | None:
        """How long the run took, or None while it runs."""
        if self.started is None or self.ended is None:
            return None
        if self.ended.seconds is not None:
            return max(0.0, self.ended.seconds)
        # Both are times of day, and the clock may have been set back between them.
        return max(0.0, self.ended.time - self.started.time)

    def apply(self, event: Event) -> None:
        """Take in one event. Kinds that are not known here are passed over."""
        match event:
            case Scalars():
                self._add_points(event)
            case Output():
                self._print(event)
            case Continued(run=run):
                self.earlier.append(run)
                for series in self.series.values():
                    series.end_part(run)
            case Progress():
                if self.progress_began is None or event.done < (self.progress or event).done:
                    self.progress_began = event
                self.progress = event
            case CellStarted(cell=index):
                self.cells[index] = CellState()
                self.current_cell = index
            case CellEnded(cell=index):
                cell = self._cell(index)
                cell.seconds = event.seconds
                cell.version += 1
            case Cleared():
                cell = self._cell(event.cell)
                cell.version += 1
                cell.clear(event.waits)
            case Value() | Result() | Figure() | Picture() | Prediction() | Check():
                self._add_item(event)
            case _:
                self._apply_outcome(event)

    def note(self, text: str) -> None:
        """Add something that the reader of the run should know, once."""
        if text not in self.notices and len(self.notices) < bounds.MAX_NOTICES:
            self.notices.append(text)

    def note_damage(self, lines: int) -> None:
        """Say how many lines of the log could not be read, if any."""
        if lines:
            what = "A line" if lines == 1 else f"{lines:,} lines"
            self.note(f"{what} of the run log could not be read; the rest is shown.")

    def _apply_outcome(self, event: Event) -> None:
        match event:
            case Started() | Environment() | GpuShared():
                self._take_place(event)
            case Goal():
                self._name(self.goals, event.key, event)
            case ExerciseOutcome(id=name):
                self._name(self.exercises, name, event)
                self._cell(event.cell).version += 1
            case Error():
                self.error = event
            case Notice(text=text):
                self.note(text)
            case InputAsked():
                self.question = event
            case InputTaken():
                self.question = None
            case Ended():
                self.question = None
                # The run's own word counts; the server only speaks for a run that could not.
                if self.ended is None or self.ended.writer == "server":
                    self.ended = event
            case _:
                pass

    def _take_place(self, event: Started | Environment | GpuShared) -> None:
        """Take in where the run is, and who is there too."""
        match event:
            case Started():
                self.started = event
                if event.log_version > LOG_VERSION:
                    self.note(_NEWER)
            case Environment():
                self.environment = event
            case GpuShared(others=others):
                self.gpu_others = others

    def _add_points(self, event: Scalars) -> None:
        if event.axis == "second" and event.tag.startswith(SYSTEM):
            name = event.tag.removeprefix(SYSTEM)
            self.system.setdefault(name, Series(event.tag, event.axis)).extend(
                event.steps, event.values
            )
            return
        series = self.series.get(event.tag)
        if series is None:
            if len(self.series) >= bounds.MAX_SERIES:
                self.note(f"Only the first {bounds.MAX_SERIES:,} metrics are shown.{_ALL}")
                return
            series = self.series[event.tag] = Series(event.tag, event.axis)
        series.extend(event.steps, event.values)
        self.points += len(event.values)

    def _add_item(self, event: Value | Result | Figure | Picture | Prediction | Check) -> None:
        cell = self._cell(event.cell)
        cell.version += 1
        if isinstance(event, Result):
            self._name(self.results, event.name, event)
        if isinstance(event, Prediction):
            self._name(self.predictions, event.key, event)
        if isinstance(event, Figure):
            if not self._make_room(event):
                return
            frames = self.frames.setdefault(event.title, [])
            frames.append(event)
            if event.step is not None and len(frames) > 1:
                if cell.still_shows(frames[0]):
                    return
                event = frames[0]
        if isinstance(event, Picture):
            event = self._bounded(event)
            pictures = self.pictures.setdefault(event.figure, [])
            pictures.append(event)
            if len(pictures) > 1:
                if cell.still_shows(pictures[0]):
                    return
                event = pictures[0]
        if not cell.add(event):
            self.note(f"Only the first {bounds.MAX_ITEMS} outputs of a cell are shown.{_ALL}")

    def _bounded(self, picture: Picture) -> Picture:
        """Return a picture with what it shows as data, if there is room for that."""
        room = all(self._make_room(figure) for figure in picture.data)
        return picture if room else replace(picture, data=[])

    def _make_room(self, figure: Figure) -> bool:
        """Thin moving pictures until there is room for one more figure."""
        self._figure_numbers += bounds.weight(figure)
        if self._figure_numbers <= bounds.MAX_FIGURE_NUMBERS:
            return True
        self.note(f"Figures hold very many points; some frames are left out here.{_ALL}")
        self._figure_numbers -= bounds.thin_frames(self.frames)
        if self._figure_numbers <= 2 * bounds.MAX_FIGURE_NUMBERS:
            return True
        self._figure_numbers -= bounds.weight(figure)
        return False

    def _name(self, kept: dict[str, _Named], name: str, event: _Named) -> None:
        if name in kept or len(kept) < bounds.MAX_NAMED:
            kept[name] = event
        else:
            self.note(f"Only the first {bounds.MAX_NAMED:,} results are shown.{_ALL}")

    def _print(self, event: Output) -> None:
        cell = self._cell(event.cell)
        cell.version += 1
        cell.transcript().write(self._decoder.decode(event.data), event.skipped)

    def _cell(self, index: int) -> CellState:
        return self.cells.get(index) or self.cells.setdefault(index, CellState())


def result_value(result: Result) -> Any:
    """Return a result as JSON shows it: a plain value, or dtype, shape and values of a tensor."""
    if result.tensor is None:
        return result.value
    return tensor_dict(result.tensor)


def tensor_dict(tensor: TensorValue) -> dict[str, Any]:
    """Return dtype, shape and values; `truncated` only where values were left out."""
    found = as_dict(tensor)
    found.pop("device", None)
    return found
