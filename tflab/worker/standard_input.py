"""What a program reads as its standard input: what a person answers, a pipe, or nothing."""

from __future__ import annotations

import builtins
import getpass
import io
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tflab.recording.run_recorder import RunRecorder
from tflab.recording.values import to_text
from tflab.runs.answers import Answer, forget_answers, ready_for_answers, take_answer
from tflab.runs.events import InputAsked, InputTaken, Notice
from tflab.runs.record import RunRequest

ASKED_FOR_INPUT = "The program asks for input"
"""How the message begins of what a program gets that asks where nobody can answer."""

AT_ITS_END = "EOF when reading a line"
"""What Python says where a file that was piped in has no more lines."""

_LOOK_SECONDS = 0.05
_PROMPT_LIMIT = 500


def set_input(request: RunRequest, folder: Path, recorder: RunRecorder) -> None:
    """Give the program its standard input. What is piped in is descriptor 0 from the start on."""
    if request.stdin == "piped":
        sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
        return
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.close(nothing)
    asker: _Asker | _Nobody
    asker = _Asker(folder.absolute(), recorder) if request.stdin == "asked" else _Nobody(recorder)
    lines = _Lines(asker)
    sys.stdin = io.TextIOWrapper(
        io.BufferedReader(lines), encoding="utf-8", errors="surrogateescape"
    )
    builtins.input = _input_from(sys.stdin, lines, builtins.input)
    getpass.getpass = asker.ask_secret


def forget_input(folder: Path) -> None:
    """Leave nothing of answers behind that were never read."""
    forget_answers(folder)


class _Asker:
    """Asks the person who follows the run, and waits."""

    def __init__(self, folder: Path, recorder: RunRecorder) -> None:
        self._folder = folder
        self._recorder = recorder
        self._pid = os.getpid()
        self._number = 0
        # Threads ask one after the other, as they would at a terminal.
        self._turn = threading.RLock()

    def ask(self, prompt: str, secret: bool = False) -> str:
        """Return a line with its end; an empty text when there is none to come."""
        if os.getpid() != self._pid:
            # Only the process that the run began with can be answered; a pool's has no input.
            return ""
        with self._turn:
            self._number += 1
            answer = self._answer(prompt, secret)
            shown = "" if secret or answer.end else answer.text
            sys.stdout.write(f"{shown}\n")
        return "" if answer.end else f"{answer.text}\n"

    def ask_secret(self, prompt: str = "Password: ", stream: Any = None) -> str:
        """Do as `getpass.getpass`; what is typed is shown and kept nowhere."""
        (stream or sys.stdout).write(prompt)
        line = self.ask(prompt, secret=True)
        if not line:
            raise EOFError
        return line.removesuffix("\n")

    def refuse(self, prompt: str) -> None:
        """Say that input is at its end; the person said so."""
        raise EOFError(f"{ASKED_FOR_INPUT}{_quoted(prompt)}, and was told that there is no more.")

    def _answer(self, prompt: str, secret: bool) -> Answer:
        recorder, number = self._recorder, self._number
        ready_for_answers(self._folder)
        sys.stdout.flush()
        recorder.emit(
            InputAsked(
                number=number,
                time=time.time(),
                prompt=to_text(prompt[-_PROMPT_LIMIT:]),
                secret=secret,
                cell=recorder.cell,
                at=recorder.at(),
            )
        )
        try:
            while (answer := take_answer(self._folder, number)) is None:
                time.sleep(_LOOK_SECONDS)
        finally:
            forget_answers(self._folder)
            recorder.emit(InputTaken(number=number, at=recorder.at()))
        return answer


class _Nobody:
    """Stands where nobody can answer."""

    def __init__(self, recorder: RunRecorder) -> None:
        self._recorder = recorder
        self._told = False

    def ask(self, prompt: str) -> str:  # noqa: ARG002
        """Say once that there is no input; what reads it finds it at its end, as under a pipe."""
        if not self._told:
            self._told = True
            text = "The program read its standard input, and this run has none."
            self._recorder.emit(Notice(text=text, at=self._recorder.at()))
        return ""

    def ask_secret(self, prompt: str = "Password: ", stream: Any = None) -> str:  # noqa: ARG002
        """Refuse."""
        self.refuse(prompt)
        return ""

    def refuse(self, prompt: str) -> None:
        """Say that nobody is there."""
        raise EOFError(f"{ASKED_FOR_INPUT}{_quoted(prompt)}, and nobody is there to answer.")


class _Lines(io.RawIOBase):
    """The bytes of a person's lines, each asked for when it is read."""

    def __init__(self, asker: _Asker | _Nobody) -> None:
        self.asker = asker
        self.prompt = ""
        self._rest = b""

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def fileno(self) -> int:
        """Return the descriptor that programs know as theirs."""
        return 0

    def readinto(self, buffer: Any) -> int:
        """Put in what is left of a line, or ask for the next one; 0 at the end."""
        if not self._rest:
            prompt, self.prompt = self.prompt, ""
            self._rest = self.asker.ask(prompt).encode("utf-8", "surrogateescape")
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def _input_from(
    stdin: io.TextIOWrapper, lines: _Lines, plain: Callable[..., str]
) -> Callable[..., str]:
    """Return an `input` that asks for a line. A program that sets `sys.stdin` gets Python's own."""

    def input(prompt: object = "", /) -> str:
        if sys.stdin is not stdin:
            return plain(prompt)
        text = str(prompt)
        sys.stdout.write(text)
        sys.stdout.flush()
        if isinstance(lines.asker, _Nobody):
            lines.asker.refuse(text)
        lines.prompt = text
        line = stdin.readline()
        if not line:
            lines.asker.refuse(text)
        return line.removesuffix("\n")

    return input


def _quoted(prompt: str) -> str:
    words = " ".join(prompt.split()).rstrip(" :>")
    return f" (“{words[:80]}”)" if words else ""
