"""What `lab.check` does: compare a value, or call a function case by case, and say what is wrong.

What is checked was written by somebody who is learning: it may raise, hang, print in place of
returning, or change what it is given.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
import io
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tflab.recording.nearness import Different, require_same, short
from tflab.recording.time_limit import TookTooLong, time_limit
from tflab.recording.values import to_text
from tflab.runs.events import Check
from tflab.runs.record import Problem

NOTHING: Any = object()
"""In the place of an expected value that was not given."""

_HEARD = 200
_LONGEST_ERROR = 300


@dataclass(frozen=True)
class CheckRules:
    """How a check is done.

    Attributes:
        close: How far numbers may be off; see `nearness.require_same`.
        seconds: How long one call may take.
        changes: Whether a function may change what it is given.
    """

    close: float = 1e-5
    seconds: float = 5.0
    changes: bool = False


def check_value(name: str, value: Any, expected: Any, rules: CheckRules) -> Check:
    """Return whether a value is what is expected.

    Raises:
        Problem: When nothing says what is expected.
    """
    if expected is NOTHING:
        if not isinstance(value, bool) and type(value).__name__ != "bool":
            raise Problem(
                f"lab.check of {name!r} has nothing to compare with",
                "It was given neither `expected` nor `cases`, and the value is not True or False.",
                "Write `lab.check(name, value, expected)`, or `cases=[(arguments, expected), …]`.",
            )
        found = Check(name=name, passed=bool(value))
        return found if value else replace(found, reason="This is not so yet.")
    if value is ... and expected is not ...:
        reason = "It is still `...`; write what it should be in its place."
        return Check(name=name, passed=False, reason=reason)
    try:
        require_same(expected, value, rules.close)
    except Different as different:
        return _differs(Check(name=name, passed=False), expected, value, str(different))
    return Check(name=name, passed=True)


def check_cases(name: str, value: Any, cases: Iterable[Any], rules: CheckRules) -> Check:
    """Return whether a function gives what is expected in every case; else the first that fails.

    Raises:
        Problem: When a case is no pair of arguments and what is expected.
    """
    listed = list(cases)
    if not callable(value):
        reason = f"It is {short(value)}; a function is expected."
        return Check(name=name, passed=False, cases=len(listed), reason=reason)
    for number, case in enumerate(listed, start=1):
        arguments, keywords, expected = _read_case(name, number, case)
        found = _Call(name, value, arguments, keywords, rules).check(expected)
        if not found.passed:
            return replace(found, cases=len(listed), case=number)
    return Check(name=name, passed=True, cases=len(listed))


def _read_case(name: str, number: int, case: Any) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
    if not isinstance(case, tuple | list) or len(case) != 2:
        raise Problem(
            f"lab.check of {name!r} has a case that is no pair",
            f"Case {number} is {short(case)}.",
            "Write each case as `(arguments, expected)`, such as `((2, 3), 5)`.",
        )
    arguments, expected = case
    if isinstance(arguments, Mapping):
        return (), dict(arguments), expected
    return (arguments if isinstance(arguments, tuple) else (arguments,)), {}, expected


class _Call:
    """One call of what is checked, with copies of its arguments."""

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        rules: CheckRules,
    ) -> None:
        self._function = function
        self._before = (arguments, keywords)
        self._arguments, self._keywords = _copied((arguments, keywords))
        self._rules = rules
        called = getattr(function, "__name__", None) or name
        words = [*map(short, arguments), *(f"{n}={short(v)}" for n, v in keywords.items())]
        self._failed = Check(name=name, passed=False, given=f"{called}({', '.join(words)})")
        self._heard = ""

    def check(self, expected: Any) -> Check:
        """Call it, and return what came of it."""
        wants_error = isinstance(expected, type) and issubclass(expected, BaseException)
        reason = self._refused()
        if reason:
            return replace(self._failed, reason=reason)
        try:
            got = self._result()
        except (Exception, SystemExit, TookTooLong) as error:  # noqa: BLE001
            if wants_error and isinstance(error, expected):
                return Check(name=self._failed.name, passed=True)
            failed = replace(self._failed, reason=_raised(error, self._function))
            return replace(failed, expected=_error_name(expected)) if wants_error else failed
        if wants_error:
            return _differs(self._failed, expected, got, f"{expected.__name__} should be raised.")
        try:
            require_same(expected, got, self._rules.close)
        except Different as different:
            return _differs(self._failed, expected, got, self._why(got, expected, str(different)))
        return self._unless_changed()

    def _result(self) -> Any:
        listener = _Listener(sys.stdout)
        try:
            with contextlib.redirect_stdout(listener), time_limit(self._rules.seconds):
                return self._function(*self._arguments, **self._keywords)
        finally:
            self._heard = listener.heard.strip()

    def _refused(self) -> str:
        """Say why it cannot be called so; empty when it can, as far as that is known."""
        try:
            signature = inspect.signature(self._function)
        except (TypeError, ValueError):
            return ""
        try:
            signature.bind(*self._arguments, **self._keywords)
        except TypeError as error:
            count = len(self._arguments) + len(self._keywords)
            return (
                f"It cannot be called with {count} argument{'' if count == 1 else 's'}: "
                f"{error}. It is written as `{self._function.__name__}{signature}`."
                if hasattr(self._function, "__name__")
                else f"It cannot be called so: {error}."
            )
        return ""

    def _why(self, got: Any, expected: Any, reason: str) -> str:
        if got is not None or expected is None:
            return reason
        if self._heard:
            return f"It printed {short(self._heard)}; return it instead."
        return "None came back; is a `return` missing?"

    def _unless_changed(self) -> Check:
        if not self._rules.changes:
            try:
                require_same(self._before, (self._arguments, self._keywords), 0.0)
            except Different as different:
                words = "The result is right, but the call changed what it was given"
                return replace(self._failed, reason=f"{words}: {different}")
        return Check(name=self._failed.name, passed=True)


def _differs(failed: Check, expected: Any, got: Any, reason: str) -> Check:
    return replace(failed, expected=short(expected), got=short(got), reason=to_text(reason))


def _error_name(expected: Any) -> str:
    return str(expected.__name__)


def _raised(error: BaseException, function: Callable[..., Any]) -> str:
    if isinstance(error, TookTooLong):
        return f"It was ended after {error.seconds:g} seconds. Is there a loop without an end?"
    if isinstance(error, SystemExit):
        return "It calls sys.exit, which would end the program."
    if isinstance(error, NotImplementedError) and not str(error):
        return "It is not written yet."
    said = " ".join(to_text(_said(error)).split())[:_LONGEST_ERROR]
    code = getattr(inspect.unwrap(function), "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f.lineno for f in frames if code is not None and f.filename == code.co_filename]
    where = f" (line {lines[-1]})" if lines else ""
    return f"It raised {type(error).__name__}{f': {said}' if said else ''}{where}."


def _said(error: BaseException) -> str:
    try:
        return str(error).rstrip(".")
    except Exception:  # noqa: BLE001  # an exception of a learner's own may have no text
        return ""


def _copied(arguments: tuple[tuple[Any, ...], dict[str, Any]]) -> Any:
    """Return copies, so that a case stays what it is; what cannot be copied is handed over."""
    try:
        return copy.deepcopy(arguments)
    except Exception:  # noqa: BLE001  # any class may refuse in its own way
        return arguments


class _Listener(io.TextIOBase):
    """Passes on what is printed, and keeps the first of it."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self.heard = ""

    def write(self, text: str) -> int:
        """Pass text on."""
        if len(self.heard) < _HEARD:
            self.heard += text[:_HEARD]
        return int(self._out.write(text))

    def flush(self) -> None:
        """Pass on that it is to be written now."""
        self._out.flush()
