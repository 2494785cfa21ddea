"""What differs between runs: their values, and the text of the lesson as each ran it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from tflab.runs.record import RunRecord

MISSING = object()
"""Stands for a parameter that a run's lesson does not have."""


class Difference(NamedTuple):
    """A name, and what each run has under it, in the order of the runs."""

    name: str
    values: tuple[Any, ...]


def differences(records: Sequence[RunRecord]) -> list[Difference]:
    """Return what was asked differently: lesson, parameters, device, target, seed, in order.

    And the versions that they ran with, where every record tells them.
    """
    requests = [record.request for record in records]
    names = dict.fromkeys(name for request in requests for name in request.parameters)
    found = [Difference("lesson", tuple(request.lesson for request in requests))]
    found += [
        Difference(name, tuple(r.parameters.get(name, MISSING) for r in requests)) for name in names
    ]
    found.append(Difference("device", tuple(request.device for request in requests)))
    found.append(Difference("target", tuple(request.target for request in requests)))
    found.append(Difference("seed", tuple(request.seed for request in requests)))
    found.append(Difference("until", tuple(request.until for request in requests)))
    told = [record.versions for record in records]
    for name in told[0] if told else ():
        if all(name in versions for versions in told):
            found.append(Difference(name, tuple(versions[name] for versions in told)))
    return [item for item in found if any(value != item.values[0] for value in item.values[1:])]


def text_diff(first: str, second: str, before: str, after: str) -> str:
    """Return how a text differs from another, as a unified diff.

    Args:
        first: What the text before is called.
        second: What the text after is called.
        before: A text.
        after: What it became.
    """
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), first, second, lineterm=""
    )
    return "\n".join(lines)


def source_diff(records: Sequence[RunRecord]) -> str:
    """Return how the lesson's text changed from each run to the next that differs.

    A unified diff; empty where all ran the same text.
    """
    parts: list[str] = []
    for before, after in pairwise(records):
        if before.request.source == after.request.source:
            continue
        first = f"{before.request.lesson} as run {before.id} had it"
        second = f"{after.request.lesson} as run {after.id} had it"
        parts.append(text_diff(first, second, before.request.source, after.request.source))
    return "\n\n".join(parts)
