"""Every lesson is a plain Python program: `python lessons/x.py` runs it to its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.course.course import LESSONS

# TensorFlow is imported once; each lesson then runs as `__main__` in a fork, as Python runs a file.
RUNNER = """
import json, os, runpy, sys
import tensorflow, keras
codes = {}
for path in sys.argv[2:]:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            runpy.run_path(path, run_name="__main__")
            sys.stdout.flush()
            code = 0
        finally:
            os._exit(code)
    codes[path] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
with open(sys.argv[1], "w") as file:
    json.dump(codes, file)
"""


def test_lessons_run_as_plain_programs(tmp_path: Path) -> None:
    paths = [str(lesson.path) for lesson in LESSONS.values()]
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, str(tmp_path / "codes.json"), *paths],
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=True,
        timeout=170,
    )
    codes = json.loads((tmp_path / "codes.json").read_text())
    assert codes == dict.fromkeys(paths, 0), done.stderr[-3000:]
    assert "goal not reached: Diverge on purpose" in done.stdout
    assert "\x1b[2J" not in done.stdout
