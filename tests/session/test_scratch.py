"""Lines tried after a cell: with the state there, beside all lists of runs, and stoppable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.session.hearing import write_program
from tests.session.sitting import LOOP, PRINT, Sitting
from tflab.programs.library import user_folder
from tflab.runs.store import RunStore
from tflab.session.edit_events import CodeRefused, ScratchShown
from tflab.session.events import ProgramOpened
from tflab.session.question_events import QuestionAsked
from tflab.ui.widgets.output_text import output_text


def tried(sitting: Sitting, cell: int, text: str) -> ScratchShown:
    """Try lines, and wait for all that comes of it."""
    sitting.session.scratch.run(cell, text)

    def over() -> bool:
        shown = sitting.heard.of(ScratchShown)
        return bool(shown) and shown[-1].text == text and shown[-1].run.over

    sitting.wait(over)
    found = sitting.heard.of(ScratchShown)[-1]
    assert isinstance(found, ScratchShown)
    return found


def test_a_line_has_the_state_there_and_leaves_no_run(sit: Any, data: Path) -> None:
    sitting = sit().open()
    sitting.session.form.set_text("steps", "5")
    shown = tried(sitting, LOOP, "step, steps")
    assert shown.cell == LOOP
    assert "(4, 5)" in output_text(shown.run.state, shown.index)
    assert PRINT not in shown.run.state.cells, "the cells below have not run"
    assert list(RunStore().ids()) == []
    assert not sitting.session.program.edits
    failed = tried(sitting, LOOP, "x = 1\nstep / 0")
    error = failed.run.state.error
    assert error.cell == failed.index
    assert error.where == "what you tried, line 2"
    assert "step / 0" in error.traceback
    assert len(list((data / "scratch").glob("2*"))) <= 2, "those before go"


def test_it_has_the_edits_and_is_refused_with_them(sit: Any) -> None:
    sitting = sit().open()
    sitting.edits.change(LOOP, "from tflab import lab\nmine = 7")
    assert "7" in output_text((shown := tried(sitting, LOOP, "mine")).run.state, shown.index)
    sitting.edits.change(LOOP, "mine = (")
    sitting.session.scratch.run(LOOP, "1")
    assert sitting.until(CodeRefused).cell == LOOP


def test_what_takes_long_is_stopped(sit: Any) -> None:
    path = write_program(user_folder() / "slow.py", "import time\nfrom tflab import lab\n"
                         "while True:\n    time.sleep(0.05)")  # fmt: skip
    sitting = sit(path).open()
    sitting.session.scratch.run(LOOP, "1")
    sitting.until(ScratchShown)
    sitting.wait(lambda: sitting.heard.of(ScratchShown)[-1].run.state.current_cell == LOOP)
    sitting.session.stop()
    sitting.wait(lambda: sitting.heard.of(ScratchShown)[-1].run.over)
    assert sitting.heard.of(ScratchShown)[-1].run.state.status == "cancelled"


def test_code_from_elsewhere_is_asked_about_first(sit: Any, tmp_path: Path) -> None:
    sitting = sit(write_program(tmp_path / "elsewhere.py", "x = 1")).open()
    sitting.session.scratch.run(LOOP, "x")
    sitting.until(QuestionAsked)
    assert not sitting.heard.of(ScratchShown)
    sitting.session.open(write_program(user_folder() / "other.py", "x = 1"))
    sitting.until(ProgramOpened, 2)
    assert sitting.session.scratch.texts == {}
