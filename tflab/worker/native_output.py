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
        self._crashed = False
        self._noise = _NOISE_AT_THE_END if after_the_end else _NOISE

    def forward(self, whole_lines: bool = True, patience: float = 0.0) -> None:
        """Copy what is new.

        Args:
            whole_lines: Whether a line that has not ended waits for its end.
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

    def _copy(self, whole_lines: bool) -> bool:
        """Copy one chunk; True when there is more."""
        start = self._journal.forwarded
        native = self._native.descriptor()
        size = os.fstat(native).st_size
        # Shorter than before: it was cut at its limit.
        start = min(start, size)
        data = os.pread(native, _CHUNK, start)
        if whole_lines or len(data) == _CHUNK:
            end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
            data = data[: end or (len(data) if len(data) == _CHUNK else 0)]
        kept = self._sorted_out(data)
        self._journal.forwarded = start + len(data)
        while kept:
            kept = kept[os.write(self._output.descriptor(), kept) :]
        return len(data) == _CHUNK

    def _sorted_out(self, data: bytes) -> bytes:
        if self._crashed:
            return b""
        data, crash, _ = data.partition(_CRASH)
        self._crashed = bool(crash)
        if not self._noise.search(data):
            return data
        return b"".join(line for line in _LINE.findall(data) if not self._noise.match(line))


def forward_rest(folder: Path, journal: Journal) -> None:
    """Copy what a process that is gone left behind.

    Raises:
        OSError: When it cannot be read or written.
    """
    NativeOutput(folder, journal, after_the_end=True).forward(whole_lines=False)
