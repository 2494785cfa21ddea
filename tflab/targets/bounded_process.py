"""Asking a program that may do anything: it is given some seconds and may say so much."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_LEAVE_SECONDS = 1.0


@dataclass(frozen=True)
class Answer:
    """What a program said, and how it ended.

    Attributes:
        text: Its standard output and error together, cut at the limit.
        code: Its exit code, negative for a signal; None when it was ended for its time or length.
    """

    text: str
    code: int | None


def ask_process(
    command: Sequence[str],
    seconds: float,
    limit: int = 1 << 18,
    environment: Mapping[str, str] | None = None,
) -> Answer:
    """Run a program, and end it with all that it started when it takes too long or says too much.

    Args:
        command: The program and its arguments.
        seconds: How long it may take.
        limit: How many bytes it may write.
        environment: Its variables; by default those of this process.

    Raises:
        OSError: When the system cannot start it.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout as pipe:
        os.set_blocking(pipe.fileno(), False)
        try:
            said, over = _read(pipe.fileno(), time.monotonic() + seconds, limit)
            # What closed its output may go on for ever all the same.
            code = process.wait(_LEAVE_SECONDS) if over else None
        except subprocess.TimeoutExpired:
            code = None
        finally:
            _end(process)
    return Answer(said.decode("utf-8", "replace"), code)


def _read(descriptor: int, until: float, limit: int) -> tuple[bytes, bool]:
    """Return what was said, and whether the program was done with it in time."""
    said = b""
    while len(said) < limit:
        left = until - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            return said, False
        data = os.read(descriptor, 1 << 16)
        if not data:
            return said, True
        said += data
    return said[:limit], False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program that goes on, with all that it started."""
    if process.returncode is not None:
        # Its number, which is its group's too, may be another's by now.
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    # One that hangs in the kernel may take its time.
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_LEAVE_SECONDS)
