"""What a program writes with `tf.summary.scalar`, read from the event files that it writes itself.

So nothing is put into its graphs, and what is written inside of a `tf.function` is there as well.
"""

from __future__ import annotations

import functools
import importlib
import os
import re
import struct
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from tflab.recording.autolog import is_wanted
from tflab.recording.values import to_text
from tflab.runs.events import Event, Notice, Number, Scalars, as_number

INTERVAL = 0.3
"""Seconds between two looks at the files."""

FLUSH_MILLIS = 500
"""How often a writer brings out what it holds, where the program does not say; else 2 minutes."""

_HEAD = struct.Struct("<Q")
_CRC = 4
# What the TensorBoard callback of Keras writes itself, which `fit` records already.
_OF_KERAS = re.compile(r"(epoch|batch|evaluation|keras)(_|$)|.*_vs_iterations$")


class EventFiles:
    """The event files of one process.

    Args:
        is_taken: Says whether a series of that name is something else.
        claim: Told of each series that is recorded here.
    """

    def __init__(
        self,
        is_taken: Callable[[str], bool] = lambda _: False,
        claim: Callable[[str], object] = lambda _: None,
    ) -> None:
        self.is_taken = is_taken
        self.claim = claim
        self._folders: list[_Folder] = []
        self._writers: weakref.WeakSet[Any] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._next = 0.0
        self._ends = False

    def watch(self) -> None:
        """Hear of each writer that the program makes with TensorFlow, which is imported already."""
        tensorflow = sys.modules["tensorflow"]
        if not hasattr(tensorflow, "summary"):
            return  # A build without it writes no summaries.
        make = tensorflow.summary.create_file_writer

        @functools.wraps(make)
        def create_file_writer(logdir: Any, *arguments: Any, **named: Any) -> Any:
            if not is_wanted():
                return make(logdir, *arguments, **named)
            if len(arguments) < 2:
                named.setdefault("flush_millis", FLUSH_MILLIS)
            writer = make(logdir, *arguments, **named)
            caller = sys._getframe(1).f_globals.get("__name__", "")
            if isinstance(logdir, str | os.PathLike):
                self.add(os.fspath(logdir), caller.partition(".")[0] in ("keras", "tf_keras"))
                self._writers.add(writer)
            return writer

        tensorflow.summary.create_file_writer = create_file_writer
        tensorflow.compat.v2.summary.create_file_writer = create_file_writer

    def add(self, path: str, of_keras: bool = False) -> None:
        """Read the event files of a folder from here on."""
        path = os.path.abspath(path)
        with self._lock:
            if all(folder.path != path for folder in self._folders):
                self._folders.append(_Folder(path, of_keras))

    def end(self) -> None:
        """Bring out what writers still hold, as Python does at its end; the next news is all."""
        for writer in list(self._writers):
            writer.flush()
        self._ends = True

    def news(self) -> list[Event]:
        """Return what was written since the last call, if it is time to look."""
        if not self._folders or not (self._ends or time.monotonic() >= self._next):
            return []
        self._next = time.monotonic() + INTERVAL
        with self._lock:
            folders = list(self._folders)
        found: list[Event] = []
        for folder in folders:
            try:
                found += self._read(folder, folders)
            except Exception as error:  # noqa: BLE001
                folder.damaged = True
                text = f"{folder.path} is not read on: {type(error).__name__}: {error}"[:500]
                found.append(Notice(text=to_text(text)))
        return found

    def _read(self, folder: _Folder, folders: list[_Folder]) -> list[Event]:
        columns: dict[str, tuple[list[int], list[Number]]] = {}
        for tag, step, value in folder.points():
            if folder.of_keras and _OF_KERAS.match(tag):
                continue
            steps, values = columns.setdefault(tag, ([], []))
            steps.append(step)
            values.append(as_number(value))
        now = time.time()
        return [
            Scalars(tag=self._name(folder, tag, folders), steps=steps, values=values, time=now)
            for tag, (steps, values) in columns.items()
        ]

    def _name(self, folder: _Folder, tag: str, folders: list[_Folder]) -> str:
        """Return the name of a series; those of several folders have these before them."""
        if folder.prefix is None:
            folder.prefix = "" if len(folders) == 1 else _own_part(folder.path, folders) + "/"
        if tag not in folder.names:
            name = to_text(folder.prefix + tag)
            if self.is_taken(name):
                name = f"{_own_part(folder.path, folders)}/{to_text(tag)}"
            self.claim(name)
            folder.names[tag] = name
        return folder.names[tag]


class _Folder:
    """A folder of event files, and how far they were read."""

    def __init__(self, path: str, of_keras: bool) -> None:
        self.path = path
        self.of_keras = of_keras
        self.prefix: str | None = None
        self.names: dict[str, str] = {}
        self.damaged = False
        self._read: dict[str, int] = {}
        self._mine = re.compile(rf"events\.out\.tfevents\.\d+\..*\.{os.getpid()}\.")
        if os.path.isdir(path):
            # What lies there from before is not this run's.
            self._read = {name: os.path.getsize(os.path.join(path, name)) for name in self._files()}

    def points(self) -> Iterator[tuple[str, int, float]]:
        """Yield tag, step and value of what was added."""
        if self.damaged or not os.path.isdir(self.path):
            return
        for name in self._files():
            with open(os.path.join(self.path, name), "rb") as file:
                file.seek(self._read.get(name, 0))
                data = file.read()
            end = 0
            for event, end in _events(data):  # noqa: B007
                for value in event.summary.value:
                    number = _number(value)
                    if number is not None:
                        yield value.tag, int(event.step), number
            self._read[name] = self._read.get(name, 0) + end

    def _files(self) -> list[str]:
        return sorted(name for name in os.listdir(self.path) if self._mine.match(name))


def _events(data: bytes) -> Iterator[tuple[Any, int]]:
    """Yield each whole event, and where it ends; one that is being written is left for later."""
    read = importlib.import_module("tensorflow").compat.v1.Event.FromString
    at = 0
    while at + _HEAD.size <= len(data):
        (length,) = _HEAD.unpack_from(data, at)
        start = at + _HEAD.size + _CRC
        at = start + length + _CRC
        if at > len(data):
            return
        yield read(data[start : start + length]), at


def _number(value: Any) -> float | None:
    if value.HasField("simple_value"):
        return float(value.simple_value)
    kind = value.metadata.plugin_data.plugin_name
    if kind not in ("scalars", "") or not value.HasField("tensor"):
        return None
    if value.tensor.tensor_shape.dim:
        return None
    array = importlib.import_module("tensorflow").make_ndarray(value.tensor)
    return float(array) if array.dtype.kind in "fiub" else None


def _own_part(path: str, folders: list[_Folder]) -> str:
    """Return the end of a path that tells it from the others, as short as it can be."""
    others = [folder.path for folder in folders if folder.path != path]
    parts = path.split(os.sep)
    for count in range(1, len(parts)):
        name = "/".join(parts[-count:])
        if not any(other.replace(os.sep, "/").endswith(f"/{name}") for other in others):
            return name
    return path
