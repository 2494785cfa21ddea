"""The columns of the history: what each tells of a run, and how it sorts."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tflab.programs.parameters import format_value
from tflab.runs.history import HistoryRow
from tflab.runs.metrics import best_value, last_value, main_metric, measure

LOOKED_AT = 300
"""Rows from which columns are chosen, and their widths measured: of many, the first."""

_MOST_METRICS = 3
_MAIN_METRIC = 2
"""Columns of the main metric: its last value and its best."""

Key = Callable[[HistoryRow], Any]
Tone = Literal["", "quiet", "mark", "bad"]
"""How a cell stands out, whatever the colours."""


@dataclass(frozen=True, slots=True)
class HistoryColumn:
    """One column.

    Attributes:
        text: What stands in it.
        key: What it sorts by; None for a run that has nothing there, which comes last.
        tone: How its cell stands out.
        right: Whether it is aligned to the right.
        most: Its greatest width, in cells.
        downwards: Whether it sorts the greatest first unless asked otherwise.
        state: Whether it tells the run's state, which is shown with a mark of its own.
    """

    title: str
    text: Callable[[HistoryRow], str]
    key: Key
    tone: Callable[[HistoryRow], Tone] = lambda _: ""
    right: bool = False
    most: int = 24
    downwards: bool = False
    state: bool = False


def history_columns(
    rows: Sequence[HistoryRow],
    everywhere: bool,
    defaults: Mapping[str, Any],
    narrow: bool = False,
    code: str = "",
) -> list[HistoryColumn]:
    """Return the columns for these rows: over all lessons, or of one with its parameters.

    What tells runs apart stands first: the main metric, then the parameters that were varied.

    Args:
        rows: All rows that may be listed, filtered or not.
        everywhere: Whether they are of all lessons.
        defaults: The lesson's defaults; values that are these are drawn quiet.
        narrow: Whether room is short: states then have their mark only, and names are cut.
        code: Marks the lesson's code as it is now; runs of other code are told apart.
    """
    found = [_state(narrow), _when()]
    if any(row.marks.name for row in rows):
        found.append(_marked("name", "mark", most=12 if narrow else 20))
    if everywhere:
        found.append(_lesson(narrow))
    metrics = _metric_columns(rows)
    found += metrics[:_MAIN_METRIC]
    varied, constant = _parameters(rows)
    if everywhere:
        found.append(HistoryColumn("values", _values, _values, most=40))
    else:
        found += [_parameter(name, defaults) for name in varied]
    if not everywhere and any(row.summary.changed_from(code) for row in rows[:LOOKED_AT]):
        found.append(_code(code))
    found += [*metrics[_MAIN_METRIC:], *_outcome_columns(rows)]
    if not everywhere:
        found += [_parameter(name, defaults) for name in constant]
    if any(row.marks.note for row in rows):
        found.append(_marked("note", "quiet", most=40))
    return found


def sort_rows(
    rows: Sequence[HistoryRow], column: HistoryColumn | None, downwards: bool
) -> list[HistoryRow]:
    """Return the rows sorted: pinned runs first, and those without a value last."""
    found = list(rows)
    if column is not None:
        keyed = [(column.key(row), row) for row in found]
        known = [(key, row) for key, row in keyed if key is not None]
        known.sort(key=lambda pair: _order(pair[0]), reverse=downwards)
        found = [row for _, row in known] + [row for key, row in keyed if key is None]
    found.sort(key=lambda row: not row.marks.pinned)
    return found


def moment_text(moment: float) -> str:
    """Return a moment as people write it: the time of day today, or else the date too."""
    then, now = time.localtime(moment), time.localtime()
    if then[:3] == now[:3]:
        return time.strftime("%H:%M:%S", then)
    if then.tm_year == now.tm_year:
        return time.strftime("%d %b %H:%M", then)
    return time.strftime("%d %b %Y", then)


def metric_text(value: float | None) -> str:
    """Return a metric with four digits; empty when there is none."""
    return "" if value is None else f"{value:.4g}"


def value_text(value: object) -> str:
    """Return a parameter's value as it is read at a glance: 0.30000000000000004 is 0.3."""
    return format_value(float(f"{value:.7g}") if isinstance(value, float) else value)


def _state(narrow: bool) -> HistoryColumn:
    def status(row: HistoryRow) -> str:
        return row.summary.status

    def text(row: HistoryRow) -> str:
        return "" if narrow else status(row)

    return HistoryColumn("" if narrow else "state", text, status, state=True)


def _lesson(narrow: bool) -> HistoryColumn:
    def text(row: HistoryRow) -> str:
        return row.summary.lesson

    return HistoryColumn("lesson", text, text, most=18 if narrow else 24)


def _code(code: str) -> HistoryColumn:
    def text(row: HistoryRow) -> str:
        return "changed" if row.summary.changed_from(code) else ""

    return HistoryColumn("code", text, lambda row: text(row) or None)


def _when() -> HistoryColumn:
    return HistoryColumn(
        "when",
        lambda row: moment_text(row.summary.created),
        lambda row: row.summary.created,
        lambda _: "quiet",
        downwards=True,
    )


def _metric_columns(rows: Sequence[HistoryRow]) -> list[HistoryColumn]:
    tags = dict.fromkeys(tag for row in rows[:LOOKED_AT] for tag in row.summary.metrics)
    main = main_metric(tags)
    names = dict.fromkeys(([measure(main)] if main else []) + [measure(tag) for tag in tags])
    found: list[HistoryColumn] = []
    for name in list(names)[:_MOST_METRICS]:
        found.append(_metric(name, best=False))
        if len(found) == 1:
            found.append(_metric(name, best=True))
    return found


def _metric(name: str, best: bool) -> HistoryColumn:
    def value(row: HistoryRow) -> float | None:
        metrics = row.summary.metrics
        tag = name if name in metrics else next((t for t in metrics if measure(t) == name), None)
        if tag is None:
            return None
        return best_value(tag, metrics[tag]) if best else last_value(metrics[tag])

    def tone(row: HistoryRow) -> Tone:
        found = value(row)
        return "bad" if found is not None and not math.isfinite(found) else ""

    title = f"best {name}" if best else name
    return HistoryColumn(title, lambda r: metric_text(value(r)), value, tone, right=True, most=12)


def _outcome_columns(rows: Sequence[HistoryRow]) -> list[HistoryColumn]:
    found = [
        HistoryColumn(
            "s",
            lambda r: "" if r.summary.seconds is None else f"{r.summary.seconds:.1f}",
            lambda r: r.summary.seconds, lambda _: "quiet", right=True,
        )
    ]  # fmt: skip
    if any(row.summary.goals for row in rows[:LOOKED_AT]):
        found.append(
            HistoryColumn("goals", _goals, lambda r: sum(r.summary.goals.values()), right=True)
        )
    seeds = {(row.summary.device, row.summary.seed) for row in rows[:LOOKED_AT]}
    if len(seeds) > 1:
        found.append(HistoryColumn("seed", lambda r: str(r.summary.seed), lambda r: r.summary.seed,
                                   right=True))  # fmt: skip
        found.append(
            HistoryColumn("device", lambda r: r.summary.device, lambda r: r.summary.device)
        )
    if any(row.summary.target for row in rows[:LOOKED_AT]):
        found.append(
            HistoryColumn("target", lambda r: r.summary.target, lambda r: r.summary.target)
        )
    return found


def _marked(name: str, tone: Tone, most: int) -> HistoryColumn:
    def text(row: HistoryRow) -> str:
        return str(getattr(row.marks, name))

    return HistoryColumn(name, text, lambda r: text(r) or None, lambda _: tone, most=most)


def _parameter(name: str, defaults: Mapping[str, Any]) -> HistoryColumn:
    def tone(row: HistoryRow) -> Tone:
        return "quiet" if row.summary.parameters.get(name) == defaults.get(name) else ""

    def text(row: HistoryRow) -> str:
        values = row.summary.parameters
        return value_text(values[name]) if name in values else ""

    return HistoryColumn(
        name, text, lambda r: r.summary.parameters.get(name), tone, right=True, most=18
    )


def _parameters(rows: Sequence[HistoryRow]) -> tuple[list[str], list[str]]:
    """Return the names of parameters of which runs have several values, and of the others."""
    found: dict[str, set[str]] = {}
    for row in rows[:LOOKED_AT]:
        for name, value in row.summary.parameters.items():
            found.setdefault(name, set()).add(repr(value))
    varied = [name for name, values in found.items() if len(values) > 1]
    return varied, [name for name in found if name not in varied]


def _values(row: HistoryRow) -> str:
    return ", ".join(f"{n} {value_text(v)}" for n, v in row.summary.parameters.items())


def _goals(row: HistoryRow) -> str:
    goals = row.summary.goals
    return f"{sum(goals.values())}/{len(goals)}" if goals else ""


def _order(key: Any) -> tuple[int, Any]:
    """Numbers before text; NaN after every number."""
    if isinstance(key, str):
        return 2, key.casefold()
    return (1, 0.0) if key != key else (0, key)
