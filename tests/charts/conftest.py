"""What tests of charts share: how wide a row is once its colour codes are gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from wcwidth import wcswidth

from tflab.charts.plot import forget_drawings

_SGR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="session")
def plain() -> Callable[[str], str]:
    """Strip SGR codes; anything else that could steer a terminal fails the test."""

    def strip(row: str) -> str:
        text = _SGR.sub("", row)
        assert text.isprintable(), repr(text)
        return text

    return strip


@pytest.fixture(scope="session")
def check_rows(plain: Callable[[str], str]) -> Callable[[Sequence[str], int], None]:
    """Check that every row is exactly so many cells wide and ends in the terminal's own colour."""

    def check(rows: Sequence[str], columns: int) -> None:
        for row in rows:
            assert wcswidth(plain(row)) == columns
            codes = _SGR.findall(row)
            assert not codes or codes[-1] == "\x1b[0m"

    return check


@pytest.fixture
def points_given(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that gets the number of points of each line that plotext is given from now."""
    import plotext

    given: list[int] = []
    signal = plotext.figure.signal

    def spy(x: list[float], y: list[float], **rest: Any) -> Any:
        given.append(len(x))
        return signal(x, y, **rest)

    monkeypatch.setattr(plotext.figure, "signal", spy)
    forget_drawings()
    return given
