"""Real small disks and real refusals, where this machine and this user may make them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def small_disk(place: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a file system of this size at `place`; skip the test where that is not allowed."""
    place.mkdir()
    with _mounted(["-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0700", "none", str(place)], place):
        yield place


@contextmanager
def small_ext4(place: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a small disk on which, as in most homes, folders and their growth take room as well."""
    place.mkdir()
    image = place.with_name(f"{place.name}.image")
    image.write_bytes(b"")
    os.truncate(image, kilobytes << 10)
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("mkfs.ext4 is missing")
    # No blocks kept back for root: they would not be full for a test that root runs.
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", "-b", "1024", str(image)], check=True)
    with _mounted(["-o", "loop", str(image), str(place)], place):
        yield place


@contextmanager
def _mounted(arguments: list[str], place: Path) -> Iterator[None]:
    try:
        done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if done.returncode:
        pytest.skip(f"this user may not mount a small disk: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path, leave: int = 0) -> Path:
    """Fill a disk to its last block, but for `leave` bytes; return the file that does it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        # Some file systems set more room aside for a write than it takes in the end.
        before = -1
        while before < file.tell():
            before = file.tell()
            for size in (4096, 1):
                with suppress(OSError):
                    while True:
                        file.write(bytes(size))
            with suppress(OSError):
                os.fsync(file.fileno())
        if leave:
            os.truncate(ballast, max(0, ballast.stat().st_size - leave))
    return ballast


def as_common_user() -> list[str]:
    """Return the beginning of a command line that takes root's right to write anywhere away."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root may write anywhere, and setpriv, which could take that away, is missing")
    dropped = "-dac_override,-dac_read_search"
    return [setpriv, f"--bounding-set={dropped}", f"--inh-caps={dropped}", "--"]
