"""A session without a screen: one intent until it can act, and everything told by events."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.session.hearing import Heard, until, write_program
from tests.terminal.processes import kill, processes_of
from tflab.programs.library import user_folder
from tflab.programs.presets import PresetStore
from tflab.runs.record import RunOptions
from tflab.runs.store import RunStore
from tflab.session.events import (
    CourseChanged,
    LessonsRead,
    LiveModeChanged,
    PresetsListed,
    ProblemRaised,
    ProgramOpened,
    ProgramRefused,
    RunEnded,
    RunOpened,
    RunsListed,
    ValueRefused,
)
from tflab.session.guesses import AskedQuestion
from tflab.session.past_runs import RunUse
from tflab.session.question_events import QuestionAsked
from tflab.session.session import Session
from tflab.session.settings import load_settings

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

CODE = """\
from tflab import lab
for step in range(steps):
    lab.log(step, loss=1 / (step + 1))
lab.goal("three steps", steps == 3)
"""


class Sitting:
    """A session that a test drives, and what it said."""

    def __init__(self, program: Path | None) -> None:
        self.heard = Heard()
        self.session = Session(self.heard, program=program)

    def turn(self) -> None:
        self.session.advance()

    def until(self, kind: type, count: int = 1) -> Any:
        until(lambda: len(self.heard.of(kind)) >= count, self.turn)
        return self.heard.of(kind)[count - 1]

    def open(self) -> None:
        self.session.begin()
        self.until(ProgramOpened)


@pytest.fixture
def sit(data: Path) -> Iterator[Any]:
    sittings: list[Sitting] = []

    def start(path: Path | None = None, **changes: Any) -> Sitting:
        path = path or write_program(user_folder() / "one.py", CODE, **changes)
        sittings.append(Sitting(path))
        return sittings[-1]

    yield start
    for sitting in sittings:
        sitting.session.close()
    kill(processes_of(data))


def test_a_run_asked_for_before_anything_is_there_runs_when_it_is(sit: Any) -> None:
    sitting = sit()
    sitting.session.run()
    assert sitting.heard.events == []
    sitting.session.begin()
    sitting.session.run()
    ended = sitting.until(RunEnded)
    assert ended.own
    assert ended.run.state.status == "finished"
    assert list(ended.run.state.series["loss"].values) == [1.0, 0.5, 1 / 3]
    assert len(list(RunStore().ids())) == 1, "one wish is one run"
    assert "three steps" in sitting.heard.notices
    listed = sitting.until(CourseChanged, 2)
    assert listed.course.lessons["one"].goals == ["three steps"]
    assert load_settings().lesson == "one"
    again = sit()
    again.open()
    assert again.session.course.of(again.session.program).goals == ["three steps"]
    runs = again.until(RunsListed)
    assert [row.id for row in runs.rows] == [ended.run.record.id]


def test_on_return_the_last_run_is_shown_and_no_other_in_its_place(sit: Any) -> None:
    sitting = sit()
    sitting.session.run()
    sitting.session.begin()
    first = sitting.until(RunEnded).run.record.id
    sitting.session.run()
    second = sitting.until(RunEnded, 2).run.record.id
    again = sit()
    again.open()
    shown = again.until(RunOpened)
    assert shown.run.record.id == second
    ended = again.until(RunEnded)
    assert not ended.own
    assert list(ended.run.state.series["loss"].values) == [1.0, 0.5, 1 / 3]
    again.session.list_runs()
    again.until(RunsListed, 2)
    again.session.past_runs.use(first, RunUse.SHOW)
    assert again.until(RunOpened, 2).run.record.id == first
    other = write_program(user_folder() / "two.py", CODE)
    again.session.open(other)
    again.until(ProgramOpened, 2)
    again.session.past_runs.use(first, RunUse.SHOW)
    again.until(ProgramOpened, 3)
    again.until(RunsListed, 4)
    for _ in range(3):
        again.session.disk.finish(5)
        again.turn()
    assert again.session.runs.current.record.id == first


def test_a_last_run_that_cannot_be_read_is_a_word_in_passing(sit: Any) -> None:
    sitting = sit()
    sitting.session.run()
    sitting.session.begin()
    run = sitting.until(RunEnded).run.record.id
    sitting.session.disk.finish(5)
    (RunStore().root / run / "run.json").write_text("{")
    again = sit()
    again.open()
    again.until(RunsListed)
    until(lambda: not again.session.runs.opening, again.turn)
    assert not again.heard.of(ProblemRaised)


def test_who_has_reached_all_goals_is_asked_no_more(sit: Any) -> None:
    path = write_program(user_folder() / "asks.py", CODE + 'lab.predict("How many?", steps)\n')
    sitting = sit(path)
    sitting.open()
    assert asked(sitting).folds
    sitting.session.run()
    sitting.until(RunEnded)
    sitting.until(CourseChanged, 2)
    again = sit(path)
    again.open()
    again.until(CourseChanged)
    assert not asked(again).open
    again.session.starter.predict()
    assert asked(again).open, "unless the person asks for it"


def asked(sitting: Sitting) -> AskedQuestion:
    session = sitting.session
    assert session.program is not None
    return session.guesses.asked(session.program, session.form.values)[0]


def test_a_file_that_is_no_program_is_refused_and_no_run_waits_for_it(
    sit: Any, tmp_path: Path
) -> None:
    path = tmp_path / "bad.py"
    path.write_text("no title")
    sitting = sit(path)
    sitting.session.run()
    sitting.session.begin()
    assert sitting.until(ProgramRefused).path == path
    sitting.session.open(write_program(user_folder() / "two.py", CODE))
    sitting.until(RunsListed)
    assert not sitting.heard.of(RunOpened)


def test_a_bad_value_is_named_and_nothing_runs(sit: Any) -> None:
    sitting = sit()
    sitting.open()
    sitting.session.form.set_text("steps", "many")
    sitting.session.run()
    assert sitting.until(ValueRefused).name == "steps"
    sitting.session.starter.rerun()
    sitting.turn()
    assert not sitting.session.runs.running


def test_a_guess_is_in_the_record_of_runs_with_its_values_alone(sit: Any) -> None:
    code = CODE + 'lab.predict("How many?", steps)\n'
    path = write_program(user_folder() / "asks.py", code)
    sitting = sit(path)
    sitting.open()
    session = sitting.session
    session.guesses.answer(session.program, "How many?", 4.0, session.form.values)
    sitting.session.run()
    opened = sitting.until(RunOpened)
    assert opened.run.record.request.guesses == {"How many?": 4.0}
    sitting.until(RunEnded)
    session.form.set_text("steps", "5")
    assert asked(sitting).changed == ("steps",)
    sitting.session.run()
    assert sitting.until(RunOpened, 2).run.record.request.guesses == {}
    sitting.until(RunEnded, 2)


def test_code_from_elsewhere_is_asked_about_and_a_yes_runs_what_was_on_show(
    sit: Any, tmp_path: Path
) -> None:
    path = write_program(tmp_path / "foreign.py", CODE)
    sitting = sit(path)
    sitting.open()
    shown = sitting.session.program.source
    sitting.session.run()
    asked = sitting.until(QuestionAsked)
    assert asked.question.source == shown
    write_program(path, 'raise SystemExit("swapped")')
    sitting.session.opened.look()
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        sitting.turn()
    assert sitting.session.program.source == shown, "what is asked about stays on show"
    asked.answer(True)
    opened = sitting.until(RunOpened)
    assert opened.run.record.request.source == shown
    until(lambda: "swapped" in sitting.session.program.source, sitting.turn)
    sitting.until(RunEnded)
    sitting.session.run()
    assert "swapped" in sitting.until(QuestionAsked, 2).question.source


def test_live_mode_runs_at_every_change_and_supersedes(sit: Any) -> None:
    sitting = sit()
    sitting.open()
    sitting.session.toggle_live()
    assert sitting.heard.of(LiveModeChanged)[0].on
    sitting.until(RunEnded)
    sitting.session.form.set_text("steps", "5")
    opened = sitting.until(RunOpened, 2)
    assert opened.run.record.request.parameters == {"steps": 5}
    sitting.session.toggle_live()
    sitting.session.form.set_text("steps", "6")
    assert sitting.session.live.pause > 1


def test_presets_options_and_lessons_are_read_and_kept_beside_the_screen(sit: Any) -> None:
    sitting = sit()
    sitting.open()
    session = sitting.session
    session.form.set_text("steps", "9")
    session.presets.save(session.program, "Nine")
    session.list_presets()
    (preset,) = sitting.until(PresetsListed).presets
    assert PresetStore().of(session.program) == [preset]
    session.form.reset()
    session.presets.use(session.program, preset)
    assert session.form.values == {"steps": 9}
    session.set_options(RunOptions(nice=7))
    session.library.read_texts()
    assert any("three steps" in text for text in sitting.until(LessonsRead).texts.values())
    assert session.disk.finish(30)
    assert load_settings().options == RunOptions(nice=7)


def test_what_cannot_be_kept_is_told_and_the_session_goes_on(sit: Any, data: Path) -> None:
    path = write_program(data.parent / "one.py", CODE)
    data.write_text("a file where the data folder should be")
    sitting = sit(path)
    sitting.open()
    until(lambda: any("not kept" in text for text in sitting.heard.notices), sitting.turn)
    sitting.session.list_presets()
    sitting.session.presets.save(sitting.session.program, "None")
    problem = sitting.until(ProblemRaised)
    assert sitting.session.program.title == "One"
    assert problem


def test_the_one_beside_is_opened_until_there_is_none(sit: Any) -> None:
    first, second = Session(Heard()).library.entries[:2]
    sitting = sit(first.path)
    sitting.open()
    sitting.session.library.open_beside(sitting.session.program, -1)
    assert "This is the first lesson." in sitting.heard.notices
    sitting.session.library.open_beside(sitting.session.program, 1)
    assert sitting.until(ProgramOpened, 2).program.number == second.number


def test_a_file_of_ones_own_has_none_beside_it(sit: Any, data: Path) -> None:
    sitting = sit(write_program(data.parent / "one.py", CODE))
    sitting.open()
    mine = sitting.session.program
    sitting.session.library.open_beside(sitting.session.program, 1)
    assert "This program stands alone: F2 lists the lessons." in sitting.heard.notices
    assert sitting.session.program is mine


def test_a_session_brings_no_screen_and_no_numpy_before_it_begins() -> None:
    import subprocess

    code = (
        "import sys; from tflab.session.session import Session; Session(print).first_program;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"textual", "rich", "numpy", "tensorflow", "psutil"}
