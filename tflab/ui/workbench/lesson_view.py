"""The lesson as a document: prose, code, and what each cell gave when it ran."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.timer import Timer

from tflab.programs.program import Cell, Program
from tflab.runs.state import RunState
from tflab.ui.actions import bindings
from tflab.ui.widgets.css import beside
from tflab.ui.widgets.drawing_view import chart_options
from tflab.ui.workbench.cell_output import TEXT_SECONDS, Label, OutputBlock
from tflab.ui.workbench.code_cell import CodeBlock, ProseBlock
from tflab.ui.workbench.figure_rows import PictureStyle
from tflab.ui.workbench.glossary import heading_texts, link_terms
from tflab.ui.workbench.lesson_document import Block
from tflab.ui.workbench.lesson_outputs import LessonOutputs
from tflab.ui.workbench.messages import (
    Guidance,
    GuidanceRequested,
    OutputOpened,
    OutputOutOfView,
    RunRequested,
    TextCopied,
    WordAsked,
)
from tflab.ui.workbench.reading_view import ReadingView

_ROWS = 16
_LEAST_ROWS = 8
_AROUND_PICTURE = 5
"""Rows of a picture, and of title, axis and legend around it, so that all is seen together."""


class LessonView(ReadingView):
    """Shows one lesson. A cursor stands on one code cell; the keys of this pane act on it."""

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("lesson"))

    def __init__(self) -> None:
        super().__init__(id="lesson")
        self._headings: list[tuple[int, str]] = []
        self._outputs = LessonOutputs()
        self._later: Timer | None = None
        self._pointer = ""
        self._picture_rows = 0

    async def show_lesson(
        self, lesson: Program, glossary: Mapping[str, str], keep_place: bool
    ) -> None:
        """Show `lesson`; with `keep_place` the scroll position and the cursor stay."""
        top, cursor = self.top, self.cursor
        if self.screen.focused is None:
            self.screen.set_focus(self)
        code, blocks = self._make_blocks(lesson, glossary)
        self.show_code(code, cursor if keep_place else 0)
        self.show_blocks(blocks)
        if keep_place:
            self.scroll_to_row(top)

    def _make_blocks(
        self, lesson: Program, glossary: Mapping[str, str]
    ) -> tuple[list[CodeBlock], list[Block]]:
        prose = iter(link_terms([c.source for c in lesson.cells if c.kind == "prose"], glossary))
        blocks: list[Block] = []
        cells: list[CodeBlock] = []
        self._headings, outputs = [], []
        for cell in lesson.cells:
            if cell.kind == "prose":
                self._headings += [(len(blocks), text) for text in heading_texts(cell.source)]
                blocks.append(ProseBlock(next(prose)))
                continue
            code = CodeBlock(cell, _fold_label(lesson, cell))
            output = OutputBlock(cell.index, self._picture_style)
            cells.append(code)
            outputs.append(output)
            blocks += [code, output]
        self._outputs = LessonOutputs(lesson, cells, outputs)
        return cells, blocks

    def _picture_style(self) -> PictureStyle:
        rows = max(_LEAST_ROWS, min(self.rows_in_view - _AROUND_PICTURE, _ROWS))
        return PictureStyle(chart_options(self), rows)

    def resized(self) -> None:
        """Draw pictures that fit the page."""
        super().resized()
        if self._picture_rows != (rows := self._picture_style().rows):
            self._picture_rows = rows
            self.block_changed(*[o for o in self._outputs.blocks if o.has_figure])

    def show_whole_code(self, whole: bool) -> None:
        """Show all code, nothing folded and nothing cut, as while one is asked to trust it."""
        changed = [block for block in self.code if block.show_whole(whole)]
        if changed:
            self.block_changed(*changed)

    async def show_run(
        self,
        state: RunState,
        source: str | None = None,
        label: Label | None = None,
        again: bool = False,
    ) -> None:
        """Bring the outputs up to date with a run; another run's outputs go away first.

        While the run goes on, the view follows a picture that moves, until the person moves.

        Args:
            state: The run.
            source: The lesson as it ran; None when it is certainly the one on show.
            label: Names the run.
            again: Whether it runs again by itself. Then a person who looks at an output goes on
                looking at that.
        """
        if state is not self._outputs.state:
            self.following = not (again and self._output_in_view())
        shown = self._outputs.show(state, source, label)
        if shown.recoloured:
            self.block_recoloured(*shown.recoloured)
        if shown.changed:
            self.block_changed(*shown.changed)
            if state.ended is None:
                self._follow(shown.changed)
        if shown.later:
            self._come_back(state)

    def _come_back(self, state: RunState) -> None:
        """Text was drawn a moment ago; what has been printed since is drawn a moment later."""
        if self._later is not None:
            return

        async def again() -> None:
            self._later = None
            if state is self._outputs.state:
                await self.show_run(state, self._outputs.source, self._outputs.label)

        self._later = self.set_timer(TEXT_SECONDS, again)

    def show_end(self) -> None:
        """Bring what came out of a run to a person's notice: an error, a picture, or output."""
        failed = self._outputs.failed
        if failed is None:
            self._follow(self._outputs.blocks)
        elif self.following:
            self.move_cursor(self.code.index(failed))
            error = self._outputs.below(failed)
            self.show_below(failed, error, error.error_rows(self.document.width))
            self.move_cursor(self.code.index(failed))
        self.call_after_refresh(self._point_to_output)

    def _follow(self, outputs: Sequence[OutputBlock]) -> None:
        """Show the last of the pictures that move, unless the person has moved."""
        for output in reversed(outputs) if self.following else ():
            rows = output.picture_rows(self.document.width)
            if rows is not None:
                self.show_below(self._outputs.above(output), output, rows)
                return

    def _output_in_view(self) -> bool:
        return any(not o.empty and self.block_in_view(o) for o in self._outputs.blocks)

    def _point_to_output(self) -> None:
        """Say that there is output when none of it is in view."""
        some = any(not output.empty for output in self._outputs.blocks)
        self._point(some and not self._output_in_view())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take the pointer to the output away as soon as a person moves."""
        super().watch_scroll_y(old_value, new_value)
        self._point(False)

    def on_focus(self) -> None:
        """Name the key that works now."""
        self._point(bool(self._pointer))

    def on_blur(self) -> None:
        """Name the key that works now."""
        self._point(bool(self._pointer))

    def _point(self, below: bool) -> None:
        key = "Space reads on" if self.has_focus else "F3, then Space"
        text = f"output below: {key}" if below else ""
        if text != self._pointer:
            self._pointer = text
            self.post_message(OutputOutOfView(text))

    def headings(self) -> list[tuple[int, str]]:
        """Return the headings of the lesson, each with its place for `go_to`."""
        return self._headings

    def go_to(self, place: int) -> None:
        """Scroll to a place that `headings` gave, and put the cursor on the code below it."""
        blocks = self.document.blocks
        self.scroll_to_block(blocks[place], top=True)
        self.reader_moved()
        below = [block for block in blocks[place:] if isinstance(block, CodeBlock)]
        if below:
            self.move_cursor(self.code.index(below[0]))

    def cells_in_view(self) -> list[tuple[int, int]]:
        """Return the code cells whose beginning is in view: place among them, and row on screen."""
        rows = [(at, self.document.span(block)[0] - self.top) for at, block in enumerate(self.code)]
        return [(at, row) for at, row in rows if 0 <= row < self.rows_in_view]

    def choose_cell(self, place: int) -> None:
        """Put the cursor on a code cell."""
        self.move_cursor(place)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the cell that was pressed."""
        found = self.document.row(self.top + event.y)
        cells = [block.cell for block in self.code]
        if found is not None and found[0].cell in cells:
            self.move_cursor(cells.index(found[0].cell))

    def action_frame(self, by: int) -> None:
        """Go through the frames of the moving picture at the cursor, or else the first in view."""
        near = [self._outputs.below(self.code[self.cursor])] if self.code else []
        near += [output for output in self._outputs.blocks if self.block_in_view(output)]
        for output in [*near, *self._outputs.blocks]:
            for picture in output.pictures[:1]:
                picture.step_frame(by)
                self.block_changed(output)
                self.scroll_to_block(output)
                return

    def action_contents(self) -> None:
        """Ask for the sections of the lesson."""
        self.post_message(GuidanceRequested(Guidance.CONTENTS))

    def action_glossary(self) -> None:
        """Ask for the technical words of the lesson."""
        self.post_message(GuidanceRequested(Guidance.GLOSSARY))

    def action_explain(self, word: str) -> None:
        """Ask for what a technical word means."""
        self.post_message(WordAsked(word))

    def action_neighbour(self, by: int) -> None:
        """Ask for the next lesson or the one before."""
        self.post_message(GuidanceRequested(Guidance.NEXT if by > 0 else Guidance.PREVIOUS))

    def action_read(self, by: int) -> None:
        """Read on, or back."""
        if by < 0:
            self.read_back()
        else:
            self.read_on()

    def action_next_cell(self) -> None:
        """Move the cursor to the next code cell, or read on to it."""
        self.next_cell()

    def action_previous_cell(self) -> None:
        """Move the cursor to the code cell before, or read back to it."""
        self.previous_cell()

    def action_run_here(self) -> None:
        """Ask for a run up to the cell under the cursor."""
        if self.current is not None:
            self.post_message(RunRequested(self.current.index))

    def action_fold(self) -> None:
        """Fold the source of the cell under the cursor, or unfold it."""
        if self.code:
            self.code[self.cursor].toggle_fold(self.document.width)
            self.block_changed(self.code[self.cursor])

    def action_copy_cell(self) -> None:
        """Copy the code of the cell under the cursor."""
        if self.current is not None:
            self.post_message(TextCopied(self.current.source, "Code"))

    def action_copy_output(self) -> None:
        """Copy what the cell under the cursor gave."""
        text = self._output_text()
        if text:
            self.post_message(TextCopied(text, "Output"))
        else:
            self.notify("This cell has no output yet. Run it first.")

    def action_open_output(self) -> None:
        """Show everything that the cell under the cursor gave."""
        text = self._output_text()
        if text:
            self.post_message(OutputOpened(f"Output of cell {self.cursor + 1}", text))

    def _output_text(self) -> str:
        return self._outputs.text(self.code[self.cursor]) if self.code else ""


def _fold_label(lesson: Program, cell: Cell) -> str:
    """Return what stands for a cell that is folded at first; empty for one that is open."""
    if cell.is_parameters:
        return f"Parameters: {', '.join(lesson.defaults)}"
    goals = sum(goal.cell == cell.index for goal in lesson.goals)
    if goals:
        return f"{goals} goals are checked here" if goals > 1 else "A goal is checked here"
    return ""
