"""What stands at the end of a lesson: what was done in it, and what comes next."""

from __future__ import annotations

from pathlib import Path

from tests.ui.test_lesson_outputs import program
from tflab.programs.library import LessonEntry
from tflab.programs.progress import Course, LessonProgress
from tflab.runs import events as ev
from tflab.runs.state import RunState
from tflab.runs.summary import RunSummary
from tflab.session.lesson_end import lesson_end

GOALS = "from tflab import lab\nlab.goal('Few steps', steps < 3)\nlab.goal('Many', steps > 9)"


def entry(number: int, path: str, shipped: bool = True) -> LessonEntry:
    return LessonEntry(
        id=Path(path).stem, number=number, title=path, path=Path(path), shipped=shipped
    )


def run(number: int, steps: int, lesson: str = "lesson", **goals: bool) -> RunSummary:
    return RunSummary(
        id=f"run-{number}",
        created=float(number),
        lesson=lesson,
        title="A lesson",
        parameters={"steps": steps},
        device="cpu",
        seed=0,
        status="finished",
        goals={name.replace("_", " "): passed for name, passed in goals.items()},
        number=number,
    )


ENTRIES = [entry(1, "lesson.py"), entry(2, "next.py")]


def test_the_first_run_that_reached_a_goal_is_named_with_its_values():
    runs = [run(4, 1, Few_steps=True), run(3, 2, Few_steps=True), run(2, 5, Few_steps=False)]
    end = lesson_end(program(GOALS), Course(), runs, ENTRIES, None)
    few, many = end.goals
    assert few.reached
    assert few.by.text == "#3 steps 2"
    assert (many.reached, many.by) == (False, None)
    assert (end.runs, end.complete) == (3, False)


def test_goals_of_runs_that_are_gone_stay_reached():
    kept = LessonProgress(goals=["Few steps", "Many"], stated=["Few steps", "Many"], runs=7)
    course = Course(lessons={"lesson": kept})
    end = lesson_end(program(GOALS), course, [], ENTRIES, None)
    assert end.complete
    assert end.runs == 7
    assert [goal.by for goal in end.goals] == [None, None]
    assert end.course is None


def test_runs_of_another_lesson_are_passed_over():
    runs = [run(1, 2, "other", Few_steps=True)]
    end = lesson_end(program(GOALS), Course(), runs, ENTRIES, None)
    assert (end.runs, end.goals[0].reached) == (0, False)


def test_what_comes_next_is_named_and_nothing_behind_the_last():
    assert lesson_end(program("x = 1"), Course(), [], ENTRIES, None).next_title == "2 next.py"
    last = lesson_end(program("x = 1"), Course(), [], ENTRIES[:1], None)
    assert (last.next_title, last.course) == ("", (0, 1))
    assert not last.complete, "there are no goals"
    elsewhere = lesson_end(program("x = 1"), Course(), [], ENTRIES[1:], None)
    assert (elsewhere.next_title, elsewhere.course) == ("", None)


def test_behind_the_last_lesson_of_the_course_it_is_summed_up():
    kept = LessonProgress(goals=["Few steps", "Many"], stated=["Few steps", "Many"], runs=7)
    entries = [entry(1, "next.py"), entry(2, "lesson.py"), entry(3, "own.py", shipped=False)]
    end = lesson_end(program(GOALS), Course(lessons={"lesson": kept}), [], entries, None)
    assert end.course == (1, 2)
    assert end.next_title == "3 own.py"


def test_guesses_are_counted_where_any_were_made():
    state = RunState()
    for question, guess, correct in (("a?", 1, True), ("b?", 2, False), ("c?", None, None)):
        state.apply(
            ev.Prediction(question=question, answer=1, guess=guess, correct=correct, cell=1)
        )
    end = lesson_end(program("x = 1"), Course(), [], ENTRIES, state)
    assert end.guesses == (1, 2)
