"""Reading the program on show, and reading it again when its file changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.session.hearing import Clock, until, write_program
from tflab.programs.reader import read_program
from tflab.runs.disk_queue import DiskQueue
from tflab.session.open_program import OpenProgram


class Opened:
    """An open program, what was shown of it, and whether it is held."""

    def __init__(self) -> None:
        self.disk, self.clock = DiskQueue(), Clock()
        self.shown: list[tuple[str, bool]] = []
        self.refused: list[Path] = []
        self.held = False
        self.file = OpenProgram(
            self.disk,
            lambda program, before, reloaded: self.shown.append((program.title, reloaded)),
            lambda path, problem: self.refused.append(path),
            lambda: self.held,
            self.clock,
        )

    def settle(self) -> None:
        """Let all that was asked of the disk come back, and what that asks for."""
        for _ in range(4):
            assert self.disk.finish(30)
            self.disk.deliver()

    def look(self) -> None:
        self.clock.now += 2
        self.file.advance()
        self.settle()


@pytest.fixture
def opened() -> Opened:
    return Opened()


def change(path: Path, title: str) -> None:
    write_program(path, title=title)
    os.utime(path, ns=(1, 1 + hash(title) % 10**9))


def test_a_file_is_read_and_read_again_when_it_changes(opened: Opened, tmp_path: Path) -> None:
    path = write_program(tmp_path / "one.py")
    opened.file.open(path)
    assert opened.file.reading == path
    until(lambda: opened.shown, opened.disk.deliver)
    assert opened.file.reading is None
    opened.look()
    assert opened.shown == [("One", False)], "it has not changed"
    change(path, "Two")
    opened.file.advance()
    opened.settle()
    assert len(opened.shown) == 1, "one look a second is enough"
    opened.look()
    assert opened.shown[1:] == [("Two", True)]
    assert opened.file.program is not None
    assert opened.file.program.title == "Two"


def test_the_last_one_asked_for_is_shown(opened: Opened, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        opened.file.open(write_program(tmp_path / f"{name}.py", title=name))
    opened.settle()
    assert opened.shown == [("three", False)]


def test_a_file_that_is_no_program_is_refused_once_and_read_when_mended(
    opened: Opened, tmp_path: Path
) -> None:
    path = write_program(tmp_path / "one.py")
    opened.file.open(path)
    opened.settle()
    path.write_text("no title")
    opened.look()
    opened.look()
    assert opened.refused == [path]
    change(path, "Mended")
    opened.look()
    assert opened.shown[1:] == [("Mended", True)]
    path.unlink()
    opened.look()
    assert len(opened.shown) == 2, "a file that is gone leaves what is on show"


def test_a_program_as_a_run_had_it_stays_until_the_file_changes(
    opened: Opened, tmp_path: Path
) -> None:
    path = write_program(tmp_path / "one.py", title="Then")
    then = read_program(path)
    change(path, "Now")
    opened.file.open(path)
    opened.file.show(then)
    opened.look()
    assert opened.shown == [("Then", False)]
    change(path, "Later")
    opened.look()
    assert opened.shown[1:] == [("Later", True)]


def test_what_is_asked_about_stays_on_show_until_it_is_answered(
    opened: Opened, tmp_path: Path
) -> None:
    path = write_program(tmp_path / "one.py")
    opened.file.open(path)
    opened.settle()
    change(path, "Swapped")
    opened.held = True
    opened.look()
    assert len(opened.shown) == 1
    opened.held = False
    opened.clock.now += 2
    opened.file.advance()
    opened.disk.finish(30)
    # It is being read again when the question comes.
    opened.disk.deliver()
    opened.held = True
    opened.settle()
    assert len(opened.shown) == 1
    opened.held = False
    opened.look()
    assert opened.shown[1:] == [("Swapped", True)]
