"""A run as linear text: every line is printed once, as it comes, and never changed."""

from __future__ import annotations

import time
from collections.abc import Callable

from tflab.cli.figure_text import figure_lines, picture_lines
from tflab.cli.run_text import check_line, exercise_line, prediction_line, value_text
from tflab.runs.cell_state import CellItem, CellState
from tflab.runs.events import Check, Figure, Picture, Result, Value
from tflab.runs.state import RunState
from tflab.runs.tensor_text import describe, grid
from tflab.runs.text import count_of, plain, plain_line
from tflab.runs.transcript import Transcript
from tflab.session.progress import status_parts

_PROGRESS_SECONDS = 5.0
_LONGEST_WAIT = 1 << 14


class RunPrinter:
    """Prints what a run adds to its state.

    Args:
        write: Takes lines, without the last line end.
        draw: Prints a figure, given the number of its frames; in words by default.
        show: Prints a picture, given the number of its frames; in words by default.
        brief: Leaves out results, goals and progress, for a caller that shows them otherwise.
        clock: Monotonic seconds; injected by tests.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        draw: Callable[[Figure, int], None] | None = None,
        show: Callable[[Picture, int], None] | None = None,
        brief: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write = write
        self._draw = draw or self._describe
        self._show = show or self._describe_picture
        self._brief = brief
        self._clock = clock
        self._done: dict[int, int] = {}
        self._cleared: dict[int, int] = {}
        self._cursor = TextCursor()
        self._told: set[tuple[str, str]] = set()
        self._notices = 0
        self._queued = ""
        self._next_progress = clock() + _PROGRESS_SECONDS

    def update(self, state: RunState) -> None:
        """Print what is new and complete."""
        if state.queued != self._queued and not self._brief:
            self._queued = state.queued
            if state.started is None and state.queued:
                self._write(f"Queued: {plain_line(state.queued)}")
        for index, cell in sorted(state.cells.items()):
            over = not cell.running or state.ended is not None
            self._print_cell(index, cell, over)
            if over:
                self._print_pictures(state, index)
        self._print_outcomes(state)
        self._print_progress(state)

    def begun_line(self, state: RunState) -> str:
        """Return what the cell that runs has printed of its last line, as handed out from now on.

        That is what a program says before it waits for a line: it belongs on the same one.
        """
        text = self._open_text(state)
        if text is None:
            return ""
        self.update(state)
        return "".join(self._cursor.take(text, whole=True))

    def pass_over(self, state: RunState, shown: str) -> None:
        """Leave out what comes next in the output of the cell that runs, if it is this text."""
        if self._open_text(state) is not None:
            self._cursor.pass_over(shown)

    def _open_text(self, state: RunState) -> Transcript | None:
        cell = state.cells.get(state.current_cell if state.current_cell is not None else -1)
        last = cell.items[-1] if cell is not None and cell.items else None
        return last if isinstance(last, Transcript) else None

    def _print_cell(self, index: int, cell: CellState, over: bool) -> None:
        if cell.cleared != self._cleared.get(index, 0):
            self._cleared[index] = cell.cleared
            self._done[index], self._cursor = 0, TextCursor()
        while (number := self._done.get(index, 0)) < len(cell.items):
            item = cell.items[number]
            complete = over or number < len(cell.items) - 1
            if isinstance(item, Transcript):
                for piece in self._cursor.take(item, whole=complete):
                    self._write(piece)
                if not complete:
                    return
                self._cursor = TextCursor()
            else:
                self._print_item(item)
            self._done[index] = number + 1

    def _print_item(self, item: CellItem) -> None:
        match item:
            case Value(tensor=None):
                self._write(plain(item.text))
            case Value(tensor=tensor) if tensor is not None:
                self._write("\n".join([plain_line(describe(tensor)), *grid(tensor)]))
            case Result() if not self._brief:
                self._write(_result(item))
            case Figure(step=None):
                self._draw(item, 1)
            case Check():
                self._write(check_line(item))
            case _:
                pass

    def _print_pictures(self, state: RunState, cell: int) -> None:
        """Print pictures, and the last frame of each that moves, of a cell that is over."""
        for number, pictures in state.pictures.items():
            if pictures[-1].cell == cell and self._is_new("shown", str(number)):
                self._show(pictures[-1], len(pictures))
        for title, frames in state.frames.items():
            last = frames[-1]
            if last.step is not None and last.cell == cell and self._is_new("picture", title):
                self._draw(last, len(frames))

    def _print_outcomes(self, state: RunState) -> None:
        for notice in state.notices[self._notices :]:
            self._write(plain(notice))
        self._notices = len(state.notices)
        for key, found in state.predictions.items():
            if self._is_new("prediction", key):
                self._write(prediction_line(found))
        for name, outcome in state.exercises.items():
            if self._is_new("exercise", name):
                self._write(exercise_line(outcome))
        for key, goal in state.goals.items():
            if not self._brief and self._is_new("goal", key):
                word = "reached" if goal.passed else "not reached"
                self._write(f"Goal {word}: {plain_line(goal.text)}")

    def _print_progress(self, state: RunState) -> None:
        if self._brief or state.progress is None or state.ended is not None:
            return
        if self._clock() >= self._next_progress:
            self._next_progress = self._clock() + _PROGRESS_SECONDS
            self._write(", ".join(status_parts(state)))

    def _describe(self, figure: Figure, frames: int) -> None:
        self._write("\n".join(figure_lines(figure, frames)))

    def _describe_picture(self, picture: Picture, frames: int) -> None:
        self._write("\n".join(picture_lines(picture, frames)))

    def _is_new(self, kind: str, name: str) -> bool:
        if (kind, name) in self._told:
            return False
        self._told.add((kind, name))
        return True


def _result(item: Result) -> str:
    kind = f" ({plain_line(describe(item.tensor))})" if item.tensor else ""
    return f"{plain_line(item.name)} = {value_text(item)}{kind}"


class TextCursor:
    """How much of one transcript was handed out."""

    def __init__(self) -> None:
        self._at = 0
        self._known = ""

    def pass_over(self, known: str) -> None:
        """Leave out this text, if it is what comes next."""
        self._known = known

    def take(self, text: Transcript, whole: bool) -> list[str]:
        """Return what is new, as text without its last line end.

        A line that is not complete stays behind, unless `whole` says that nothing will follow or
        it is very long.
        """
        pieces: list[str] = []
        tail_at = len(text.head) + text.skipped
        if text.skipped and self._at < tail_at:
            if self._at < len(text.head):
                pieces.append(_line(text.head[self._at :]))
            missing = tail_at - max(self._at, len(text.head))
            pieces.append(f"({count_of(missing, 'character')} left out; output.log has them all)")
            self._at = tail_at
        end = tail_at + len(text.tail)
        fresh = text.head[self._at :] + text.tail[max(0, self._at - tail_at) :]
        fresh += text.open[max(0, self._at - end) :]
        if self._known and fresh:
            if not whole and len(fresh) < len(self._known) and self._known.startswith(fresh):
                return pieces
            known = self._known if fresh.startswith(self._known) else ""
            self._known = ""
            self._at += len(known)
            fresh = fresh[len(known) :]
        if whole:
            cut = len(fresh)
        else:
            # What may still be written over waits.
            settled = fresh[: max(0, end - self._at)]
            cut = len(settled) if len(settled) > _LONGEST_WAIT else settled.rfind("\n") + 1
        if cut:
            pieces.append(_line(fresh[:cut]))
            self._at += cut
        return pieces


def _line(text: str) -> str:
    return plain(text).removesuffix("\n")
