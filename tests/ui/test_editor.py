"""Opening a file in the person's editor: at a line, and in a pane of tmux where that runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tflab.runs.record import Problem
from tflab.ui.workbench.editor import command_line, edit_beside


@pytest.mark.parametrize(
    ("editor", "words"),
    [
        (["vim"], ["vim", "+7", "/x.py"]),
        (["/usr/bin/nano", "-l"], ["/usr/bin/nano", "-l", "+7", "/x.py"]),
        (["hx"], ["hx", "/x.py:7"]),
        (["own-editor"], ["own-editor", "/x.py"]),
    ],
)
def test_an_editor_that_is_known_opens_at_the_line(editor: list[str], words: list[str]) -> None:
    assert command_line(editor, Path("/x.py"), 7) == words
    assert command_line(editor, Path("/x.py"), 1) == [*editor, "/x.py"]


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a tmux on the path that writes down what it is asked for."""
    told = tmp_path / "told"
    program = tmp_path / "tmux"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}\nexit "${{TMUX_FAILS:-0}}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TMUX", "/tmp/socket,1,0")
    monkeypatch.setenv("TMUX_PANE", "%5")
    monkeypatch.setenv("EDITOR", "vim -n")
    monkeypatch.delenv("VISUAL", raising=False)
    return told


def test_in_tmux_it_opens_beside_the_workbenchs_own_pane(tmux: Path, tmp_path: Path) -> None:
    file = tmp_path / "a lesson.py"
    assert edit_beside(file, 7, 200)
    folder = str(tmp_path)
    command = f"vim -n +7 '{file}'"
    assert tmux.read_text().splitlines() == [
        "split-window", "-h", "-t", "%5", "-c", folder, command,
    ]  # fmt: skip
    assert edit_beside(file, 7, 80)
    assert "-v" in tmux.read_text().splitlines(), "a narrow window is split the other way"


def test_a_pane_that_has_no_room_is_said(tmux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX_FAILS", "1")
    with pytest.raises(Problem, match="tmux opened no pane"):
        edit_beside(Path("/x.py"), 1, 80)
    assert tmux.exists()


def test_without_tmux_nothing_is_beside(tmux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX")
    assert not edit_beside(Path("/x.py"), 1, 80)
    assert not tmux.exists()
