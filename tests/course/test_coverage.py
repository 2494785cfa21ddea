"""`docs/course.md` says where each concept stands: every row names a cell that teaches it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.course.course import LESSONS
from tflab.programs.program import Cell

TABLE = Path(__file__).resolve().parents[2] / "docs" / "course.md"
HEAD = ("concept", "lesson", "cell")
_ROW = re.compile(r"^\| (.+?) \| ([a-z-]+) \| ([a-z0-9-]+) \|$", re.MULTILINE)
ROWS = [row for row in _ROW.findall(TABLE.read_text(encoding="utf-8")) if row != HEAD]


def named(cell: Cell) -> str:
    return cell.exercise.id if cell.exercise else cell.id


@pytest.mark.parametrize(("concept", "lesson_id", "cell_id"), ROWS)
def test_each_concept_stands_in_a_cell(concept: str, lesson_id: str, cell_id: str) -> None:
    (cell,) = [cell for cell in LESSONS[lesson_id].cells if named(cell) == cell_id]
    assert len(cell.source.split()) >= 15, "a cell that teaches nothing"


@pytest.mark.parametrize(("concept", "lesson_id", "cell_id"), ROWS)
def test_each_concept_is_explained_there(concept: str, lesson_id: str, cell_id: str) -> None:
    """Prose says why, in the cell or just above it; what the row types is typed there."""
    cells = LESSONS[lesson_id].cells
    at = next(place for place, cell in enumerate(cells) if named(cell) == cell_id)
    above = [cell for cell in cells[max(0, at - 2) : at + 1] if cell.kind == "prose"]
    assert any(len(cell.source.split()) >= 12 for cell in above), "code that nothing explains"
    text = "\n".join(cell.source for cell in cells[max(0, at - 1) : at + 2])
    typed = re.findall(r"[A-Za-z]\w{2,}", " ".join(re.findall(r"`([^`]+)`", concept)))
    assert [word for word in typed if word not in text] == []


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_ids_of_cells_differ_and_each_lesson_has_its_rows(lesson_id: str) -> None:
    ids = Counter(filter(None, map(named, LESSONS[lesson_id].cells)))
    assert [one for one, count in ids.items() if count > 1] == []
    assert any(lesson == lesson_id for _, lesson, _ in ROWS)


def test_every_concept_of_the_sources_has_a_row_of_its_own() -> None:
    assert len(ROWS) >= 165
    assert len({concept for concept, _, _ in ROWS}) == len(ROWS)
    lines = TABLE.read_text(encoding="utf-8").count("\n| ")
    heads = TABLE.read_text(encoding="utf-8").count("| concept |")
    assert lines - heads == len(ROWS), "a row that the pattern does not read"
