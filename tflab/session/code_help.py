"""Completion and help for code that is written: by Jedi where it is installed, else from the code.

Jedi has a process of its own, which is asked beside the screen's thread and ended when it hangs.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from tflab.programs.code_names import Help, Place, help_at, place_in
from tflab.runs.disk_queue import DiskQueue

if TYPE_CHECKING:
    from tflab.programs.program import Program

Want = Literal["names", "about"]

_PATIENCE = 20.0
"""Seconds for an answer: the first one reads TensorFlow's modules."""


class JediProcess:
    """Jedi in a process of its own, started when first asked. Blocks; never call it on a screen."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._turn = 0

    def ask(self, place: Place, want: Want, python: str) -> dict[str, Any] | None:
        """Return its answer; None where it gives none. A process that hangs is ended."""
        if find_spec("jedi") is None:
            return None
        self._turn += 1
        request = {"id": self._turn, "want": want, "python": python, **place._asdict()}
        try:
            process = self._running()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            if not select.select([process.stdout], [], [], _PATIENCE)[0]:
                self.close()
                return None
            answer: dict[str, Any] = json.loads(process.stdout.readline() or "{}")
        except (OSError, ValueError):
            self.close()
            return None
        return answer if answer.get("id") == self._turn and "failed" not in answer else None

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                # What it did not take before it was gone cannot be written any more.
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()
            process.wait()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            # Isolated, and nowhere: nothing beside the program is imported.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "tflab.programs.jedi_answers"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                cwd="/",
                start_new_session=True,
            )
        return self._process


class CodeHelp:
    """Answers what is asked of code that is written; of several questions the last one counts.

    Args:
        queue: Where answers are waited for; one that nobody else needs.
        python: Gives the interpreter whose packages count; empty for our own.
    """

    def __init__(self, queue: DiskQueue, python: Callable[[], str] = lambda: "") -> None:
        self._queue = queue
        self._python = python
        self._jedi = JediProcess()
        self._turn = 0

    def ask(
        self,
        program: Program,
        cell: int,
        text: str,
        at: tuple[int, int],
        want: Want,
        take: Callable[[Help], object],
    ) -> None:
        """Have `take` called with what is known of a place in a cell.

        Args:
            program: The program.
            cell: Index of the cell.
            text: Its code as it is now.
            at: Row and column there, from 0.
            want: Whether names to go on with, or what stands there.
            take: Called once, unless something else is asked meanwhile.
        """
        self._turn += 1
        turn, python = self._turn, self._python()

        def answer() -> Help:
            place = place_in(program, cell, text, *at)
            plain = help_at(place)
            found = self._jedi.ask(place, want, python) or {}
            # What the program itself uses is the likelier.
            names = tuple(dict.fromkeys([*plain.names, *found.get("names", ())]))
            signature = found.get("signature") or plain.signature
            return Help(names, signature, found.get("about") or plain.about)

        def brought(done: Future[Help]) -> None:
            if turn == self._turn:
                take(done.result())

        self._queue.do_then(answer, brought)

    def close(self) -> None:
        """End Jedi's process, without waiting for what it is asked."""
        self._turn += 1
        self._queue.do(self._jedi.close)
