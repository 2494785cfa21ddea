"""The filter of the history: `learning_rate<0.1 loss<0.03 state=finished name~good age<2d`.

Conditions stand side by side and must all hold. A name is a parameter, a metric (its last value,
or `best.loss`, `first.loss`), or one of the fixed names below. A word without a comparison is
looked for in lesson, title, name, note and id.
"""

from __future__ import annotations

import difflib
import math
import operator
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tflab.runs.history import HistoryRow
from tflab.runs.metrics import as_float, best_value
from tflab.runs.record import Problem
from tflab.runs.text import plain_line

FIXED: dict[str, str] = {
    "state": "finished, failed, cancelled, pruned, lost, running, starting or queued",
    "lesson": "id of the lesson",
    "title": "title of the lesson",
    "name": "name given to the run",
    "note": "note on the run",
    "id": "id of the run",
    "device": "cpu or gpu:N",
    "target": "name of the target it ran on",
    "seed": "seed of the run",
    "seconds": "how long it took",
    "age": "how long ago it began, such as 2d, 3h or 10m",
    "goals": "how many goals it reached",
    "pinned": "yes or no",
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "state": (
        *("finished", "failed", "cancelled", "pruned"),
        *("lost", "running", "starting", "queued"),
    ),
    "pinned": ("yes", "true", "1", "on", "no", "false", "0", "off"),
}
"""Fixed names that have one of a few values; another one is a slip, which no run would fit."""

_PREFIXES = ("best.", "last.", "first.", "min.", "max.")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_TIMES = frozenset({"seconds", "age"})
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NAME = r"[^\W\d][\w./-]*"
_OPERATOR = r"<=|>=|!=|==|=|<|>|~"
_VALUE = r'"[^"]*"|[^\s"<>=!~][^\s"]*'
_WORD = r'"[^"]*"|[^\s"<>=!~]+'
_TERM = re.compile(rf"\s*(?:({_NAME})\s*({_OPERATOR})\s*({_VALUE})|({_WORD}))(?=\s|$)")
_BEGUN = re.compile(rf"\s*({_NAME})\s*({_OPERATOR})\s*(\S*)")
_SPAN = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*([smhdw])", re.I)


class FilterProblem(Problem):
    """The text of a filter makes no sense."""


@dataclass(frozen=True, slots=True)
class Condition:
    """`name operator value`; a word to look for has no name."""

    name: str
    operator: str
    value: str
    number: float | None = None

    def holds(self, row: HistoryRow, now: float) -> bool:
        """Return whether a run meets the condition. One that lacks the value does not."""
        if not self.name:
            return self.value.casefold() in _words(row)
        found = value_of(row, self.name, now)
        if found is None:
            return self.operator == "!="
        if self.operator in _ORDER:
            number = as_float(found)
            return number is not None and _ORDER[self.operator](number, self.number or 0.0)
        if self.operator == "~":
            return self.value.casefold() in str(found).casefold()
        return self._equals(found) == (self.operator in ("=", "=="))

    def _equals(self, found: object) -> bool:
        if isinstance(found, bool):
            return found == (self.value.casefold() in ("yes", "true", "1", "on"))
        number = as_float(found) if not isinstance(found, str) else None
        if number is None or self.number is None:
            return str(found).casefold() == self.value.casefold()
        return number == self.number or (math.isnan(number) and math.isnan(self.number))


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that must all hold; an empty filter lets everything through."""

    conditions: tuple[Condition, ...] = ()

    def keep(self, rows: Iterable[HistoryRow], now: float | None = None) -> list[HistoryRow]:
        """Return the rows that meet every condition, in order."""
        moment = time.time() if now is None else now
        return [row for row in rows if all(c.holds(row, moment) for c in self.conditions)]


def parse_filter(text: str, known: Iterable[str] | None = None) -> Filter:
    """Read a filter.

    Args:
        text: What was typed.
        known: Names that runs have beside the fixed ones; see `names_in`. None allows any.

    Raises:
        FilterProblem: When it makes no sense; it says what to write.
    """
    parameters = set(known or ())
    names = None if known is None else {*FIXED, *parameters}
    found: list[Condition] = []
    text = text.strip()
    place = 0
    while place < len(text):
        match = _TERM.match(text, place)
        if match is None:
            raise _unreadable(text[place:])
        name, sign, value, word = match.groups()
        place = match.end()
        if word is not None:
            found.append(Condition("", "", word.strip('"')))
        else:
            condition = _condition(name, sign, value, names)
            _check_choice(condition, parameters)
            found.append(condition)
    return Filter(tuple(found))


def settled(found: Filter, known: Iterable[str]) -> Filter:
    """Return a filter without its last word while that may still become a name, as `lo` of `loss`.

    For a field in which someone is still typing.
    """
    last = found.conditions[-1] if found.conditions else None
    if last is not None and not last.name:
        names = (*FIXED, *_PREFIXES, *known)
        if any(name.startswith(last.value) for name in names):
            return Filter(found.conditions[:-1])
    return found


def names_in(rows: Iterable[HistoryRow]) -> set[str]:
    """Return every name that a condition on these rows may use, beside the fixed ones."""
    parameters: set[str] = set()
    tags: set[str] = set()
    for row in rows:
        parameters.update(row.summary.parameters)
        tags.update(row.summary.metrics)
    return parameters | tags | {tag.rsplit("/", 1)[-1] for tag in tags}


def value_of(row: HistoryRow, name: str, now: float) -> Any:
    """Return what a run has under a name, or None when it has nothing of it."""
    summary = row.summary
    if name in summary.parameters:
        return summary.parameters[name]
    match name:
        case "state":
            return summary.status
        case "name" | "note" | "pinned":
            return getattr(row.marks, name)
        case "age":
            return now - summary.created
        case "goals":
            return sum(summary.goals.values())
        case "lesson" | "title" | "id" | "device" | "target" | "seed" | "seconds":
            return getattr(summary, name)
    prefix, tag = next(((p, name[len(p) :]) for p in _PREFIXES if name.startswith(p)), ("", name))
    found = _tag(summary.metrics, name) or _tag(summary.metrics, tag)
    if found is None:
        return None
    metric = summary.metrics[found]
    if prefix == "best." and found != name:
        return best_value(found, metric)
    key = prefix.removesuffix(".") if found != name and prefix else "last"
    return as_float(metric.get(key))


def _tag(metrics: dict[str, dict[str, Any]], name: str) -> str | None:
    if name in metrics:
        return name
    return next((tag for tag in metrics if tag.rsplit("/", 1)[-1] == name), None)


def _condition(name: str, sign: str, value: str, names: set[str] | None) -> Condition:
    bare = next((name[len(p) :] for p in _PREFIXES if name.startswith(p)), name)
    if names is not None and name not in names and bare not in names:
        raise _unknown(name, names)
    text = value[1:-1] if value.startswith('"') else value
    number = _number(text, span=name in _TIMES)
    if number is None and sign in _ORDER:
        example = "2d" if name == "age" else "0.1"
        raise FilterProblem(
            "The filter cannot be read",
            f"{plain_line(text) or repr(text)} is no number, and {sign} compares numbers.",
            f"Write {name}{sign}{example}, or {name}={plain_line(text) or 'text'} for text.",
        )
    return Condition(name, sign, text, number)


def _check_choice(condition: Condition, known: set[str]) -> None:
    """Refuse a value that its name never has. A parameter may bear one of the fixed names."""
    choices = _CHOICES.get(condition.name, ()) if condition.name not in known else ()
    value = condition.value.casefold()
    if not choices or condition.operator not in ("=", "==", "!=") or value in choices:
        return
    close = difflib.get_close_matches(value, choices, n=1, cutoff=0.5)
    raise FilterProblem(
        "The filter cannot be read",
        f"No run is ever {condition.name}={plain_line(condition.value)[:40] or repr('')}.",
        f"Did you mean {condition.name}{condition.operator}{close[0]}?"
        if close
        else f"Write one of {', '.join(choices)}.",
    )


def _number(text: str, span: bool) -> float | None:
    match = _SPAN.fullmatch(text) if span else None
    if match:
        return float(match[1]) * _UNITS[match[2].lower()]
    try:
        return float(text)
    except ValueError:
        return None


def _words(row: HistoryRow) -> str:
    summary, marks = row.summary, row.marks
    parts = (summary.lesson, summary.title, marks.name, marks.note, summary.id)
    return "\n".join(parts).casefold()


def _unreadable(rest: str) -> FilterProblem:
    begun = _BEGUN.match(rest)
    if begun and not begun[3]:
        cause = f"There is no value after {begun[1]}{begun[2]}."
        return FilterProblem("The filter cannot be read", cause, f"Write {begun[1]}{begun[2]}0.1.")
    if rest.count('"') % 2:
        cause = "A quotation mark is not closed."
        return FilterProblem("The filter cannot be read", cause, 'Write name~"two words".')
    return FilterProblem(
        "The filter cannot be read",
        f"{plain_line(rest)[:40]} is no condition.",
        "Write conditions such as learning_rate<0.1 state=finished name~good.",
    )


def _unknown(name: str, names: set[str]) -> FilterProblem:
    close = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.5)
    return FilterProblem(
        "The filter cannot be read",
        f"No run has a value named {name}.",
        f"Did you mean {close[0]}?" if close else f"Fixed names are {', '.join(FIXED)}.",
    )
