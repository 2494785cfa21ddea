"""Writing Python in an area: indentation, colours, pasting, what is wrong at its line."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App
from textual.events import Paste

from tflab.programs.edits import LARGEST_CELL, CellProblem
from tflab.ui.terminal.themes import DARK, LIGHT
from tflab.ui.workbench import messages
from tflab.ui.workbench.cell_editor import CellEditor
from tflab.ui.workbench.code_area import CodeArea
from tflab.ui.workbench.indentation import dedented, indented, next_start, toggled, unit_of
from tflab.ui.workbench.scratch_editor import ScratchEditor


class Host(App):
    def __init__(self, editor):
        super().__init__()
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = DARK.name
        self.animation_level = "none"
        self.editor = editor
        self.told: list[str] = []
        self.closed = 0
        self.asked: list[messages.HelpAsked] = []

    def compose(self):
        yield self.editor

    def on_code_typed(self, message: messages.CodeTyped):
        self.told.append(message.text)

    def on_lines_tried(self, message: messages.LinesTried):
        self.told.append(message.text)

    def on_help_asked(self, message: messages.HelpAsked):
        self.asked.append(message)

    def on_editor_closed(self):
        self.closed += 1


@asynccontextmanager
async def tried():
    """Open an editor of lines to try."""
    host = Host(ScratchEditor(2, "", "cell 2", "lesson", "x = 1"))
    async with host.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        yield host, host.editor.area, pilot


@asynccontextmanager
async def editor(text="", size=(60, 20)):
    host = Host(CellEditor(2, text, "cell 2", "lesson", text))
    async with host.run_test(size=size) as pilot:
        await pilot.pause()
        yield host, host.editor.area, pilot


async def put(area: CodeArea, pilot, text: str):
    area.post_message(Paste(text))
    await pilot.pause()


async def test_code_is_typed_with_its_indentation():
    async with editor() as (_, area, pilot):
        await pilot.press(*"if x:", "enter", *"return 1", "enter", *"y")
        assert area.text == "if x:\n    return 1\ny"
        await pilot.press("enter", *"f(", "enter", *"a")
        assert area.text.endswith("\nf(\n    a")


async def test_tab_indents_and_shift_tab_takes_it_back():
    async with editor("a\nb\n\nc") as (_, area, pilot):
        await pilot.press("tab")
        assert area.text == "    a\nb\n\nc"
        area.select_all()
        await pilot.press("tab")
        assert area.text == "        a\n    b\n\n    c"
        assert area.selected_text == area.text
        await pilot.press("shift+tab", "shift+tab", "shift+tab")
        assert area.text == "a\nb\n\nc"
        await pilot.press("ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
        assert area.text == "a\nb\n\nc"


async def test_a_block_to_try_goes_on_until_an_empty_line_and_is_no_error_meanwhile():
    async with tried() as (host, area, pilot):
        await pilot.press(*"if x:", "enter")
        host.editor._check()
        assert host.editor.problem is None
        await pilot.press(*"y", "enter")
        assert host.told == []
        await pilot.press("enter")
        assert host.told == ["if x:\n    y\n    "]
        await pilot.press(*"f(", "enter", *")", "enter")
        assert host.told[1:] == ["f(\n    )"]
        await pilot.press(*"1 +* 2")
        host.editor._check()
        assert host.editor.problem is not None
        await pilot.press("enter")
        assert area.text in host.told, "what is wrong is tried, and said"


async def test_backspace_takes_a_step_of_indentation():
    async with editor("        x") as (_, area, pilot):
        area.move_cursor((0, 8))
        await pilot.press("backspace")
        assert area.text == "    x"
        await pilot.press("end", "backspace")
        assert area.text == "    "


async def test_lines_become_comments_and_code_again():
    async with editor("if x:\n    y\n") as (_, area, pilot):
        area.select_all()
        await pilot.press("ctrl+underscore")
        assert area.text == "# if x:\n#     y\n"
        await pilot.press("ctrl+underscore")
        assert area.text == "if x:\n    y\n"


async def test_undo_and_redo():
    async with editor("a") as (_, area, pilot):
        await pilot.press("end", *" = 1")
        await pilot.press("ctrl+z")
        assert area.text == "a"
        await pilot.press("ctrl+y")
        assert area.text == "a = 1"


async def test_many_lines_go_again_at_once():
    many = "".join(f"a_{n} = {n}\n" for n in range(100))
    async with editor("a") as (_, area, pilot):
        await pilot.press("end")
        await put(area, pilot, many)
        await pilot.pause()
        await pilot.press("ctrl+z")
        assert area.text == "a"
        await pilot.press("ctrl+y")
        assert area.text == f"a{many}"
        await pilot.press("ctrl+home", "ctrl+shift+end", "backspace")
        assert area.text == ""
        await pilot.press("ctrl+z")
        assert area.text == f"a{many}"


async def test_search_selects_what_is_found_and_goes_around():
    async with editor("one\nTwo one\nthree") as (host, area, pilot):
        await pilot.press("ctrl+f", *"one", "enter")
        assert area.selection.start == (1, 4) or area.selected_text == "one"
        first = area.selection
        await pilot.press("enter")
        assert area.selected_text == "one"
        assert area.selection != first
        await pilot.press("escape", *"1")
        assert "1" in area.text
        assert host.closed == 0, "the first Escape ends the search alone"


async def test_what_is_pasted_ends_its_lines_alike_and_hides_nothing():
    async with editor() as (_, area, pilot):
        await put(area, pilot, "a = 1\r\nb = 2\rc = '\u202ex\x1b[8m\u200b한글'\n\td")
        assert area.text == "a = 1\nb = 2\nc = 'x[8m한글'\n\td"
        await pilot.press("ctrl+z")
        assert area.text == ""


async def test_a_megabyte_is_taken_and_more_than_there_is_room_for_is_refused():
    async with editor("x = 1\n") as (_, area, pilot):
        await put(area, pilot, "y = 2\n" * 170_000)
        assert len(area.text) > 1_000_000
        before = area.text
        await put(area, pilot, "z" * LARGEST_CELL)
        assert area.text == before


async def test_what_is_typed_is_told_soon_and_before_leaving():
    async with editor("a") as (host, _area, pilot):
        await pilot.press("end", *"bc")
        await pilot.pause(0.5)
        assert host.told == ["abc"]
        await pilot.press("d", "escape")
        await pilot.pause()
        assert host.told == ["abc", "abcd"]
        assert host.closed == 1


async def test_what_python_cannot_read_is_said_at_its_line():
    async with editor("x = 1\ny = 2") as (host, area, pilot):
        await pilot.press("end", *" + (")
        await pilot.pause(0.4)
        assert host.editor.problem == CellProblem(1, 9, "'(' was never closed")
        assert "'(' was never closed" in area.render_line(0).text
        assert "never closed" not in area.render_line(1).text
        assert "line 1: '(' was never closed" in str(host.editor.border_subtitle)
        await pilot.press("2", ")")
        await pilot.pause(0.4)
        assert host.editor.problem is None
        assert "never closed" not in area.render_line(0).text


async def test_what_is_not_seen_in_the_code_is_named():
    async with editor("s = 'a\u200bb'") as (host, _area, _pilot):
        assert "line 1 holds what is not seen: U+200B" in str(host.editor.border_subtitle)


async def test_wide_text_stands_where_it_is_wide():
    async with editor("s = '한글'  # 텐서\nt = 1") as (_, area, pilot):
        await pilot.press("end")
        assert area.cursor_screen_offset.x - area.content_region.x == cell_len("s = '한글'  # 텐서")
        assert cell_len(area.render_line(0).text) == area.size.width


async def test_names_are_offered_behind_the_cursor_and_taken_with_tab():
    async with editor("x = tf.re") as (host, area, pilot):
        await pilot.press("end", "ctrl+@")
        (asked,) = host.asked
        assert (asked.text, asked.at, asked.want) == ("x = tf.re", (0, 9), "names")
        host.editor.take_names(asked.at, ["reduce_mean", "reshape", "other"])
        await pilot.pause()
        assert "x = tf.reduce_mean" in area.render_line(0).text
        await pilot.press("ctrl+@")
        assert area.suggestion == "shape"
        await pilot.press("tab")
        assert area.text == "x = tf.reshape"
        host.editor.take_names((0, 3), ["late"])
        assert not area.suggestion, "the cursor has moved on"
        area.load_text("tf.rel")
        await pilot.press("end")
        host.editor.take_names((0, 6), ["relu"])
        assert area.text == "tf.relu", "one name is no question"
        await pilot.press("alt+h")
        assert host.asked[-1].want == "about"
        assert area.text == "tf.relu"


async def test_colours_are_those_of_the_page():
    async with editor("def f():\n    return 'x'") as (_, area, _pilot):
        line = area.get_line(0)
        assert line.spans
        assert line.plain == "def f():"


@pytest.mark.parametrize(
    ("text", "unit"),
    [("", "    "), ("if x:\n  y", "  "), ("if x:\n\ty", "\t"), ("f(\n        a)", "    ")],
)
def test_the_step_of_indentation_is_that_of_the_text(text, unit):
    assert unit_of(text) == unit


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("if x:", "    "),
        ("    f(", "        "),
        ("    return 1", ""),
        ("x = 1", ""),
        ("    x = ':'", "    "),
        ("    x  # a:", "    "),
        ("    pass", ""),
        ("d = {'a': [", "    "),
    ],
)
def test_a_new_line_begins_where_it_belongs(line, start):
    assert next_start(line, "    ") == start


_LINES = st.lists(st.text(st.sampled_from(" ab#\t("), max_size=8), max_size=5)


@given(_LINES)
def test_what_goes_right_comes_back(lines):
    lines = [line if line.strip() else "" for line in lines]
    assert dedented(indented(lines, "    "), "    ") == lines


@given(_LINES)
def test_comments_come_back_as_code(lines):
    lines = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert [line.split() for line in toggled(toggled(lines))] == [line.split() for line in lines]
