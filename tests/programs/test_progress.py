"""Progress survives sessions, changed lessons, damaged files and two workbenches at once."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tflab.data import former_goals
from tflab.programs.library import find_lessons
from tflab.programs.progress import LessonProgress, ProgressStore, standing
from tflab.programs.reader import read_program


def test_goals_stay_reached_between_sessions(data: Path):
    ProgressStore().note_run("tensors", ["one"], {"one": "One", "two": "Two"})
    course = ProgressStore().note_run("tensors", ["two"], {"one": "One", "two": "Two"})
    assert course.lessons["tensors"].goals == ["one", "two"]
    assert course.lessons["tensors"].runs == 2
    assert ProgressStore().read() == course


def test_two_workbenches_lose_nothing_of_each_other():
    first, second = ProgressStore(), ProgressStore()
    first.note_run("tensors", ["a"], {"a": "A"})
    second.note_run("variables", ["b"], {"b": "B"})
    first.note_place("tensors", 3)
    assert set(second.read().lessons) == {"tensors", "variables"}
    assert second.read().lessons["tensors"].cell == 3


def test_a_lesson_that_changed_its_goals_is_in_progress_again():
    kept = LessonProgress(goals=["old"], runs=1)
    assert standing(kept, ["old"]) == "goals reached"
    assert standing(kept, ["old", "new"]) == "in progress"
    assert standing(None, ["old"]) == "not started"


def test_reset_forgets_one_lesson_or_all():
    store = ProgressStore()
    store.note_run("tensors", ["a"], {"a": "A"})
    store.note_run("variables", ["b"], {"b": "B"})
    assert set(store.reset("tensors").lessons) == {"variables"}
    assert store.reset(None).lessons == {}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_whatever_the_file_holds_progress_can_be_read_and_written(tmp_path: Path, content: bytes):
    path = tmp_path / "progress.json"
    path.write_bytes(content)
    store = ProgressStore(path)
    store.read()
    assert "tensors" in store.note_run("tensors", [], {}).lessons


def test_what_was_reached_before_goals_had_ids_is_carried_over(tmp_path: Path):
    path = tmp_path / "progress.json"
    path.write_text(
        '{"lessons": {"tensors": {"goals": ["Lose the half of 3.5", "my own"], "runs": 2,'
        ' "stated": ["Lose the half of 3.5"]}}}'
    )
    store = ProgressStore(path)
    kept = store.read().lessons["tensors"]
    assert (kept.goals, kept.stated) == (["half-lost", "my own"], ["half-lost"])
    store.note_run("tensors", ["other"], {"half-lost": "Reworded", "mine": "my own"})
    assert store.read().lessons["tensors"].goals == ["half-lost", "mine", "other"]
    assert '"version":2' in path.read_text()


def test_the_ids_of_the_course_are_those_that_progress_is_carried_over_to():
    former = former_goals()
    for entry in find_lessons():
        if entry.id in former:
            program = read_program(entry.path)
            ids = {goal.id for goal in program.goals}
            assert set(former[entry.id].values()) <= ids
            assert not ids & {goal.text for goal in program.goals}
            assert not any(question.id == question.text for question in program.questions)
