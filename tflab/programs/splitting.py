"""Splitting lessons without jupytext in this process: cells that were kept, else a helper process.

The workbench reads lessons this way, since jupytext would stay in its memory for good.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import msgspec

from tflab.programs.kept_cells import keep_cells, kept_cells
from tflab.programs.library import course_folder
from tflab.programs.percent import MarkError, split_cells
from tflab.programs.program import Cell
from tflab.programs.split_helper import Split

HELPER_SECONDS = 15.0
"""Seconds that the helper process may take; importing jupytext takes 0.3 on an idle machine."""

_decoder = msgspec.json.Decoder(list[Split])

# Two threads that want the same lesson share what one helper makes of it.
_one_at_a_time = threading.Lock()


def split_here(source: str) -> tuple[Cell, ...]:
    """Return the cells of a lesson's text: as kept, else split in this process.

    Raises:
        MarkError: When the options of a cell mark cannot be read.
    """
    return kept_cells(source) or split_cells(source)


def split_apart(source: str) -> tuple[Cell, ...]:
    """Return the cells of a lesson's text: as kept, else split by a helper process, and keep them.

    The helper splits the rest of the course too: that adds a fifth to what it takes to start, and
    each further lesson then opens at once. Where there can be no helper, jupytext comes here.

    Raises:
        MarkError: When the options of a cell mark cannot be read.
    """
    with _one_at_a_time:
        kept = kept_cells(source)
        return _split_and_keep(source) if kept is None else kept


def _split_and_keep(source: str) -> tuple[Cell, ...]:
    sources = [source, *(text for text in _course() if text != source and not kept_cells(text))]
    splits = _ask_helper(sources)
    if splits is None:
        return split_cells(source)
    for text, split in zip(sources, splits, strict=True):
        if split.bad_mark is None:
            keep_cells(text, split.cells)
    if splits[0].bad_mark is not None:
        raise MarkError(splits[0].bad_mark)
    return splits[0].cells


def _course() -> Iterator[str]:
    for path in sorted(course_folder().glob("*.py")):
        try:
            yield path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            # Opening that one says what is wrong with it.
            continue


def _ask_helper(sources: list[str]) -> list[Split] | None:
    """Return what the helper made of the texts; None when it did not come to an end."""
    try:
        done = subprocess.run(
            # -P: a file of the user's in the current folder must not pass for a module.
            [sys.executable, "-P", "-m", "tflab.programs.split_helper"],
            input=msgspec.json.encode(sources),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=HELPER_SECONDS,
            check=True,
        )
        splits = _decoder.decode(done.stdout)
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError):
        return None
    return splits if len(splits) == len(sources) else None
