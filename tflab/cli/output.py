"""What the command line writes. All of it passes one gate, so that no text steers a terminal.

While a command runs, `sys.stdout` and `sys.stderr` are gates: whatever is printed is made inert,
wherever it came from. Control sequences of our own have methods; documents go as they are where no
terminal reads them.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TextIO, cast

from tflab.runs.text import inert, writable
from tflab.ui.terminal.notices import Loudness, alert_sequence

_NAMES = ("stdin", "stdout", "stderr")
_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")


class Gate(io.TextIOBase):
    """A standard stream that obeys nothing of what is written to it.

    A character that the locale lacks becomes a question mark.

    Args:
        stream: Where it all goes.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the stream."""
        return self.stream.encoding or "utf-8"

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """That of the stream."""
        return self.stream.errors

    def write(self, text: str) -> int:
        """Write text, inert."""
        self.stream.write(inert(text))
        return len(text)

    def writable(self) -> bool:
        """Return whether text may be written."""
        return True

    def close(self) -> None:
        """Leave the stream open: it is there before and after."""

    def flush(self) -> None:
        """Send what waits."""
        self.stream.flush()

    def fileno(self) -> int:
        """Return the stream's descriptor."""
        return self.stream.fileno()

    def isatty(self) -> bool:
        """Return whether a terminal reads it."""
        return self.stream.isatty()

    def painted(self, line: str) -> None:
        """Write a line in which the colours stay, and nothing else that a terminal obeys."""
        parts = _COLOUR.split(line)
        # Every other part is a colour.
        self.stream.write("".join(p if n % 2 else inert(p) for n, p in enumerate(parts)) + "\n")
        self.stream.flush()

    def draw_over(self, line: str) -> None:
        """Write a line over the one that the cursor is on."""
        self.stream.write(f"\r\x1b[K{inert(line)}")
        self.stream.flush()

    def draw_block_over(self, height: int, lines: list[str]) -> None:
        """Write lines over the `height` ones above the cursor."""
        up = f"\x1b[{height}A" if height else ""
        self.stream.write(f"{up}\r\x1b[J" + "".join(f"{inert(line)}\n" for line in lines))
        self.stream.flush()

    def alert(self, title: str, text: str, loudness: Loudness) -> None:
        """Have the terminal show a notice, and ring; of the words only what can be printed goes."""
        self.stream.write(alert_sequence(title, text, loudness))
        self.stream.flush()

    def document(self, text: str) -> None:
        """Write a document: as UTF-8 and byte for byte into a file or a pipe, inert on a terminal.

        Where a terminal is shown something else than a file would hold, stderr says so.
        """
        text = writable(text)
        if not self.isatty():
            self._write_bytes(text.encode())
            return
        shown = inert(text)
        encoding = self.encoding
        self.stream.write(shown.encode(encoding, "backslashreplace").decode(encoding))
        self.stream.flush()
        if shown != text or shown.encode(encoding, "ignore") != shown.encode(encoding, "replace"):
            print(
                "Characters that a terminal obeys or lacks are shown as marks here; "
                "a file or a pipe gets them as they are.",
                file=sys.stderr,
            )

    def _write_bytes(self, content: bytes) -> None:
        self.stream.flush()
        if isinstance(self.stream, io.TextIOWrapper):
            self.stream.buffer.write(content)
            self.stream.buffer.flush()
        else:
            self.stream.write(content.decode())


def stdout() -> Gate:
    """Return standard output as a gate, also where nobody has put one there."""
    stream: object = sys.stdout
    return stream if isinstance(stream, Gate) else Gate(sys.stdout)


def stderr() -> Gate:
    """Return standard error as a gate, also where nobody has put one there."""
    stream: object = sys.stderr
    return stream if isinstance(stream, Gate) else Gate(sys.stderr)


@contextmanager
def gated() -> Iterator[None]:
    """Let everything that is printed meanwhile pass a gate, on stdout and stderr."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, Gate(stream)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def print_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print what nobody caught, as Python does, inert: `sys.excepthook`."""
    import traceback

    print(
        "".join(traceback.format_exception(kind, error, trace)), file=cast(TextIO, Gate(sys.stderr))
    )


def fill_closed_streams() -> None:
    """Put the null device where stdin, stdout or stderr is closed, as `>&-` leaves it.

    Otherwise the next file that opens gets its number, and what a run prints goes into that file.
    """
    for number, name in enumerate(_NAMES):
        if getattr(sys, name) is None:
            mode = os.O_RDONLY if number == 0 else os.O_WRONLY
            null = os.open(os.devnull, mode)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            os.set_inheritable(number, True)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8"))


def stdout_takes_nothing() -> bool:
    """Return whether stdout refuses another line, as a file on a full disk does."""
    try:
        print(flush=True)
    except OSError:
        return True
    return False


def give_up_stdout() -> None:
    """Let what still waits go to the null device: Python would complain once more at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
