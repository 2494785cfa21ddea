"""The run under the cursor of the history: its curve and its values beside the list or below."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import Static

from tests.ui.history_host import history, make_run
from tflab.runs import events as ev
from tflab.session import history as session_history
from tflab.ui.history.preview import RunPreview
from tflab.ui.widgets.drawing_view import DrawingView
from tflab.ui.widgets.table import Table


async def previewed(pilot, screen, words):
    """Wait until the preview is of the run that its title names."""
    preview = screen.query_one(RunPreview)
    async with asyncio.timeout(20):
        while words not in (preview.border_title or ""):
            await pilot.pause(0.01)
    await pilot.pause()
    return preview


@pytest.mark.parametrize("size", [(200, 60), (120, 40)])
async def test_it_follows_the_cursor(data, size):
    make_run(0.5, 0.25, age=60)
    make_run(0.1, 0.5)
    async with history(size) as (pilot, screen):
        preview = await previewed(pilot, screen, "defaults")
        assert preview.border_title == "#2 defaults"
        await pilot.press("down")
        preview = await previewed(pilot, screen, "rate 0.5")
        drawn = "\n".join(preview.query_one(DrawingView).plain_rows())
        assert "loss" in drawn
        assert "0.25" in drawn
        assert "rate 0.5" in preview.query_one(".words", Static).content.plain
        table = screen.query_one(Table).region
        assert not table.overlaps(preview.region)
        beside = preview.region.x > table.x
        assert beside == (size[0] >= 140)


async def test_where_there_is_no_room_the_list_has_all_of_it(data):
    make_run(0.1, 0.5)
    async with history((80, 24)) as (_, screen):
        assert not screen.query_one(RunPreview).display
        assert screen.query_one(Table).region.height >= 18


async def test_a_long_log_is_not_read_only_to_be_looked_at(data, monkeypatch):
    make_run(0.1, 0.5)
    monkeypatch.setattr(session_history, "_LONGEST_PREVIEW", 10)
    async with history((120, 40)) as (pilot, screen):
        preview = await previewed(pilot, screen, "defaults")
        assert "Enter opens it" in preview.query_one(".words", Static).content.plain


async def test_goals_are_counted_not_told_again(data):
    goals = [ev.Goal(text=f"Goal {n} in many words", passed=n == 1, cell=1) for n in (1, 2, 3)]
    make_run(0.1, 0.5, told=goals)
    async with history((120, 40)) as (pilot, screen):
        preview = await previewed(pilot, screen, "defaults")
        words = preview.query_one(".words", Static).content.plain
        assert "goals 1/3" in words
        assert "in many words" not in words
