"""The history while runs come in, change and end, and while it comes and goes itself."""

from __future__ import annotations

import asyncio
import random
import threading
from pathlib import Path

import msgspec

import tflab.ui
from tests.ui.history_host import Host, history, make_run, said, settle
from tflab.runs.history import HistoryRow
from tflab.runs.marks import change_marks
from tflab.runs.store import RunStore
from tflab.ui.history.compare import CompareScreen
from tflab.ui.widgets.table import Table


async def look(pilot, screen):
    """Let the history look for what is new now, and not when its timer says so."""
    pilot.app.history.look()
    await settle(pilot)


def lines(screen):
    """The rows in view, line by line."""
    table = screen.query_one(Table)
    room = table.scrollable_content_region.height - 1
    return [screen.runs.shown[table.top + line].id for line in range(room)]


async def test_what_one_looks_at_stays_where_it_is_when_a_run_comes_in():
    runs = [make_run(0.1, 0.5, age=100 + number) for number in range(60)]
    async with history(size=(120, 24)) as (pilot, screen):
        table = screen.query_one(Table)
        await pilot.press("end", "space", "up", "up", "up")
        before, kept = lines(screen), screen.current.id
        new = make_run(0.7, 0.2)
        await look(pilot, screen)
        assert screen.runs.shown[0].id == new
        assert lines(screen) == before
        assert screen.current.id == kept
        assert screen._view.marked == {runs[-1]}
        assert "61 runs" in said(screen, ".title")
        table.scroll_to(y=5, animate=False, immediate=True)
        before = lines(screen)
        make_run(0.8, 0.2)
        await look(pilot, screen)
        assert lines(screen) == before, "with the cursor out of sight, the first line stays"
        assert screen.current.id == kept
        await pilot.press("home")
        newest = make_run(0.9, 0.2)
        await look(pilot, screen)
        assert lines(screen)[0] == newest, "whoever looks at the newest sees the newest"
        assert table.cursor == 1


async def test_a_filter_and_an_order_hold_for_what_comes_in():
    make_run(0.2, 0.5)
    make_run(0.3, 0.1)
    async with history() as (pilot, screen):
        await pilot.press("slash", *"rate>0.15", "enter")
        screen.runs.sort_by([column.title for column in screen.runs.columns].index("loss"))
        make_run(0.1, 0.2)
        middle = make_run(0.4, 0.3)
        await look(pilot, screen)
        assert [row.summary.metrics["loss"]["last"] for row in screen.runs.shown] == [0.1, 0.3, 0.5]
        assert screen.runs.shown[1].id == middle
        assert "3 of 4 runs" in said(screen, ".title")


async def test_only_lines_that_changed_are_drawn_again(monkeypatch):
    for number in range(5):
        make_run(0.1, 0.5, age=number)
    async with history() as (pilot, screen):
        table, drawn = screen.query_one(Table), []
        real = table.render_line
        monkeypatch.setattr(table, "render_line", lambda y: drawn.append(y) or real(y))
        await look(pilot, screen)
        assert drawn == []
        change_marks(RunStore().folder(screen.runs.shown[2].id), pinned=False)
        await look(pilot, screen)
        assert drawn == []
        await pilot.press("down")
        drawn.clear()
        rows = list(screen.runs.shown)
        summary = msgspec.structs.replace(rows[3].summary, seconds=9.0)
        rows[3] = HistoryRow(summary)
        screen.take(rows)
        await pilot.pause()
        assert set(drawn) == {4}


async def test_one_run_is_one_run_and_keys_stay_with_the_table_when_none_fits():
    make_run(0.1, 0.5)
    async with history() as (pilot, screen):
        assert "· 1 run ·" in said(screen, ".title")
        assert "1 runs" not in said(screen, ".title")
        await pilot.press("slash", *"zzz", "enter")
        assert "0 of 1 run" in said(screen, ".title")
        assert isinstance(screen.focused, Table)


async def test_history_and_comparison_come_and_go_at_once_while_runs_finish():
    """Whatever is read for a screen that goes away comes to nothing, and nothing breaks."""
    chance = random.Random(5)
    runs = [make_run(0.1, 0.5, age=number) for number in range(4)]
    for run in runs[:2]:
        (RunStore().folder(run) / "summary.json").unlink()
    app = Host()
    async with app.run_test(size=(120, 40)) as pilot:
        for turn in range(60):
            app.open_history()
            if chance.random() < 0.5:
                await pilot.pause(chance.random() * 0.01)
            screen = app.screen
            if chance.random() < 0.5:
                app.history.look()
            if turn % 3 == 0:
                make_run(0.1, 0.5)
            if chance.random() < 0.7 and screen.runs.ready:
                rows = screen.runs.shown[:3]
                screen._view.marked = {row.id for row in rows}
                screen.action_compare()
                app.work.pin(rows[:1])
                await pilot.pause(chance.random() * 0.01)
            while len(app.screen_stack) > 1:
                app.screen.dismiss()
                if chance.random() < 0.5:
                    await pilot.pause()
                else:
                    await asyncio.sleep(0)
        await settle(pilot)
        assert not app.problems


def test_no_background_work_calls_a_screen_but_through_its_queue():
    """A call from a thread reaches a screen whose widgets may be gone; a message does not."""
    ui = Path(tflab.ui.__file__).parent
    modules = list(ui.rglob("*.py"))
    assert len(modules) > 50
    assert not [path.name for path in modules if "call_from_thread" in path.read_text()]


async def test_a_comparison_that_comes_late_does_not_open_over_another_history():
    for number in range(2):
        make_run(0.1, 0.5, age=number)
    async with history() as (pilot, screen):
        hung = threading.Event()
        pilot.app.work._disk.do(hung.wait)
        await pilot.press("space", "space", "c", "escape")
        pilot.app.open_history()
        await pilot.pause()
        again = pilot.app.screen
        hung.set()
        await settle(pilot)
        assert pilot.app.screen is again
        assert again is not screen
        await pilot.press("c")
        await settle(pilot)
        assert isinstance(pilot.app.screen, CompareScreen), "the marks are still there"
