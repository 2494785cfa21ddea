"""A run that goes on from an earlier one: it gets a copy of what that saved, and its points.

Done by the run's own process, before the program begins: files may be large, and the run may be on
another machine than whoever asked for it. The earlier run is only read.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tflab.recording.run_recorder import RunRecorder
from tflab.runs.events import SYSTEM, Continued, Scalars
from tflab.runs.log_writer import EVENTS, FILES, LogWriter
from tflab.runs.record import Problem, RunRequest
from tflab.runs.system_errors import what_to_do

_AT_ONCE = 1 << 20
_POINTS = f'{{"type":"{Scalars.TYPE}",'.encode()
_SEAM = f'{{"type":"{Continued.TYPE}",'.encode()
_SYSTEM = f'{{"type":"{Scalars.TYPE}","tag":"{SYSTEM}'.encode()


def go_on(request: RunRequest, folder: Path, recorder: RunRecorder) -> None:
    """Take over the files and the points of the run that this one goes on from, if there is one.

    Raises:
        Problem: When the earlier run is gone, or cannot be copied.
    """
    if not request.continues:
        return
    earlier = folder.parent / request.continues
    if not earlier.is_dir():
        raise Problem(
            "The earlier run is gone",
            f"Run {request.continues}, from which this one goes on, was deleted.",
            f"Bring it back with `tflab trash --restore {request.continues}`, or start anew.",
        )
    recorder.settle()
    try:
        copy_files(earlier / FILES, folder / FILES)
        _copy_points(earlier, folder)
    except OSError as error:
        raise Problem(
            "The earlier run cannot be copied",
            f"{error.filename or earlier}: {error.strerror}.",
            what_to_do(error),
        ) from error
    recorder.emit(Continued(run=request.continues))


def copy_files(source: Path, target: Path) -> None:
    """Copy all files below a folder; links that lead into it lead into the copy.

    Raises:
        OSError: When something cannot be read or written.
    """
    if source.is_dir():
        _copy_folder(str(source), str(target), str(source.resolve()), str(target.resolve()))


def _copy_folder(source: str, target: str, inside: str, instead: str) -> None:
    with os.scandir(source) as entries:
        found = list(entries)
    for entry in found:
        copy = os.path.join(target, entry.name)
        if entry.is_symlink():
            place = os.readlink(entry.path)
            if place == inside or place.startswith(inside + os.sep):
                place = instead + place[len(inside) :]
            os.symlink(place, copy)
        elif entry.is_dir():
            os.mkdir(copy, 0o700)
            _copy_folder(entry.path, copy, inside, instead)
        elif entry.is_file():
            _copy_file(entry.path, copy)


def _copy_file(source: str, target: str) -> None:
    """Copy a file: by the file system itself where it can, which takes no time and no room."""
    with open(source, "rb") as old, open(target, "xb") as new:
        try:
            while os.copy_file_range(old.fileno(), new.fileno(), 1 << 30):
                pass
        except (AttributeError, OSError):
            # Not Linux, or two file systems that do not know each other.
            old.seek(new.seek(0))
            new.truncate()
            shutil.copyfileobj(old, new, _AT_ONCE)
    shutil.copystat(source, target)


def _copy_points(earlier: Path, folder: Path) -> None:
    """Append the points of a log to another, and where runs went on in it."""
    writer = LogWriter(folder)
    lines: list[bytes] = []
    size = 0
    try:
        with (earlier / EVENTS).open("rb") as log:
            for line in log:
                # One that was torn as its run was killed has no end.
                if line.endswith(b"}\n") and line.startswith((_POINTS, _SEAM)):
                    if line.startswith(_SYSTEM):
                        continue
                    lines.append(line)
                    size += len(line)
                if size >= _AT_ONCE:
                    writer.write_lines(b"".join(lines))
                    lines, size = [], 0
        writer.write_lines(b"".join(lines))
    finally:
        writer.close()
