"""How a run ended whose process could not say so itself: the cause in words, and what to do."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path
from typing import Any

from tflab.runs.events import Ended
from tflab.runs.log_writer import NATIVE, RECORD, STOP, has_ended
from tflab.runs.lost import as_asked
from tflab.runs.processes import signal_name
from tflab.runs.record import read_record
from tflab.runs.reserve import append_last, give_back
from tflab.worker.errors import Places
from tflab.worker.exit_codes import DISK_FAILED, INTERNAL
from tflab.worker.memory import MemoryKills, explain_kill, memory_kills
from tflab.worker.trouble import gpu_trouble

_TAIL = 16 << 10
_SIZES = re.compile(r"size|sample|batch|unit|layer|depth|count|width|points", re.IGNORECASE)


def close_log(folder: Path, status: int, kills_before: MemoryKills) -> None:
    """Append the `ended` event to the log of a run whose process is gone, unless it is there.

    Args:
        folder: The run folder.
        status: Wait status of the process.
        kills_before: What `memory_kills` returned when the run began.

    Raises:
        OSError: When the log cannot be written.
    """
    if has_ended(folder):
        give_back(folder)
    else:
        append_last(folder, as_asked(folder, ending(folder, status, kills_before)))


def ending(folder: Path, status: int, kills_before: MemoryKills) -> Ended:
    """Return how a run ended, from its wait status and what it left in its folder."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return _by_signal(folder, -code, kills_before)
    if code == 0:
        return _ended(
            "finished", "The program ended its own process, by os._exit or in a child.", "", code
        )
    if code == DISK_FAILED:
        return _ended(
            "failed",
            "The run log could not be written to its end: the disk is full or was not there.",
            "Make room, then run it again.",
            code,
        )
    if code == INTERNAL:
        lines = last_lines(folder / NATIVE)
        return _ended("failed", f"tflab itself failed: {lines}", "Please report it.", code)
    return _ended(
        "failed",
        f"The program ended its own process with exit code {code}, as os._exit does.",
        "Remove the call that leaves, or look at what it printed before.",
        code,
    )


def last_lines(path: Path, count: int = 3) -> str:
    """Return the last lines of what a library wrote, without the trace of the crash itself."""
    text = _tail(path).partition("Fatal Python error")[0]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[-count:])[-600:] or "it left no message."


def _by_signal(folder: Path, number: int, kills_before: MemoryKills) -> Ended:
    name = signal_name(number)
    asked = (folder / STOP).exists()
    if number in (signal.SIGINT, signal.SIGTERM) or (asked and number == signal.SIGKILL):
        whose = "" if asked else ", which tflab did not send: somebody or the system did"
        return _ended("cancelled", f"Stopped by {name}{whose}.", "", None, name)
    out_of_memory = explain_kill(kills_before, memory_kills())
    cause, next_step = _cause(folder, number, name, out_of_memory)
    return _ended("failed", cause, next_step, None, name)


def _cause(folder: Path, number: int, name: str, out_of_memory: str) -> tuple[str, str]:
    if number == signal.SIGKILL and out_of_memory:
        return out_of_memory, _smaller(folder)
    if number == signal.SIGKILL:
        return (
            "Something killed the run (SIGKILL). It may have been for want of memory, but the "
            "kernel does not say so.",
            f"If nobody killed it: {_smaller(folder)}",
        )
    where = _program_line(folder)
    trouble = gpu_trouble(_tail(folder / NATIVE))
    if trouble is not None:
        return f"{trouble.cause} The run was ended by {name}{where}.", trouble.next_step
    if number in (signal.SIGSEGV, signal.SIGBUS):
        return (
            f"A library crashed: it touched memory that is not its own ({name}){where}.",
            "Run it again; if it crashes again, leave out the line that leads there.",
        )
    if number == signal.SIGABRT:
        return (
            f"A library gave up (SIGABRT){where}: {last_lines(folder / NATIVE)}",
            "Its last words may say what to change.",
        )
    if number == signal.SIGILL:
        return (
            f"A library used an instruction that this CPU does not have (SIGILL){where}.",
            "Install a TensorFlow that was built for this machine.",
        )
    if number == signal.SIGFPE:
        return f"A library divided by zero (SIGFPE){where}.", "Look at the sizes it was given."
    return f"The run was ended by {name}{where}.", "Run it again."


def _smaller(folder: Path) -> str:
    try:
        record = read_record(folder / RECORD)
    except (OSError, ValueError):
        return "make the data or the model smaller."
    numbers: dict[str, Any] = record.request.parameters
    sizes = [n for n, v in numbers.items() if type(v) is int and v > 1 and _SIZES.search(n)]
    if not sizes:
        return "make the data or the model smaller."
    return f"lower {' or '.join(f'`{name}`' for name in sizes[:3])}."


def _program_line(folder: Path) -> str:
    """The line of the program that led to a crash, from the trace that Python leaves."""
    try:
        record = read_record(folder / RECORD)
    except (OSError, ValueError):
        return ""
    frame = f'File "{re.escape(record.request.path)}", line (\\d+)'
    found = re.search(frame, _tail(folder / NATIVE).partition("Fatal Python error")[2])
    if found is None:
        return ""
    words = Places(record.request.cells).words(int(found.group(1)))
    return f", at {words[:1].lower()}{words[1:]} of the program"


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _ended(state: Any, cause: str, next_step: str, exit_code: int | None, name: str = "") -> Ended:
    next_step = next_step[:1].upper() + next_step[1:]
    return Ended(
        state=state,
        time=time.time(),
        cause=cause,
        next_step=next_step,
        exit_code=exit_code,
        signal=name,
        writer="server",
    )
