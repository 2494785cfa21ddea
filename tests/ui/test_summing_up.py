"""The line after a run, and the card at the end of a lesson."""

from __future__ import annotations

from tests.ui.test_lesson_outputs import FIRST, ran
from tests.ui.test_lesson_view import CELLS, lesson
from tflab.runs import events as ev
from tflab.runs.log_reader import Output
from tflab.runs.state import RunState
from tflab.session.lesson_end import LessonEnd, ReachedGoal
from tflab.session.run_names import RunName
from tflab.ui.workbench.summing_up import EndCard, run_words

BY = RunName(3, [("learning_rate", "0.2")])
GOALS = [ReachedGoal("Diverge on purpose", True, BY), ReachedGoal("Come within 0.1 %", False)]
END = LessonEnd("lesson", 6, (1, 2), GOALS, next_title="11 Movie audience")


def said(end: LessonEnd, width: int = 80) -> list[str]:
    return [row.text.rstrip() for row in EndCard(end).rows(width)]


def test_the_card_says_what_was_done_and_what_is_next():
    text = "\n".join(said(END))
    assert "You ran it 6 times. Guesses right: 1 of 2. Goals reached: 1 of 2." in text
    assert "✓ Diverge on purpose" in text
    assert "#3 learning_rate 0.2" in text
    assert "· Come within 0.1 %" in text
    assert "n opens 11 Movie audience" in text
    assert "F10 gives a hint" in text


def test_with_every_goal_reached_it_says_so_and_offers_no_hint():
    done = END._replace(goals=[GOALS[0]])
    text = "\n".join(said(done))
    assert "✓ Every goal is reached" in text
    assert "F10" not in text


def test_behind_the_last_lesson_the_course_is_summed_up():
    text = "\n".join(said(END._replace(next_title="", course=(4, 18))))
    assert "This is the end of the course: every goal in 4 of 18 lessons." in text
    assert "n opens" not in text


def test_before_the_first_run_it_says_how_to_run():
    assert any("^r runs it" in line for line in said(LessonEnd("lesson")))


def test_no_line_of_it_is_wider_than_its_page():
    for width in range(20, 100, 7):
        assert all(len(line) <= width for line in said(END, width))


def test_a_run_is_summed_up_in_a_line():
    state = ran("text\n")
    assert run_words(state, 1, None) == ("1 output", "1 output")
    assert run_words(state, 9, 4) == ("9 outputs (4 new or changed)", "9 outputs")
    assert run_words(state, 9, 0)[0] == "9 outputs (none changed)"
    state.apply(ev.Prediction(question="a?", answer=1, guess=1, correct=True, cell=1))
    state.apply(ev.Goal(text="one", passed=False, cell=1))
    assert run_words(state, 2, None) == (
        "2 outputs · guesses 1/1 · goals 0/1",
        "guesses 1/1 · goals 0/1",
    )
    state = ran("text\n")
    state.apply(ev.ExerciseOutcome(id="a", title="a", cell=1, passed=True, message=""))
    assert run_words(state, 2, None)[0] == "2 outputs · exercises 1/1"


async def words(view, pilot) -> str:
    """What is said when a run has ended."""
    view.show_end()
    for _ in range(5):
        await pilot.pause()
    return view.app.told[-1]


async def test_outputs_that_are_new_or_other_than_before_are_counted():
    async with lesson(*CELLS[:8]) as (_host, view, pilot):
        await view.show_run(ran("one\n", "two\n", ""))
        assert (await words(view, pilot)).startswith("2 outputs")
        await view.show_run(ran("one\n", "TWO\n", "three\n"))
        assert (await words(view, pilot)).startswith("3 outputs (2 new or changed)")
        await view.show_run(ran("one\n", "TWO\n", "three\n"))
        assert (await words(view, pilot)).startswith("3 outputs (none changed)")


async def test_the_pointer_names_the_key_that_works_where_the_focus_is():
    async with lesson(*CELLS) as (host, view, pilot):
        state = RunState()
        state.apply(Output(cell=FIRST + 15, data=b"text"))
        await view.show_run(state)
        host.screen.set_focus(None)
        await pilot.pause()
        assert "output below" in await words(view, pilot)
        assert host.told[-1].endswith("output below: F3, then Space")
        view.focus()
        await pilot.pause()
        assert host.told[-1].endswith("output below: Space reads on")
        await pilot.press("space")
        await pilot.pause()
        assert host.told[-1] == "1 output"


async def test_a_run_that_reaches_the_last_goal_shows_the_card_unless_one_has_moved():
    for moves in (False, True):
        async with lesson(*CELLS) as (host, view, pilot):
            view.show_card(END._replace(program=view.card.end.program))
            await view.show_run(ran("text\n"))
            if moves:
                await pilot.press("space")
            view.show_end()
            done = END._replace(program=view.card.end.program, goals=[GOALS[0]])
            view.show_card(done)
            await pilot.pause()
            text = "\n".join(host.screen_rows())
            assert ("Every goal is reached" in text) is not moves
            assert view.current.index >= FIRST - 1


async def test_reading_on_at_the_end_says_what_comes_next():
    async with lesson(*CELLS[:1]) as (host, view, pilot):
        view.show_card(END._replace(program=view.card.end.program))
        for _ in range(5):
            await pilot.press("space")
            await pilot.pause()
        assert host.told[-1] == "the end: n opens the next lesson"
