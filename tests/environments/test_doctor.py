"""`tflab doctor` agrees with what a run does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tflab.session.doctor.python import check_packages

BLIND = (
    "import sys; from importlib.machinery import PathFinder as P; find = P.find_spec; "
    "P.find_spec = classmethod(lambda c, n, p=None, t=None: "
    "None if n in ('tensorflow', 'keras') else find(n, p, t)); "
    "from tflab.cli import main; sys.exit(main(sys.argv[1:]))"
)
"""The workbench in an environment without TensorFlow."""


def doctor(folder: Path, **changes: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", BLIND, "doctor", "--json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
        cwd=folder,
        env={**os.environ, **changes},
    )
    checks = json.loads(done.stdout)["checks"]
    return done.returncode, {check["name"]: check for check in checks}


def test_tensorflow_in_another_environment(tmp_path: Path, old_tensorflow: Path) -> None:
    code, checks = doctor(tmp_path, VIRTUAL_ENV=str(old_tensorflow))
    assert code == 0, checks
    assert old_tensorflow.name in checks["Environment"]["text"]
    assert checks["TensorFlow"]["status"] == "ok"
    assert checks["TensorFlow"]["text"].startswith("2.")


def test_tensorflow_nowhere(tmp_path: Path, bare_python: Path) -> None:
    code, checks = doctor(tmp_path, PATH=str(bare_python / "bin"))
    assert code == 1
    assert checks["Environment"]["status"] == "problem"
    assert "No environment has TensorFlow" in checks["Environment"]["text"]
    assert "--python" in checks["Environment"]["mend"]
    assert "TensorFlow" not in checks


def test_the_workbench_itself_needs_no_tensorflow() -> None:
    assert check_packages(["tensorflow>=99", "numpy>=2"]).status == "ok"
