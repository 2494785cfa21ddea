"""Whether the shell commands of a notebook run: asked once for each text, kept, taken back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from nbformat import v4, write

from tests.session.hearing import Heard
from tflab.programs.program import Program
from tflab.programs.reader import read_program
from tflab.session.disk import SessionDisk
from tflab.session.events import CommandsDecided
from tflab.session.question_events import QuestionAsked
from tflab.session.shell_commands import CommandStore, ShellCommands


def notebook(folder: Path, *cells: str) -> Program:
    path = folder / "book.ipynb"
    write(v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells]), path)
    return read_program(path)


class Asked:
    def __init__(self) -> None:
        self.heard = Heard()
        self.disk = SessionDisk(self.heard)
        self.commands = ShellCommands(self.disk, self.heard)
        self.began = 0

    def settle(self, program: Program) -> None:
        def begin() -> None:
            self.began += 1

        self.commands.settle(program, begin)
        self.wait()

    def wait(self) -> None:
        assert self.disk.finish(30)
        self.disk.deliver()

    @property
    def questions(self) -> list[QuestionAsked]:
        return self.heard.of(QuestionAsked)


@pytest.mark.parametrize("allowed", [True, False])
def test_it_is_asked_once_and_remembered_for_this_text(tmp_path: Path, allowed: bool) -> None:
    program = notebook(tmp_path, "!echo one\nx = 1", "%%bash\necho two\u202e")
    asked = Asked()
    asked.settle(program)
    (question,) = asked.questions
    assert "!echo one" in question.question.text
    assert "echo two" in question.question.text
    assert "\u202e" not in question.question.text
    assert question.question.no == "Skip them"
    assert asked.began == 0
    question.answer(allowed)
    asked.wait()
    assert asked.began == 1
    assert asked.commands.run_in(program.source) is allowed
    assert asked.commands.words(program) == f"commands {'run' if allowed else 'skipped'}"
    later = Asked()
    later.settle(program)
    assert (later.began, later.questions) == (1, [])
    assert later.commands.run_in(program.source) is allowed
    # Another text is asked about anew.
    later.settle(notebook(tmp_path, "!echo three"))
    assert len(later.questions) == 1


def test_a_program_without_commands_is_not_asked_about(tmp_path: Path) -> None:
    program = notebook(tmp_path, "x = 1")
    asked = Asked()
    asked.settle(program)
    assert (asked.began, asked.questions, asked.commands.words(program)) == (1, [], "")
    asked.commands.change(program)
    assert asked.heard.notices == ["There are no shell commands here."]


def test_a_permission_can_be_given_and_taken_back_at_any_time(tmp_path: Path) -> None:
    program = notebook(tmp_path, "!echo one")
    asked = Asked()
    asked.commands.open(program)
    asked.wait()
    assert asked.heard.of(CommandsDecided)
    asked.commands.change(program)
    asked.questions[0].answer(True)
    asked.wait()
    assert CommandStore().decided(program.source) is True
    asked.commands.change(program)
    asked.wait()
    assert CommandStore().decided(program.source) is False
    assert "skipped from now on" in asked.heard.notices[-1]


def test_what_others_may_write_allows_nothing(tmp_path: Path, data: Path) -> None:
    store = CommandStore()
    store.decide("one", True)
    assert store.decided("one") is True
    os.chmod(data, 0o755)
    os.chmod(data / "commands.json", 0o666)
    assert store.decided("one") is None
    (data / "commands.json").write_text("{")
    assert CommandStore().decided("one") is None
