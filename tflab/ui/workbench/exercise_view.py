"""A page with exercises: each with its state, and keys for hints and solutions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from tflab.programs.program import Cell, Program, ProgramKind
from tflab.runs.state import RunState
from tflab.ui.workbench.cell_output import Label, OutputBlock
from tflab.ui.workbench.code_cell import CodeBlock
from tflab.ui.workbench.exercise_card import ExerciseCard
from tflab.ui.workbench.lesson_document import Block
from tflab.ui.workbench.reading import Span, top_to_show
from tflab.ui.workbench.trying import TryingView

_GAP = re.compile(r"# YOUR CODE HERE(?:\n[ \t]*raise NotImplementedError(?:\(\))?)?|\.\.\.")


class ExerciseView(TryingView):
    """Shows blocks, of which some are exercises."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._cards: dict[int, ExerciseCard] = {}
        self._cards_before: dict[str, ExerciseCard] = {}
        self._checked = ""

    def forget_cards(self, keep: bool) -> None:
        """Begin with other exercises; with `keep` those of the same id stay as they are."""
        before = self._cards.values() if keep else ()
        self._cards_before = {card.exercise.id: card for card in before}
        self._cards = {}

    def make_card(self, cell: Cell) -> ExerciseCard | None:
        """Return what is shown of an exercise around its code; None for any other cell."""
        if cell.exercise is None:
            return None
        card = self._cards[cell.index] = ExerciseCard(cell.exercise)
        if cell.exercise.id in self._cards_before:
            card.like(self._cards_before[cell.exercise.id])
        return card

    def show_passed(self, passed: Collection[str]) -> None:
        """Show which exercises were passed in earlier runs."""
        for card in self._cards.values():
            kept = card.exercise.id in passed
            if kept != card.kept:
                card.kept = kept
                self._redraw(card)

    def show_answers(self, program: Program) -> None:
        """Show the exercises of a program in which other answers stand now."""
        for index, card in self._cards.items():
            exercise = program.cells[index].exercise
            if exercise is not None and exercise != card.exercise:
                card.take(exercise)
                self._redraw(card)
                if exercise.answer is None and card is self.exercise and self.editor is None:
                    # It begins anew, and less stands below it.
                    self.call_after_refresh(self.show_exercise, card)

    async def show_run(
        self,
        state: RunState,
        source: str | None = None,
        label: Label | None = None,
        again: bool = False,
    ) -> None:
        """Bring outputs and exercises up to date with a run; it may have tried other answers."""
        await super().show_run(state, source, label, again)
        for card in self._cards.values():
            outcome = state.exercises.get(card.exercise.id)
            if outcome != card.outcome:
                card.outcome = outcome
                self._redraw(card)

    def begin_following(self) -> bool:
        """Stay at an exercise whose answer the run is to check; at any other follow the run."""
        card = self.exercise
        self._checked = card.exercise.id if card is not None and card.waits else ""
        return super().begin_following()

    @property
    def _at_checked(self) -> ExerciseCard | None:
        """The exercise that the run checks, if the person is still at it."""
        card = self.exercise
        return card if card is not None and card.exercise.id == self._checked else None

    def show_end(self) -> None:
        """Bring what came out of a run to notice; to who writes an exercise, what is said of it."""
        super().show_end()
        card, writes = self._at_checked, self.editor is not None
        if card is not None and (self.following or writes) and self.outputs.failed is None:
            self.show_exercise(card)

    def follow(self, outputs: Sequence[OutputBlock], ended: bool = False) -> None:
        """Follow pictures, but not away from an answer that the run checks."""
        if self._at_checked is None:
            super().follow(outputs, ended)

    @property
    def exercise(self) -> ExerciseCard | None:
        """The exercise under the cursor, or that the cell there checks."""
        here = self.current
        if here is None or here.index in self._cards:
            return self._cards.get(here.index) if here is not None else None
        checked = (c for c in self._cards.values() if c.exercise.id == here.checks)
        return next(checked, None)

    @property
    def is_at_open_exercise(self) -> bool:
        """Whether the cursor is on an exercise that is still to be solved, in view."""
        here = self.current
        card = self._cards.get(here.index) if here is not None else None
        solved = card is None or card.state in ("passed", "once")
        return card is not None and not solved and self.block_in_view(card.head)

    def _redraw(self, card: ExerciseCard) -> None:
        self.block_changed(card.head, card.foot)

    def _near(self) -> Iterator[ExerciseCard]:
        """Yield the exercise under the cursor, then those in view."""
        here = self.exercise
        if here is not None:
            yield here
        yield from (c for c in self._cards.values() if self.block_in_view(c.head))

    def action_exercise_hint(self) -> None:
        """Show the next hint of the exercise under the cursor, or in view."""
        card = next(self._near(), None)
        told = card.next_hint() if card is not None else "There is no exercise here."
        if card is None or told:
            self.notify(told)
            return
        self._show_foot(card)

    def action_solution(self) -> None:
        """Show a solution of the exercise under the cursor, or in view; or hide it."""
        card = next(self._near(), None)
        told = card.ask_solution() if card is not None else "There is no exercise here."
        if card is None or told:
            self.notify(told)
            return
        self._show_foot(card)

    def _show_foot(self, card: ExerciseCard) -> None:
        self._redraw(card)
        self.show_exercise(card)

    def show_exercise(self, card: ExerciseCard) -> None:
        """Bring into view what stands under an exercise, with all of it as far as there is room."""
        first, _ = self.document.span(card.head)
        below, rows = self.document.span(card.foot)
        needed = Span(below, max(rows, 1))
        liked = Span(first, needed.end - first)
        block = self._block_of(card.exercise.cell)
        if block is not None and self.editor is not None and self.editor.cell == block.cell:
            # Who writes there loses nothing of the editor to what is said below it.
            top = self.document.span(block)[0]
            needed = Span(top, min(needed.end - top, self.rows_in_view))
        self.scroll_to_row(top_to_show(self.window, needed, liked))

    def open_editor(
        self, cell: int, text: str, kind: ProgramKind, original: str, line: int = 1
    ) -> None:
        """Open an editor in the place of a cell; in an exercise, with the gap selected."""
        super().open_editor(cell, text, kind, original, line)
        card = self._cards.get(cell)
        if card is None or self.editor is None:
            return
        gap = _GAP.search(text) if line == 1 else None
        if gap is not None:
            # What is typed goes into its place. It came with the editor, which reading needs not.
            from textual.widgets.text_area import Selection

            area = self.editor.area
            area.selection = Selection(_location(text, gap.start()), _location(text, gap.end()))
        self.call_after_refresh(self.scroll_to_block, card.head, top=True)

    def scroll_to_block(self, block: Block, *, top: bool = False) -> None:
        """Bring a block into view; an exercise with its title."""
        card = self._cards.get(block.cell) if block.cell is not None else None
        if card is not None and isinstance(block, CodeBlock) and (top or block.cursor):
            block = card.head
        super().scroll_to_block(block, top=top)


def _location(text: str, place: int) -> tuple[int, int]:
    """Return the line and the column of a place in a text, both from 0."""
    before = text[:place]
    return before.count("\n"), place - (before.rfind("\n") + 1)
