"""Output that nobody can take: closed, or on a full disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")


def _shell(words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -m tflab {words}'],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **more},
    )


@pytest.mark.parametrize("words", ["lessons >&-", "-V >&- 2>&-", "check nothing.py <&- >&- 2>&-"])
def test_closed_streams_are_no_fault(words: str) -> None:
    done = _shell(words)
    assert done.returncode == ("nothing.py" in words)
    assert done.stderr == ""


def test_what_a_run_prints_goes_into_no_file_of_its_own(
    data: Path, lesson: Callable[[str], Path]
) -> None:
    """With stdout closed, the first file that opens would get its number."""
    path = lesson("print('a word of the lesson')\nlab.log(0, loss=1.0)\n")
    done = _shell(f"run {path} --plain >&- 2>&- <&-")
    assert done.returncode == 0
    (folder,) = (data / "runs").glob("2*")
    for line in (folder / "events.jsonl").read_text().splitlines():
        json.loads(line)
    assert (folder / "output.log").read_text() == "a word of the lesson\n"


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("words", ["lessons", "-V"])
def test_a_full_disk_is_said_in_words(words: str, buffered: str) -> None:
    done = _shell(f"{words} > /dev/full", PYTHONUNBUFFERED=buffered)
    assert done.returncode == 2
    assert done.stderr.startswith("tflab: Output lost\n  It cannot be written: No space left")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
