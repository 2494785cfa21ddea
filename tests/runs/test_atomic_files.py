"""Reading what lies in the data folder, whatever it is."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tflab.runs.atomic_files import read_file


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 1000)
    assert read_file(path) == b"x" * 1000
    assert read_file(path, most=1000) == b"x" * 1000
    with pytest.raises(OSError, match="too large"):
        read_file(path, most=999)
    (tmp_path / "link").symlink_to(path)
    assert read_file(tmp_path / "link") == b"x" * 1000


@pytest.mark.parametrize("kind", ["fifo", "folder", "device", "endless", "socket", "none"])
def test_what_is_no_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    """A pipe that nobody writes to would be waited for."""
    path = tmp_path / "thing"
    with socket.socket(socket.AF_UNIX) as made:
        match kind:
            case "fifo":
                os.mkfifo(path)
            case "folder":
                path.mkdir()
            case "device":
                path.symlink_to("/dev/tty")
            case "endless":
                path.symlink_to("/dev/zero")
            case "socket":
                made.bind(str(path))
        with pytest.raises(OSError):
            read_file(path)
