"""Live mode, progress, presets and devices, each by itself."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.session.hearing import HEAD, Clock, Heard, until
from tflab.programs.presets import Preset
from tflab.programs.program import Program
from tflab.programs.progress import ProgressStore
from tflab.programs.reader import parse_program
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.events import Goal
from tflab.runs.state import RunState
from tflab.session.course import CourseProgress
from tflab.session.devices import DeviceWatch
from tflab.session.disk import SessionDisk
from tflab.session.events import CourseChanged, PresetsListed, ProblemRaised, QuestionsChanged
from tflab.session.form import Form
from tflab.session.guesses import Guesses
from tflab.session.live_mode import LiveMode
from tflab.session.presets import Presets


@pytest.fixture
def program(tmp_path: Path) -> Program:
    code = (
        'from tflab import lab\nlab.predict("How many?", 3)\n'
        'lab.goal("one", True)\nlab.goal("two", False)\n'
    )
    source = HEAD.format(title="One", parameters="steps = 3") + code
    return parse_program(source, tmp_path / "one.py")


def settle(disk: DiskQueue) -> None:
    assert disk.finish(30)
    disk.deliver()


def test_live_mode_waits_until_the_keys_have_come_to_rest() -> None:
    clock, started = Clock(), []
    live = LiveMode(lambda: started.append(clock.now), clock)
    live.changed()
    live.advance()
    assert started == [], "it is off"
    assert live.toggle()
    for _ in range(5):
        live.changed()
        clock.now += 0.04
        live.advance()
    assert started == []
    assert 0 < live.pause < 0.05
    clock.now += 0.02
    live.advance()
    live.advance()
    assert len(started) == 1
    live.changed()
    assert not live.toggle()
    clock.now += 1
    live.advance()
    assert len(started) == 1, "what was due when it was turned off never comes"


def test_progress_is_kept_and_forgotten_and_only_new_goals_are_told(program: Program) -> None:
    heard = Heard()
    disk = SessionDisk(heard)
    course = CourseProgress(disk, heard)
    course.read()
    settle(disk)
    assert course.of(program) is None
    state = RunState()
    for text, passed in (("one", True), ("two", False)):
        state.apply(Goal(text=text, passed=passed))
    for run in ("a", "a", "b"):
        course.note_run(program, run, state)
        settle(disk)
    assert heard.notices == ["one"]
    course.note_place(program, 2)
    course.note_place(program, 2)
    settle(disk)
    kept = ProgressStore().read().lessons["one"]
    assert (kept.goals, kept.runs, kept.cell) == (["one"], 2, 2)
    count = len(heard.of(CourseChanged))
    course.note_place(program, 2)
    settle(disk)
    assert len(heard.of(CourseChanged)) == count, "it is there already"
    course.forget(program)
    settle(disk)
    assert course.of(program) is None
    assert heard.notices[-1] == "One starts anew."


def test_questions_fold_what_follows_until_they_were_put_once(program: Program) -> None:
    heard = Heard()
    disk = SessionDisk(heard)
    course = CourseProgress(disk, heard)
    guesses = Guesses(course, heard)
    values = {"steps": 3}
    (asked,) = guesses.asked(program, values)
    assert (asked.open, asked.folds, asked.guess) == (True, True, None)
    guesses.answer(program, "How many?", None, values)
    assert not guesses.asked(program, values)[0].open
    settle(disk)
    # Another session knows that it was put.
    later = Guesses(course, heard)
    assert not later.asked(program, values)[0].open
    later.ask_again(program)
    assert later.asked(program, values)[0].folds
    assert heard.of(QuestionsChanged)[-1].again
    later.answer(program, "How many?", 4.0, values)
    assert later.asked(program, values)[0].guess == 4.0
    assert later.for_run(program, values) == {"How many?": 4.0}


def test_a_guess_holds_for_the_values_that_it_was_made_at() -> None:
    head = HEAD.format(title="One", parameters="steps = 3")
    code = head + 'from tflab import lab\nlab.predict("How many?", 2 * steps, id="many")\n'
    program = parse_program(code, Path("one.py"))
    heard = Heard()
    guesses = Guesses(CourseProgress(SessionDisk(heard), heard), heard)
    guesses.answer(program, "many", 6.0, {"steps": 3})
    (asked,) = guesses.asked(program, {"steps": 4})
    assert (asked.open, asked.folds, asked.guess, asked.changed) == (True, False, None, ("steps",))
    assert guesses.for_run(program, {"steps": 4}) == {}
    assert guesses.for_run(program, {"steps": 3}) == {"many": 6.0}
    # Back at those values it holds again.
    assert guesses.asked(program, {"steps": 3})[0].guess == 6.0


def test_presets_are_saved_from_the_form_used_and_deleted(program: Program) -> None:
    heard, disk = Heard(), DiskQueue()
    form = Form(heard)
    form.show(program, keep=False)
    presets = Presets(form, disk, heard)
    form.set_text("steps", "none")
    presets.save(program, "Bad")
    assert "must be" in heard.notices[-1]
    form.set_values({"steps": 8}, seed=2)
    presets.save(program, "Eight")
    settle(disk)
    presets.list(program)
    settle(disk)
    (kept,) = heard.of(PresetsListed)[-1].presets
    assert kept.values == {"steps": 8, "seed": 2}
    form.reset()
    presets.use(program, kept)
    assert (form.values, form.seed) == ({"steps": 8}, 2)
    presets.use(program, Preset(name="Odd", values={"gone": 1}, own=True))
    assert heard.of(ProblemRaised)
    assert form.values == {"steps": 8}, "nothing of it is taken"
    presets.delete(program, "Eight")
    settle(disk)
    presets.list(program)
    settle(disk)
    assert heard.of(PresetsListed)[-1].presets == []


def test_a_driver_that_hangs_is_asked_once_and_holds_nobody_up() -> None:
    clock, seen, told = Clock(), [], []
    queue, hung = DiskQueue(), threading.Event()
    queue.do(hung.wait)
    watch = DeviceWatch(queue, seen.append, clock)
    watch.when_known(told.append)
    for _ in range(5):
        watch.advance()
        clock.now += 10
    assert seen == []
    hung.set()
    until(lambda: seen, queue.deliver)
    assert len(seen) == 1
    assert told == seen
    watch.when_known(told.append)
    assert len(told) == 2
    watch.advance()
    until(lambda: len(seen) == 2, queue.deliver)
