"""Putting the workbench aside with Ctrl+Z: only where a shell can bring it back.

Textual stops this one process. A launcher that waits for it, such as `uv run`, would not stop, so
the shell would never see that its job has: it must be stopped as well. And where no shell watches,
as in `ssh -t host tflab`, nobody could let it go on.
"""

from __future__ import annotations

import os

from tflab.runs.processes import parent_of


def launchers() -> list[int] | None:
    """Return the processes between this one and its shell, which stop with it.

    None where no shell watches over this job.
    """
    group, session = os.getpgrp(), os.getsid(0)
    found: list[int] = []
    pid = os.getppid()
    try:
        while pid > 1 and os.getpgid(pid) == group:
            found.append(pid)
            pid = parent_of(pid)
        watched = pid > 1 and os.getsid(pid) == session
    except (ProcessLookupError, PermissionError):
        return None
    return found if watched else None
