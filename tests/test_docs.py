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


NAMED_TESTS = [ROOT / "docs" / f"{name}.md" for name in ("programs", "reliability", "security")]


@pytest.mark.parametrize("path", NAMED_TESTS, ids=lambda path: path.name)
def test_every_test_that_is_named_exists(path: Path) -> None:
    """A row whose test is gone or has another name promises what nothing proves any more."""
    there = {file: file.read_text("utf-8") for file in (ROOT / "tests").rglob("test_*.py")}
    file, missing = "", []
    for quoted in re.findall(r"`([^`\n]+)`", path.read_text(encoding="utf-8")):
        file = quoted if quoted.endswith(".py") else file
        place, _, name = quoted.partition("[")[0].rpartition("::")
        if not name.startswith(("test_", "Test")) or not name.isidentifier():
            continue
        file = place if place not in ("", "…") else file
        held = [text for at, text in there.items() if not place or str(at).endswith(f"/{file}")]
        if not any(re.search(rf"(?:def|class) {name}\b", text) for text in held):
            missing.append(quoted)
    assert missing == []
