"""A page with questions: each is asked where it stands, and what follows waits for the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import on

from tflab.programs.program import Program
from tflab.runs.state import RunState
from tflab.session.guesses import AskedQuestion
from tflab.ui.workbench.cell_output import Label, OutputBlock
from tflab.ui.workbench.exercise_view import ExerciseView
from tflab.ui.workbench.lesson_document import Block
from tflab.ui.workbench.messages import QuestionAnswered, QuestionLeft
from tflab.ui.workbench.question_block import QuestionBlock

if TYPE_CHECKING:
    from tflab.ui.workbench.question_field import QuestionField


class QuestionView(ExerciseView):
    """Shows blocks, of which some are questions."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._questions: list[QuestionBlock] = []
        self._field: QuestionField | None = None
        self._reveals = False
        self._passed: QuestionBlock | None = None

    def make_questions(self, program: Program, cell: int | None = None) -> list[QuestionBlock]:
        """Return the questions of a cell; without one, begin with those of another program."""
        if cell is None:
            self._questions, self._field = [], None
            return []
        made = [QuestionBlock(one) for one in program.questions if one.cell == cell]
        self._questions += made
        return made

    def show_questions(self, asked: Sequence[AskedQuestion], values: Mapping[str, Any]) -> None:
        """Show how the questions stand with the values of the form."""
        by_id = {one.question.id: one for one in asked}
        changed: list[Block] = [
            block
            for block in self._questions
            if block.question.id in by_id and block.show(by_id[block.question.id], values)
        ]
        if changed:
            # What unfolds does so below; a page that was at its end would follow it otherwise.
            top = self.top
            self.block_changed(*changed, *self._folded())
            self.scroll_to_row(top)
            passed = self._passed
            if passed is not None and not passed.asks:
                # What was behind it has not been read yet, so it is shown from there on.
                self._passed = None
                self.scroll_to_block(passed, top=True)
                self.reader_moved()
        failed = self.outputs.failed
        if self._reveals and failed is not None and not failed.away:
            self._reveals = False
            super().show_end()

    def show_end(self) -> None:
        """Bring what came out of a run to notice; an error waits behind no question."""
        super().show_end()
        failed = self.outputs.failed
        if failed is not None and failed.away:
            self._reveals = True
            self._wave_on()

    def _wave_on(self) -> None:
        """Go on without an answer to any question that something waits for."""
        for block in self._questions:
            if block.asks:
                self.post_message(QuestionAnswered(block.question.id, None))

    def show_guessed(self, state: RunState, values: Mapping[str, Any]) -> None:
        """Show what a run with these values gave in answer."""
        changed = [
            block
            for block in self._questions
            if block.show_run(state.predictions.get(block.question.id), values)
        ]
        if changed:
            self.block_changed(*changed)

    def _folded(self) -> Iterator[Block]:
        """Fold away what follows the first question that waits, and yield what is new of that."""
        waits = False
        for block in self.document.blocks:
            if block.away != waits:
                block.away = waits
                yield block
            waits = waits or block.asks

    @property
    def _waiting(self) -> QuestionBlock | None:
        """The question that what follows waits for."""
        return next((block for block in self._questions if block.asks), None)

    def _near_question(self) -> QuestionBlock | None:
        """Return the open question in view, or that of the cell under the cursor."""
        here = self.current.index if self.current is not None else None
        there = [one for one in self._questions if not one.away]
        seen = [one for one in there if one.cell == here or self.block_in_view(one)]
        seen.sort(key=lambda one: (not one.is_open, one.cell != here))
        return next((one for one in seen if one.is_open or one.cell == here), None)

    # Reading

    def read_on(self) -> bool:
        """Go on by a page; at a question that has been seen, without an answer to it."""
        waiting = self._waiting
        if waiting is None:
            return super().read_on()
        first, rows = self.document.span(waiting)
        # Its last row is blank.
        seen = first >= self.window.top and first + rows - 1 <= self.window.bottom
        # The rest of a tall cell above the question comes before going on without an answer.
        more = not seen or self._tall_cell() is not None
        if more and super().read_on():
            return True
        self._passed = waiting
        self.post_message(QuestionAnswered(waiting.question.id, None))
        return True

    def next_cell(self) -> bool:
        """Go to the next code cell; those behind a question that waits are not there yet."""
        following = self.cursor + 1
        if following < len(self.code) and self.code[following].away:
            return self.read_on()
        return super().next_cell()

    def scroll_to_block(self, block: Block, *, top: bool = False) -> None:
        """Bring a block into view, also one that waits for an answer."""
        if block.away:
            self._wave_on()
            return
        super().scroll_to_block(block, top=top)

    def follow(self, outputs: Sequence[OutputBlock], ended: bool = False) -> None:
        """Follow pictures, but none that a question keeps back."""
        super().follow([output for output in outputs if not output.away], ended)

    async def show_run(
        self,
        state: RunState,
        source: str | None = None,
        label: Label | None = None,
        again: bool = False,
    ) -> None:
        """Bring the outputs up to date with a run; answers stand at their questions."""
        for output in self.outputs.blocks:
            output.asked = frozenset(one.question.id for one in self._questions)
        await super().show_run(state, source, label, again)

    # Answering

    def show_first_question(self) -> None:
        """Go to the first open question."""
        found = next((one for one in self._questions if one.is_open and not one.away), None)
        if found is not None:
            self.scroll_to_block(found)
            self.take_cursor_along()

    def open_question(self, asking: bool = False) -> bool:
        """Let the question in view be answered; return whether there is one.

        Args:
            asking: Whether only one that waits for an answer will do.
        """
        from tflab.ui.workbench.question_field import QuestionField

        block = self._near_question()
        if block is None or (asking and not block.is_open):
            return False
        if self._field is not None:
            return True
        guess = block.asked.guess if block.asked is not None else None
        self._field = QuestionField(block.question, guess)
        self.host(block, self._field)
        self.scroll_to_block(block)
        return True

    @on(QuestionAnswered)
    @on(QuestionLeft)
    def _close_field(self) -> None:
        """Show the question again in the place of its field; the message goes on to the screen."""
        field, self._field = self._field, None
        if field is None:
            return
        block = next((one for one in self._questions if self.hosts(one, field)), None)
        if block is not None:
            self.unhost(block)
        self.focus(scroll_visible=False)
