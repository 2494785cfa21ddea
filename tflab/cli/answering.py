"""Answering what a run asks for, at the terminal where it is followed."""

from __future__ import annotations

import argparse
import os
import select
import stat
import sys
import termios
from contextlib import suppress
from types import TracebackType
from typing import Literal

from tflab.cli.run_views import RunView
from tflab.cli.terminal import print_problem
from tflab.runs.answers import Answer
from tflab.runs.record import Problem
from tflab.targets.live_run import LiveRun

_MOST = 1 << 16


def input_of(arguments: argparse.Namespace) -> Literal["none", "asked", "piped"]:
    """Return what a run reads as its standard input, by what the command line itself has.

    A person at a terminal is asked; what is piped in goes to the program as under plain `python`.
    `--json` asks nobody.
    """
    try:
        found = os.fstat(0)
    except OSError:
        return "none"
    if os.isatty(0):
        return "none" if arguments.json else "asked"
    if stat.S_ISCHR(found.st_mode) and found.st_rdev == os.stat(os.devnull).st_rdev:
        return "none"
    return "piped"


class TerminalAnswers:
    """Reads lines from the terminal while a run asks for them. A context manager.

    Args:
        view: Shows the run, and so the prompt.
        asking: Whether anybody is there to be asked.
    """

    def __init__(self, view: RunView, asking: bool) -> None:
        self._view = view
        self._asking = asking
        self._number = 0
        self._typed = b""
        self._echo: list[int | list[bytes | int]] | None = None

    def __enter__(self) -> TerminalAnswers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._show_typing()

    def look(self, run: LiveRun) -> None:
        """Show what a run newly asks for, and send a line that was typed."""
        question = run.state.question
        if not self._asking:
            return
        if question is None:
            if self._number:
                self._number = 0
                self._show_typing()
            return
        if question.number != self._number:
            self._number, self._typed = question.number, b""
            # Before the prompt is there: a quick typist would see the first letters.
            if question.secret:
                self._hide_typing()
            self._view.ask(run)
        if _in_front() and select.select([0], [], [], 0)[0]:
            self._take(run, os.read(0, _MOST))

    def _take(self, run: LiveRun, data: bytes) -> None:
        self._typed += data
        if data and not self._typed.endswith(b"\n"):
            return  # Ctrl+D in the middle of a line sends what there is; the rest is to come.
        secret = self._echo is not None
        end = not self._typed
        text = self._typed.decode("utf-8", "surrogateescape").removesuffix("\n")
        self._typed = b""
        self._show_typing()
        try:
            run.answer(self._number, Answer(text=text, end=end))
        except Problem as problem:
            print_problem(problem)
            return
        self._view.answered(run, "" if secret or end else f"{text}\n")

    def _hide_typing(self) -> None:
        with suppress(termios.error):
            self._echo = termios.tcgetattr(0)
            quiet = termios.tcgetattr(0)
            quiet[3] &= ~termios.ECHO
            termios.tcsetattr(0, termios.TCSADRAIN, quiet)

    def _show_typing(self) -> None:
        if self._echo is not None:
            with suppress(termios.error):
                termios.tcsetattr(0, termios.TCSADRAIN, self._echo)
            self._echo = None


def asks_here(arguments: argparse.Namespace) -> bool:
    """Return whether somebody is at the terminal to answer a run that was started elsewhere."""
    return not arguments.json and sys.stdin is not None and sys.stdin.isatty()


def _in_front() -> bool:
    """Whether the terminal is this command's to read: put in the background it would be stopped."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
