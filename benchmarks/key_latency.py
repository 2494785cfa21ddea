"""From pressing a key to what it paints, while a run logs 10,000 points a second.

Typing: a digit into a field of the form, and into the one field of a small Textual app. Reading:
scrolling the lesson by a line. Idle is the same workbench without a run.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.figure import Budget, Figure, Samples, show
from benchmarks.workbench import (
    data_folder,
    open_peer,
    open_workbench,
    wait_until_warm,
    write_lesson,
)
from tests.terminal.terminal import Terminal

TITLE = "Key press to paint"
LESSON = (
    "import time",
    "end = time.monotonic() + seconds",
    "step = 0",
    "while time.monotonic() < end:",
    "    for step in range(step, step + 100):",
    "        lab.log(step, loss=1 / (1 + step / 10_000))",
    "    step += 1",
    "    time.sleep(0.01)",
    "lab.show(steps=step)",
    *(f"# line {number} of many, to have something to scroll" for number in range(60)),
)


@dataclass
class _Keys:
    """What was measured, by app and by what the keys did."""

    typing: Samples = field(default_factory=list)
    reading: Samples = field(default_factory=list)


def measure(rounds: int = 3, keys: int = 16) -> list[Figure]:
    """Let an app with a field, the idle workbench and the busy one take turns."""
    peer, idle, busy = _Keys(), _Keys(), _Keys()
    with data_folder() as data:
        path = write_lesson(data, "flood", *LESSON, seconds=8.0)
        with open_peer("input_app") as other, open_workbench(path) as app:
            other.wait_for("0")
            wait_until_warm(app)
            # A tall cell shows all of its rows once one reads on, and there is something to scroll.
            app.press("f3", "space")
            app.wait_gone("lines  Space")
            app.press("home")
            for _ in range(rounds):
                peer.typing += _type(other, r"^. +0(\d*)", keys)
                _use(app, idle, keys)
                _under_load(app, lambda: _use(app, busy, keys))
    median, p95 = Budget(0.025), Budget(0.05, of="p95")
    return [
        Figure(
            "typing, 10,000 points/s", "s", busy.typing, "app of one field", peer.typing, median
        ),
        Figure("the same, p95", "s", busy.typing, "idle workbench", idle.typing, p95),
        Figure(
            "scrolling, 10,000 points/s", "s", busy.reading, "idle workbench", idle.reading, median
        ),
        Figure("the same, p95", "s", busy.reading, "idle workbench", idle.reading, p95),
    ]


def _under_load(app: Terminal, use: Callable[[], None]) -> None:
    app.press("ctrl+r")
    app.wait_for("● running")
    use()
    app.press("ctrl+x")
    app.wait_for("● (cancelled|finished)")


def _use(app: Terminal, found: _Keys, keys: int) -> None:
    app.press("f5")
    app.wait_for("a number")
    app.press("end")
    found.typing += _type(app, r"seconds +(?:\S +)?8(\d*)", keys)
    app.press("ctrl+d", "f3")
    app.wait_for("Next cell")
    found.reading += _scroll(app, keys)
    app.press("home")


def _type(app: Terminal, shown: str, keys: int) -> Samples:
    """Type a digit and take it back in turn; each time, wait until the field shows it."""
    found: Samples = []
    search = re.compile(shown, re.M).search
    assert search(app.text), f"no field like {shown}:\n{app.text}"
    for turn in range(keys):
        key, wanted = ("backspace", "") if turn % 2 else (str(turn % 9 + 1),) * 2
        _pause()
        pressed = app.press(key)
        found.append(app.wait_until(_shows(search, wanted), f"{key} typed") - pressed)
    return found


def _scroll(app: Terminal, keys: int) -> Samples:
    """Go down and up by a line; each time, wait until the lesson's pane has changed."""
    found: Samples = []
    for turn in range(keys):
        _pause()
        before = _lesson_pane(app.text)
        pressed = app.press("down" if turn % 10 < 5 else "up")
        found.append(app.wait_until(_differs(before), "the lesson scrolled") - pressed)
    return found


def _shows(search: Callable[[str], re.Match[str] | None], wanted: str) -> Callable[[str], bool]:
    def holds(text: str) -> bool:
        found = search(text)
        return found is not None and found.group(1) == wanted

    return holds


def _differs(before: list[str]) -> Callable[[str], bool]:
    return lambda text: _lesson_pane(text) != before


def _lesson_pane(text: str) -> list[str]:
    return [line[28:85] for line in text.splitlines()[2:20]]


def _pause() -> None:
    """Let a person's time between keys go by, never the same, so that no timer is in step."""
    time.sleep(random.uniform(0.05, 0.15))


if __name__ == "__main__":
    show(TITLE, measure())
