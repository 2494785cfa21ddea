"""A program in a pseudo-terminal: its screen as text, keys to press, sizes to change to.

The benchmarks use it as well, so that tests and figures look at the same screen.
"""

from __future__ import annotations

import os
import re
import select
import termios
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pexpect
import pyte
from pyte.screens import Char

from tests.terminal.keys import key_bytes

PATIENCE = 60.0
"""Seconds that a wait lasts at most, unless told otherwise."""

_DROPPED = re.compile(
    r"NO_COLOR|(FORCE|CLI)COLOR.*|COLORTERM|COLUMNS|LINES|TMUX.*|STY|TERM_PROGRAM.*|SSH_.*"
    r"|LANG|LANGUAGE|LC_.*|PYTHON.*|TEXTUAL.*|EDITOR|VISUAL"
)
# What pyte would print as text or take for a colour: keyboard protocol and the like.
_UNKNOWN = re.compile(rb"\x1b\[[<=>][0-9;]*[A-Za-z]")
_UNFINISHED = re.compile(rb"\x1b(\[[0-9;:<=>?$ ]*)?$")


class Terminal:
    """Runs a command in a pseudo-terminal of a given size.

    A thread only reads and stamps what arrives; it is parsed when somebody looks at the screen. So
    the times that waits return are those at which the bytes came, and who does not look pays
    nothing. Use it as a context manager, or call `close`.

    Args:
        command: The program and its arguments.
        size: Columns and rows.
        environment: Variables to set, or to drop where the value is None.
        folder: Where the program starts.

    Attributes:
        spawned: When the program was started, by `time.perf_counter`.
        first_settings: The settings of the terminal line at the start.
    """

    def __init__(
        self,
        command: Sequence[str],
        size: tuple[int, int] = (120, 40),
        environment: Mapping[str, str | None] | None = None,
        folder: Path | None = None,
    ) -> None:
        columns, rows = size
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._unparsed = b""
        self._chunks: deque[tuple[float, bytes]] = deque()
        self._news = threading.Event()
        self._ended = False
        self._written: list[bytes] = []
        self.spawned = time.perf_counter()
        with warnings.catch_warnings():
            # Python 3.12 and later warn of a fork beside threads; this child becomes another
            # program at once.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._child = pexpect.spawn(
                command[0],
                list(command[1:]),
                env=_environment(environment or {}),
                cwd=str(folder) if folder else None,
                dimensions=(rows, columns),
            )
        self.first_settings = termios.tcgetattr(self._child.child_fd)
        self._reader = threading.Thread(target=self._read_on, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def raw(self) -> bytes:
        """Every byte it has written so far."""
        return b"".join(self._written)

    @property
    def pid(self) -> int:
        """The program's process id."""
        return int(self._child.pid)

    @property
    def settings(self) -> list[Any]:
        """What the program has made of the terminal line: echo, line mode and so on."""
        return termios.tcgetattr(self._child.child_fd)

    @property
    def ended(self) -> bool:
        """Whether the program has closed its end, and so has ended or is about to."""
        return self._ended

    @property
    def text(self) -> str:
        """The screen as it is now, a line for each row."""
        while self._parse_next():
            pass
        return self._display()

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Row and column of the terminal's own cursor; None while it is hidden."""
        while self._parse_next():
            pass
        cursor = self._screen.cursor
        return None if cursor.hidden else (cursor.y, cursor.x)

    @property
    def cells(self) -> list[list[Char]]:
        """The screen as it is now, each cell with its character, colours and style."""
        while self._parse_next():
            pass
        lines, columns = self._screen.buffer, range(self._screen.columns)
        return [[lines[row][column] for column in columns] for row in range(self._screen.lines)]

    @property
    def title(self) -> str:
        """The title that the program gave the terminal."""
        while self._parse_next():
            pass
        return str(self._screen.title)

    def wait_for(self, pattern: str, timeout: float = PATIENCE) -> float:
        """Wait until the screen shows `pattern`, a regular expression; return when that came.

        Raises:
            AssertionError: With the screen, when it did not come in time or the program ended.
        """
        return self.wait_until(re.compile(pattern, re.M).search, pattern, timeout)

    def wait_gone(self, pattern: str, timeout: float = PATIENCE) -> float:
        """Wait until the screen no longer shows `pattern`; return when that was so."""
        search = re.compile(pattern, re.M).search
        return self.wait_until(lambda text: not search(text), f"no {pattern}", timeout)

    def wait_until(
        self, condition: Callable[[str], object], what: str, timeout: float = PATIENCE
    ) -> float:
        """Wait until `condition` holds for the text of the screen; return when that came.

        Raises:
            AssertionError: Naming `what`, with the screen.
        """
        while self._parse_next():
            pass
        if condition(self._display()):
            return time.perf_counter()
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            self._news.clear()
            stamp = self._parse_next()
            if stamp is not None:
                if condition(self._display()):
                    return stamp
            elif self._ended:
                break
            else:
                self._news.wait(max(0.0, deadline - time.monotonic()))
        how = "The program ended" if self._ended else f"{timeout:g} s went by"
        raise AssertionError(f"{how} without: {what}\n{self.text}")

    def press(self, *keys: str) -> float:
        """Press keys by name (`ctrl+r`, `f5`, `down`, `enter`, `x`); return when the last went."""
        for key in keys:
            os.write(self._child.child_fd, key_bytes(key))
        return time.perf_counter()

    def type(self, text: str) -> float:
        """Type `text` as it is; return when it went."""
        return self.press(*text)

    def send(self, data: bytes) -> None:
        """Send bytes as they are: a paste, a click, half a sequence. Waits until all were taken."""
        while data:
            data = data[os.write(self._child.child_fd, data) :]

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal, which tells the program."""
        while self._parse_next():
            pass
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def wait_end(self, timeout: float = PATIENCE) -> int | None:
        """Wait until the program has ended; return its exit code, None when a signal ended it.

        Raises:
            AssertionError: With the screen, when it did not end in time.
        """
        self._reader.join(timeout)
        if self._reader.is_alive():
            raise AssertionError(f"Still there after {timeout:g} s:\n{self.text}")
        self._child.wait()
        code = self._child.exitstatus
        return None if code is None else int(code)

    def close(self) -> None:
        """Hang up, as a lost line does, and see that the program is gone."""
        try:
            self._child.close(force=True)
        except pexpect.ExceptionPexpect:
            # It was killed, and is still giving back its memory.
            self._child.wait()
        self._reader.join(PATIENCE)

    def _display(self) -> str:
        # pyte's own gives up where a change of size has cut a wide character in two. The edge of a
        # field is no text.
        lines, columns = self._screen.buffer, range(self._screen.columns)
        return "\n".join(
            "".join(lines[row][column].data for column in columns)
            for row in range(self._screen.lines)
        ).replace("▐", " ")

    def _parse_next(self) -> float | None:
        """Parse one chunk; return when it came, or None when there was none."""
        try:
            stamp, data = self._chunks.popleft()
        except IndexError:
            return None
        data = _UNKNOWN.sub(b"", self._unparsed + data)
        unfinished = _UNFINISHED.search(data)
        cut = unfinished.start() if unfinished else len(data)
        self._unparsed = data[cut:]
        try:
            self._stream.feed(data[:cut])
        except TypeError:
            # Keys that the line echoes may tear a sequence. Terminals pass over what that makes of
            # it, pyte gives up; what it had not read is missing until it is drawn again.
            self._stream = pyte.ByteStream(self._screen)
        return stamp

    def _read_on(self) -> None:
        fd = self._child.child_fd
        while True:
            try:
                select.select([fd], [], [], None)
                data = os.read(fd, 1 << 16)
            except (OSError, ValueError):
                data = b""
            if not data:
                break
            self._chunks.append((time.perf_counter(), data))
            self._written.append(data)
            self._news.set()
        self._ended = True
        self._news.set()


def _environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """Ours, without what makes a program behave unlike in a person's terminal."""
    kept = {name: value for name, value in os.environ.items() if not _DROPPED.fullmatch(name)}
    wanted = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **changes}
    return kept | {name: value for name, value in wanted.items() if value is not None}
