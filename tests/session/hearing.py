"""Hearing what the pieces of a session say, and waiting for what they do."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tflab.session.events import Event, Notice

PATIENCE = 30.0

HEAD = '# %% [markdown]\n# # {title}\n# %% tags=["parameters"]\n{parameters}\n# %%\n'

_E = TypeVar("_E", bound=Event)


class Heard:
    """Everything that was said, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    def of(self, kind: type[_E]) -> list[_E]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def notices(self) -> list[str]:
        return [notice.text for notice in self.of(Notice)]


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def until(happened: Callable[[], object], act: Callable[[], object]) -> None:
    """Act again and again until something has happened."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it never happened"
        act()
        time.sleep(0.002)


def write_program(
    path: Path, code: str = "x = 1", parameters: str = "steps = 3", title: str = "One"
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD.format(title=title, parameters=parameters) + code + "\n")
    return path
