"""A run asked for while another goes on: it waits where the code is new, and can be taken back."""

from __future__ import annotations

from typing import Any

from tests.session.sitting import PRINT, Sitting
from tflab.session.events import ProgramOpened, RunEnded, RunOpened
from tflab.ui.widgets.output_text import output_text

LONG = "import time\nwhile True:\n    time.sleep(0.01)"


def running(sit: Any) -> Sitting:
    """Return a sitting with a run that does not end by itself, whose code was changed since."""
    sitting: Sitting = sit().open()
    sitting.edits.change(PRINT, LONG)
    sitting.session.run()
    first = sitting.until(RunOpened).run
    sitting.wait(lambda: first.state.started is not None)
    sitting.edits.change(PRINT, "print('the next one')")
    return sitting


def last_notice(sitting: Sitting) -> str:
    return sitting.heard.notices[-1] if sitting.heard.notices else ""


def test_what_is_new_runs_when_the_run_that_goes_on_has_ended(sit: Any) -> None:
    sitting = running(sit)
    sitting.session.run()
    sitting.wait(lambda: last_notice(sitting).startswith("Your code runs when #1 has ended"))
    assert len(sitting.heard.of(RunOpened)) == 1
    sitting.session.runs.stop()
    second = sitting.until(RunEnded, 2).run
    assert second.state.status == "finished"
    assert "the next one" in output_text(second.state, PRINT)


def test_the_key_that_stops_takes_the_wish_back_first(sit: Any) -> None:
    sitting = running(sit)
    sitting.session.run()
    sitting.wait(lambda: last_notice(sitting).startswith("Your code runs"))
    sitting.session.stop()
    assert last_notice(sitting).startswith("Taken back")
    assert sitting.session.going.run, "the run itself goes on"
    sitting.session.stop()
    sitting.until(RunEnded)
    sitting.turn()
    assert not sitting.session.runs.own_running
    assert len(sitting.heard.of(RunOpened)) == 1


def test_nothing_begins_in_another_program(sit: Any) -> None:
    sitting = running(sit)
    sitting.session.run()
    sitting.wait(lambda: last_notice(sitting).startswith("Your code runs"))
    sitting.session.open(sitting.session.library.entries[0].path)
    sitting.until(ProgramOpened, 2)
    sitting.session.runs.stop()
    sitting.until(RunEnded)
    sitting.turn()
    assert not sitting.session.going.run
    assert len(sitting.heard.of(RunOpened)) == 1


def test_the_same_again_is_refused(sit: Any) -> None:
    sitting = running(sit)
    sitting.edits.change(PRINT, LONG)
    sitting.session.run()
    sitting.wait(lambda: last_notice(sitting) == "A run is going on. Stop it first (^x).")
    sitting.session.stop()
    sitting.until(RunEnded)
    assert len(sitting.heard.of(RunOpened)) == 1
