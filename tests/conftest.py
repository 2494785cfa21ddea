"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, so that no test sees the user's runs."""
    folder = tmp_path / "data"
    monkeypatch.setenv("TFLAB_DATA", str(folder))
    return folder
