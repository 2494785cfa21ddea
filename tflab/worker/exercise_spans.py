"""Which cells belong to an exercise in a run, and which exercises are checked further down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tflab.runs.record import CodeCell


def spans(cells: Sequence[CodeCell]) -> Iterator[list[CodeCell]]:
    """Yield the cells in order: each exercise with all up to the last that checks it, else one."""
    place = 0
    while place < len(cells):
        size = 1
        exercise = cells[place].exercise
        if exercise is not None:
            for ahead in range(place + 1, len(cells)):
                if cells[ahead].exercise is not None:
                    break
                if cells[ahead].checks == exercise.id:
                    size = ahead - place + 1
        yield list(cells[place : place + size])
        place += size


def checked_late(cells: Sequence[CodeCell]) -> set[str]:
    """Return the exercises that cells check which stand after another exercise."""
    found: set[str] = set()
    last = ""
    for cell in cells:
        if cell.exercise is not None:
            last = cell.exercise.id
        elif cell.checks and cell.checks != last:
            found.add(cell.checks)
    return found
