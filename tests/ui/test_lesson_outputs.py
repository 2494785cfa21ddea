"""Output belongs to the code above it: it is under its cell, or said to be old, or gone."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tflab.charts.drawing import ChartOptions
from tflab.programs.reader import parse_program
from tflab.runs import events as ev
from tflab.runs.log_reader import Output
from tflab.runs.state import RunState
from tflab.ui.workbench.cell_output import OutputBlock
from tflab.ui.workbench.code_cell import CellMark, CodeBlock
from tflab.ui.workbench.figure_rows import PictureStyle
from tflab.ui.workbench.lesson_outputs import ABOVE, CHANGED, LessonOutputs, match_output

HEAD = '# %% [markdown]\n# # A lesson\n# %% tags=["parameters"]\nsteps = 3  # how many\n'
FIRST = 2
"""Index of the first cell after the head."""


def source(*cells: str) -> str:
    return HEAD + "".join(f"# %%\n{cell}\n" for cell in cells)


def program(*cells: str):
    return parse_program(source(*cells), Path("lesson.py"))


def ran(*texts: str, error: int | None = None, ended: bool = True) -> RunState:
    """A run whose cells, from the first after the head on, printed these texts."""
    state = RunState()
    state.apply(ev.Started(time=1.0, pid=1))
    for place, text in enumerate(texts, start=FIRST):
        state.apply(ev.CellStarted(cell=place, time=1.0))
        state.apply(Output(cell=place, data=text.encode()))
        if error != place - FIRST and (ended or place - FIRST < len(texts) - 1):
            state.apply(ev.CellEnded(cell=place, seconds=0.1))
    if error is not None:
        state.apply(ev.Error(title="Oh", cause="It broke.", next_step="Mend.", cell=error + FIRST))
    if ended:
        state.apply(ev.Ended(state="failed" if error is not None else "finished", time=2.0))
    return state


class Page:
    """The outputs of a lesson, without a screen."""

    def __init__(self, *cells: str) -> None:
        self.program = program(*cells)
        shown = [cell for cell in self.program.cells if cell.kind == "code"]
        self.code = [CodeBlock(cell) for cell in shown]
        style = PictureStyle(ChartOptions(colour="none"), 10)
        self.now = 100.0
        blocks = [OutputBlock(c.index, lambda: style, lambda: self.now) for c in shown]
        self.outputs = LessonOutputs(self.program, self.code, blocks)

    def show(self, state: RunState, *cells: str):
        return self.outputs.show(state, source(*cells))

    def below(self, place: int) -> list[str]:
        rows = self.outputs.below(self.code[place + 1]).rows(60)
        return [row.text for row in rows]


def test_output_stands_below_the_code_that_ran():
    page = Page("print(1)", "print(2)")
    page.show(ran("one", "two"), "print(1)", "print(2)")
    assert page.below(0) == ["one", ""]
    assert page.below(1) == ["two", ""]


def test_after_an_edit_old_output_is_said_to_be_old():
    page = Page("print(1)", "print(20)", "print(3)")
    page.show(ran("one", "two", "three"), "print(1)", "print(2)", "print(3)")
    assert page.below(0) == ["one", ""]
    assert page.below(1) == [f"• {CHANGED}", "two", ""]
    assert page.below(2) == [f"• {ABOVE}", "three", ""]


def test_output_moves_with_its_code_and_that_of_code_that_is_gone_goes():
    page = Page("print(0)", "print(1)", "print(3)")
    page.show(ran("one", "two", "three"), "print(1)", "print(2)", "print(3)")
    assert page.below(0) == [""]
    assert page.below(1) == [f"• {ABOVE}", "one", ""]
    assert page.below(2) == [f"• {ABOVE}", "three", ""]
    assert page.outputs.text(page.code[2]) == "one"


def test_a_new_run_of_the_new_code_is_not_old():
    page = Page("print(20)")
    page.show(ran("two"), "print(2)")
    state = ran("twenty")
    page.show(state, "print(20)")
    assert page.below(0) == ["twenty", ""]


def test_code_that_can_no_longer_be_read_has_old_output_only():
    page = Page("print(1)")
    page.outputs.show(ran("one"), HEAD + "# %%\nprint(\n")
    assert page.below(0) == [f"• {CHANGED}", "one", ""]


def test_the_cell_that_failed_is_found_after_cells_came_before_it():
    page = Page("print(0)", "boom()")
    page.show(ran("", error=0), "boom()")
    assert page.outputs.failed is page.code[2]
    assert page.code[2].mark is CellMark.FAILED
    assert any("It broke." in line for line in page.below(1))


def test_the_bar_follows_the_cell_that_runs():
    page = Page("print(1)", "print(2)")
    page.show(ran("one", "two", ended=False), "print(1)", "print(2)")
    assert [block.mark for block in page.code] == [
        CellMark.NONE, CellMark.NONE, CellMark.RUNNING,
    ]  # fmt: skip
    shown = page.show(ran("one", "two"), "print(1)", "print(2)")
    assert page.code[2] in shown.recoloured
    assert page.code[2].mark is CellMark.NONE


def test_text_that_streams_in_is_drawn_at_a_pace_and_none_is_lost():
    page, state = Page("print(1)"), ran("one\n", ended=False)
    assert page.show(state, "print(1)").changed
    state.apply(Output(cell=FIRST, data=b"two\n"))
    assert page.show(state, "print(1)").changed
    state.apply(Output(cell=FIRST, data=b"three\n"))
    shown = page.show(state, "print(1)")
    assert (list(shown.changed), shown.later) == ([], True)
    assert page.below(0) == ["one", "two", ""]
    page.now += 1
    shown = page.show(state, "print(1)")
    assert shown.changed
    assert not shown.later
    assert page.below(0) == ["one", "two", "three", ""]


def test_a_line_without_end_says_how_much_of_it_is_left_out():
    page = Page("print(1)")
    page.show(ran("x" * 60_000), "print(1)")
    text = "".join(page.below(0)).replace(" ", "")
    assert text == "x" * 400 + "…59,600morecharacters"


def test_a_table_of_results_has_straight_columns_with_wide_names():
    page, state = Page("print(1)"), RunState()
    state.apply(ev.Started(time=1.0, pid=1))
    state.apply(ev.CellStarted(cell=FIRST, time=1.0))
    state.apply(ev.Result(cell=FIRST, name="손실", value=1))
    state.apply(ev.Result(cell=FIRST, name="loss", value=2))
    page.show(state, "print(1)")
    assert page.below(0) == ["손실  1", "loss  2", ""]


CODE = st.lists(st.sampled_from(["a = 1", "b = 2", "c = 3", "print(a)"]), max_size=6)


@given(CODE, CODE)
def test_output_is_never_under_other_code_without_a_word(before, after):
    old, new = program(*before), program(*after)
    places = match_output(old.cells, new.cells)
    for index, place in places.items():
        cells = old.cells[: index + 1], new.cells[: place.cell + 1]
        above = [[c.source.strip() for c in part if c.kind == "code"] for part in cells]
        assert bool(place.note) or above[0] == above[1]
    assert len({place.cell for place in places.values()}) == len(places)
