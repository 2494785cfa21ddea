"""A page with the outputs of a run: it follows the run at work, and sums up what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.timer import Timer

from tflab.runs.state import RunState
from tflab.session.lesson_end import LessonEnd
from tflab.ui.workbench.cell_output import TEXT_SECONDS, Label, OutputBlock
from tflab.ui.workbench.lesson_outputs import LessonOutputs
from tflab.ui.workbench.messages import RunSummedUp
from tflab.ui.workbench.reading_view import ReadingView
from tflab.ui.workbench.summing_up import EndCard, run_words

_NOTHING = "", ""


class OutputView(ReadingView):
    """Shows code cells with what each gave, and a card at the end.

    Attributes:
        outputs: What the cells gave.
        card: What stands at the end of the page.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.outputs = LessonOutputs()
        self.card = EndCard(LessonEnd(""))
        self._run: RunState | None = None
        self._later: Timer | None = None
        self._texts: dict[int, str] = {}
        self._just_ended = False
        self._summary = self._pointer = self._told = _NOTHING

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
        if state is not self._run:
            self._run = state
            self.following = self.begin_following() and not (again and self._output_in_view())
            self._texts, self._just_ended = self.outputs.texts(), False
            self._say(summary=_NOTHING, pointer=_NOTHING)
        shown = self.outputs.show(state, source, label)
        if shown.recoloured:
            self.block_recoloured(*shown.recoloured)
        if shown.changed:
            self.block_changed(*shown.changed)
            if state.ended is None:
                self.follow(shown.changed)
        if shown.later:
            self._come_back(state)

    def begin_following(self) -> bool:
        """Return whether the view may follow a run that begins to be shown."""
        return True

    def _come_back(self, state: RunState) -> None:
        """Text was drawn a moment ago; what has been printed since is drawn a moment later."""
        if self._later is not None:
            return

        async def again() -> None:
            self._later = None
            if state is self.outputs.state:
                await self.show_run(state, self.outputs.source, self.outputs.label)

        self._later = self.set_timer(TEXT_SECONDS, again)

    def show_end(self) -> None:
        """Bring what came out of a run to a person's notice: an error, a picture, or output."""
        self._just_ended = True
        failed = self.outputs.failed
        if failed is None:
            self.follow(self.outputs.blocks, ended=True)
        elif self.following:
            failed.unfold()
            self.block_changed(failed)
            error = self.outputs.below(failed)
            self.show_below(failed, error, error.error_rows(self.document.width))
            self.move_cursor(self.code.index(failed))
        self._say(summary=self._sum_up())
        self.call_after_refresh(self._point_to_output)

    def show_card(self, end: LessonEnd) -> None:
        """Bring the card at the end up to date; a run that reached the last goal shows it."""
        before = self.card.end
        if end == before:
            return
        self.card.end = end
        self.block_changed(self.card)
        done = end.complete and not before.complete and end.program == before.program
        if done and self._just_ended and self.following:
            self.scroll_to_block(self.card)
            self.take_cursor_along()

    def say_end(self) -> None:
        """Say that there is nothing more to read, and what comes next."""
        more = self.card.end.next_title
        words = "the end: n opens the next lesson" if more else "the end"
        self._say(pointer=(words, "the end: n" if more else words))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take the pointer to the output away as soon as a person moves."""
        super().watch_scroll_y(old_value, new_value)
        self._say(pointer=_NOTHING)

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Name the key that works now."""
        super().watch_has_focus(_has_focus)
        if self._pointer[0]:
            self._point_to_output()

    def follow(self, outputs: Sequence[OutputBlock], ended: bool = False) -> None:
        """Show the last of the pictures that move, unless the person has moved.

        Args:
            outputs: Where the pictures are.
            ended: Whether the run is over. Then one that stands still is shown where none moves.
        """
        if not self.following:
            return
        for output in reversed(outputs):
            rows = output.picture_rows(self.document.width)
            if rows is not None:
                self.show_below(self.outputs.above(output), output, rows)
                return
        if ended:
            self._show_still([output for output in outputs if output.has_figure])

    def _show_still(self, drawn: Sequence[OutputBlock]) -> None:
        """Show a picture: the first from the cursor on, unless one is in view already."""
        if not drawn or any(self.block_in_view(output) for output in drawn):
            return
        here = self.current.index if self.current is not None else 0
        after = (output for output in drawn if output.cell is not None and output.cell >= here)
        output = next(after, drawn[0])
        rows = output.wholes(self.document.width)[0]
        self.show_below(self.outputs.above(output), output, rows)

    def _sum_up(self) -> tuple[str, str]:
        state, now = self.outputs.state, self.outputs.texts()
        if state is None:
            return _NOTHING
        changed = sum(text != self._texts.get(cell) for cell, text in now.items())
        return run_words(state, len(now), changed if self._texts else None)

    def _output_in_view(self) -> bool:
        return any(not o.empty and self.block_in_view(o) for o in self.outputs.blocks)

    def _point_to_output(self) -> None:
        """Say that there is output when none of it is in view, and with which key to get there."""
        some = any(not output.empty for output in self.outputs.blocks)
        below = some and not self._output_in_view()
        key = "Space reads on" if self.has_focus else "F3, then Space"
        self._say(pointer=(f"output below: {key}", key) if below else _NOTHING)

    def _say(
        self,
        *,
        summary: tuple[str, str] | None = None,
        pointer: tuple[str, str] | None = None,
    ) -> None:
        self._summary = self._summary if summary is None else summary
        self._pointer = self._pointer if pointer is None else pointer
        # There is room for one of them: where to go comes first, and goes when one moves.
        words = self._pointer if self._pointer[0] else self._summary
        if words != self._told:
            self._told = words
            self.post_message(RunSummedUp(*words))
