"""What a run is called wherever its results stand: its number, and what differs from the defaults.

Such as `#7 learning_rate 0.13`. Where room is short, names of parameters get shorter, `#7 lr 0.13`;
what differs is never cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tflab.charts.text import cell_width
from tflab.runs.record import RunRecord
from tflab.runs.summary import RunSummary, code_mark
from tflab.runs.text import plain_line
from tflab.session.history_columns import value_text

DEFAULTS = "defaults"
CODE_CHANGED = "code changed"
_LONGEST_WORD = 5


class RunName(NamedTuple):
    """The name of a run.

    Attributes:
        number: Among the runs of its program; 0 where it has none.
        changes: Parameters that differ from the defaults, with their values as text; what few other
            runs have comes first.
        code_changed: Whether other code ran than the program has now.
        target: Where it ran, if not on this machine.
    """

    number: int
    changes: Sequence[tuple[str, str]] = ()
    code_changed: bool = False
    target: str = ""

    @property
    def tag(self) -> str:
        """The number alone, such as `#7`; empty where it has none."""
        return f"#{self.number}" if self.number else ""

    @property
    def text(self) -> str:
        """The whole name on one line."""
        return self._joined(self.changes)

    @property
    def difference(self) -> str:
        """What differs, without the number."""
        return self._replace(number=0).text

    @property
    def least_width(self) -> int:
        """Cells in which every value stands, with the names of all parameters shortened."""
        return cell_width(self._joined([(short_name(name), value) for name, value in self.changes]))

    def fit(self, width: int) -> str:
        """Return the name in `width` cells as far as that goes: long names are shortened first.

        Of many values the last ones, which most other runs have too, are counted only.
        """
        changes = list(self.changes)
        names = sorted(range(len(changes)), key=lambda at: -cell_width(changes[at][0]))
        for place in names:
            if cell_width(self._joined(changes)) <= width:
                break
            name, value = changes[place]
            changes[place] = short_name(name), value
        for shown in range(len(changes), 0, -1):
            found = self._joined(changes[:shown], len(changes) - shown)
            if cell_width(found) <= width:
                return found
        return self._joined(changes[:1], max(len(changes) - 1, 0))

    def _joined(self, changes: Sequence[tuple[str, str]], more: int = 0) -> str:
        words = [f"{name} {value}" for name, value in changes]
        words += [f"+{more}"] if more else []
        words += [f"on {plain_line(self.target)}"] if self.target else []
        words += [CODE_CHANGED] if self.code_changed else []
        values = ", ".join(words) or DEFAULTS
        return f"{self.tag} {values}".lstrip()


def name_of_run(record: RunRecord, defaults: Mapping[str, Any], source: str = "") -> RunName:
    """Return the name of a run.

    Args:
        record: The run's.
        defaults: The open program's.
        source: The open program's text; empty where it is not known.
    """
    request = record.request
    changed = bool(source) and code_mark(source) != code_mark(request.source)
    values = _differing(request.parameters, request.seed, defaults)
    return RunName(record.number, list(values.items()), changed, request.target)


def name_of_row(
    run: RunSummary,
    defaults: Mapping[str, Any],
    code: str = "",
    common: Counter[tuple[str, str]] | None = None,
) -> RunName:
    """Return the name of a run in a list.

    Args:
        run: The run.
        defaults: The open program's.
        code: Marks its code, see `code_mark`; runs of other code say so.
        common: How many runs of the list have each value, see `count_values`.
    """
    values = list(_differing(run.parameters, run.seed, defaults).items())
    if common is not None:
        values.sort(key=lambda pair: common[pair])
    return RunName(run.number, values, run.changed_from(code), run.target)


def count_values(
    runs: Iterable[RunSummary], defaults: Mapping[str, Any]
) -> Counter[tuple[str, str]]:
    """Return how many of these runs have each value that is not the default."""
    return Counter(
        pair for run in runs for pair in _differing(run.parameters, run.seed, defaults).items()
    )


def short_name(name: str) -> str:
    """Return a short form of a parameter's name: `learning_rate` gives `lr`, `momentum` `momen`."""
    words = [word for word in name.replace("-", "_").split("_") if word]
    if len(words) > 1:
        return "".join(word[0] for word in words)
    return name if cell_width(name) <= _LONGEST_WORD else name[:_LONGEST_WORD]


def _differing(
    parameters: Mapping[str, Any], seed: int, defaults: Mapping[str, Any]
) -> dict[str, str]:
    """Return the values that are not the defaults, as text; a seed of 0 is one."""
    found = {
        plain_line(name): plain_line(value_text(value))
        for name, value in parameters.items()
        if value != defaults.get(name)
    }
    return {**found, "seed": str(seed)} if seed else found
