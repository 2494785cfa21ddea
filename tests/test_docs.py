"""What the documents name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_PLACE = re.compile(r"`((?:tests|tflab|benchmarks|lessons|docs)/[\w/.-]*\.\w+)(?:::\w+)?`")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(path: Path) -> None:
    places = _PLACE.findall(path.read_text(encoding="utf-8"))
    assert [place for place in places if not (ROOT / place).exists()] == []
