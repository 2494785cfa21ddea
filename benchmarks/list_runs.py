"""Listing 10,000 runs: what `tflab runs` and the Runs pane read, before anything is drawn.

Beside it the least that any list in as many folders could do: read one small JSON file from each.
"""

from __future__ import annotations

import dataclasses
import json
import os
import time
from pathlib import Path

import msgspec

from benchmarks.figure import Budget, Figure, in_turn, show
from benchmarks.workbench import data_folder, request_for
from tflab.runs.events import Ended, Scalars, Started
from tflab.runs.history import History
from tflab.runs.log_writer import RECORD
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.runs.summary import SUMMARY, summarise, write_summary

TITLE = "Listing 10,000 runs"
RUNS = 10_000


def measure(rounds: int = 5) -> list[Figure]:
    """List without the index, which only the first list ever does; then with it, in turn."""
    with data_folder():
        store = RunStore()
        _write_runs(store)
        without = [_list(store)]
        found = in_turn(
            {"list": lambda: _list(store), "json": lambda: _read_json(store.root)}, rounds
        )
    beside = "bare json reads", found["json"]
    return [
        Figure("list", "s", found["list"], *beside, Budget(0.5)),
        Figure("the very first list", "s", without, *beside),
    ]


def _write_runs(store: RunStore) -> None:
    """Write finished runs with their summaries, from one real run as the pattern."""
    record = store.create(request_for("lesson"))
    loss = Scalars(tag="loss", steps=[0, 1], values=[1.0, 0.5])
    state = RunState()
    for event in (Started(time=record.created, pid=1), loss, Ended(state="finished", time=1.0)):
        state.apply(event)
    summary = summarise(record, state)
    long_ago = time.time() - 3600
    for number in range(RUNS):
        run = f"20260101-{number // 60 % 24:02}{number % 60:02}00-{number:06x}"
        folder = store.root / run
        folder.mkdir()
        (folder / RECORD).write_bytes(
            msgspec.json.encode(dataclasses.replace(record, id=run, created=float(number)))
        )
        write_summary(folder, msgspec.structs.replace(summary, id=run, created=float(number)))
        os.utime(folder, (long_ago, long_ago))


def _list(store: RunStore) -> float:
    start = time.perf_counter()
    rows = History(store).rows()
    took = time.perf_counter() - start
    assert len(rows) >= RUNS
    return took


def _read_json(root: Path) -> float:
    start = time.perf_counter()
    rows = [json.loads((folder / SUMMARY).read_bytes()) for folder in root.glob("20260101-*")]
    took = time.perf_counter() - start
    assert len(rows) >= RUNS
    return took


if __name__ == "__main__":
    show(TITLE, measure())
