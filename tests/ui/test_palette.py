"""The command palette: keys, the likely first, the best match first, no markup from titles."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from textual.app import App
from textual.widgets import Input, OptionList

from tflab.ui.actions import ACTIONS, actions
from tflab.ui.dialogs.palette import PaletteScreen, action_command
from tflab.ui.dialogs.pick import Choice
from tflab.ui.terminal.themes import DARK
from tflab.ui.workbench.commands import lesson_commands, pane_commands

ENTRIES = [
    SimpleNamespace(id="tape", number=6, title="The [tape] of gradients", path=Path("6.py")),
    SimpleNamespace(id="own", number=None, title="손실 " * 40, path=Path("own.py")),
]


class Host(App):
    CSS = "OptionList { scrollbar-size: 1 1; }"

    def __init__(self):
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.ran: list[object] = []
        self.chosen: list[object] = []

    def palette(self):
        def run(action, pane):
            self.ran.append((action, pane))

        commands = [*pane_commands("lesson", self, run), *lesson_commands(ENTRIES, self.ran.append)]
        return PaletteScreen(commands)


def rows(screen):
    found = screen.query_one(OptionList)
    return [str(found.get_option_at_index(n).prompt) for n in range(found.option_count)]


async def test_keys_stand_beside_titles_and_the_likely_come_first():
    host = Host()
    async with host.run_test(size=(100, 30)) as pilot:
        await host.push_screen(host.palette())
        await pilot.pause()
        listed = rows(host.screen)
    left_out = ("palette", "stop")
    footer = [action for action in actions("app") if action.footer and action.id not in left_out]
    for action, row in zip(footer, listed, strict=False):
        assert row.split()[1] == action.label.split()[0]
    assert listed[0].split()[0] == "^r"
    assert listed[len(footer)].split()[1] == "Lesson:"
    assert all("\n" not in row for row in listed)
    # Nobody has to be shown how the palette is opened in the palette.
    assert not any("^p" in row for row in listed)


def test_every_title_begins_in_the_same_column_however_long_its_key():
    palette = Host().palette()
    commands = [action_command(action, lambda: None)._replace(title="§") for action in ACTIONS]
    rows = [palette.row(Choice("§", "", command), 60).plain for command in commands]
    assert len({row.index("§") for row in rows}) == 1


async def test_its_lines_follow_the_width_of_the_terminal():
    """Each is one line at any time, and wide terminals have whole sentences."""
    host = Host()
    async with host.run_test(size=(60, 20)) as pilot:
        await host.push_screen(host.palette())
        await pilot.press("down")
        for columns in (60, 160, 80, 60):
            await pilot.resize_terminal(columns, 30)
            await pilot.pause()
            options = host.screen.query_one(OptionList)
            assert options.highlighted == 1
            assert options.virtual_size.height == options.option_count, "one line each"
            run = next(row for row in rows(host.screen) if row.split()[:2] == ["^r", "Run"])
            assert run.endswith("from the top.") is (columns >= 80)
            assert ("Run the" in run) is (columns >= 80), "no stump of a sentence"


async def test_while_a_run_goes_on_stopping_it_comes_first():
    host = Host()
    async with host.run_test(size=(100, 30)) as pilot:
        commands = pane_commands("lesson", host, lambda *_: None, running=True)
        await host.push_screen(PaletteScreen(commands))
        await pilot.pause()
        listed = rows(host.screen)
    assert listed[0].split()[:2] == ["^x", "Stop"]
    assert not any("^r" in row for row in listed)


async def test_what_is_typed_narrows_down_and_enter_calls_it():
    host = Host()
    async with host.run_test(size=(80, 24)) as pilot:
        await host.push_screen(host.palette(), host.chosen.append)
        host.screen.query_one(Input).value = "next cell"
        await pilot.pause()
        assert "Lesson: Next cell" in rows(host.screen)[0]
        await pilot.press("enter")
        await pilot.pause()
    (command,) = host.chosen
    command.call()
    assert host.ran == [("next_cell", host)]


async def test_titles_of_lessons_are_no_markup_and_a_long_one_is_cut():
    host = Host()
    async with host.run_test(size=(80, 24)) as pilot:
        await host.push_screen(host.palette(), host.chosen.append)
        host.screen.query_one(Input).value = "[tape]"
        await pilot.pause()
        assert "Open 6 The [tape] of gradients" in rows(host.screen)[0]
        host.screen.query_one(Input).value = "손실"
        await pilot.pause()
        listed = rows(host.screen)
        assert len(listed) == 1
        assert listed[0].endswith("…")
        await pilot.press("escape")
        await pilot.pause()
    assert host.chosen == [None]


async def test_it_may_go_as_soon_as_it_is_there():
    host = Host()
    async with host.run_test() as pilot:
        for _ in range(20):
            palette = host.palette()
            await host.push_screen(palette)
            palette.query_one(Input).value = "r"
            palette.dismiss()
            palette.dismiss()
            await pilot.pause()
            assert len(host.screen_stack) == 1
