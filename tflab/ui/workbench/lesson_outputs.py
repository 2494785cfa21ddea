"""What the cells of a lesson gave in the run on show, each under its cell.

The code may be no longer the code that ran: its output is then said to be old, or is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from tflab.programs.program import Cell, Program
from tflab.programs.reader import ProgramError, parse_program
from tflab.runs.cell_state import CellState
from tflab.runs.state import RunState
from tflab.ui.widgets.output_text import output_text
from tflab.ui.workbench.cell_output import Label, OutputBlock
from tflab.ui.workbench.code_cell import CodeBlock

CHANGED = "Output of the code before."
ABOVE = "Output from before the change above."


class Place(NamedTuple):
    """Where an output is shown now, and what is to be said of it; empty where all is as it was."""

    cell: int
    note: str = ""


class Shown(NamedTuple):
    """What has changed on the page.

    Attributes:
        changed: Outputs that have other rows.
        recoloured: Cells whose bar says something else.
        later: Whether text was drawn a moment ago, so that more of it is to be shown later.
    """

    changed: Sequence[OutputBlock]
    recoloured: Sequence[CodeBlock]
    later: bool


class LessonOutputs:
    """Keeps the outputs of a lesson up to date with a run.

    Args:
        program: The lesson on show.
        code: Its code cells.
        blocks: The output of each.
    """

    def __init__(
        self,
        program: Program | None = None,
        code: Sequence[CodeBlock] = (),
        blocks: Sequence[OutputBlock] = (),
    ) -> None:
        self.state: RunState | None = None
        self.blocks = blocks
        self._program = program
        self._code = {block.source.index: block for block in code}
        self._above = dict(zip(blocks, code, strict=True))
        self._below = {block.source.index: out for block, out in zip(code, blocks, strict=True)}
        self.source: str | None = None
        self.label: Label | None = None
        self._places: dict[int, Place] = {}
        self._versions: dict[int, int] = {}

    @property
    def failed(self) -> CodeBlock | None:
        """The cell that the run failed in, if it is there."""
        error = self.state.error if self.state is not None else None
        place = self._places.get(error.cell) if error and error.cell is not None else None
        return self._code[place.cell] if place is not None else None

    def below(self, code: CodeBlock) -> OutputBlock:
        """Return the output of a cell."""
        return self._below[code.source.index]

    def text(self, code: CodeBlock) -> str:
        """Return what a cell gave as plain text; empty when it gave nothing."""
        ran = [index for index, place in self._places.items() if place.cell == code.source.index]
        return output_text(self.state, ran[0]) if self.state is not None and ran else ""

    def above(self, output: OutputBlock) -> CodeBlock:
        """Return the cell that an output is of."""
        return self._above[output]

    def texts(self) -> dict[int, str]:
        """Return what each cell gave as plain text, by the cell's index; only where it did."""
        state = self.state
        if state is None:
            return {}
        found = [(place.cell, output_text(state, ran)) for ran, place in self._places.items()]
        return {cell: text for cell, text in found if text}

    def show(self, state: RunState, source: str | None = None, label: Label | None = None) -> Shown:
        """Bring the outputs up to date with a run; another run's outputs go away first.

        Args:
            state: The run.
            source: The lesson as it ran; None when it is certainly the one on show.
            label: Names the run.
        """
        changed: list[OutputBlock] = []
        if state is not self.state or source != self.source:
            self.state, self.source, self._versions = state, source, {}
            self._places = self._match(source)
            changed += [output for output in self.blocks if output.clear()]
            self.label = label
            for output in self.blocks:
                output.label = label
        recoloured = self._mark(state)
        later = False
        for index, cell in list(state.cells.items()):
            place = self._places.get(index)
            if place is not None:
                new, waits = self._sync(place, index, state, cell)
                later |= waits
                if new:
                    changed.append(self._below[place.cell])
        return Shown(changed, recoloured, later)

    def amend(self, program: Program) -> None:
        """Take other code in the cells; what a run gave is matched with it when shown next."""
        self._program, self.state = program, None

    def _match(self, source: str | None) -> dict[int, Place]:
        program = self._program
        if program is None:
            return {}
        if source is None or source == program.source:
            return same_code(program.cells)
        try:
            return match_output(parse_program(source, Path(program.path)).cells, program.cells)
        except ProgramError:
            places = same_code(program.cells)
            return {index: place._replace(note=CHANGED) for index, place in places.items()}

    def _mark(self, state: RunState) -> list[CodeBlock]:
        """Let the bars say which cell runs and which one failed."""
        place = self._places.get(state.current_cell) if state.current_cell is not None else None
        cell = state.cells.get(state.current_cell) if state.current_cell is not None else None
        goes_on = cell is not None and cell.running and state.ended is None
        running = self._code[place.cell] if place is not None and goes_on else None
        failed = self.failed
        changed = []
        for block in self._code.values():
            before = block.mark
            block.running, block.failed = block is running, block is failed
            if block.mark is not before:
                changed.append(block)
        return changed

    def _sync(
        self, place: Place, index: int, state: RunState, cell: CellState
    ) -> tuple[bool, bool]:
        error = state.error if state.error and state.error.cell == index else None
        version = cell.version + (1_000_000_000 if error else 0)
        if self._versions.get(index) == version:
            return False, False
        changed, later = self._below[place.cell].sync(state, cell.items, error, place.note)
        if not later:
            self._versions[index] = version
        return changed, later


def same_code(cells: Sequence[Cell]) -> dict[int, Place]:
    """Return the place of each cell's output while the code is that which ran."""
    return {cell.index: Place(cell.index) for cell in _code(cells)}


def match_output(ran: Sequence[Cell], now: Sequence[Cell]) -> dict[int, Place]:
    """Return the place of each cell's output, by the index that the cell had when it ran.

    What a cell gave depends on the code above it as well. The output of code that is gone, or that
    became more cells or fewer, has no place.
    """
    before, after = _code(ran), _code(now)
    matcher = SequenceMatcher(
        None, [c.source.strip() for c in before], [c.source.strip() for c in after], autojunk=False
    )
    places: dict[int, Place] = {}
    note = ""
    for kind, first, last, there, end in matcher.get_opcodes():
        same = kind == "equal"
        if same or (kind == "replace" and last - first == end - there):
            for old, new in zip(before[first:last], after[there:end], strict=True):
                places[old.index] = Place(new.index, note if same else CHANGED)
        note = note if same else ABOVE
    return places


def _code(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.kind == "code"]
