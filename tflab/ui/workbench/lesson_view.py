"""The lesson as a document: prose, code, and what each cell gave when it ran."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from tflab.programs.program import Cell, Program
from tflab.runs.disk_queue import DiskQueue, Inline
from tflab.session.lesson_end import LessonEnd
from tflab.ui.actions import bindings
from tflab.ui.terminal.pixels import Pixels
from tflab.ui.widgets.css import beside
from tflab.ui.widgets.drawing_view import chart_options, picture_colour
from tflab.ui.workbench.cell_output import OutputBlock
from tflab.ui.workbench.code_cell import CellNote, CodeBlock, ProseBlock
from tflab.ui.workbench.figure_rows import PictureStyle
from tflab.ui.workbench.glossary import heading_texts, link_terms
from tflab.ui.workbench.lesson_document import Block
from tflab.ui.workbench.lesson_outputs import LessonOutputs
from tflab.ui.workbench.messages import (
    Guidance,
    GuidanceRequested,
    OutputOpened,
    PicturesOpened,
    RunRequested,
    TextCopied,
    WordAsked,
)
from tflab.ui.workbench.picture_images import PictureImages
from tflab.ui.workbench.question_view import QuestionView
from tflab.ui.workbench.summing_up import EndCard
from tflab.ui.workbench.trying import Trial

_ROWS = 16
_LEAST_ROWS = 8
_AROUND_PICTURE = 5
"""Rows of a picture, and of title, axis and legend around it, so that all is seen together."""


class LessonView(QuestionView):
    """Shows one lesson. A cursor stands on one code cell; the keys of this pane act on it."""

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("lesson"))

    def __init__(self, disk: DiskQueue | None = None, pixels: Pixels | None = None) -> None:
        super().__init__(id="lesson")
        self._pixels = pixels
        self._images = PictureImages(disk or Inline(), self._draw_pictures, pixels is not None)
        self._headings: list[tuple[int, str]] = []
        self._picture_rows = 0

    async def show_lesson(
        self, lesson: Program, glossary: Mapping[str, str], keep_place: bool
    ) -> None:
        """Show `lesson`; with `keep_place` the scroll position and the cursor stay."""
        top, cursor = self.top, self.cursor
        if self.screen.focused is None:
            self.screen.set_focus(self)
        self.forget_cards(keep_place)
        code, blocks = self._make_blocks(lesson, glossary)
        self.show_code(code, cursor if keep_place else 0)
        if not self.document.width:
            self._colour_later(code)
        self.show_blocks(blocks)
        if keep_place:
            self.scroll_to_row(top)

    def _colour_later(self, code: list[CodeBlock]) -> None:
        """Show the first page without colours: what finds them takes long to load."""
        for block in code:
            block.plain = True

        def colour() -> None:
            for block in code:
                block.plain = False
            self.all_recoloured()

        self.call_after_refresh(colour)

    def show_amended(self, lesson: Program, notes: Mapping[int, CellNote]) -> None:
        """Show a lesson whose cells are the same, but for what is written in them."""
        labels = {block.source.index: _fold_label(lesson, block.source) for block in self.code}
        self.outputs.amend(lesson)
        self.show_edits(lesson, labels, notes)
        self.show_answers(lesson)

    def _make_blocks(
        self, lesson: Program, glossary: Mapping[str, str]
    ) -> tuple[list[CodeBlock], list[Block]]:
        prose = iter(link_terms([c.source for c in lesson.cells if c.kind == "prose"], glossary))
        blocks: list[Block] = []
        cells: list[CodeBlock] = []
        self.trials = trials = dict[int, Trial]()
        self._headings, outputs = [], []
        self.make_questions(lesson)
        for cell in lesson.cells:
            if cell.kind == "prose":
                self._headings += [(len(blocks), text) for text in heading_texts(cell.source)]
                blocks.append(ProseBlock(next(prose)))
                continue
            code = CodeBlock(cell, _fold_label(lesson, cell))
            output = OutputBlock(cell.index, self._picture_style)
            cells.append(code)
            outputs.append(output)
            card = self.make_card(cell)
            around = [card.head, code, card.foot] if card is not None else [code]
            if cell.exercise is not None:
                self._headings.append((len(blocks), f"  Exercise: {cell.exercise.title}"))
            questions = self.make_questions(lesson, cell.index)
            trials[cell.index] = trial = Trial(cell.index, self._picture_style)
            blocks += [*around, *questions, output, *trial.blocks]
        self.outputs = LessonOutputs(lesson, cells, outputs)
        same = self.card.end.program == lesson.id
        self.card = EndCard(self.card.end if same else LessonEnd(lesson.id))
        return cells, [*blocks, self.card]

    def on_mount(self) -> None:
        """Draw pictures in the colours of the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw_pictures())

    def _picture_style(self) -> PictureStyle:
        rows = max(_LEAST_ROWS, min(self.rows_in_view - _AROUND_PICTURE, _ROWS))
        options = chart_options(self, colour=picture_colour(self))
        most = max(self.rows_in_view - _AROUND_PICTURE, _LEAST_ROWS)
        return PictureStyle(options, rows, most, self._images, self._pixels)

    def _draw_pictures(self) -> None:
        """Draw every picture anew: one was read a moment ago, or the theme is another."""
        shown = [block for block in self.outputs.blocks if block.has_figure]
        if shown:
            self.block_changed(*shown)

    def resized(self) -> None:
        """Draw pictures that fit the page."""
        super().resized()
        if self._picture_rows != (rows := self._picture_style().rows):
            self._picture_rows = rows
            self.block_changed(*[o for o in self.outputs.blocks if o.has_figure])

    def show_whole_code(self, whole: bool) -> None:
        """Show all code, nothing folded and nothing cut, as while one is asked to trust it."""
        changed = [block for block in self.code if block.show_whole(whole)]
        if changed:
            self.block_changed(*changed)

    def headings(self) -> list[tuple[int, str]]:
        """Return the headings and exercises of the lesson, each with its place for `go_to`."""
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
        near = [self.outputs.below(self.code[self.cursor])] if self.code else []
        near += [output for output in self.outputs.blocks if self.block_in_view(output)]
        for output in [*near, *self.outputs.blocks]:
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
        elif not self.read_on():
            self.say_end()

    def action_next_cell(self) -> None:
        """Move the cursor to the next code cell, or read on to it."""
        if not self.next_cell():
            self.say_end()

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
            self.post_message(TextCopied(self.current.shown, "Code"))

    def action_copy_output(self) -> None:
        """Copy what the cell under the cursor gave."""
        text = self._output_text()
        if text:
            self.post_message(TextCopied(text, "Output"))
        else:
            self.notify("This cell has no output yet. Run it first.")

    def action_open_output(self) -> None:
        """Answer a question in view, write in an exercise, or show all output of the cell."""
        if not self.is_at_open_exercise and self.open_question(asking=True):
            return
        if self.exercise is not None:
            self.action_edit_cell()
            return
        text = self._output_text()
        if not text and self.open_question():
            return
        if text:
            self.post_message(OutputOpened(f"Output of cell {self.cursor + 1}", text))

    def action_open_picture(self) -> None:
        """Show a picture large: one of the cell under the cursor, else one in view, else any."""
        shown = [(out, rows) for out in self.outputs.blocks for rows in out.kept_pictures]
        state = self.outputs.state
        if not shown or state is None:
            self.notify("There is no picture here yet. Run it first.")
            return
        here = self.outputs.below(self.code[self.cursor]) if self.code else None
        near = [place for place, (out, _) in enumerate(shown) if out is here]
        near += [place for place, (out, _) in enumerate(shown) if self.block_in_view(out)]
        first = near[0] if near else 0
        frames = [rows.frames for _, rows in shown]
        which = first, shown[first][1].place
        self.post_message(PicturesOpened(frames, which, state.folder))

    def _output_text(self) -> str:
        return self.outputs.text(self.code[self.cursor]) if self.code else ""


def _fold_label(lesson: Program, cell: Cell) -> str:
    """Return what stands for a cell that is folded at first; empty for one that is open."""
    if cell.is_parameters:
        return f"Parameters: {', '.join(lesson.defaults)}"
    if cell.checks:
        return "What you wrote is checked here"
    goals = sum(goal.cell == cell.index for goal in lesson.goals)
    if goals:
        return f"{goals} goals are checked here" if goals > 1 else "A goal is checked here"
    return ""
