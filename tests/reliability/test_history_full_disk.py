"""The history on a full disk: it deletes all the same, and loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reliability.disks import fill, small_disk, small_ext4
from tests.reliability.kept_runs import finished, keep_books
from tests.terminal.conftest import OpenApp
from tflab.runs.history import History
from tflab.runs.marks import Marks, change_marks, read_marks
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")


@pytest.fixture(params=[small_disk, small_ext4], ids=["tmpfs", "ext4"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    with request.param(tmp_path / "disk", 2048) as place:
        yield place


def test_a_full_disk_takes_no_mark_and_says_so_and_loses_none(disk: Path) -> None:
    store = RunStore(disk / "runs")
    run, folder = (run := finished(store)), store.folder(run)
    change_marks(folder, name="before")
    before = sorted(path.name for path in folder.iterdir())
    fill(disk)
    for change in ({"name": "x" * 80}, {"pinned": True}, {"note": "y" * 2000}):
        with pytest.raises(Problem) as caught:
            change_marks(folder, **change)
        assert "No space left" in caught.value.cause
        assert "Make room" in caught.value.next_step
    assert read_marks(folder) == Marks(name="before")
    assert sorted(path.name for path in folder.iterdir()) == before
    assert [row.marks.name for row in History(store).rows()] == ["before"]


def test_a_full_disk_deletes_brings_back_and_empties(disk: Path) -> None:
    """Not even a folder for the trash is there yet, and there is no room to make one."""
    store = RunStore(disk / "runs")
    runs = [finished(store) for _ in range(12)]
    (store.folder(runs[0]) / "files" / "weights").write_bytes(bytes(200_000))
    History(store).rows()
    fill(disk)
    trash = Trash(store)
    for run in runs:
        trash.delete(run)
    assert keep_books(store, runs) == (set(), set(runs))
    for run in runs:
        trash.restore(run)
    assert keep_books(store, runs) == (set(runs), set())
    assert len(History(store).rows()) == 12
    trash.delete(runs[0])
    free = trash.disk_use().free
    assert trash.empty() == 1
    assert trash.disk_use().free >= free + 200_000
    change_marks(store.folder(runs[1]), name="there is room again")


def test_the_workbench_deletes_on_a_full_disk(
    open_app: OpenApp, write_lesson: Callable[..., Path], disk: Path
) -> None:
    lesson, data = write_lesson("print(1)"), disk / "data"
    data.mkdir()
    store = RunStore(data / "runs")
    runs = [finished(store) for _ in range(3)]
    (store.folder(runs[-1]) / "files" / "weights").write_bytes(bytes(200_000))
    app = open_app(lesson, (120, 30), TFLAB_DATA=str(data))
    app.wait_for(r"steps +\d")
    ballast = fill(disk)
    app.press("ctrl+y")
    app.wait_for(r"History .* 3 runs")
    app.press("p")
    app.wait_for("The mark cannot be kept")
    # Where the lines of the message break depends on the length of the path in it.
    app.wait_for("device")
    app.press("escape")
    app.wait_gone("The mark cannot be kept")
    app.press("d")
    app.wait_for("1 run deleted")
    app.wait_for(r"History .* 2 runs")
    app.press("u")
    app.wait_for("1 run brought back")
    app.wait_for(r"History .* 3 runs")
    keep_books(store, runs)
    app.press("home", "d")
    app.wait_for(r"History .* 2 runs")
    app.press("e")
    app.wait_for("Press e again")
    app.press("e")
    app.wait_for("1 run gone for good")
    app.press("p")
    app.wait_for("✦")
    keep_books(store, runs[:-1])
    ballast.unlink()
    app.press("escape")
    app.press("ctrl+q")
    assert app.wait_end() == 0
