"""Finished runs, and keeping the books on them: each in one place, and whole there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import Terminal
from tflab.runs.events import Ended, Scalars, Started
from tflab.runs.log_writer import LogWriter
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import summarise, write_summary
from tflab.runs.trash import Trash

REQUEST = RunRequest(
    lesson="own", title="Own", path="/x/own.py", source="# %%\n1", parameters={"steps": 3}
)


def finished(store: RunStore, loss: float = 0.5, lesson: str = "own") -> str:
    record = store.create(replace(REQUEST, lesson=lesson))
    folder = store.folder(record.id)
    writer = LogWriter(folder)
    writer.write(
        Started(time=1.0, pid=1),
        Scalars(tag="loss", steps=[0, 1], values=[1.0, loss]),
        Ended(state="finished", time=2.0),
    )
    writer.close()
    (folder / "reserve").unlink(missing_ok=True)
    write_summary(folder, summarise(record, store.load(record.id)))
    return record.id


def whole(store: RunStore, run: str) -> bool:
    state = store.load(run)
    return state.status == "finished" and list(state.series["loss"].values) == [1.0, 0.5]


def keep_books(store: RunStore, runs: list[str]) -> tuple[set[str], set[str]]:
    """See that every run is in one place, and whole there; return what is kept and deleted."""
    trash = Trash(store)
    kept, deleted = set(store.ids()), set(trash.ids())
    assert kept | deleted == set(runs)
    assert not kept & deleted
    in_trash = RunStore(trash.root)
    assert all(whole(store, run) for run in kept)
    assert all(whole(in_trash, run) for run in deleted)
    return kept, deleted


def open_history(open_app: OpenApp, lesson: Path, runs: int) -> Terminal:
    app = open_app(lesson, (120, 30))
    app.wait_for(r"steps +\d")
    app.press("ctrl+y")
    app.wait_for(rf"History .* {runs} run")
    return app
