"""The lesson as a document: prose, code, and what each cell gave when it ran."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from tflab.programs.program import Cell, Program
from tflab.runs.state import CellState, RunState
from tflab.ui.actions import bindings
from tflab.ui.widgets.css import beside
from tflab.ui.workbench.code_cell import CodeCell
from tflab.ui.workbench.figure_view import FigureView
from tflab.ui.workbench.messages import (
    Guidance,
    GuidanceRequested,
    OutputOpened,
    RunRequested,
    TextCopied,
    WordAsked,
)
from tflab.ui.workbench.output_text import output_text
from tflab.ui.workbench.words import LINK, heading_texts, link_terms

if TYPE_CHECKING:
    from textual.widgets import Markdown


class LessonView(VerticalScroll):
    """Shows one lesson. A cursor stands on one code cell; the keys of this pane act on it."""

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("lesson"))

    def __init__(self) -> None:
        super().__init__(id="lesson")
        self._blocks: list[Widget] = []
        self._headings: list[tuple[int, str]] = []
        self._cells: list[CodeCell] = []
        self._cursor = 0
        self._state: RunState | None = None
        self._versions: dict[int, int] = {}

    @property
    def current(self) -> CodeCell | None:
        """The code cell under the cursor, or None in a lesson without code."""
        return self._cells[self._cursor] if self._cells else None

    async def show_lesson(
        self, lesson: Program, glossary: Mapping[str, str], keep_place: bool
    ) -> None:
        """Show `lesson`; with `keep_place` the scroll position and the cursor stay."""
        from textual.widgets import Markdown

        place, cursor = self.scroll_offset, self._cursor
        prose = iter(link_terms([c.source for c in lesson.cells if c.kind == "prose"], glossary))
        widgets: list[Widget] = []
        for cell in lesson.cells:
            if cell.kind == "prose":
                widgets.append(Markdown(next(prose), classes="prose", open_links=False))
            else:
                widgets.append(CodeCell(cell, _fold_label(lesson, cell)))
        if self.screen.focused is None:
            # Before the cells are there: a change of focus gives all of them their style anew.
            self.screen.set_focus(self)
        with self.app.batch_update():
            await self.remove_children()
            await self.mount_all(widgets)
        self._blocks = widgets
        self._headings = [
            (place, text)
            for place, cell in enumerate(lesson.cells)
            if cell.kind == "prose"
            for text in heading_texts(cell.source)
        ]
        self._cells = [widget for widget in widgets if isinstance(widget, CodeCell)]
        self._cursor = min(cursor, max(len(self._cells) - 1, 0)) if keep_place else 0
        self._state, self._versions = None, {}
        self._mark()
        if keep_place:
            self.call_after_refresh(self.scroll_to, y=place.y, animate=False)
        else:
            self.scroll_home(animate=False)

    async def show_run(self, state: RunState) -> None:
        """Bring the outputs up to date with a run; another run's outputs go away first."""
        if state is not self._state:
            self._state, self._versions = state, {}
            for cell in self._cells:
                await cell.output.clear()
                cell.remove_class("-running", "-failed")
        for widget in self._cells:
            index = widget.cell.index
            cell_state = state.cells.get(index)
            error = state.error if state.error and state.error.cell == index else None
            widget.set_class(error is not None, "-failed")
            if cell_state is None:
                continue
            active = cell_state.running and state.current_cell == index and state.ended is None
            widget.set_class(active, "-running")
            await self._sync(widget, state, cell_state)

    async def _sync(self, widget: CodeCell, state: RunState, cell_state: CellState) -> None:
        index = widget.cell.index
        error = state.error if state.error and state.error.cell == index else None
        version = cell_state.version + (1_000_000_000 if error else 0)
        if self._versions.get(index) == version:
            return
        self._versions[index] = version
        await widget.output.sync(state, cell_state.items, error)

    def show_end(self, state: RunState) -> None:
        """Bring what came out of a run to a person's notice: go to an error, point to output."""
        failed = [
            cell for cell in self._cells if state.error and state.error.cell == cell.cell.index
        ]
        if failed:
            self._cursor = self._cells.index(failed[0])
            self._mark()
            self.call_after_refresh(self.scroll_to_widget, failed[0].output, animate=False)
        else:
            self.call_after_refresh(self._point_to_output)

    def _point_to_output(self) -> None:
        """Say that there is output when none of it is in view."""
        shown = [cell.output for cell in self._cells if cell.output.display]
        below = shown and not any(output.region.overlaps(self.region) for output in shown)
        self._say_below("output below: j goes on" if below else "")

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take the pointer to the output away as soon as a person moves."""
        super().watch_scroll_y(old_value, new_value)
        self._say_below("")

    def _say_below(self, text: str) -> None:
        if self.parent is not None and self.parent.border_subtitle != text:  # type: ignore[attr-defined]
            self.parent.border_subtitle = text  # type: ignore[attr-defined]

    def headings(self) -> list[tuple[int, str]]:
        """Return the headings of the lesson, each with its place for `go_to`."""
        return self._headings

    def go_to(self, place: int) -> None:
        """Scroll to a place that `headings` gave, and put the cursor on the code below it."""
        self.scroll_to_widget(self._blocks[place], top=True, animate=False)
        below = [w for w in self._blocks[place:] if isinstance(w, CodeCell)]
        if below:
            self._cursor = self._cells.index(below[0])
            self._mark()

    def put_cursor(self, cursor: int) -> None:
        """Put the cursor on a code cell and show it, to go on where one left off."""
        if 0 < cursor < len(self._cells):
            self._cursor = cursor
            self._mark()
            self.call_after_refresh(
                self.scroll_to_widget, self._cells[cursor], top=True, animate=False
            )

    @property
    def cursor(self) -> int:
        """Place of the cursor among the code cells."""
        return self._cursor

    def action_frame(self, by: int) -> None:
        """Go through the frames of the moving picture under the cursor, or else of the first."""
        pictures = [figure for figure in self.query(FigureView) if figure.moving]
        near = [figure for figure in pictures if self.current in figure.ancestors]
        for figure in (near or pictures)[:1]:
            figure.step_frame(by)
            self.scroll_to_widget(figure, animate=False)

    def action_contents(self) -> None:
        """Ask for the sections of the lesson."""
        self.post_message(GuidanceRequested(Guidance.CONTENTS))

    def action_glossary(self) -> None:
        """Ask for the technical words of the lesson."""
        self.post_message(GuidanceRequested(Guidance.GLOSSARY))

    def action_neighbour(self, by: int) -> None:
        """Ask for the next lesson or the one before."""
        self.post_message(GuidanceRequested(Guidance.NEXT if by > 0 else Guidance.PREVIOUS))

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """Explain a technical word."""
        event.stop()
        if event.href.startswith(LINK):
            word = event.href.removeprefix(LINK).replace("+", " ")
            self.post_message(WordAsked(word))

    def action_next_cell(self) -> None:
        """Move the cursor to the next code cell."""
        self._move(1)

    def action_previous_cell(self) -> None:
        """Move the cursor to the code cell before."""
        self._move(-1)

    def action_run_here(self) -> None:
        """Ask for a run up to the cell under the cursor."""
        if self.current is not None:
            self.post_message(RunRequested(self.current.cell.index))

    def action_fold(self) -> None:
        """Fold the source of the cell under the cursor, or unfold it."""
        if self.current is not None:
            self.current.toggle_fold()

    def action_copy_cell(self) -> None:
        """Copy the code of the cell under the cursor."""
        if self.current is not None:
            self.post_message(TextCopied(self.current.cell.source, "Code"))

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
        if text and self.current is not None:
            self.post_message(OutputOpened(f"Output of cell {self._cursor + 1}", text))

    @on(CodeCell.Clicked)
    def _clicked(self, event: CodeCell.Clicked) -> None:
        event.stop()
        if event.cell in self._cells:
            self._cursor = self._cells.index(event.cell)
            self._mark()

    def _move(self, by: int) -> None:
        if not self._cells:
            return
        self._cursor = max(0, min(self._cursor + by, len(self._cells) - 1))
        self._mark()
        self.scroll_to_widget(self._cells[self._cursor], top=True, animate=False)

    def _mark(self) -> None:
        for index, cell in enumerate(self._cells):
            cell.set_class(index == self._cursor, "-cursor")

    def _output_text(self) -> str:
        if self.current is None or self._state is None:
            return ""
        return output_text(self._state, self.current.cell.index)


def _fold_label(lesson: Program, cell: Cell) -> str:
    """Return what stands for a cell that is folded at first; empty for one that is open."""
    if cell.is_parameters:
        return f"Parameters: {', '.join(lesson.defaults)}"
    goals = sum(goal.cell == cell.index for goal in lesson.goals)
    if goals:
        return f"{goals} goals are checked here" if goals > 1 else "A goal is checked here"
    return ""
