"""Writing edits into a program's file, or into a copy, which is trusted as the file was."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tflab.programs.edits import with_edits
from tflab.programs.library import user_folder
from tflab.programs.program import Program
from tflab.programs.save_edits import save_copy, save_edits
from tflab.runs.atomic_files import make_private_folder
from tflab.session.trust import TrustStore


def save_program(base: Program, texts: dict[int, str], target: Path | None, foreign: bool) -> None:
    """Write edits into a file; one that was trusted stays so, if nobody else wrote in it.

    Args:
        base: The program as its file has it.
        texts: The code of its edited cells.
        target: Where a copy goes; None for the file itself.
        foreign: Whether somebody else may have written any of the edits.

    Raises:
        Problem: When it cannot be written, or the program is no good with these edits.
    """
    path = target or base.path
    source = with_edits(base, texts).source
    if target is not None:
        if target.parent == user_folder():
            make_private_folder(target.parent)
        save_copy(base, texts, target)
    else:
        save_edits(base, texts)
    store = TrustStore()
    if not foreign and store.trusts(base.path, base.source) and not store.trusts(path, source):
        with suppress(OSError):  # It is asked about then, as any file that changes.
            store.trust_text(path, source)
