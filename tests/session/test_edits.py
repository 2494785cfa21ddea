"""Edits in a session: applied, run, kept, moved with their file, told when something is wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tests.session.hearing import write_program
from tests.session.sitting import CODE, LOOP, PRINT
from tflab.programs.edit_store import EditStore
from tflab.programs.library import user_folder
from tflab.runs.store import RunStore
from tflab.runs.summary import code_mark
from tflab.session.edit_events import CodeRefused, EditsChanged
from tflab.session.events import (
    DifferenceShown,
    FormChanged,
    ProblemRaised,
    ProgramOpened,
    RunEnded,
)
from tflab.session.past_runs import RunUse
from tflab.session.question_events import QuestionAsked
from tflab.session.trust import TrustStore
from tflab.ui.widgets.output_text import output_text


def test_a_run_has_the_edits_and_its_record_the_source_as_run(sit: Any) -> None:
    sitting = sit().open()
    before = sitting.session.program
    sitting.edits.change(PRINT, "print('mine')\nassert steps == 3")
    run = sitting.run()
    assert run.state.status == "finished"
    assert "mine" in output_text(run.state, PRINT)
    request = run.record.request
    assert "print('mine')" in request.source
    assert request.original == request.file_source == before.source
    assert [one.index for one in request.edits] == [PRINT]
    kept = RunStore().record(run.record.id).request
    assert kept == request
    assert code_mark(request.source) != code_mark(before.source), "its row says so"


def test_what_is_typed_is_on_the_disk_and_there_again(sit: Any) -> None:
    sitting = sit().open()
    sitting.edits.change(PRINT, "print('mine')")
    sitting.written()
    again = sit().open()
    assert again.edits.texts == {PRINT: "print('mine')"}
    again.settle()
    assert again.session.program.cells[PRINT].source == "print('mine')"
    assert not again.heard.notices, "all is as it was left"


def test_a_run_that_waits_for_the_program_waits_for_its_edits(sit: Any) -> None:
    sitting = sit().open()
    sitting.edits.change(PRINT, "print('mine')")
    sitting.written()
    again = sit()
    again.session.run()
    again.session.begin()
    run = again.until(RunEnded).run
    assert [one.index for one in run.record.request.edits] == [PRINT]


def test_an_edit_of_the_parameters_changes_the_form_and_keeps_what_was_typed(sit: Any) -> None:
    sitting = sit().open()
    form = sitting.session.form
    form.set_text("steps", "5")
    sitting.edits.change(1, "steps = 4\nrate = 0.5")
    sitting.settle()
    assert form.values == {"steps": 5, "rate": 0.5}
    assert sitting.heard.of(EditsChanged)[-1].parameters
    sitting.edits.put_back([1])
    sitting.settle()
    assert form.values == {"steps": 5}


def test_code_that_cannot_run_is_refused_at_its_line_and_the_form_stays(sit: Any) -> None:
    sitting = sit().open()
    sitting.edits.change(LOOP, "from tflab import lab\nfor step in range(steps:\n    pass")
    sitting.session.run()
    refused = sitting.until(CodeRefused)
    assert (refused.cell, refused.line) == (LOOP, 2)
    assert sitting.session.form.values == {"steps": 3}
    assert sitting.session.program.cells[LOOP].source.startswith("from tflab")
    sitting.edits.change(1, "steps = make()")
    sitting.edits.change(LOOP, "from tflab import lab")
    sitting.session.run()
    assert "Cell 1 as edited" in sitting.until(CodeRefused, 2).problem
    assert not list(RunStore().ids()), "nothing ran"


def test_an_error_names_the_cell_that_was_edited(sit: Any) -> None:
    sitting = sit().open()
    sitting.edits.change(LOOP, "from tflab import lab\n\n\nx = 1")
    sitting.edits.change(PRINT, "y = 2\nz = undefined_name")
    error = sitting.run().state.error
    assert error.cell == PRINT
    assert error.where == "cell 3 as edited, line 2"
    assert "Cell 3 as edited, line 2" in error.next_step or "undefined_name" in error.cause


def test_typing_what_the_file_has_is_no_edit(sit: Any) -> None:
    sitting = sit().open()
    original = sitting.edits.original(PRINT)
    sitting.edits.change(PRINT, original + "\n\n")
    assert sitting.edits.texts == {}
    sitting.edits.change(PRINT, "print(2)")
    sitting.edits.change(PRINT, original)
    sitting.settle()
    assert sitting.edits.texts == {}
    assert not sitting.session.program.edits


def test_what_is_put_back_is_brought_back(sit: Any) -> None:
    sitting = sit().open()
    sitting.edits.change(PRINT, "print('mine')")
    sitting.edits.change(LOOP, "from tflab import lab\nx = 1")
    sitting.settle()
    assert sitting.book.difference([PRINT]).endswith("+print('mine')")
    assert "cell 2 as edited" in sitting.book.difference(sitting.book.mine)
    sitting.edits.put_back([PRINT, LOOP])
    sitting.settle()
    assert not sitting.session.program.edits
    assert sitting.edits.bring_back() == PRINT
    sitting.settle()
    assert sitting.session.program.cells[PRINT].source == "print('mine')"
    sitting.written()
    assert sit().open().edits.texts == {PRINT: "print('mine')"}
    assert sitting.edits.bring_back() == LOOP
    assert sitting.edits.bring_back() is None


def test_a_file_that_changes_takes_its_edits_along(sit: Any) -> None:
    sitting = sit().open()
    sitting.edits.change(PRINT, "print('mine')")
    path = sitting.session.program.path
    path.write_text(path.read_text().replace("# %%\nfrom", "# %%\nnew = 1\n# %%\nfrom"))
    os.utime(path, ns=(1, 1))
    sitting.until(ProgramOpened, 2)
    sitting.settle()
    assert sitting.edits.texts == {PRINT + 1: "print('mine')"}
    assert not sitting.book.is_stale(PRINT + 1)
    path.write_text(path.read_text().replace("the file's", "the new file's"))
    os.utime(path, ns=(1, 2))
    sitting.until(ProgramOpened, 3)
    sitting.settle()
    assert sitting.book.is_stale(PRINT + 1)
    assert any("changed beneath" in text for text in sitting.heard.notices)


def test_a_program_that_shrinks_says_what_is_kept(sit: Any) -> None:
    sitting = sit().open()
    sitting.edits.change(PRINT, "print('mine')")
    sitting.written()
    path = sitting.session.program.path
    text = path.read_text()
    path.write_text(text.split("# %%\nprint")[0])
    again = sit(path).open()
    assert again.edits.texts == {}
    assert any("gone from the file. Your edit is kept" in text for text in again.heard.notices)
    # What is written meanwhile does not cost the one that has no cell.
    again.edits.change(LOOP, "from tflab import lab\nq = 1")
    again.written()
    path.write_text(text)
    assert sit(path).open().edits.texts[PRINT] == "print('mine')"


def test_of_two_workbenches_the_later_is_told_and_nothing_is_lost(sit: Any) -> None:
    first, second = sit().open(), sit().open()
    first.edits.change(PRINT, "print('first')")
    first.written()
    second.edits.change(PRINT, "print('second')")
    second.written()
    second.wait(lambda: second.heard.notices)
    assert "Another workbench has edited cell 3 too" in second.heard.notices[0]
    assert second.book.other(PRINT) == "print('first')"
    second.edits.change(PRINT, "print('second!')")
    second.written()
    assert len(second.heard.notices) == 1, "it is told once"
    assert second.edits.take_other(PRINT)
    second.settle()
    assert second.session.program.cells[PRINT].source == "print('first')"
    second.written()
    texts = EditStore().path_of(second.session.program.path).read_text()
    assert "second!" in texts
    assert second.edits.bring_back() == PRINT
    assert second.edits.texts == {PRINT: "print('second!')"}


def test_a_folder_that_cannot_be_written_is_said_once_and_the_text_stays(
    sit: Any, data: Path
) -> None:
    sitting = sit().open()
    (data / "edits").write_text("in the way")
    sitting.edits.change(PRINT, "print(1)")
    sitting.wait(lambda: sitting.heard.notices)
    sitting.edits.change(PRINT, "print('mine')")
    sitting.settle()
    assert [text for text in sitting.heard.notices if "cannot be written" in text] == (
        sitting.heard.notices
    )
    assert sitting.session.program.cells[PRINT].source == "print('mine')"
    (data / "edits").unlink()
    sitting.wait(lambda: "Your edits are kept again." in sitting.heard.notices)
    assert sit().open().edits.texts == {PRINT: "print('mine')"}


def test_a_past_run_is_shown_and_run_again_with_its_code(sit: Any) -> None:
    sitting = sit().open()
    sitting.edits.change(PRINT, "print('mine')")
    run = sitting.run().record.id
    sitting.edits.put_back([PRINT])
    sitting.settle()
    sitting.session.past_runs.use(run, RunUse.CODE)
    shown = sitting.until(DifferenceShown)
    assert "+print('mine')" in shown.text
    assert "one as it ran" in shown.text
    sitting.session.past_runs.use(run, RunUse.SHOW)
    sitting.until(ProgramOpened, 2)
    assert sitting.session.program.cells[PRINT].source == "print('mine')"
    assert sitting.edits.book is None, "what a run had is not edited"
    sitting.edits.change(PRINT, "print('other')")
    assert sitting.edits.texts == {}
    sitting.session.past_runs.use(run, RunUse.RERUN)
    again = sitting.until(RunEnded, 3).run
    assert again.record.id != run
    assert again.record.request.edits == RunStore().record(run).request.edits


def test_ones_own_edits_need_no_trust_and_those_of_others_do(sit: Any, data: Path) -> None:
    sitting = sit().open()
    sitting.edits.change(PRINT, "print('mine')")
    assert sitting.run().state.status == "finished"
    assert not sitting.heard.of(QuestionAsked)
    sitting.written()
    folder = data / "edits"
    folder.chmod(0o777)
    data.chmod(0o755)
    again = sit().open()
    again.settle()
    again.session.run()
    asked = again.until(QuestionAsked)
    assert "print('mine')" in asked.question.source
    assert "Edits that others may have written" in asked.question.title
    assert not [event for event in again.heard.of(RunEnded) if event.own]


def test_a_damaged_file_of_edits_is_said(sit: Any) -> None:
    sitting = sit().open()
    sitting.edits.change(PRINT, "print('mine')")
    sitting.written()
    EditStore().path_of(sitting.session.program.path).write_bytes(b"{")
    again = sit().open()
    assert "damaged" in again.until(ProblemRaised).problem.title
    assert again.session.program is not None


def test_live_mode_runs_after_a_pause_in_typing(sit: Any) -> None:
    sitting = sit().open()
    sitting.session.toggle_live()
    sitting.until(RunEnded)
    sitting.edits.change(PRINT, "print('mine')")
    run = sitting.until(RunEnded, 2).run
    assert [one.index for one in run.record.request.edits] == [PRINT]
    assert not sitting.heard.of(FormChanged)


def test_edits_are_saved_in_the_file_and_are_none_any_more(sit: Any, tmp_path: Path) -> None:
    path = write_program(tmp_path / "elsewhere.py", CODE)
    TrustStore().trust(path, path.read_text())
    sitting = sit(path).open()
    sitting.edits.change(PRINT, "print('mine')")
    sitting.edits.save()
    sitting.wait(lambda: not sitting.edits.texts)
    assert path.read_text() == path.read_text().replace("the file's", "mine")
    assert "print('mine')\n" in path.read_text()
    sitting.settle()
    assert not sitting.session.program.edits
    assert sitting.run().state.status == "finished"
    assert not sitting.heard.of(QuestionAsked), "what one has written oneself is trusted"
    sitting.edits.save()
    assert "Nothing is changed here." in sitting.heard.notices


def test_a_copy_is_opened_with_the_edits_in_it(sit: Any, tmp_path: Path) -> None:
    sitting = sit().open()
    before = sitting.session.program.path.read_text()
    sitting.edits.change(PRINT, "print('mine')")
    target = user_folder() / "copy.py"
    sitting.edits.save(target, lambda: sitting.session.open(target))
    sitting.wait(lambda: sitting.session.program.path == target)
    assert sitting.session.program.cells[PRINT].source == "print('mine')"
    assert not sitting.session.program.edits
    assert (user_folder() / "one.py").read_text() == before
