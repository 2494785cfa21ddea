"""Cells that were kept, and the helper process that splits what was not."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.programs import kept_cells as keeping
from tflab.programs import splitting
from tflab.programs.kept_cells import keep_cells, kept_cells
from tflab.programs.library import find_lessons
from tflab.programs.percent import MarkError, split_cells
from tflab.programs.program import Cell
from tflab.programs.reader import ProgramError, check_lesson, read_program
from tflab.programs.splitting import split_apart, split_here

SOURCE = '# %% [markdown]\n# # T\n\n# %% tags=["parameters"]\na = 1\n\n# %%\nprint(a)\n'
BAD_MARK = "# %% [markdown]\n# # T\n\n# %% tags=5\na = 1\n"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many texts each helper was asked to split, in order."""
    counts: list[int] = []
    real = splitting._ask_helper

    def ask(sources: list[str]) -> list[splitting.Split] | None:
        counts.append(len(sources))
        return real(sources)

    monkeypatch.setattr(splitting, "_ask_helper", ask)
    return counts


@pytest.fixture
def no_course(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A course without lessons, so that helpers are quick."""
    monkeypatch.setattr(splitting, "course_folder", lambda: tmp_path / "no-course")


def kept_files(data: Path) -> list[Path]:
    return sorted((data / "cache" / "cells").glob("*"))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))))
def test_what_is_kept_is_what_jupytext_made(tmp_path_factory, texts):
    source = "\n# %%\n".join(["# %% [markdown]\n# # T\n", *texts])
    try:
        cells = split_cells(source)
    except MarkError:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFLAB_DATA", str(tmp_path_factory.mktemp("data")))
        assert kept_cells(source) is None
        keep_cells(source, cells)
        assert kept_cells(source) == cells
        assert kept_cells(source + " ") is None


def test_they_are_private(data):
    keep_cells(SOURCE, split_cells(SOURCE))
    (file,) = kept_files(data)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


@given(st.data())
def test_damage_is_noticed(tmp_path_factory, chosen):
    with pytest.MonkeyPatch.context() as patch:
        data = tmp_path_factory.mktemp("data")
        patch.setenv("TFLAB_DATA", str(data))
        keep_cells(SOURCE, split_cells(SOURCE))
        (file,) = kept_files(data)
        good = file.read_bytes()
        start = chosen.draw(st.integers(0, len(good)))
        end = chosen.draw(st.integers(start, len(good)))
        bad = good[:start] + chosen.draw(st.binary(max_size=20)) + good[end:]
        file.write_bytes(bad)
        assert kept_cells(SOURCE) == (split_cells(SOURCE) if bad == good else None)


@pytest.mark.parametrize("code", ["import os; os.abort()", "print(b)"])
def test_code_that_is_not_the_lessons_is_never_taken(data, code):
    cells = (Cell(index=0, kind="code", source=code, line=1),)
    keep_cells(SOURCE, cells)
    assert len(kept_files(data)) == 1
    assert kept_cells(SOURCE) is None
    assert split_here(SOURCE) == split_cells(SOURCE)


def test_another_jupytext_splits_again(monkeypatch):
    keep_cells(SOURCE, split_cells(SOURCE))
    monkeypatch.setattr(keeping, "_jupytext_version", lambda: "99.0")
    assert kept_cells(SOURCE) is None


def test_the_newest_are_kept(data, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_KEPT", 3)
    sources = [f"{SOURCE}# {number}\n" for number in range(5)]
    for source in sources:
        keep_cells(source, split_cells(source))
    assert len(kept_files(data)) == 3
    left_over = kept_files(data)[0].with_name(".one.json.0a1b2c3d")
    left_over.touch()
    os.utime(left_over, (0, 0))
    keep_cells(SOURCE, split_cells(SOURCE))
    assert not left_over.exists()
    assert kept_cells(sources[-1]) == split_cells(sources[-1])


def test_a_very_long_lesson_is_split_each_time(data):
    source = SOURCE + "# " + "x" * keeping.LONGEST
    keep_cells(source, split_cells(source))
    assert kept_files(data) == []
    assert kept_cells(source) is None


def test_the_first_lesson_brings_the_whole_course(asked):
    entries = find_lessons()
    for entry in entries:
        apart = read_program(entry.path, split_apart)
        assert apart.cells == split_cells(apart.source)
    assert asked == [len(entries)]


def test_a_changed_lesson_is_split_alone(asked, tmp_path):
    path = tmp_path / "own.py"
    path.write_text(SOURCE)
    assert read_program(path, split_apart).defaults == {"a": 1}
    path.write_text(SOURCE.replace("a = 1", "a = 2"))
    assert read_program(path, split_apart).defaults == {"a": 2}
    path.write_text(SOURCE)
    assert read_program(path, split_apart).defaults == {"a": 1}
    assert asked == [1 + len(find_lessons()), 1]


@pytest.mark.usefixtures("no_course")
def test_a_bad_mark_is_told_with_its_line(tmp_path):
    with pytest.raises(MarkError) as here:
        split_cells(BAD_MARK)
    with pytest.raises(MarkError) as apart:
        split_apart(BAD_MARK)
    assert apart.value.line == here.value.line == 4
    path = tmp_path / "own.py"
    path.write_text(BAD_MARK)
    with pytest.raises(ProgramError) as found:
        read_program(path, split_apart)
    assert list(found.value.problems) == check_lesson(path)


@pytest.mark.usefixtures("no_course")
def test_a_data_folder_that_cannot_be_written(data):
    data.write_text("not a folder")
    assert split_apart(SOURCE) == split_cells(SOURCE)
    assert kept_cells(SOURCE) is None


def test_a_course_that_cannot_be_read_is_no_hindrance(tmp_path, monkeypatch, asked):
    (tmp_path / "01_bad.py").write_bytes(b"\xff\xfe")
    (tmp_path / "02_folder.py").mkdir()
    (tmp_path / "03_mark.py").write_text(BAD_MARK)
    monkeypatch.setattr(splitting, "course_folder", lambda: tmp_path)
    assert split_apart(SOURCE) == split_cells(SOURCE)
    assert asked == [2]


@pytest.mark.parametrize(
    "helper",
    ["exit 3", "kill -9 $$", "echo '[]'", "echo nonsense", "echo '[{\"cells\": 3}]'", "sleep 60"],
)
@pytest.mark.usefixtures("no_course")
def test_without_a_helper_this_process_splits(helper, tmp_path, monkeypatch):
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{helper}\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(splitting, "HELPER_SECONDS", 0.3)
    began = time.monotonic()
    assert split_apart(SOURCE) == split_cells(SOURCE)
    assert time.monotonic() - began < 20


@pytest.mark.usefixtures("no_course")
def test_there_is_no_python_to_start(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert split_apart(SOURCE) == split_cells(SOURCE)


@pytest.mark.usefixtures("no_course")
def test_two_threads_share_one_helper(asked):
    found: list[tuple[Cell, ...]] = []
    threads = [threading.Thread(target=lambda: found.append(split_apart(SOURCE))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [split_cells(SOURCE)] * 2
    assert asked == [1]


def test_two_processes_at_once(data):
    code = textwrap.dedent(
        f"""
        import sys
        from tflab.programs.splitting import split_apart
        print([cell.source for cell in split_apart({SOURCE!r})], "jupytext" in sys.modules)
        """
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0].strip() for process in running]
    assert said == [f"{[cell.source for cell in split_cells(SOURCE)]} False"] * 2
    assert kept_cells(SOURCE) == split_cells(SOURCE)
    assert len(kept_files(data)) == 1 + len(find_lessons())
