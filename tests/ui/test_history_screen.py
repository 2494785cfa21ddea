"""The history on the screen: filter, sort, mark, name, delete, bring back, compare, export."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from textual.app import App
from textual.widgets import Input, OptionList, Static

import tflab.ui
from tflab.runs import events as ev
from tflab.runs.history import HistoryRow
from tflab.runs.log import LogWriter
from tflab.runs.marks import change_marks
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import summarise, write_summary
from tflab.ui.history import HistoryDesk
from tflab.ui.screens.ask import AskScreen
from tflab.ui.screens.compare import CompareScreen
from tflab.ui.screens.history import HistoryScreen
from tflab.ui.screens.notice import TextScreen
from tflab.ui.themes import DARK
from tflab.ui.widgets.drawing_view import DrawingView
from tflab.ui.widgets.table import Table

SOURCE = '# %% [markdown]\n# # One\n# %% tags=["parameters"]\nrate = 0.1\nsteps = 3\n'
LESSON = SimpleNamespace(id="one", title="Lesson One", defaults={"rate": 0.1, "steps": 3})


def make_run(rate, loss, lesson="one", source=SOURCE, age=0):
    store = RunStore()
    request = RunRequest(
        lesson=lesson, title=lesson.title(), path=f"/nowhere/{lesson}.py", source=source,
        parameters={"rate": rate, "steps": 3},
    )  # fmt: skip
    record = store.create(request)
    folder = store.folder(record.id)
    record = msgspec.structs.replace(record, created=time.time() - age)
    (folder / "run.json").write_bytes(msgspec.json.encode(record))
    writer = LogWriter(folder)
    writer.write(
        ev.Started(time=1.0, pid=1),
        ev.Scalars(tag="loss", steps=[0, 1, 2], values=[1.0, 0.7, loss]),
        ev.Scalars(tag="accuracy", steps=[0, 1, 2], values=[0.1, 0.5, 0.9]),
        ev.Ended(state="finished", time=2.0),
    )
    writer.close()
    write_summary(folder, summarise(record, store.load(record.id)))
    return record.id


class Host(App):
    """As much of the workbench as the history needs."""

    def __init__(self, lesson=LESSON):
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        runs = SimpleNamespace(store=RunStore(), own_running=False, history=lambda _: [])
        pane = SimpleNamespace(show_runs=lambda *_: None)
        self.desk = HistoryDesk(self, SimpleNamespace(lesson=lesson, runs=runs, run_list=pane))
        self.problems = []
        self.wishes = []
        self.desk.use = self.note

    async def note(self, run, kind):
        self.wishes.append((kind, run))

    def show_problem(self, problem):
        self.problems.append(problem)


@asynccontextmanager
async def history(size=(120, 40)):
    """Open the history over the runs there are; gives the app's pilot and its screen."""
    app = Host()
    async with app.run_test(size=size) as pilot:
        app.desk.show()
        await settle(pilot)
        yield pilot, app.screen


async def settle(pilot):
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def shown(screen):
    """The rows of the table as text, in order."""
    table = screen.query_one(Table)
    return [" ".join(cell.text for cell in table._cells(i)) for i in range(table.count)]


def said(screen, name):
    return str(screen.query_one(name, Static).content)


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


async def test_a_run_is_exported_into_the_folder_one_is_in(tmp_path, monkeypatch):
    run = make_run(0.1, 0.5)
    monkeypatch.chdir(tmp_path)
    async with history() as (pilot, _):
        await pilot.press("x")
        assert pilot.app.screen.query_one(OptionList).option_count == 8
        await pilot.press(*"svg", "enter")
        await settle(pilot)
        assert (tmp_path / f"one-{run}.svg").read_text().startswith("<svg")
        assert pilot.app.problems == []


@pytest.mark.parametrize(("key", "kind"), [("enter", "show"), ("r", "rerun"), ("v", "values")])
async def test_a_run_goes_to_the_workbench(key, kind):
    run = make_run(0.1, 0.5)
    async with history() as (pilot, screen):
        await pilot.press(key)
        await pilot.pause()
        assert pilot.app.wishes == [(kind, run)]
        assert pilot.app.screen is not screen


async def test_the_view_is_as_one_left_it():
    make_run(0.1, 0.5)
    make_run(0.2, 0.5)
    async with history() as (pilot, screen):
        await pilot.press("slash", *"rate<0.15", "escape", "escape")
        assert pilot.app.screen is not screen
        pilot.app.desk.show()
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


async def look(pilot, screen):
    """Let the history look for what is new now, and not when its timer says so."""
    pilot.app.desk.look(screen)
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
        assert "  1 run" in said(screen, ".title")
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
            app.desk.show()
            if chance.random() < 0.5:
                await pilot.pause(chance.random() * 0.01)
            screen = app.screen
            if chance.random() < 0.5:
                app.desk.look(screen)
            if turn % 3 == 0:
                make_run(0.1, 0.5)
            if chance.random() < 0.7 and screen.runs.ready:
                rows = screen.runs.shown[:3]
                app.desk.work(screen, "compare", rows)
                app.desk.work(screen, "pin", rows[:1])
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
    modules = [*ui.glob("history*.py"), ui / "screens" / "history.py", ui / "screens/compare.py"]
    assert len(modules) > 5
    assert not [path.name for path in modules if "call_from_thread" in path.read_text()]


async def test_there_are_words_where_there_are_no_runs():
    async with history(size=(80, 24)) as (_, screen):
        assert "No runs yet" in said(screen, ".empty")
        assert isinstance(screen, HistoryScreen)
