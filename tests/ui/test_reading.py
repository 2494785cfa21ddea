"""One key reads on and passes nothing over; the cursor is where one reads."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import on
from textual.events import MouseScrollDown

from tests.ui.test_lesson_document import Lines
from tests.ui.test_lesson_outputs import FIRST, ran, source
from tests.ui.test_lesson_view import CELLS, Host, lesson
from tflab.programs.library import resolve
from tflab.programs.program import Program
from tflab.programs.reader import parse_program, read_program
from tflab.runs import events as ev
from tflab.runs.log_reader import Output
from tflab.runs.state import RunState
from tflab.session.guesses import AskedQuestion
from tflab.ui.workbench import messages
from tflab.ui.workbench.lesson_document import Document
from tflab.ui.workbench.reading import Span, Window, page_above, page_below, top_to_show

TALL = "\n".join(f"tall_{number} = {number}" for number in range(30))


class Piece(Lines):
    """A block that is not to be cut, or asks something."""

    def __init__(
        self, count: int, together: bool, asks: bool, whole: tuple[int, int] | None = None
    ) -> None:
        super().__init__("row", count)
        self.together, self.asks = together, asks
        self.whole = whole

    def wholes(self, width: int) -> list[tuple[int, int]]:
        del width
        return [self.whole] if self.whole is not None else []


PIECES = st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.booleans()), max_size=12)


@given(PIECES, st.integers(1, 25))
def test_reading_on_shows_every_row_and_comes_to_the_end(pieces, rows):
    document = Document([Piece(*piece) for piece in pieces], 80)
    window, seen = Window(0, rows), set(range(rows))
    while (there := page_below(document, window)) != window.top:
        assert window.top < there <= window.bottom
        window = Window(there, rows)
        seen |= set(range(there, window.bottom))
    assert window.bottom >= document.height
    assert seen >= set(range(document.height))


@given(PIECES, st.integers(2, 25))
def test_reading_on_keeps_the_last_line_in_sight_and_stops_at_what_asks(pieces, rows):
    document = Document([Piece(*piece) for piece in pieces], 80)
    window = Window(0, rows)
    while (there := page_below(document, window)) != window.top:
        assert there < window.bottom
        for block in document.blocks:
            first, count = document.span(block)
            new = block.asks and count and count < rows and first + count > window.bottom
            # Nothing behind it comes into view together with it.
            assert not new or there + rows <= max(first + count, window.bottom + 1)
        window = Window(there, rows)


@given(st.integers(0, 200), st.integers(1, 30))
def test_reading_back_shows_every_row(top, rows):
    document = Document([Piece(250, False, False)], 80)
    there = page_above(document, Window(top, rows))
    assert there <= top <= there + rows
    assert there < top or top == 0


@given(st.integers(0, 30), st.integers(0, 40), st.integers(1, 20), st.integers(2, 25))
def test_a_picture_that_fits_is_seen_whole_and_nothing_is_passed_over(before, first, count, rows):
    document = Document(
        [Piece(before, False, False), Piece(first + count + 5, True, False, (first, count))], 80
    )
    picture = range(before + first, before + first + count)
    window, seen, whole = Window(0, rows), set(range(rows)), False
    while True:
        whole |= window.top <= picture.start and picture.stop <= window.bottom
        there = page_below(document, window)
        if there == window.top:
            break
        assert window.top < there <= window.bottom
        window = Window(there, rows)
        seen |= set(range(there, window.bottom))
    assert seen >= set(range(document.height))
    assert whole or count > rows


def test_a_cell_that_fits_is_not_cut_by_the_end_of_a_page():
    document = Document([Piece(8, False, False), Piece(6, True, False)], 80)
    assert page_below(document, Window(0, 10)) == 8


@given(st.integers(0, 50), st.integers(1, 20), st.integers(0, 50), st.integers(1, 30))
def test_what_is_needed_is_seen_with_what_is_liked_where_there_is_room(top, rows, first, count):
    window, needed = Window(top, rows), Span(first + 3, count)
    liked = Span(first, count + 3)
    there = top_to_show(window, needed, liked)
    for span in (needed, liked):
        if span.rows <= rows:
            assert there <= span.first
            assert span.end <= there + rows
    if liked.first >= top and liked.end <= top + rows:
        assert there == top


async def test_space_alone_shows_every_line_of_code_prose_and_output():
    texts = [f"printed {n}\n" * 4 for n in range(6)]
    async with lesson(TALL, *CELLS[:5]) as (host, view, pilot):
        await view.show_run(ran(*texts))
        await pilot.pause()
        seen = set(host.screen_rows())
        for _ in range(40):
            await pilot.press("space")
            await pilot.pause()
            seen |= set(host.screen_rows())
            if view.at_end:
                break
        text = "\n".join(seen)
        assert all(f"tall_{number} = {number}" in text for number in range(30))
        assert all(f"printed {number}" in text for number in range(6))
        everything = {view.document.row(y)[2].text for y in range(view.document.height)}
        assert all(any(line in row for row in seen) for line in everything)


def ran_through(program: Program) -> RunState:
    """A run in which every code cell of a program printed lines of its own."""
    state = RunState()
    state.apply(ev.Started(time=1.0, pid=1))
    for cell in (cell for cell in program.cells if cell.kind == "code"):
        state.apply(ev.CellStarted(cell=cell.index, time=1.0))
        text = "".join(f"cell {cell.index} printed {line}\n" for line in range(9))
        state.apply(Output(cell=cell.index, data=text.encode()))
        state.apply(ev.CellEnded(cell=cell.index, seconds=0.1))
    state.apply(ev.Ended(state="finished", time=2.0))
    return state


class Asking(Host):
    """A page whose questions wait until the reader goes on without an answer."""

    CSS = "LessonView { width: 100%; height: 100%; }"

    def __init__(self, program: Program) -> None:
        super().__init__()
        self.program = program
        self.waiting = {question.id for question in program.questions}

    def ask(self) -> None:
        """Show how the questions stand."""
        asked = [
            AskedQuestion(one, open=one.id in self.waiting, folds=one.id in self.waiting)
            for one in self.program.questions
        ]
        self.view.show_questions(asked, self.program.defaults)

    @on(messages.QuestionAnswered)
    def _answered(self, message: messages.QuestionAnswered) -> None:
        self.waiting.discard(message.question)
        self.ask()


@pytest.mark.parametrize("size", [(67, 35), (78, 12)], ids=["at 120×40", "at 80×24"])
@pytest.mark.parametrize(
    "name", ["execution-modes", "tape-gradients", "linear-classifier", "model-styles"]
)
async def test_space_alone_reads_a_lesson_of_the_course(name, size):
    program = read_program(resolve(name))
    host = Asking(program)
    async with host.run_test(size=size) as pilot:
        view = host.view
        await view.show_lesson(program, {}, keep_place=False)
        await view.show_run(ran_through(program))
        host.ask()
        await pilot.press("home")
        await pilot.pause()
        seen: set[str] = set()
        for _ in range(300):
            seen |= {row.strip() for row in host.screen_rows()}
            if view.at_end and not host.waiting:
                break
            await pilot.press("space")
            await pilot.pause()
        assert view.at_end
        assert not host.waiting
        text = "\n".join(seen)
        rows = {view.document.row(y)[2].text.strip() for y in range(view.document.height)} - {""}
        share = sum(row in text for row in rows) / len(rows)
        assert share >= 0.99, sorted(row for row in rows if row not in text)
        document = [view.document.row(y)[2] for y in range(view.document.height)]
        blank = [not row.text.strip() and not row.ground for row in document]
        twice = [n for n, pair in enumerate(pairwise(blank)) if all(pair)]
        assert not twice, "room that reading could have"
        last = max(cell.index for cell in program.cells if cell.kind == "code")
        assert f"cell {last} printed 8" in text


async def test_the_rest_of_a_tall_cell_is_read_before_its_question_is_passed():
    lines = "".join(f"tall_{number} = {number}\n" for number in range(30))
    head = '# %% [markdown]\n# # One\n# %% tags=["parameters"]\nsteps = 3\n'
    text = f"{head}# %%\nfrom tflab import lab\n{lines}"
    program = parse_program(f'{text}lab.predict("How many?", 3)\n', Path("one.py"))
    host = Asking(program)
    async with host.run_test(size=(60, 20)) as pilot:
        await host.view.show_lesson(program, {}, keep_place=False)
        host.ask()
        await pilot.pause()
        seen = host.screen_rows()
        assert any("lines  Space" in row for row in seen)
        assert any("How many?" in row for row in seen), "both are in view"
        while host.waiting:
            await pilot.press("space")
            await pilot.pause()
            seen += host.screen_rows()
        text = "\n".join(seen)
        assert all(f"tall_{number} = {number}" in text for number in range(30))


async def test_a_tall_cell_shows_its_first_rows_until_one_reads_on():
    async with lesson(TALL) as (host, view, pilot):
        assert any("+18 lines  Space" in row for row in host.screen_rows())
        assert view.document.height < 30
        top = view.top
        await pilot.press("space")
        await pilot.pause()
        assert not any("Space" in row for row in host.screen_rows())
        assert "tall_12 = 12" in "\n".join(host.screen_rows())
        assert view.top == top
        await pilot.press("f")
        await pilot.pause()
        assert any("tall_0 = 0  f unfolds" in row for row in host.screen_rows())


async def test_next_cell_passes_no_output_over():
    texts = ["", *[f"line {n}\n" for n in range(40)]]
    async with lesson("first()", *CELLS[:20]) as (host, view, pilot):
        await view.show_run(ran("".join(texts[:20]) + "\n", "".join(texts[20:])))
        await pilot.pause()
        seen = set(host.screen_rows())
        tops = [view.top]
        while view.cursor < 4:
            await pilot.press("j")
            await pilot.pause()
            seen |= set(host.screen_rows())
            assert view.top - tops[-1] < view.rows_in_view
            tops.append(view.top)
        assert all(any(f"line {n}" in row for row in seen) for n in range(40))
        while view.cursor > 0:
            await pilot.press("k")
            await pilot.pause()
            assert tops[-1] - view.top <= view.rows_in_view
            tops.append(view.top)


def bar_in_view(view) -> bool:
    first, count = view.document.span(view.code[view.cursor])
    return first < view.window.bottom and first + count > view.window.top


async def test_the_cursor_goes_where_the_view_goes():
    async with lesson(*CELLS) as (_host, view, pilot):
        for key in ("end", "home", "pagedown", "pagedown", "pageup", "space", "b", "backspace"):
            await pilot.press(key)
            await pilot.pause()
            assert bar_in_view(view), key
        for _ in range(12):
            view.post_message(MouseScrollDown(view, 5, 5, 0, 1, 0, False, False, False))
        await pilot.pause()
        await pilot.pause()
        assert view.top > 0
        assert bar_in_view(view)
        view.go_to(0)
        await pilot.pause()
        assert bar_in_view(view)
        await pilot.press("j")
        await pilot.pause()
        assert view.cursor < 4


async def test_what_comes_in_above_does_not_move_the_cursor():
    async with lesson(*CELLS) as (_host, view, pilot):
        view.put_cursor(10)
        await pilot.pause()
        await view.show_run(ran(*["line\n" * 20] * 5))
        await pilot.pause()
        assert view.cursor == 10
        assert view.current.index == FIRST + 9


LAYERS = [ev.Layer(kind="points", x=[0.0, 1.0], y=[0.0, 1.0])]


def draw(state, cell: int, *steps: int) -> None:
    for step in steps:
        state.apply(ev.Figure(cell=cell, title="Moves", layers=LAYERS, step=step))


def text_in_view(host) -> str:
    return "\n".join(host.screen_rows())


async def test_while_it_runs_the_view_follows_the_picture_that_moves():
    async with lesson(*CELLS, size=(60, 40)) as (host, view, pilot):
        view.styles.height = 36
        await pilot.pause()
        state = ran(*[""] * 20, ended=False)
        await view.show_run(state)
        await pilot.pause()
        assert view.top == 0
        draw(state, FIRST + 15, 0, 1)
        await view.show_run(state)
        await pilot.pause()
        assert "step 1  2/2" in text_in_view(host)
        # Its cell is seen with it, since both fit.
        assert "def f15(x):" in text_in_view(host)
        assert bar_in_view(view)
        await pilot.press("home")
        await pilot.pause()
        top = view.top
        draw(state, FIRST + 15, 2)
        await view.show_run(state)
        await pilot.pause()
        assert view.top == top
        view.show_end()
        await pilot.pause()
        assert view.top == top


async def test_a_run_that_was_over_at_once_shows_its_picture_at_the_end():
    async with lesson(*CELLS) as (host, view, pilot):
        state = ran(*[""] * 20)
        draw(state, FIRST + 15, 0, 1, 2)
        await view.show_run(state)
        await pilot.pause()
        assert view.top == 0
        view.show_end()
        await pilot.pause()
        assert "step 2  3/3" in text_in_view(host)


async def test_a_failed_run_shows_its_error_with_the_cell_unless_one_has_moved():
    async with lesson(*CELLS) as (host, view, pilot):
        state = ran(*["text\n"] * 25, error=24)
        await view.show_run(state)
        view.show_end()
        await pilot.pause()
        assert "It broke." in text_in_view(host)
        assert "def f24(x):" in text_in_view(host)
        assert view.cursor == 25
        again = ran(*["text\n"] * 25, error=20, ended=False)
        await view.show_run(again)
        await pilot.press("home")
        await pilot.pause()
        again.apply(ev.Ended(state="failed", time=2.0))
        await view.show_run(again)
        view.show_end()
        await pilot.pause()
        assert view.top == 0


async def test_who_looks_at_an_output_in_live_mode_goes_on_looking_at_it():
    async with lesson(*CELLS) as (_host, view, pilot):
        await view.show_run(ran(*["text\n"] * 20))
        view.put_cursor(4)
        await pilot.pause()
        top = view.top
        state = ran(*["text\n"] * 20, ended=False)
        draw(state, FIRST + 15, 0, 1)
        await view.show_run(state, again=True)
        await pilot.pause()
        assert view.top == top


async def test_an_output_names_its_run():
    async with lesson(*CELLS[:2]) as (host, view, pilot):
        await view.show_run(ran("one\n", "two\n"), label=lambda width: "#7 lr 0.13"[:width])
        await pilot.pause()
        rows = [row.strip() for row in host.screen_rows()]
        place = rows.index("one")
        assert rows[place - 1].startswith("output ───")
        assert rows[place - 1].endswith("── #7 lr 0.13")


async def test_one_goes_on_where_one_left_off_also_before_there_is_room():
    host = Host()
    host.view.styles.display = "none"
    async with host.run_test(size=(60, 20)) as pilot:
        await host.view.show_lesson(parse_program(source(*CELLS), Path("l.py")), {}, False)
        host.view.put_cursor(12)
        await pilot.pause()
        host.view.styles.display = "block"
        await pilot.pause()
        await pilot.pause()
        assert host.view.cursor == 12
        assert host.screen_rows()[0].endswith("def f11(x):")


async def test_no_line_of_a_tall_cell_is_passed_over_wherever_the_page_ends():
    for rows in range(16, 20):
        async with lesson(TALL, *CELLS[:2]) as (host, view, pilot):
            view.styles.height = rows
            await pilot.pause()
            seen = set(host.screen_rows())
            while not view.at_end:
                await pilot.press("space")
                await pilot.pause()
                seen |= set(host.screen_rows())
            text = "\n".join(seen)
            assert [n for n in range(30) if f"tall_{n} = {n}" not in text] == []
