"""Runs that a test has made, as they would be found on disk."""

from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path

import msgspec

from tflab.runs import events as ev
from tflab.runs.log_writer import LogWriter
from tflab.runs.processes import start_of
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore

NOBODY = 2**22 + 1
"""No process has this number: one that is stopped must not be somebody else's."""


def make_run(
    lesson: str = "one", rate: float = 0.1, loss: float = 0.5, age: float = 0.0, source: str = ""
) -> str:
    """Make a run that has finished, but whose end nobody has seen: it has no summary."""
    run, writer = begin_run(lesson, rate, age, source, pid=NOBODY)
    writer.write(
        ev.Scalars(tag="loss", steps=[0, 1], values=[1.0, loss]),
        ev.Ended(state="finished", time=time.time()),
    )
    writer.close()
    return run


def begin_run(
    lesson: str = "one", rate: float = 0.1, age: float = 0.0, source: str = "", pid: int = 0
) -> tuple[str, LogWriter]:
    """Make a run that goes on for as long as this process lives, and return its log's writer."""
    store = RunStore()
    request = RunRequest(
        lesson=lesson,
        title=lesson.title(),
        path=f"/nowhere/{lesson}.py",
        source=source,
        parameters={"rate": rate},
    )
    record = store.create(request)
    record = dataclasses.replace(record, created=time.time() - age)
    folder: Path = store.folder(record.id)
    (folder / "run.json").write_bytes(msgspec.json.encode(record))
    writer = LogWriter(folder)
    me = os.getpid()
    start = start_of(me) or 0.0
    writer.write(ev.Started(time=time.time(), pid=pid or me, process_start=0.0 if pid else start))
    return record.id, writer
