"""Keeping edits: several workbenches, files that change beneath them, folders that refuse."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tflab.programs.edit_store import EditStore, KeptEdit, KeptEdits
from tflab.programs.edits import new_edit
from tflab.programs.program import Program
from tflab.programs.reader import parse_program
from tflab.runs.record import Problem

TEXT = "# %%\na = 1\n# %%\nb = 2\n# %%\nc = 3\n"


def program(text: str = TEXT, path: str = "/x/one.py") -> Program:
    return parse_program(text, Path(path))


_turns = iter(range(10_000))


def edit(of: Program, cell: int, text: str, who: str = "me") -> KeptEdit:
    found, turn = new_edit(of, cell, text), next(_turns)
    return KeptEdit(
        text=found.text,
        before=found.before,
        place=found.place,
        id=found.id,
        token=f"{who}-{turn}",
        time=float(turn),
    )


def texts(found: KeptEdits) -> dict[int, str]:
    return {one.cell: one.edit.text for one in found.placement.placed}


@pytest.fixture
def store(data: Path) -> EditStore:
    return EditStore()


def test_what_is_written_is_read_again_and_private(store: EditStore) -> None:
    one = program()
    assert store.write(one, [edit(one, 1, "b = 9")], ()) == []
    assert texts(store.read(one)) == {1: "b = 9"}
    path = store.path_of(one.path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert json.loads(path.read_bytes())["version"] == 1


def test_nothing_is_kept_of_a_program_without_edits(store: EditStore) -> None:
    one = program()
    store.write(one, [], ())
    assert not store.path_of(one.path).exists()
    assert store.read(one) == KeptEdits()


def test_two_programs_of_one_name_have_a_file_each(store: EditStore) -> None:
    one, other = program(), program(path="/y/one.py")
    store.write(one, [edit(one, 0, "a = 5")], ())
    assert texts(store.read(other)) == {}


def test_a_lesson_of_the_course_is_known_wherever_it_is_installed(
    store: EditStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for folder in ("/one/course", "/two/course"):
        monkeypatch.setattr("tflab.programs.edit_store.course_folder", lambda f=folder: Path(f))
        found.append(store.path_of(Path(folder) / "10_linear.py"))
    assert found[0] == found[1]


def test_of_two_workbenches_at_one_cell_the_later_is_told_and_both_texts_stay(
    store: EditStore,
) -> None:
    one = program()
    first, second = edit(one, 1, "b = 'first'", "first"), edit(one, 1, "b = 'second'", "second")
    assert store.write(one, [first], ()) == []
    assert store.write(one, [second], ()) == [first]
    again = edit(one, 1, "b = 'more'", "first")
    assert store.write(one, [again], {first.token}) == [second]
    found = store.read(one)
    everything = {kept.text for kept in found.all()}
    assert everything == {"b = 'second'", "b = 'more'"}
    assert texts(found) == {1: "b = 'more'"}, "the one written last is on show"


def test_a_workbench_replaces_what_it_has_read(store: EditStore) -> None:
    one = program()
    before = edit(one, 1, "b = 'before'")
    store.write(one, [before], ())
    assert store.write(one, [edit(one, 1, "b = 'after'", "later")], {before.token}) == []
    assert [kept.text for kept in store.read(one).all()] == ["b = 'after'"]


def test_what_is_put_back_can_be_had_again(store: EditStore) -> None:
    one = program()
    mine = edit(one, 1, "b = 9")
    store.write(one, [mine], ())
    store.set_aside(one, [], [mine])
    found = store.read(one)
    assert texts(found) == {}
    assert [kept.text for kept in found.aside] == ["b = 9"]
    store.set_aside(one, [mine], [])
    found = store.read(one)
    assert texts(found) == {1: "b = 9"}
    assert not found.aside


def test_a_program_that_shrinks_and_comes_back_has_its_edits(store: EditStore) -> None:
    one = program()
    kept = edit(one, 2, "c = 'mine'")
    store.write(one, [kept], ())
    shrunk = program("# %%\nzz = 1\n")
    assert [lost.text for lost in store.read(shrunk).placement.lost] == ["c = 'mine'"]
    # Another edit is written meanwhile, against the shorter program.
    store.write(shrunk, [edit(shrunk, 0, "zz = 2")], ())
    assert texts(store.read(one)) == {2: "c = 'mine'"}


def test_cells_that_come_above_move_what_is_written_by_others(store: EditStore) -> None:
    one = program()
    theirs = edit(one, 2, "c = 'theirs'", "them")
    store.write(one, [theirs], ())
    more = program("# %%\nnew = 0\n" + TEXT)
    store.write(more, [edit(more, 1, "a = 'mine'")], ())
    assert texts(store.read(more)) == {1: "a = 'mine'", 3: "c = 'theirs'"}


def test_a_damaged_file_is_put_aside_and_said(store: EditStore) -> None:
    one = program()
    store.write(one, [edit(one, 1, "b = 9")], ())
    path = store.path_of(one.path)
    path.write_bytes(b'{"version": 1, "edits": [{"tex')
    with pytest.raises(Problem, match="damaged"):
        store.read(one)
    assert store.read(one) == KeptEdits()
    assert list(path.parent.glob("*.damaged-*"))


def test_a_file_of_a_newer_tflab_is_left_alone(store: EditStore) -> None:
    one = program()
    store.write(one, [edit(one, 1, "b = 9")], ())
    path = store.path_of(one.path)
    path.write_text('{"version": 9, "edits": []}')
    for act in (lambda: store.read(one), lambda: store.write(one, [edit(one, 1, "x")], ())):
        with pytest.raises(Problem, match="newer tflab"):
            act()
    assert json.loads(path.read_text())["version"] == 9


def test_a_folder_that_cannot_be_written_is_an_error_and_no_crash(store: EditStore) -> None:
    one = program()
    folder = store.path_of(one.path).parent
    folder.parent.mkdir()
    folder.write_text("a file has the name of the folder")
    with pytest.raises(OSError, match="directory"):
        store.write(one, [edit(one, 1, "b = 10")], ())
    assert store.read(one) == KeptEdits()


def test_a_megabyte_is_kept(store: EditStore) -> None:
    one = program()
    large = "x = 1\n" * 200_000 + "y = 2"
    store.write(one, [edit(one, 1, large)], ())
    assert texts(store.read(one)) == {1: large}
