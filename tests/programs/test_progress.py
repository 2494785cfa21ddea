"""Progress survives sessions, changed lessons, damaged files and two workbenches at once."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tflab.programs.progress import LessonProgress, ProgressStore, standing


def test_goals_stay_reached_between_sessions(data: Path):
    ProgressStore().note_run("tensors", ["one"], ["one", "two"])
    course = ProgressStore().note_run("tensors", ["two"], ["one", "two"])
    assert course.lessons["tensors"].goals == ["one", "two"]
    assert course.lessons["tensors"].runs == 2
    assert ProgressStore().read() == course


def test_two_workbenches_lose_nothing_of_each_other():
    first, second = ProgressStore(), ProgressStore()
    first.note_run("tensors", ["a"], ["a"])
    second.note_run("variables", ["b"], ["b"])
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
    store.note_run("tensors", ["a"], ["a"])
    store.note_run("variables", ["b"], ["b"])
    assert set(store.reset("tensors").lessons) == {"variables"}
    assert store.reset(None).lessons == {}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_whatever_the_file_holds_progress_can_be_read_and_written(tmp_path: Path, content: bytes):
    path = tmp_path / "progress.json"
    path.write_bytes(content)
    store = ProgressStore(path)
    store.read()
    assert "tensors" in store.note_run("tensors", [], []).lessons
