"""What is written to descriptor 2 past Python: a program's part of it goes to its output.

TensorFlow's C++ writes its log there, and so do `tf.print`, programs that were started, and
processes that multiprocessing started when they raise. All of it is kept in `stderr.log` as it
comes; what is no line of such a log is copied to `output.log`, where it was written.
"""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path

from tflab.recording.journal import Journal
from tflab.runs.kept_file import KeptFile
from tflab.runs.log_writer import NATIVE, OUTPUT

_NOISE = re.compile(
    rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWEF] "
    rb"|[IWEF]\d{4} \d\d:\d\d:\d+\.\d+ +\d+ [^\]\n]*\] "
    rb"|WARNING: All log messages before absl::InitializeLog\(\) is called"
    rb"|To enable the following instructions: "
    rb"|Your kernel may have been built without NUMA support"
    rb"|Skipping registering GPU devices"
)
# Trackers of multiprocessing and loky clear up what a run left to them, which plain `python` would
# have done itself at its end.
_NOISE_AT_THE_END = re.compile(
    _NOISE.pattern + rb"|[^\n]*resource_tracker\.py:\d+: UserWarning: |  warnings\.warn\("
)
# What Python writes when a process dies of a signal; how the run ended tells of it.
_CRASH = b"Fatal Python error: "
_CHUNK = 1 << 20
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|$)")


def is_noise(line: bytes) -> bool:
    """Return whether a line belongs to the log of a C++ library."""
    return _NOISE.match(line) is not None


class NativeOutput:
    """Copies what belongs to a run's output, in the order in which it was written.

    Args:
        folder: The run folder.
        journal: Keeps how far this has come, for whoever goes on when the process is gone.
        after_the_end: Whether it is gone.

    Raises:
        OSError: When the files cannot be opened.
    """

    def __init__(self, folder: Path, journal: Journal, after_the_end: bool = False) -> None:
        self._native = KeptFile(folder / NATIVE)
        self._output = KeptFile(folder / OUTPUT)
        self._journal = journal
        self._lock = threading.Lock()
        self._waited = 0
        self._crash_at = self._outlived = -1
        self._after_the_end = after_the_end
        self._noise = _NOISE_AT_THE_END if after_the_end else _NOISE

    def forward(self, whole_lines: bool = True, patience: float = 0.0) -> None:
        """Copy what is new.

        Args:
            whole_lines: Whether a line that has not ended waits for its end, and the trace of a
                crash for what becomes of this process.
            patience: Seconds to wait for a thread that is copying; it may be this one, when a
                handler of a signal prints.

        Raises:
            OSError: When it cannot be read or written.
        """
        if self._native.size() != self._journal.forwarded:
            self._forward(whole_lines, patience)

    def _forward(self, whole_lines: bool, patience: float = 0.0) -> None:
        if not self._lock.acquire(timeout=patience) if patience else not self._lock.acquire(False):
            return
        try:
            while self._copy(whole_lines):
                pass
        finally:
            self._lock.release()

    def forward_in_time(self, size: int) -> None:
        """Copy whole lines, and one that has not ended if it has not grown since the last time.

        Args:
            size: How long the file is that is copied from.

        Raises:
            OSError: As `forward`.
        """
        if size != self._journal.forwarded:
            self._forward(whole_lines=size != self._waited)
        self._waited = size
        self._outlived = self._crash_at

    def _copy(self, whole_lines: bool) -> bool:
        """Copy one chunk; True when there is more."""
        native = self._native.descriptor()
        self._settle(native)
        # Shorter than before: it was cut at its limit.
        start = min(self._journal.forwarded, os.fstat(native).st_size)
        chunk = os.pread(native, _CHUNK, start)
        data = self._ready(chunk, start, whole_lines)
        self._hand_over(start + len(data), _program_s(data, self._noise))
        return bool(data) and (len(chunk) == _CHUNK or _CRASH in chunk[len(data) :])

    def _ready(self, chunk: bytes, start: int, whole_lines: bool) -> bytes:
        """Return the part of a chunk whose turn it is."""
        crash = chunk.find(_CRASH)
        if crash > 0:
            return chunk[:crash]
        if crash == 0 and (self._after_the_end or (whole_lines and start != self._outlived)):
            # Of this process, which is about to be gone, or of a child, which is to be heard.
            self._crash_at = start
            return b""
        if whole_lines or len(chunk) == _CHUNK:
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
            return chunk[: end or (len(chunk) if len(chunk) == _CHUNK else 0)]
        return chunk

    def _hand_over(self, end: int, kept: bytes) -> None:
        """Write what is kept of all bytes before `end`, and note that it was written."""
        descriptor, size = self._output.look()
        self._journal.promise_forwarded(end, size)
        self._write(descriptor, kept)
        self._journal.forwarded = end

    def _settle(self, native: int) -> None:
        """Complete a copy of which nobody could say any more that it was made.

        The process may end, or the disk be full, while it is written. Others write there as well:
        its place is looked for.
        """
        end, before = self._journal.promised_forwarded
        start = self._journal.forwarded
        if end <= start:
            return
        kept = _program_s(os.pread(native, end - start, start), _NOISE)
        descriptor, size = self._output.look()
        there = os.pread(descriptor, max(size - before, 0), before)
        # Shorter than before: it was cut at its limit.
        if size >= before and kept not in there:
            self._write(descriptor, kept[len(there) :] if kept.startswith(there) else kept)
        self._journal.forwarded = end

    def _write(self, descriptor: int, kept: bytes) -> None:
        while kept:
            kept = kept[os.write(descriptor, kept) :]


def _program_s(data: bytes, noise: re.Pattern[bytes]) -> bytes:
    """Return what the program itself, or a child of it, has written."""
    if not noise.search(data):
        return data
    return b"".join(line for line in _LINE.findall(data) if not noise.match(line))


def forward_rest(folder: Path, journal: Journal) -> None:
    """Copy what a process that is gone left behind.

    Raises:
        OSError: When it cannot be read or written.
    """
    NativeOutput(folder, journal, after_the_end=True).forward(whole_lines=False)
