"""The lesson on the screen: one widget, whose cursor, folding, scrolling and drawing stay."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path

from textual import on
from textual.app import App
from textual.geometry import Offset, Region
from textual.selection import Selection

from tests.ui.test_lesson_outputs import FIRST, ran, source
from tflab.programs.edits import with_edits
from tflab.programs.reader import parse_program
from tflab.runs import events as ev
from tflab.ui.terminal.themes import DARK, LIGHT
from tflab.ui.workbench import messages
from tflab.ui.workbench.code_cell import CellNote
from tflab.ui.workbench.lesson_view import LessonView

CELLS = [f"def f{n}(x):\n    return x + {n}\n\nprint(f{n}(1))" for n in range(30)]
GLOSSARY = {"lesson": "What one reads."}


class Host(App):
    CSS = "LessonView { width: 60; height: 20; }"

    def __init__(self):
        super().__init__()
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = DARK.name
        self.animation_level = "none"
        self.view = LessonView()
        self.sent: list[object] = []
        self.drawn: list[Region] = []
        self.told: list[str] = []

    def compose(self):
        yield self.view

    def on_mount(self):
        kinds = (messages.WordAsked, messages.RunRequested, messages.TextCopied)
        post = self.view.post_message

        def note(message):
            if isinstance(message, kinds):
                self.sent.append(message)
            return post(message)

        self.view.post_message = note

    @on(messages.RunSummedUp)
    def _note_words(self, message: messages.RunSummedUp) -> None:
        self.told.append(message.text)

    def screen_rows(self) -> list[str]:
        height = self.view.rows_in_view
        return [self.view.render_line(y).text.rstrip() for y in range(height)]


@asynccontextmanager
async def lesson(*cells, size=(60, 20)):
    host = Host()
    async with host.run_test(size=size) as pilot:
        program = parse_program(source(*cells), Path("lesson.py"))
        await host.view.show_lesson(program, GLOSSARY, keep_place=False)
        await pilot.pause()
        yield host, host.view, pilot


async def settled(pilot, happened):
    """Wait until the layout has come to something."""
    for _ in range(200):
        if happened():
            return
        await pilot.pause(0.02)
    assert happened()


async def test_a_large_lesson_is_no_more_widgets_than_a_small_one():
    async with lesson(*CELLS * 20) as (host, _view, pilot):
        assert len(list(host.screen.walk_children())) < 10
        await pilot.press("end")
        await pilot.pause()
        assert "print(f29(1))" in "\n".join(host.screen_rows())


async def test_the_cursor_goes_from_cell_to_cell_and_brings_them_to_the_top():
    async with lesson(*CELLS) as (host, view, pilot):
        assert host.screen_rows()[0].strip() == "A lesson"
        await pilot.press("j", "j", "j")
        await pilot.pause()
        assert view.cursor == 3
        assert host.screen_rows()[0].endswith("def f2(x):")
        await pilot.press("k")
        await pilot.pause()
        assert host.screen_rows()[0].endswith("def f1(x):")
        view.put_cursor(20)
        await pilot.pause()
        assert host.screen_rows()[0].endswith("def f19(x):")


async def test_a_press_puts_the_cursor_on_a_cell():
    async with lesson(*CELLS) as (host, view, pilot):
        row = next(y for y, text in enumerate(host.screen_rows()) if "f1(x)" in text)
        await pilot.click(view, offset=(10, row))
        assert view.current.source.startswith("def f1(x)")
        await pilot.press("r", "c")
        await pilot.pause()
        run, copied = host.sent
        assert run.until == FIRST + 1
        assert copied.text == view.current.source


async def test_a_press_on_a_technical_word_asks_for_it():
    async with lesson(*CELLS[:2]) as (host, view, pilot):
        text = "# %% [markdown]\n# # Title\n#\n# About this lesson.\n" + source("a = 1")
        await view.show_lesson(parse_program(text, Path("lesson.py")), GLOSSARY, keep_place=False)
        await pilot.pause()
        row = next(y for y, line in enumerate(host.screen_rows()) if "About" in line)
        column = host.screen_rows()[row].index("lesson")
        await pilot.click(view, offset=(column + 2, row))
        await pilot.pause()
        assert [message.word for message in host.sent] == ["lesson"]


async def test_folding_hides_the_code_and_shows_it_again():
    async with lesson(*CELLS[:3]) as (host, _view, pilot):
        assert any("Parameters: steps" in row for row in host.screen_rows())
        await pilot.press("j", "f")
        await pilot.pause()
        rows = host.screen_rows()
        assert any("▸ def f0(x):  f unfolds" in row for row in rows)
        assert not any("return x + 0" in row for row in rows)
        await pilot.press("f")
        await pilot.pause()
        assert any("return x + 0" in row for row in host.screen_rows())


async def test_while_it_is_asked_whether_to_trust_it_all_code_is_seen_whole():
    async with lesson("x = '" + "y" * 3000 + "'") as (host, view, pilot):
        before = view.document.height
        assert any("Parameters: steps" in row for row in host.screen_rows())
        view.show_whole_code(True)
        await pilot.pause()
        text = "\n".join(host.screen_rows())
        assert "steps = 3  # how many" in text
        assert view.document.height > before
        view.show_whole_code(False)
        await pilot.pause()
        assert view.document.height == before


async def test_output_that_comes_above_leaves_what_is_read_in_its_place():
    async with lesson(*CELLS) as (host, view, pilot):
        view.put_cursor(20)
        await pilot.pause()
        before = host.screen_rows()
        await view.show_run(ran(*[f"line {n}\n" * 5 for n in range(10)]))
        await pilot.pause()
        assert host.screen_rows() == before
        await pilot.press("home")
        await pilot.pause()
        assert "line 0" in "\n".join(host.screen_rows())


async def test_another_run_takes_the_output_of_the_one_before_away():
    async with lesson(*CELLS[:2]) as (host, view, pilot):
        await view.show_run(ran("before\n", "before\n"))
        await view.show_run(ran("now\n"))
        await pilot.pause()
        text = "\n".join(host.screen_rows())
        assert "now" in text
        assert "before" not in text


async def test_after_an_edit_the_old_output_is_marked_at_its_cell():
    async with lesson("print('result', 2)") as (host, view, pilot):
        await view.show_run(ran("result 1\n"), source("print('result', 1)"))
        await pilot.pause()
        rows = [row.strip() for row in host.screen_rows()]
        place = rows.index("result 1")
        assert rows[place - 1] == "• Output of the code before."


async def test_an_error_is_brought_into_view_with_the_cursor():
    async with lesson(*CELLS) as (host, view, pilot):
        await view.show_run(ran(*[""] * 25, error=24))
        view.show_end()
        await pilot.pause()
        assert view.cursor == 25
        assert any("It broke." in row for row in host.screen_rows())


async def test_only_the_cells_that_changed_are_drawn_again():
    async with lesson(*CELLS[:3], size=(60, 44)) as (host, view, pilot):
        view.styles.height = 42
        await pilot.pause()
        state = ran("step 1\n", ended=False)
        await view.show_run(state)
        await pilot.pause()
        host.screen_rows()
        regions: list[Region] = []
        refresh = view.refresh

        def note(*found, **how):
            regions.extend(found)
            return refresh(*found, **how)

        view.refresh = note
        await pilot.press("j")
        await pilot.press("k")
        await pilot.pause()
        assert regions
        # The bar of two cells, and nothing of their text.
        assert all(region.width == 1 for region in regions)


async def test_another_theme_draws_everything_anew():
    async with lesson(*CELLS[:2]) as (host, view, pilot):
        dark = view.render_line(0)
        host.theme = LIGHT.name
        await pilot.pause()
        await pilot.pause()
        light = view.render_line(0)
        assert dark.text == light.text
        assert [s.style for s in dark] != [s.style for s in light]


async def test_another_theme_draws_pictures_and_their_legends_anew():
    layers = [ev.Layer(kind="points", x=[0.0, 1.0], y=[0.0, 1.0], label="cloud")]
    async with lesson("draw()") as (host, view, pilot):
        state = ran("")
        state.apply(ev.Figure(cell=FIRST, title="Still", layers=layers))
        await view.show_run(state)
        await pilot.press("end")
        await pilot.pause()

        def inks():
            lines = [view.render_line(y) for y in range(view.rows_in_view)]
            picture = [line for line in lines if "cloud" in line.text]
            return {s.style.color for line in picture for s in line if s.style and s.text.strip()}

        dark = inks()
        assert dark
        host.theme = LIGHT.name
        await pilot.pause()
        await pilot.pause()
        assert not dark & inks()


async def test_another_width_keeps_what_is_read_at_the_top():
    async with lesson(*CELLS) as (host, view, pilot):
        view.put_cursor(15)
        await pilot.pause()
        view.styles.width = 34
        await pilot.pause()
        await pilot.pause()
        assert host.screen_rows()[0].endswith("def f14(x):")


async def test_a_reload_keeps_the_cursor_and_the_place():
    async with lesson(*CELLS) as (host, view, pilot):
        view.put_cursor(15)
        await pilot.pause()
        before = host.screen_rows()
        program = parse_program(source(*CELLS), Path("lesson.py"))
        await view.show_lesson(program, GLOSSARY, keep_place=True)
        await pilot.pause()
        assert view.cursor == 15
        assert host.screen_rows() == before


async def test_frames_are_gone_through_and_the_newest_is_followed_again():
    layers = [ev.Layer(kind="points", x=[0.0, 1.0], y=[0.0, 1.0])]
    async with lesson("draw()") as (_host, view, pilot):
        state = ran("", ended=False)
        for step in range(4):
            state.apply(ev.Figure(cell=FIRST, title="Moves", layers=layers, step=step))
        await view.show_run(state)
        await pilot.pause()
        await pilot.press("left")
        await pilot.press("left")
        await pilot.pause()
        text = "\n".join(r.text for block in view.document.blocks for r in block.rows(58))
        assert "step 1  2/4" in text
        await pilot.press("right")
        await pilot.press("right")
        state.apply(ev.Figure(cell=FIRST, title="Moves", layers=layers, step=4))
        await view.show_run(state)
        await pilot.pause()
        text = "\n".join(r.text for block in view.document.blocks for r in block.rows(58))
        assert "step 4  5/5" in text


async def test_text_is_selected_and_copied_as_it_stands():
    async with lesson(*CELLS[:2]) as (host, view, pilot):
        rows = [view.render_line(y).text.rstrip() for y in range(8)]
        row = next(y for y, text in enumerate(rows) if "def f0(x)" in text)
        selection = Selection(Offset(3, row), Offset(11, row + 1))
        text, _ = view.get_selection(selection)
        assert text == "def f0(x):\n       retu"
        host.screen.selections = {view: selection}
        await pilot.pause()
        strip = view.render_line(row)
        marked = host.screen.get_component_rich_style("screen--selection").bgcolor
        assert any(s.style and s.style.bgcolor == marked for s in strip)
        assert strip.text.rstrip() == rows[row]


async def test_an_editor_stands_in_the_place_of_its_cell_and_grows_with_its_text():
    async with lesson(*CELLS) as (host, view, pilot):
        block = view.code[3]
        view.open_editor(block.cell, "a = 1", "lesson", block.source.source)
        await settled(pilot, lambda: view.document.span(block)[1] == 3)
        assert view.cursor == 3
        assert host.focused is view.editor.area
        await pilot.press("end", "enter", "enter", "b")
        await settled(pilot, lambda: view.document.span(block)[1] == 5)
        await pilot.press(*["enter"] * 40)
        await settled(
            pilot,
            lambda: view.rows_in_view * 0.6 < view.document.span(block)[1] < view.rows_in_view,
        )

        def whole() -> bool:
            first, count = view.document.span(block)
            return view.top <= first and first + count <= view.top + view.rows_in_view

        await settled(pilot, whole)
        view.close_editor()
        await pilot.pause()
        assert host.focused is view
        assert view.document.span(block)[1] == 4
        assert "return x + 2" in "\n".join(host.screen_rows())


async def test_a_changed_cell_says_so_above_its_code():
    async with lesson(*CELLS[:3]) as (host, view, pilot):
        base = parse_program(source(*CELLS[:3]), Path("lesson.py"))
        cell = view.code[1].cell
        edited = with_edits(base, {cell: "mine = 1"})
        view.show_amended(edited, {cell: CellNote("changed", hint="d shows the difference")})
        await pilot.pause()
        rows = [row.strip(" \u258c\u258e|") for row in host.screen_rows()]
        place = next(n for n, row in enumerate(rows) if "changed" in row)
        assert "d shows the difference" in rows[place]
        assert rows[place + 1].endswith("mine = 1")
        view.show_amended(base, {})
        await pilot.pause()
        assert not any("changed" in row for row in host.screen_rows())
