"""Exercises on the page of a lesson: what keys reach them from where, and what stays in view."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.ui.test_lesson_outputs import ran, source
from tests.ui.test_lesson_view import Host, settled
from tests.ui.test_reading import LAYERS
from tflab.programs.edits import with_edits
from tflab.programs.reader import parse_program
from tflab.runs import events as ev
from tflab.ui.workbench.messages import CellWork, CellWorkRequested

BODY = "\n".join(f"    y = x + {n}" for n in range(9))
EXERCISE = (
    f"### HINT Look.\ndef f(x):\n    ### BEGIN SOLUTION\n{BODY}\n    return x\n    ### END SOLUTION"
)
QUESTION = 'lab.predict("One?", f(1), choices=["1", "2"])'
CELLS = ["a = 1", EXERCISE, 'lab.check("f", f, cases=[(1, 1)])', QUESTION]
PROGRAM = parse_program(source(*CELLS), Path("lesson.py"))
CELL = PROGRAM.exercises[0].cell


class Asked(Host):
    """Hears which work on cells is asked for."""

    def __init__(self):
        super().__init__()
        self.asked: list[CellWorkRequested] = []

    def on_cell_work_requested(self, message: CellWorkRequested) -> None:
        self.asked.append(message)


@asynccontextmanager
async def lesson(size=(60, 12)):
    host = Asked()
    host.view.styles.height = size[1]
    async with host.run_test(size=size) as pilot:
        await host.view.show_lesson(PROGRAM, {}, keep_place=False)
        await pilot.pause()
        yield host, host.view, pilot


async def test_an_exercise_is_among_the_contents_and_is_gone_to_with_its_title():
    async with lesson() as (host, view, pilot):
        ((place, text),) = [each for each in view.headings() if "Exercise" in each[1]]
        assert text.strip() == "Exercise: Exercise 1"
        view.go_to(place)
        await pilot.pause()
        assert "Exercise 1" in host.screen_rows()[0]
        assert view.current.index == CELL


async def test_the_cell_that_checks_an_exercise_has_its_hints():
    async with lesson() as (host, view, pilot):
        view.put_cursor(next(n for n, block in enumerate(view.code) if block.source.checks))
        await pilot.pause()
        await pilot.press("h")
        await pilot.pause()
        assert any("Hint 1 of 1  Look." in row for row in host.screen_rows())


async def test_enter_writes_in_the_exercise_under_the_cursor_though_a_question_is_in_view():
    async with lesson((60, 30)) as (host, view, pilot):
        view.put_cursor(next(n for n, block in enumerate(view.code) if block.cell == CELL))
        await settled(pilot, lambda: any("One?" in row for row in host.screen_rows()))
        await pilot.press("enter")
        await pilot.pause()
        assert [(ask.work, ask.cell) for ask in host.asked] == [(CellWork.EDIT, CELL)]


async def test_what_is_said_below_never_hides_the_editor_and_reset_shows_the_title():
    async with lesson() as (host, view, pilot):
        view.put_cursor(next(n for n, block in enumerate(view.code) if block.cell == CELL))
        await pilot.press("s", "s")
        view.open_editor(CELL, "def f(x):\n    return 2", "lesson", "")
        await settled(pilot, lambda: view.region.contains_region(view.editor.region))
        await pilot.pause()
        card = view.exercise
        view.show_exercise(card)
        await pilot.pause()
        assert view.region.contains_region(view.editor.region), "all of it is seen"
        view.close_editor()
        view.show_amended(with_edits(PROGRAM, {CELL: f"def f(x):\n{BODY}\n    return 2"}), {})
        await pilot.pause()
        view.scroll_to_row(view.document.span(card.foot)[0])
        view.show_amended(PROGRAM, {})
        await settled(pilot, lambda: "to do" in host.screen_rows()[0])


def picture(state, cell: int, *steps: int | None) -> None:
    for step in steps:
        state.apply(ev.Figure(cell=cell, title="Moves", layers=LAYERS, step=step))


async def run_through(view, pilot, state, *steps: int | None) -> None:
    """Show a run that draws in the last cell, first as it goes on and then as it has ended."""
    await view.show_run(state)
    picture(state, PROGRAM.cells[-1].index, *steps)
    await view.show_run(state)
    await pilot.pause()
    state.apply(ev.Ended(state="finished", time=2.0))
    await view.show_run(state)
    view.show_end()
    await pilot.pause()


def at_exercise(view) -> None:
    view.put_cursor(next(n for n, block in enumerate(view.code) if block.cell == CELL))


@pytest.mark.parametrize("steps", [(0, 1), (None,)], ids=["moving", "still"])
async def test_who_came_back_to_an_exercise_without_an_answer_sees_what_a_run_draws(steps):
    async with lesson() as (host, view, pilot):
        at_exercise(view)
        await settled(pilot, lambda: "Exercise 1" in host.screen_rows()[0])
        await run_through(view, pilot, ran(*[""] * 4, ended=False), *steps)
        assert any("Moves" in row for row in host.screen_rows())
        assert not any("Exercise 1" in row for row in host.screen_rows())


async def test_who_wrote_an_answer_stays_at_what_is_said_of_it_unless_one_scrolls():
    async with lesson() as (host, view, pilot):
        view.show_amended(with_edits(PROGRAM, {CELL: f"def f(x):\n{BODY}\n    return 2"}), {})
        at_exercise(view)
        await settled(pilot, lambda: "Exercise 1" in host.screen_rows()[0])
        await run_through(view, pilot, ran(*[""] * 4, ended=False), 0, 1)
        assert view.exercise is not None
        assert any("return 2" in row for row in host.screen_rows())
        assert not any("Moves" in row for row in host.screen_rows())
        state = ran(*[""] * 4, ended=False)
        await view.show_run(state)
        await pilot.press("end")
        top = view.top
        await run_through(view, pilot, state, 0, 1)
        assert view.top == top
