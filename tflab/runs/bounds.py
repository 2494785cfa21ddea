"""How much of a run is held at once. The log keeps what is left out here."""

from __future__ import annotations

from tflab.runs.events import Figure

MAX_SERIES = 2_000
"""Metrics of one run."""

MAX_NAMED = 10_000
"""Results, goals and questions of one run, each."""

MAX_ITEMS = 500
"""Values, tables and figures of one cell."""

MAX_FIGURE_NUMBERS = 500_000
"""Numbers in all figures of a run: about 16 MB."""

MAX_NOTICES = 100
"""Notices of one run."""


def weight(figure: Figure) -> int:
    """Return how many numbers a figure holds."""
    return sum(
        len(layer.x) + len(layer.y) + len(layer.names) + sum(map(len, layer.grid))
        for layer in figure.layers
    )


def thin_frames(frames: dict[str, list[Figure]]) -> int:
    """Drop every second frame of each moving picture, in place; the first and the last stay.

    Returns:
        How many numbers the dropped frames held.
    """
    dropped = 0
    for title, pictures in frames.items():
        if len(pictures) > 2:
            last = len(pictures) - 1
            kept = [p for index, p in enumerate(pictures) if index % 2 == 0 or index == last]
            dropped += sum(map(weight, pictures)) - sum(map(weight, kept))
            frames[title] = kept
    return dropped
