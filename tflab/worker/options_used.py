"""Whether a program computes with the options that its run records; what it used instead is told.

A program may parse a list of its own, have defaults that only a run knows, or declare options that
nothing parses. Nobody sees that in its code, so it is looked at while it runs.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from tflab.recording.run_recorder import RunRecorder
from tflab.runs.events import Notice, Result
from tflab.runs.record import CommandOption, RunRequest
from tflab.worker.command_line import command_line

_MISSING = object()


class OptionsUsed:
    """Watches what the parsers of a program make of its command line.

    Args:
        request: The run, with its values.
        recorder: Is told where they are others than recorded.

    Attributes:
        refused: What a parser said as it refused the command line; empty where none did.
    """

    def __init__(self, request: RunRequest, recorder: RunRecorder) -> None:
        self._options = request.command
        self._values = request.parameters
        self._given = command_line(request.command, request.parameters)
        self._recorder = recorder
        self._parsed: set[str] = set()
        self._told: set[str] = set()
        self._depth = 0
        self.refused = ""

    def install(self) -> None:
        """Watch from now on; a program without options is left alone."""
        if self._options:
            plain_error = argparse.ArgumentParser.error

            def error(parser: argparse.ArgumentParser, message: str) -> NoReturn:
                self.refused = message
                plain_error(parser, message)

            argparse.ArgumentParser.error = error  # type: ignore[method-assign, assignment]
            plain = argparse.ArgumentParser.parse_known_args
            argparse.ArgumentParser.parse_known_args = self._watching(plain)  # type: ignore[method-assign]

    def tell(self, whole: bool) -> None:
        """Tell, at the end, of flags of absl, and of options that nothing has parsed.

        Args:
            whole: Whether the program came to its end.
        """
        flags = getattr(sys.modules.get("absl.flags"), "FLAGS", None)
        for option in self._options:
            name = _in_program(option)
            if flags is not None and name in flags:
                self._parsed.add(option.name)
                self._compare(option, flags[name].value, reached=False)
            elif whole and option.name not in self._parsed and self._is_given(option):
                self._say(option, "and no parser of the program read it")

    def _watching(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        def parse_known_args(
            parser: argparse.ArgumentParser, args: Any = None, namespace: Any = None
        ) -> Any:
            # Parsers of subcommands are called from here, with what is left for them.
            self._depth += 1
            try:
                words = sys.argv[1:] if args is None else list(args)
                found = plain(parser, words, namespace)
            finally:
                self._depth -= 1
            if self._depth == 0:
                self._look(words, found[0])
            return found

        return parse_known_args

    def _look(self, words: list[Any], namespace: argparse.Namespace) -> None:
        """Compare what was parsed with what is recorded."""
        chosen = next((self._values.get(o.name) for o in self._options if o.style == "command"), "")
        for option in self._options:
            if option.under and chosen not in option.under:
                continue
            used = getattr(namespace, _in_program(option), _MISSING)
            if used is not _MISSING:
                self._parsed.add(option.name)
                self._compare(option, used, self._reached(option, words))

    def _reached(self, option: CommandOption, words: list[Any]) -> bool:
        """Return whether a parser has for an option what this run gives, which may be nothing."""
        if words == self._given:
            return True
        if self._is_given(option):
            given = command_line([option], self._values)
            return all(word in words for word in given or [self._values[option.name]])
        flag = option.flag
        return bool(flag) and not any(str(word).partition("=")[0] == flag for word in words)

    def _compare(self, option: CommandOption, used: Any, reached: bool) -> None:
        """Tell of a value that is another; one that `type=` made of what was given is none.

        Args:
            option: The option.
            used: What the program has.
            reached: Whether its parser had what this run gives.
        """
        asked = self._values.get(option.name)
        given = self._is_given(option)
        made = not isinstance(used, bool | int | float | str | list | None)
        if reached and (given or asked == "" or made):
            return
        if _same(asked, used):
            return
        self._tell_value(option, used)

    def _tell_value(self, option: CommandOption, used: Any) -> None:
        self._say(option, f"and the program used {used!r:.200}")
        plain = used if isinstance(used, bool | int | float | str) else repr(used)[:200]
        result = Result(
            cell=self._recorder.cell,
            name=f"{option.name} as used",
            value=plain,
            at=self._recorder.at(),
        )
        self._recorder.emit(result)

    def _say(self, option: CommandOption, what: str) -> None:
        if option.name in self._told:
            return
        self._told.add(option.name)
        asked = self._values.get(option.name)
        text = f"{option.name} was given as {asked!r:.200}, {what}."
        self._recorder.emit(Notice(text=text, at=self._recorder.at()))

    def _is_given(self, option: CommandOption) -> bool:
        return bool(self._values.get(option.name) != option.default)


def _in_program(option: CommandOption) -> str:
    """Return what the program calls an option; every run has a seed and a device of its own."""
    if option.dest:
        return option.dest
    name = option.name.removeprefix("program_")
    return name if name in ("seed", "device") else option.name


def _same(asked: Any, used: Any) -> bool:
    """Return whether a value of the form and one of the program are the same to a person."""
    if isinstance(used, list | tuple):
        return str(asked) in (shlex.join(map(str, used)), ",".join(map(str, used)))
    if isinstance(used, bool | int | float | str | None) and used == asked:
        return True
    return str(used) == str(asked) or (not asked and used is None)
