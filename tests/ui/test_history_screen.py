"""The history on the screen: filter, sort, mark, name, delete, bring back, compare, export."""

from __future__ import annotations

import time

import msgspec
import pytest
from textual.widgets import Input, OptionList, Static

from tests.ui.history_host import SOURCE, history, make_run, said, settle, shown
from tflab.runs import events as ev
from tflab.runs.store import RunStore
from tflab.runs.summary import summarise
from tflab.session.past_runs import RunUse
from tflab.ui.dialogs.ask import AskScreen
from tflab.ui.dialogs.notice import TextScreen
from tflab.ui.history.compare import CompareScreen
from tflab.ui.history.screen import HistoryScreen
from tflab.ui.widgets.drawing_view import DrawingView
from tflab.ui.widgets.table import Table


async def test_runs_of_the_lesson_are_listed_newest_first_and_all_on_a_key():
    make_run(0.25, 0.5, age=90_000)
    make_run(0.75, 0.2)
    make_run(0.5, 0.3, lesson="two")
    async with history() as (pilot, screen):
        rows = shown(screen)
        assert len(rows) == 2
        assert "0.75" in rows[0]
        assert "0.25" in rows[1]
        assert "Lesson One" in said(screen, ".title")
        assert "runs " in said(screen, ".aside")
        await pilot.press("a")
        assert len(shown(screen)) == 3
        assert any("two" in row for row in shown(screen))


async def test_a_title_too_long_keeps_away_from_what_stands_beside_it():
    make_run(0.25, 0.5)
    async with history() as (pilot, screen):
        screen.query_one(".title").update("A long title " * 20)
        for columns in (120, 60):
            await pilot.resize_terminal(columns, 20)
            await pilot.pause()
            title, aside = screen.query_one(".title").region, screen.query_one(".aside")
            assert aside.content_region.x - title.right >= 2
            assert ("free" in said(screen, ".aside")) is (columns == 120)


async def test_the_filter_narrows_while_one_types_and_explains_itself():
    for rate in (0.1, 0.2, 0.3):
        make_run(rate, rate)
    async with history() as (pilot, screen):
        await pilot.press("slash", *"rate<0.25 lo")
        assert len(shown(screen)) == 2, "a name half typed takes nothing away"
        await pilot.press(*"ss<")
        assert screen.query_one(".said").display
        assert "no value after loss<" in said(screen, ".said")
        assert len(shown(screen)) == 2, "what was listed stays until the filter can be read"
        await pilot.press(*"0.15", "enter")
        assert not screen.query_one(".said").display
        assert len(shown(screen)) == 1
        assert isinstance(screen.focused, Table)
        await pilot.press("slash", *" zzz", "enter")
        assert "No run fits" in said(screen, ".empty")


async def test_sorting_keeps_the_cursor_on_its_run():
    for rate, loss in ((0.1, 0.9), (0.2, 0.1), (0.3, 0.5)):
        make_run(rate, loss)
    async with history() as (pilot, screen):
        titles = [column.title for column in screen.runs.columns]
        await pilot.press("down")
        kept = screen.current.id
        for _ in range((titles.index("loss") - titles.index("when")) % len(titles)):
            await pilot.press("s")
        losses = [row.summary.metrics["loss"]["last"] for row in screen.runs.shown]
        assert losses == sorted(losses)
        assert screen.current.id == kept
        await pilot.press("i")
        losses = [row.summary.metrics["loss"]["last"] for row in screen.runs.shown]
        assert losses == sorted(losses, reverse=True)


async def test_a_name_a_note_and_a_pin_are_kept():
    make_run(0.1, 0.9)
    second = make_run(0.2, 0.1, age=100)
    async with history() as (pilot, screen):
        await pilot.press("end", "n")
        assert isinstance(pilot.app.screen, AskScreen)
        await pilot.press(*"best", "enter")
        await settle(pilot)
        await pilot.press("t", *"for class", "enter")
        await settle(pilot)
        await pilot.press("p")
        await settle(pilot)
        assert "best" in shown(screen)[0]
        assert "for class" in shown(screen)[0]
        assert screen.runs.shown[0].id == second, "a pinned run comes first"
        await pilot.press("slash", *"name~BEST", "enter")
        assert len(shown(screen)) == 1


async def test_many_are_deleted_and_brought_back():
    ids = [make_run(rate, 0.1) for rate in (0.1, 0.2, 0.3)]
    async with history() as (pilot, screen):
        await pilot.press("space", "space", "d")
        await settle(pilot)
        assert len(shown(screen)) == 1
        assert len(list(RunStore().ids())) == 1
        assert "trash" in said(screen, ".aside")
        await pilot.press("u")
        await settle(pilot)
        assert sorted(RunStore().ids()) == sorted(ids)
        assert len(shown(screen)) == 3
        await pilot.press("d", "e", "e")
        await settle(pilot)
        await pilot.press("u")
        assert len(list(RunStore().ids())) == 2, "what the trash was emptied of is gone"


async def test_marked_runs_are_compared():
    make_run(0.1, 0.5)
    make_run(0.2, 0.1, source=SOURCE + "# %%\nprint(1)\n")
    async with history() as (pilot, screen):
        await pilot.press("c")
        assert pilot.app.screen is screen, "one run is nothing to compare"
        await pilot.press("space", "space", "c")
        await settle(pilot)
        compare = pilot.app.screen
        assert isinstance(compare, CompareScreen)
        await pilot.pause()
        picture = "\n".join(compare.query_one(DrawingView).plain_rows())
        assert any("\u2800" < char <= "\u28ff" for char in picture)
        titles = [column.title for column in compare._columns]
        assert "rate" in titles
        assert "steps" not in titles, "only what differs is told"
        samples = {compare._row(i)[0].text for i in range(2)}
        assert len(samples) == 2, "lines differ by more than colour"
        await pilot.press("m")
        assert "highest accuracy" in [column.title for column in compare._columns]
        await pilot.press("d")
        assert isinstance(pilot.app.screen, TextScreen)
        assert "print(1)" in pilot.app.screen._text
        await pilot.press("escape", "escape")
        assert pilot.app.screen is screen


async def test_a_run_that_diverged_is_told_from_the_others_it_is_compared_with():
    make_run(0.1, 0.5)
    blown = [ev.Scalars(tag="loss", steps=[3, 4], values=[1e30, "nan"])]
    make_run(3, 8.0, told=blown)
    async with history() as (pilot, _):
        await pilot.press("space", "space", "c")
        await settle(pilot)
        compare = pilot.app.screen
        assert {compare._row(i)[2].text for i in range(2)} == {"!", "✓"}
        title = compare.query_one(".title", Static)
        assert "log axis" in title.content.plain, "it is so by itself over decades"
        await pilot.press("l")
        assert "log axis" not in title.content.plain


async def test_a_run_is_exported_into_the_folder_one_is_in(tmp_path, monkeypatch):
    run = make_run(0.1, 0.5)
    monkeypatch.chdir(tmp_path)
    async with history() as (pilot, _):
        await pilot.press("x")
        assert pilot.app.screen.query_one(OptionList).option_count == 10
        await pilot.press(*"svg", "enter")
        await settle(pilot)
        assert (tmp_path / f"one-{run}.svg").read_text().startswith("<svg")
        assert pilot.app.problems == []


@pytest.mark.parametrize(
    ("key", "use"),
    [
        ("enter", RunUse.SHOW),
        ("r", RunUse.RERUN),
        ("g", RunUse.CONTINUE),
        ("v", RunUse.VALUES),
    ],
)
async def test_a_run_goes_to_the_workbench(key, use):
    run = make_run(0.1, 0.5)
    async with history() as (pilot, screen):
        await pilot.press(key)
        await pilot.pause()
        assert pilot.app.chosen == [(use, run)]
        assert pilot.app.screen is not screen


async def test_the_view_is_as_one_left_it():
    make_run(0.1, 0.5)
    make_run(0.2, 0.5)
    async with history() as (pilot, screen):
        await pilot.press("slash", *"rate<0.15", "escape", "escape")
        assert pilot.app.screen is not screen
        pilot.app.open_history()
        await settle(pilot)
        assert pilot.app.screen.query_one(Input).value == "rate<0.15"
        assert len(shown(pilot.app.screen)) == 1


async def test_ten_thousand_rows_scroll_at_once():
    store = RunStore()
    row = msgspec.json.encode(
        summarise(store.record(make_run(0.1, 0.5)), store.load(next(store.ids())))
    )
    first = next(store.ids())
    for number in range(10_000):
        run = f"20250101-000000-{number:06x}"
        (store.root / run).mkdir()
        (store.root / run / "summary.json").write_bytes(row.replace(first.encode(), run.encode()))
    async with history() as (pilot, screen):
        assert screen.query_one(Table).count == 10_001
        began = time.perf_counter()
        await pilot.press("end", "home", "pagedown")
        assert time.perf_counter() - began < 2


async def test_there_are_words_where_there_are_no_runs():
    async with history(size=(80, 24)) as (_, screen):
        assert "No runs yet" in said(screen, ".empty")
        assert isinstance(screen, HistoryScreen)
