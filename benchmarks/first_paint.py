"""From starting the program to its first paint, beside an empty Textual app."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks.figure import Budget, Figure, in_turn, show
from benchmarks.workbench import SIZE, data_folder, open_peer
from tests.terminal.terminal import Terminal

TITLE = "First paint, from starting the program"


def measure(rounds: int = 11) -> list[Figure]:
    """Start both in turn; the first word on the screen counts as the first paint."""

    def workbench() -> Terminal:
        return Terminal([sys.executable, "-m", "tflab"], SIZE)

    _first_word(workbench)
    found = in_turn(
        {
            "ours": lambda: _first_word(workbench),
            "peer": lambda: _first_word(lambda: open_peer("empty_app")),
        },
        rounds,
    )
    budget = Budget(1.3, ratio=True)
    return [
        Figure("first paint", "s", found["ours"], "empty Textual app", found["peer"], budget),
    ]


def _first_word(start: Callable[[], Terminal]) -> float:
    # The data folder ends the fork server before the other one has its turn.
    with data_folder(), start() as app:
        return app.wait_for(r"\w") - app.spawned


if __name__ == "__main__":
    show(TITLE, measure())
