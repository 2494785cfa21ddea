"""Lessons after a run, read with one key: every line of prose, code, output and result is seen."""

from __future__ import annotations

import pytest

from tests.course.course import LESSONS, Course
from tests.ui.test_lesson_view import Host
from tflab.ui.workbench.code_cell import CodeBlock

WALKED = ("execution-modes", "tape-gradients", "linear-classifier", "model-styles")
SIZES = [(70, 34), (78, 12)]
"""Cells and rows that the lesson has at 120x40 and at 80x24."""


@pytest.mark.parametrize("size", SIZES, ids=["120x40", "80x24"])
@pytest.mark.parametrize("lesson", WALKED)
async def test_one_key_shows_every_line(course: Course, lesson: str, size: tuple[int, int]) -> None:
    state = course.run(lesson).state
    host = Host()
    async with host.run_test(size=size) as pilot:
        view = host.view
        view.styles.width, view.styles.height = size
        await view.show_lesson(LESSONS[lesson], {}, keep_place=False)
        await view.show_run(state)
        await pilot.pause()
        seen = set(host.screen_rows())
        while True:
            top, rows = view.top, view.document.height
            await pilot.press("space")
            await pilot.pause()
            seen |= set(host.screen_rows())
            went = view.top > top or view.document.height > rows
            assert went or view.at_end, "a key that goes nowhere"
            assert view.top - top < view.rows_in_view, "the last line read stays in sight"
            if not went:
                break
        blocks = view.document.blocks
        width = view.document.width
        assert not any(isinstance(b, CodeBlock) and b.hidden_rows(width) for b in blocks)
        wanted = {row.text.rstrip() for block in blocks for row in block.rows(width)} - {""}
        assert len(wanted) > 60
        missing = {text for text in wanted if not any(text in row for row in seen)}
        assert missing == set()
