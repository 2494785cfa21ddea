"""Sweeps on disk: `sweeps/<id>.json` in the data folder, the plan and the ids of its runs."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from tflab.runs.atomic_files import locked, read_file, write_atomically
from tflab.runs.paths import data_folder, unreadable
from tflab.runs.processes import is_same, start_of, this_host
from tflab.runs.record import Problem
from tflab.runs.store import find_id, new_id
from tflab.runs.summary import is_moment
from tflab.runs.system_errors import what_to_do
from tflab.sweeps.plan import SweepPlan

STOP = ".stop"
"""End of the name of a mark beside a sweep's file that asks for its end."""

_LOCK = ".lock"
_VERSION = 2
_ASKED = (
    *("lesson", "title", "path", "source", "cells", "command", "python"),
    *("original", "edits"),
)
"""Of a request, in a plan of the first version."""
_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


class Driver(msgspec.Struct, frozen=True):
    """The process that begins a sweep's runs, told from another that gets its number later."""

    pid: int
    process_start: float
    host: str


class SweepRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A sweep as it is kept.

    Attributes:
        runs: The run of each point of the plan, by id; None where none was started.
        given_up: Places in the plan of runs that a person stopped one by one.
        stopped: Whether a person stopped it.
        note: Why a search ended before it had all its runs; empty where it did not.
        driver: Who begins its runs; None before and after.
        version: Of the file. In the first, what is asked of each run stood in the plan itself.
    """

    id: str
    created: float
    plan: SweepPlan
    runs: list[str | None]
    version: int = _VERSION
    driver: Driver | None = None
    given_up: list[int] = []
    stopped: bool = False
    note: str = ""

    @property
    def driven(self) -> bool:
        """Whether somebody still begins its runs; on another machine, until the file says no."""
        if self.driver is None:
            return False
        here = self.driver.host == this_host()
        return not here or is_same(self.driver.pid, self.driver.process_start)

    @property
    def unfinished(self) -> bool:
        """Whether it was left before all of its runs had begun, and nobody goes on with it."""
        if self.driven or self.note or self.stopped:
            return False
        return None in self.runs or len(self.runs) < self.plan.count


class _Versioned(msgspec.Struct):
    version: int = 1


class _First(msgspec.Struct):
    """A file of the first version."""

    id: str
    created: float
    plan: dict[str, Any]
    runs: list[str | None]
    driver: Driver | None = None


class SweepStore:
    """The sweeps of one user. The folder is private to the user (0700), files too (0600).

    Args:
        root: Where the files are; by default `sweeps` in the data folder.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or data_folder() / "sweeps"

    def create(self, plan: SweepPlan) -> SweepRecord:
        """Keep a sweep that has not begun.

        Raises:
            Problem: When it cannot be written.
        """
        now = time.time()
        record = SweepRecord(
            id=new_id(now),
            created=now,
            plan=plan,
            runs=[None] * len(plan.points),
        )
        try:
            self.save(record)
        except OSError as error:
            raise _not_kept(self.root, error) from error
        return record

    def save(self, record: SweepRecord) -> None:
        """Write a sweep, whole or not at all.

        Raises:
            OSError: When the disk is full or the folder cannot be written.
        """
        write_atomically(self.root / f"{record.id}.json", msgspec.json.encode(record))

    def claim(self, sweep: str) -> None:
        """Note that this process begins the runs of a sweep from now on, unless another one does.

        Raises:
            Problem: When another one does, or it cannot be read or written.
        """
        try:
            with locked(self.root / _LOCK):
                record, own = self.load(sweep), this_driver()
                if record.driven and record.driver != own:
                    text = "Another tflab begins its runs."
                    raise Problem("The sweep is going on", text, "Wait for it, or stop it there.")
                self.save(msgspec.structs.replace(record, driver=own))
        except OSError as error:
            raise _not_kept(self.root, error) from error

    def find(self, text: str) -> str:
        """Return the id of the sweep that `text` names: an id, the beginning of one, or `last`.

        Raises:
            Problem: When there is none, or several begin like it.
        """
        return find_id(text, self.ids(), "sweep")

    def load(self, sweep: str) -> SweepRecord:
        """Read a sweep.

        Raises:
            Problem: When there is no such sweep, or its file is damaged.
        """
        path = self.root / f"{sweep}.json"
        if not _ID.fullmatch(sweep) or os.path.islink(path) or not os.path.isfile(path):
            raise Problem("No such sweep", f"There is no sweep {sweep!r}.", "See `tflab sweeps`.")
        try:
            record = _decode(read_file(path))
        except OSError as error:
            raise unreadable("The sweep cannot be read", path, error) from error
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise _damaged(path, str(error)) from error
        cause = _fault(record, sweep)
        if cause:
            raise _damaged(path, cause)
        return record

    def ask_stop(self, sweep: str) -> None:
        """Leave a mark that a sweep is to stop; whoever begins its runs looks for it.

        Raises:
            Problem: When it cannot be written.
        """
        path = self._stop_mark(sweep)
        try:
            write_atomically(path, b"")
        except OSError as error:
            raise Problem(
                "The sweep cannot be stopped",
                f"{path}: {error.strerror}.",
                what_to_do(error),
            ) from error

    def take_stop(self, sweep: str) -> bool:
        """Return whether a stop was asked for, and take the mark away: it is obeyed now."""
        mark = self._stop_mark(sweep)
        if not os.path.isfile(mark):
            return False
        # One that cannot be taken away is found again, which changes nothing.
        with suppress(OSError):
            os.unlink(mark)
        return True

    def _stop_mark(self, sweep: str) -> Path:
        return self.root / f"{sweep}{STOP}"

    def ids(self) -> Iterator[str]:
        """Yield the ids of all sweeps, newest first."""
        try:
            names = sorted(os.listdir(self.root), reverse=True)
        except FileNotFoundError:
            return
        for name in names:
            stem, dot, end = name.rpartition(".")
            if dot and end == "json" and _ID.fullmatch(stem):
                yield stem


def _decode(data: bytes) -> SweepRecord:
    """Read a sweep's file.

    Raises:
        MsgspecError: When it is no such file.
    """
    if msgspec.json.decode(data, type=_Versioned).version >= _VERSION:
        return msgspec.json.decode(data, type=SweepRecord)
    raw = msgspec.json.decode(data, type=_First)
    each = {name: raw.plan.pop(name) for name in _ASKED if name in raw.plan}
    limits = raw.plan.pop("options", {})
    raw.plan["each"] = {"parameters": {}, **each, **limits}
    found = msgspec.structs.asdict(raw) | {"version": _VERSION}
    return msgspec.convert(found, SweepRecord)


def _fault(record: SweepRecord, sweep: str) -> str:
    """Return what does not fit together in a sweep's file; empty when all does."""
    plan, names = record.plan, set(record.plan.shown)
    if record.id != sweep or not is_moment(record.created):
        return "it is of another sweep, or of no time"
    if len(record.runs) != len(plan.points):
        return "runs are missing"
    if not plan.points and (plan.search is None or plan.search.method != "tpe"):
        return "runs are missing"
    if plan.search is not None and not plan.search.ranges.keys() <= plan.fields.keys():
        return "values are missing"
    if plan.repeat < 1 or plan.jobs < 1 or len(plan.points) % plan.repeat:
        return "its numbers of runs do not fit"
    if not all(names <= point.parameters.keys() for point in plan.points):
        return "values are missing"
    return ""


def _damaged(path: Path, cause: str) -> Problem:
    return Problem(
        "The sweep's file is damaged",
        f"{path}: {cause}.",
        "Its runs are whole, see `tflab runs`. Move the file away.",
    )


def _not_kept(root: Path, error: OSError) -> Problem:
    return Problem("The sweep cannot be kept", f"{root}: {error.strerror}.", what_to_do(error))


def this_driver() -> Driver:
    """Return the driver that this process is."""
    pid = os.getpid()
    return Driver(pid, start_of(pid) or 0.0, this_host())
