"""The folder of all runs: making one, finding it again, telling whether it still lives."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tflab.runs.atomic_files import make_private_folder, new_private_folder, read_file
from tflab.runs.events import Started
from tflab.runs.job import has_job
from tflab.runs.log_reader import LogReader, check_log
from tflab.runs.log_writer import EVENTS, FILES, OUTPUT, RECORD
from tflab.runs.lost import lost, never_started
from tflab.runs.numbers import take_number
from tflab.runs.paths import data_folder, unreadable
from tflab.runs.processes import is_same, start_of, this_host
from tflab.runs.record import Maker, Problem, RunRecord, RunRequest, to_json
from tflab.runs.reserve import CONTENT, RESERVE
from tflab.runs.state import RunState
from tflab.runs.summary import is_moment
from tflab.runs.system_errors import what_to_do

_decoder = msgspec.json.Decoder(RunRecord)
_LONGEST_START_SECONDS = 60.0
_LONGEST_WAIT_SECONDS = 3600.0
IN_QUEUE = "in the queue of its target"
"""Where a run waits, as far as its folder tells."""

_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


class RunStore:
    """The runs of one user. Folders are private to the user (0700), files too (0600).

    Args:
        root: Where the run folders are; by default `runs` in the data folder.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or data_folder() / "runs"

    def create(self, request: RunRequest, versions: dict[str, str] | None = None) -> RunRecord:
        """Make a run folder and write `run.json`.

        Raises:
            Problem: When the folder cannot be written.
        """
        try:
            make_private_folder(self.root)
            now, folder = _new_folder(self.root)
        except OSError as error:
            raise _cannot_keep(self.root, error) from error
        try:
            record = RunRecord(
                id=folder.name,
                created=now,
                request=request,
                versions=versions or {},
                number=take_number(self.root, request.lesson, folder.name),
                maker=_this_process(),
            )
            new_private_folder(folder / FILES)
            for name, content in (
                (RECORD, to_json(record)),
                (EVENTS, b""),
                (OUTPUT, b""),
                (RESERVE, CONTENT),
            ):
                _write_private(folder / name, content)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise _cannot_keep(folder, error) from error
        return record

    def folder(self, run: str) -> Path:
        """Return the folder of a run.

        Raises:
            Problem: When `run` is no run id, there is no such run, or nobody may look for it.
        """
        folder = self.root / run
        try:
            if _ID.fullmatch(run) and stat.S_ISDIR(os.lstat(folder).st_mode):
                return folder
        except OSError as error:
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                raise unreadable("The run cannot be read", folder, error) from error
        raise Problem("No such run", f"There is no run {run!r}.", "See `tflab runs`.")

    def record(self, run: str) -> RunRecord:
        """Read the `run.json` of a run.

        Raises:
            Problem: When it is missing or damaged.
        """
        path = self.folder(run) / RECORD
        try:
            record = _decoder.decode(read_file(path))
        except OSError as error:
            raise unreadable("The run's record cannot be read", path, error) from error
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise _damaged(path, str(error)) from error
        if record.id != run or not is_moment(record.created):
            raise _damaged(path, "it is of another run, or of no time")
        return record

    def load(self, run: str) -> RunState:
        """Read a whole run. A run that died without a word is `lost`.

        Raises:
            Problem: When there is no such run, or its log cannot be read.
        """
        folder = self.folder(run)
        reader, state = LogReader(folder), RunState(folder)
        while events := reader.poll():
            for event in events:
                state.apply(event)
        if reader.trouble:
            check_log(folder)
            raise Problem(
                "The run log cannot be read",
                f"{folder}: {reader.trouble}.",
                "See that the folder can be read and its disk is there.",
            )
        state.note_damage(reader.damaged)
        if state.ended is None and state.started is not None and not is_alive(state.started):
            state.apply(lost(folder))
        elif state.ended is None and state.started is None:
            if has_job(folder):
                state.queued = IN_QUEUE
            elif self._is_abandoned(run):
                state.apply(never_started(folder))
        return state

    def _is_abandoned(self, run: str) -> bool:
        try:
            return is_abandoned(self.record(run), self.folder(run))
        except Problem:
            return False  # What it was cannot be told, which whoever asks for its record hears.

    def ids(self) -> Iterator[str]:
        """Yield the ids of all runs, newest first."""
        try:
            with os.scandir(self.root) as entries:
                # Links are not followed: what they lead to is no run of ours.
                names = [e.name for e in entries if is_run_id(e.name) and not e.is_symlink()]
        except FileNotFoundError:
            return
        yield from sorted(names, reverse=True)

    def find(self, text: str) -> str:
        """Return the id of the run that `text` names: an id, the beginning of one, or `last`.

        Raises:
            Problem: When there is none, or several begin like it.
        """
        return find_id(text, self.ids(), "run")


def find_id(text: str, ids: Iterator[str], what: str) -> str:
    """Return the one of `ids` that `text` names: itself, the beginning of it, or `last`.

    Args:
        text: What a person wrote.
        ids: What there is, newest first.
        what: What they are ids of: `run` or `sweep`.

    Raises:
        Problem: When there is none, or several begin like it.
    """
    wanted, known = text.strip(), list(ids)
    title, see = f"No such {what}", f"See `tflab {what}s`."
    if wanted == "last":
        if known:
            return known[0]
        raise Problem(title, f"There are no {what}s yet.", f"Start one with `tflab {what}`.")
    found = [one for one in known if one.startswith(wanted)] if wanted else []
    if not found:
        raise Problem(title, f"There is no {what} {wanted!r}.", see)
    if len(found) > 1 and wanted not in found:
        raise Problem(
            f"Which {what}?",
            f"{len(found)} {what}s begin with {wanted!r}; the newest is {found[0]}.",
            "Write more of its id.",
        )
    return wanted if wanted in found else found[0]


def new_id(now: float) -> str:
    """Return an id for a run made at `now`: ids sort by time, to the 65536th of a second.

    Of the six digits after date and time, four are that fraction and two are chance.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    return f"{stamp}-{int(now % 1 * 0x10000):04x}{secrets.token_hex(1)}"


def is_run_id(name: str) -> bool:
    """Return whether `name` has the form of a run's id."""
    return _ID.fullmatch(name) is not None


def is_alive(started: Started) -> bool:
    """Return whether the process of a run still lives, and is no other that got its number.

    Of a run on another machine, in a home that both share, nothing can be seen from here; it counts
    as alive until its log says that it ended.
    """
    return bool(elsewhere(started)) or is_same(started.pid, started.process_start)


def is_abandoned(record: RunRecord, folder: Path) -> bool:
    """Return whether a run that has not started never will: who asked for it is gone.

    Where that cannot be seen, an hour without a process tells it. A run that a queue has taken
    waits for as long as the queue says.
    """
    if has_job(folder):
        return False
    maker, age = record.maker, time.time() - record.created
    if maker is None or maker.host != this_host():
        return age > _LONGEST_WAIT_SECONDS
    return age > _LONGEST_START_SECONDS and not is_same(maker.pid, maker.process_start)


def elsewhere(started: Started) -> str:
    """Return the name of the machine that a run is on; empty when it is this one."""
    return "" if started.host in ("", this_host()) else started.host


def _this_process() -> Maker:
    pid = os.getpid()
    return Maker(pid=pid, process_start=start_of(pid) or 0.0, host=this_host())


def _damaged(path: Path, cause: str) -> Problem:
    return Problem(
        "The run's record is damaged",
        f"{path}: {cause}.",
        "What it logged is beside it. Move the folder away if you do not need it.",
    )


def _write_private(path: Path, content: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(content)


def _new_folder(root: Path) -> tuple[float, Path]:
    """Make a folder under an id that no other run has; return when, and the folder."""
    while True:
        now = time.time()
        folder = root / new_id(now)
        try:
            new_private_folder(folder)
        except FileExistsError:
            continue
        return now, folder


def _cannot_keep(place: Path, error: OSError) -> Problem:
    return Problem(
        "The run cannot be kept",
        f"{place}: {error.strerror}.",
        what_to_do(error),
    )
