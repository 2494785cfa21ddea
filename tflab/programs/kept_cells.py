"""Cells of lessons that were split before, kept in the data folder, so that jupytext may stay away.

jupytext and what it imports take 18 MB and a quarter of a second. What is kept is found by the
lesson's text itself, so it can never be out of date, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from tflab.programs.program import Cell
from tflab.runs.atomic_files import write_atomically
from tflab.runs.paths import data_folder

MOST_KEPT = 200
"""Lessons whose cells are kept; each saved change of a lesson counts as one."""

LONGEST = 200_000
"""Characters of the longest lesson that is kept; what is read from the disk is bounded too."""

_RULES = 1
"""Counts up whenever `percent.split_cells` comes to split a text otherwise."""

_decoder = msgspec.json.Decoder(tuple[Cell, ...])


def kept_cells(source: str) -> tuple[Cell, ...] | None:
    """Return the cells of a lesson's text as they were kept; None when they have to be split.

    What is damaged, or was put there for another text, counts as not kept.
    """
    if len(source) > LONGEST:
        return None
    try:
        with _place(source).open("rb") as file:
            check, _, body = file.read(20 * LONGEST).partition(b"\n")
        cells = _decoder.decode(body)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    whole = check == _digest(body) and _are_of(source, cells)
    return cells if whole else None


def keep_cells(source: str, cells: tuple[Cell, ...]) -> None:
    """Keep the cells of a lesson's text. Where that fails, they are split again the next time."""
    if len(source) > LONGEST:
        return
    place, body = _place(source), msgspec.json.encode(cells)
    with suppress(OSError):
        write_atomically(place, _digest(body) + b"\n" + body)
        _drop_oldest(place.parent)


def _place(source: str) -> Path:
    by = f"{_RULES} {Cell.__struct_fields__} jupytext {_jupytext_version()}\n"
    name = hashlib.sha256(f"{by}{source}".encode()).hexdigest()
    return data_folder() / "cache" / "cells" / f"{name}.json"


@cache
def _jupytext_version() -> str:
    try:
        return version("jupytext")
    except PackageNotFoundError:
        return "unknown"


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _are_of(source: str, cells: tuple[Cell, ...]) -> bool:
    """Return whether code is the text's own, so that nothing but the lesson can ever be run."""
    return all(cell.kind == "prose" or cell.source in source for cell in cells)


def _drop_oldest(folder: Path) -> None:
    # Also what a killed writer left under a name of its own.
    kept = list(folder.iterdir())
    if len(kept) > MOST_KEPT:
        # Another workbench may drop the same ones at the same time.
        oldest = sorted(kept, key=_age)[: len(kept) - MOST_KEPT]
        for path in oldest:
            path.unlink(missing_ok=True)


def _age(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
