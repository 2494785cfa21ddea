"""A control group of memory, as a job of a batch system or a container has one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path("/sys/fs/cgroup")
_BOUNDS = ("memory.max", "memory.limit_in_bytes")
"""What bounds memory: in version 2 of control groups, and in version 1."""


@contextlib.contextmanager
def small_group(limit: int) -> Iterator[Path]:
    """Make a group whose processes may have `limit` bytes together; it is gone afterwards.

    A process joins by writing its number to `cgroup.procs` in there. All must have ended.
    """
    group = _make()
    try:
        for name in (*_BOUNDS, "memory.memsw.limit_in_bytes"):
            if (group / name).exists():
                (group / name).write_text(str(limit))
        if (group / "memory.swap.max").exists():
            (group / "memory.swap.max").write_text("0")
        yield group
    finally:
        group.rmdir()


def _make() -> Path:
    """Make a group inside our own, or beside it: version 2 takes none inside one that is in use."""
    tried = []
    for own in _own_groups():
        for place in (own, own.parent):
            group = place / f"tflab-test-{os.getpid()}"
            try:
                group.mkdir()
            except OSError as error:
                tried.append(f"{group.parent}: {error.strerror}")
                continue
            if any((group / bound).exists() for bound in _BOUNDS):
                return group
            group.rmdir()
            tried.append(f"{group.parent}: it does not bound memory")
    pytest.skip(
        f"No control group of memory may be made here ({'; '.join(tried) or 'none found'})."
    )


def _own_groups() -> Iterator[Path]:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, kinds, path = line.split(":", 2)
        if "memory" in kinds.split(","):
            yield _ROOT / "memory" / path.lstrip("/")
        elif not kinds and (_ROOT / "cgroup.controllers").exists():
            yield _ROOT / path.lstrip("/")
