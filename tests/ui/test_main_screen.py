"""The main screen as a whole: drawer, jump mode, full screen, notices, names of runs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.geometry import Offset
from textual.widgets import Button, Input, Static

from tests.ui.test_lesson_view import settled
from tflab.programs.library import resolve
from tflab.session.settings import MOST_RECENT, RecentFile, Settings
from tflab.ui.app import LabApp
from tflab.ui.dialogs.jump import JumpScreen
from tflab.ui.dialogs.leave import LeaveScreen
from tflab.ui.widgets.text_view import TextView
from tflab.ui.workbench.arrangement import SLOT
from tflab.ui.workbench.parameter_field import ParameterField


@asynccontextmanager
async def workbench(monkeypatch, size=(120, 40)):
    """The real app at a lesson; no fork server is started."""
    app = LabApp(resolve("linear-classifier"))
    monkeypatch.setattr(app.session, "begin", lambda: app.session.open(app.session.first_program))
    async with app.run_test(size=size) as pilot:
        async with asyncio.timeout(30):
            while len(app.workbench.query(ParameterField)) < 4 or not app.workbench.focused:
                app.session.deliver()
                await pilot.pause(0.01)
        await pilot.pause()
        yield app, app.workbench, pilot
    app.session.close()


@pytest.mark.parametrize("size", [(120, 40), (100, 30), (200, 60), (160, 24), (80, 50), (80, 24)])
async def test_what_acts_is_in_sight_beside_what_is_read(data, monkeypatch, size):
    async with workbench(monkeypatch, size) as (_, screen, _):
        panes = screen.frame.arrangement.boxes
        assert {"lesson", "parameters", "loss"} <= set(panes)
        fields = screen.query_one("#fields").region
        for field in screen.query(ParameterField):
            assert fields.contains_region(field.region), field.parameter
            assert field.children[-1].region.width >= 8
        chart = screen.query_one("#loss").region
        assert chart.width >= 30
        assert chart.height >= 5


async def test_of_a_text_longer_than_its_field_the_end_is_seen(data, monkeypatch):
    """No scrollbar takes the only row that a field has."""
    async with workbench(monkeypatch, (80, 24)) as (app, screen, pilot):
        await pilot.press("f5", "tab", *"0.0123456789012345")
        await pilot.pause()
        field = screen.focused
        assert isinstance(field, Input)
        assert field.virtual_size.width > field.region.width
        x, y, width, _ = field.content_region
        strips = app.screen._compositor.render_strips()
        shown = "".join(segment.text for segment in strips[y])[x : x + width]
        assert shown.rstrip().endswith("2345")


@pytest.mark.parametrize("size", [(60, 20), (80, 24)], ids=str)
async def test_part_of_a_number_never_stands_for_all_of_it(data, monkeypatch, size):
    async with workbench(monkeypatch, size) as (app, screen, pilot):

        def shown() -> str:
            x, y, width, _ = field.content_region
            strips = app.screen._compositor.render_strips()
            return "".join(segment.text for segment in strips[y])[x : x + width]

        await pilot.press("f5", "tab", *"0.000123456789")
        await pilot.pause()
        field = screen.focused
        assert isinstance(field, Input)
        assert shown().startswith("…")
        assert shown().rstrip().endswith("789")
        await pilot.press("home")
        await pilot.pause()
        assert shown().startswith("0.0")
        assert shown().endswith("…")
        await pilot.press("end", "tab")
        await pilot.pause()
        assert shown().startswith("0.0")
        assert shown().endswith("…")


async def test_every_answer_to_leaving_is_whole_on_a_small_terminal(data, monkeypatch):
    async with workbench(monkeypatch, (60, 20)) as (app, _, pilot):
        for sweep in (False, True):
            await app.push_screen(LeaveScreen(sweep, False))
            await pilot.pause()
            inside = app.screen.query_one(".dialog").content_region
            for button in app.screen.query(Button):
                assert inside.contains_region(button.region), button.label
                assert button.region.width >= cell_len(str(button.label)) + 2
            await pilot.press("escape")


async def test_the_list_is_a_drawer_over_what_is_left(data, monkeypatch):
    async with workbench(monkeypatch) as (app, screen, pilot):
        lesson = screen.pane("lesson").region
        assert not screen.query_one("#drawer").region
        await pilot.press("f2")
        await pilot.pause()
        drawer = screen.query_one("#drawer").region
        assert drawer.width <= lesson.width
        assert screen.pane("lesson").region == lesson, "nothing moved"
        assert screen.focused is screen.lessons
        assert screen.scope == "lessons"
        await pilot.press("escape")
        await pilot.pause()
        assert not screen.drawer_open
        assert screen.scope == "lesson"
        await pilot.press("f5", "f2", "f2")
        await pilot.pause()
        assert screen.scope == "parameters", "back to where one was"
        before = app.session.program
        await pilot.press("f2", "down", "enter")
        async with asyncio.timeout(30):
            while app.session.program is before:
                app.session.deliver()
                await pilot.pause(0.01)
        assert not screen.drawer_open
        assert screen.scope == "lesson"


async def test_files_that_are_gone_are_said_to_be_missing(data, monkeypatch, tmp_path):
    there = tmp_path / "there.py"
    there.write_text("x = 1\n")
    async with workbench(monkeypatch) as (app, screen, pilot):
        for name in ("gone.py", "there.py"):
            app.session.settings.note_recent(tmp_path / name, f"Title of {name}")
        await pilot.press("f2")
        async with asyncio.timeout(30):
            rows = []
            while not any("missing" in row for row in rows):
                app.session.deliver()
                await pilot.pause(0.01)
                rows = [str(option.prompt) for option in screen.lessons.options]
        assert any("gone.py is missing" in row for row in rows)
        assert any("there.py  Title of there.py" in row for row in rows)


async def test_a_letter_leads_to_every_field_and_pane(data, monkeypatch):
    async with workbench(monkeypatch) as (app, screen, pilot):
        for index, pane in enumerate(("lesson", "parameters", "loss", "runs")):
            await pilot.press("alt+k" if screen.scope == "parameters" else "ctrl+k")
            await pilot.pause()
            assert isinstance(app.screen, JumpScreen)
            await pilot.press("sdfg"[index])
            await pilot.pause()
            assert screen.scope == pane
        await pilot.press("ctrl+k")
        await pilot.press("k")
        await pilot.pause()
        assert screen.scope == "parameters"
        field = screen.query_one("#parameters")._focused_field()
        assert field.parameter == "steps"
        await pilot.press("alt+k", "escape")
        await pilot.pause()
        assert app.screen is screen


async def test_letters_stand_at_their_places_also_after_another_dialog(data, monkeypatch):
    async with workbench(monkeypatch) as (app, screen, pilot):
        await pilot.press("f1", "escape", "ctrl+k")
        await settled(pilot, lambda: isinstance(app.screen, JumpScreen))
        await pilot.pause()
        letters = {str(label.render()).strip(): label.region for label in app.screen.query(Static)}
        # The first is at the list of lessons, the next at the title of the lesson.
        assert letters["a"].offset == (0, 0)
        assert letters["s"].offset == Offset(1, 0) + screen.frame.region.offset


async def test_a_field_has_its_own_keys(data, monkeypatch):
    async with workbench(monkeypatch) as (app, screen, pilot):
        await pilot.press("f5", "home", "right", "ctrl+k")
        await pilot.pause()
        assert app.screen is screen
        assert screen.focused.value == "1"
        await pilot.press("home", "ctrl+e", "2")
        await pilot.pause()
        assert app.screen is screen
        assert screen.focused.value == "12"
        keys = screen.query_one("#keys")
        await pilot.resize_terminal(200, 40)
        await pilot.pause()
        assert "^k Jump" not in keys.render().plain
        assert "Alt+k Jump" in keys.render().plain


async def test_the_way_back_from_full_screen_is_shown(data, monkeypatch):
    async with workbench(monkeypatch, (80, 24)) as (_, screen, pilot):
        keys = screen.query_one("#keys")
        await pilot.press("f8")
        await pilot.pause()
        assert keys.render().plain.startswith(" F8 Back to all panes")
        assert set(screen.frame.arrangement.boxes) == {"lesson"}
        await pilot.press("f8")
        await pilot.pause()
        assert "Back" not in keys.render().plain
        assert set(screen.frame.arrangement.boxes) > {"lesson", "parameters"}


async def test_notices_have_their_own_line_and_can_be_read_again(data, monkeypatch):
    async with workbench(monkeypatch) as (app, screen, pilot):
        app.notify("First.")
        app.notify("Second one.", title="About")
        await pilot.pause()
        assert "About: Second one." in screen.notices.render().plain
        assert "+1" in screen.notices.render().plain
        await pilot.press("ctrl+e")
        await pilot.pause()
        view = app.screen.query_one(TextView)
        shown = "\n".join(view.render_line(y).text for y in range(4))
        assert shown.index("Second one.") < shown.index("First.")


@pytest.mark.parametrize("opening", ["f1", "ctrl+y", "ctrl+k"])
async def test_what_works_everywhere_works_in_dialogs_too(data, monkeypatch, opening):
    async with workbench(monkeypatch) as (app, screen, pilot):
        app.notify("What was said.")
        await pilot.press(opening)
        await settled(pilot, lambda: app.screen is not screen)
        dialog = app.screen
        before = app.theme
        await pilot.press("f9")
        await pilot.pause()
        assert app.theme != before
        assert app.screen is dialog
        dialog.set_focus(None)
        await pilot.press("ctrl+e", "ctrl+e")
        await pilot.pause()
        assert app.screen_stack[:-1] == [screen, dialog], "opened once"
        assert app.screen.query_one(TextView)
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is dialog


async def test_where_panes_take_turns_each_comes_by_its_key(data, monkeypatch):
    async with workbench(monkeypatch, (80, 24)) as (_, screen, pilot):
        for key, pane in (("f6", "runs"), ("f10", "goals"), ("f4", "loss")):
            await pilot.press(key)
            await pilot.pause()
            shown = set(screen.frame.arrangement.boxes)
            assert shown & set(SLOT) == {pane}


def test_recent_files_are_the_newest_once_each():
    settings = Settings()
    for name in [*map(str, range(20)), "5"]:
        settings.note_recent(Path("/x") / name, name)
    assert len(settings.recent) == MOST_RECENT
    assert settings.recent[0] == RecentFile(path="/x/5", title="5")
    assert len({file.path for file in settings.recent}) == MOST_RECENT
