"""`tflab doctor` as people call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_plain_text_of_a_machine_that_works(tflab: Any) -> None:
    done = tflab("doctor")
    assert done.returncode == 0, done.stdout
    assert "ok       TensorFlow" in done.stdout
    assert "No problems" in done.stdout
    assert "\x1b" not in done.stdout


def test_json_of_broken_pieces(tflab: Any, tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("raise OSError('broken \\x1b]0;pwned\\x07 wheel')\n")
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = tflab(
        "doctor", "--json", PYTHONPATH=str(tmp_path), TFLAB_DATA=str(blocked / "data"), TERM="dumb"
    )
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["ok"] is False
    checks = {check["name"]: check for check in found["checks"]}
    for name in ("TensorFlow", "Data folder"):
        assert checks[name]["status"] == "problem"
        assert checks[name]["mend"]
    assert checks["Terminal"]["status"] == "warning"
    assert done.stderr == ""
