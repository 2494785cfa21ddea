"""What features share: the line of keys, drawings that repaint little, legends, choices."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.strip import Strip
from textual.widgets import Input, OptionList, Static, Switch

from tflab.charts.drawing import LegendEntry
from tflab.export.formats import FORMATS
from tflab.programs.program import Parameter
from tflab.runs.history import HistoryRow
from tflab.runs.record import Problem, RunOptions
from tflab.runs.summary import RunSummary
from tflab.session.form import Field, Form
from tflab.ui.actions import actions
from tflab.ui.dialogs.confirm import ConfirmScreen
from tflab.ui.dialogs.notice import ProblemScreen, TextScreen
from tflab.ui.dialogs.options import OptionsScreen
from tflab.ui.dialogs.pick import Choice, PickScreen, pick_format
from tflab.ui.terminal.safe_text import short_line, short_text
from tflab.ui.terminal.themes import DARK
from tflab.ui.widgets.drawing_view import changed_span, legend_content
from tflab.ui.widgets.key_line import KeyLine
from tflab.ui.widgets.text_view import TextView
from tflab.ui.workbench.parameter_field import ParameterField
from tflab.ui.workbench.run_list import RunList
from tflab.ui.workbench.status_line import StatusLine

# A mark with nothing before it takes no cell, and a terminal has nowhere to draw it.
TEXT = st.text("ab손실⣿e\u0301", max_size=12).map(lambda text: text.lstrip("\u0301"))


class Host(App):
    CSS = "KeyLine { width: 100%; }"

    def __init__(self, *widgets):
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self._hosted = widgets

    def compose(self):
        yield from self._hosted


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
async def test_a_full_screen_shows_the_keys_that_fit_and_where_the_others_are(columns):
    line = KeyLine("history", alone=True)
    async with Host(line).run_test(size=(columns, 5)):
        shown = line.render().plain
    assert cell_len(shown) <= columns
    every = all(action.label in shown for action in actions("history") if action.footer)
    assert every != ("F1 All keys" in shown)
    assert "Quit" not in shown


@pytest.mark.parametrize("columns", [60, 80, 120])
async def test_the_title_stands_whole_while_tensorflow_loads(columns):
    line = StatusLine()
    line.title, line.run = "Linear classifier: from scratch", "finished in 0.5 s"
    line.server, line.device, line.environment = "TensorFlow is loading", "CPU", "conda: lab"
    async with Host(line).run_test(size=(columns, 5)):
        shown = line.render().plain
        line.title = "A title of no end " * 10
        cut = line.render().plain
    assert line.run in shown
    assert "Linear classifier: from scratch" in shown
    assert ("TensorFlow is loading" in shown) == (columns >= 80)
    assert cell_len(shown) == cell_len(cut) == columns
    assert cell_len(cut[: cut.index("…")]) >= columns // 2 - 3, "a long one has half of the line"


async def test_run_options_open_whole_on_a_low_screen():
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        await app.push_screen(OptionsScreen(RunOptions()))
        await pilot.pause()
        room = app.screen.query_one(".dialog").content_region
        for each in app.screen.query(".question, Input, Button"):
            assert room.contains_region(each.region), each
        await pilot.press(*"99", "enter")
        await pilot.pause()
        assert room.contains_region(app.screen.query_one("#trouble").region)
        assert app.screen.focused.id == "nice"


async def test_a_switch_says_where_it_stands_without_colours():
    field = Field(Parameter(name="shuffle", type="bool", default=False))
    async with Host(ParameterField(Form(lambda _: None), field)).run_test() as pilot:
        switch = pilot.app.query_one(Switch)
        off = str(switch.render())
        switch.toggle()
        await pilot.pause()
        assert (off, str(switch.render())) == ("●───", "───●")


async def test_prose_wraps_beside_its_beginning_and_output_does_not():
    text = "12:00:00  " + "한국어 words " * 12 + "\n12:00:01  short"
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        await app.push_screen(TextScreen("Messages", text, 10))
        await pilot.pause()
        view = app.screen.query_one(TextView)
        rows = [view.render_line(y).text.rstrip() for y in range(view.virtual_size.height)]
        assert len(rows) > 3
        assert rows[1].startswith(" " * 10 + "한국어")
        assert rows[-1] == "12:00:01  short"
        assert "".join(rows[:-1]).count("words") == 12
        assert view.virtual_size.width <= view.size.width
        await pilot.resize_terminal(100, 20)
        await pilot.pause()
        assert view.virtual_size.height < len(rows)
        await app.push_screen(TextScreen("Output", text))
        await pilot.pause()
        assert app.screen.query_one(TextView).virtual_size.height == 2


@pytest.mark.parametrize("columns", [40, 48, 90])
async def test_losses_of_runs_stand_in_one_column_whatever_their_names_take(columns):
    def made(number: int, loss: float, **values: float) -> HistoryRow:
        of_loss = {"last": loss, "min": loss, "max": loss}
        summary = RunSummary(
            id=f"run-{number}", created=0.0, lesson="a", title="T", parameters=values, device="cpu",
            seed=0, status="finished", seconds=0.5, number=number, metrics={"loss": of_loss},
            goals={"one": True, "two": False},
        )  # fmt: skip
        return HistoryRow(summary)

    rows = RunList()
    runs = [made(3, 0.02849), made(2, float("nan"), rate=0.2154, steps=20), made(1, 6.443e22)]
    async with Host(rows).run_test(size=(columns, 8)) as pilot:
        rows.show_runs(runs, {"rate": 0.1, "steps": 40})
        await pilot.pause()
        shown = [rows.render_line(y).text.rstrip() for y in range(3)]
        assert [line.split()[-1] for line in shown] == ["0.02849", "nan", "6.443e+22"]
        assert len(set(map(cell_len, shown))) == 1
        assert ("0.5 s  1/2" in shown[1]) == (columns == 90)
        assert "#2" in shown[1]


async def test_beside_a_pane_its_keys_go_first_and_help_stays_longest():
    line = KeyLine("lesson")
    async with Host(line).run_test(size=(160, 5)) as pilot:
        wide = line.render().plain
        assert wide.startswith(" ^r Run  Space Read on  n Next lesson")
        assert "F7 Edit" in wide
        line.beside = False
        assert "Next lesson" not in line.render().plain
        for width in range(30, 160, 7):
            await pilot.resize_terminal(width, 5)
            await pilot.pause()
            shown = line.render().plain
            assert cell_len(shown) <= width
            assert shown.startswith(" ^r Run")
            assert "F1 Help" in shown


async def test_the_keys_change_with_what_goes_on():
    line = KeyLine("lesson")
    async with Host(line).run_test(size=(160, 5)):
        line.running = True
        assert line.render().plain.startswith(" ^x Stop")
        assert "^r Run" not in line.render().plain
        line.full = True
        assert line.render().plain.startswith(" F8 Back to all panes  ^x Stop")


async def test_while_a_field_has_the_focus_no_letter_is_offered():
    """A field takes letters as text, so their keys do nothing then."""
    line = KeyLine("history", alone=True)
    async with Host(line).run_test(size=(300, 5)):
        before = line.render().plain
        line.typing = True
        shown = line.render().plain
    for words in (" / Filter", " c Compare", "Space Mark"):
        assert words in before
        assert words not in shown
    assert "Enter" in shown


def strip(text: str, style: str = "") -> Strip:
    return Strip([Segment(text, Style.parse(style or "none"))])


def test_only_the_cells_that_changed_are_drawn_again():
    assert changed_span(strip("손실 0.5"), strip("손실 0.5")) is None
    assert changed_span(strip("손실 0.5"), strip("손실 0.6")) == (7, 1)
    assert changed_span(strip("a손b"), strip("a실b")) == (1, 2)
    assert changed_span(strip("a손b"), strip("axyb")) == (1, 2)
    assert changed_span(strip("ab", "red"), strip("ab", "blue")) == (0, 2)
    assert changed_span(strip("ab"), strip("abc")) == (0, 3)


@given(TEXT, TEXT)
def test_what_lies_outside_the_changed_span_is_alike(before, after):
    old, new = strip(before), strip(after)
    span = changed_span(old, new)
    if span is None:
        assert before == after
    elif old.cell_length == new.cell_length:
        left, right = span[0], sum(span)
        width = old.cell_length
        assert old.crop(0, left).text == new.crop(0, left).text
        assert old.crop(right, width).text == new.crop(right, width).text
        # Nothing wide is cut in two, which would be drawn as blanks.
        whole = new.crop(0, left).text + new.crop(left, right).text + new.crop(right, width).text
        assert whole == after


def test_a_legend_takes_as_many_lines_as_it_needs_and_tears_nothing_apart():
    entries = [LegendEntry("***", None, name) for name in ("loss", "val_loss", "손실")]
    assert legend_content(entries, 24).plain == "*** loss   *** val_loss\n*** 손실"
    assert legend_content(entries).plain == "*** loss   *** val_loss   *** 손실"
    assert legend_content([], 24).plain == ""
    assert legend_content([LegendEntry("*", None, "a\x1b]0;x\x07b")], 24).plain == "* a]0;xb"


async def test_the_format_of_an_export_is_chosen_by_typing():
    host, chosen = Host(), []
    async with host.run_test() as pilot:
        await host.push_screen(pick_format("2 runs", FORMATS), chosen.append)
        host.screen.query_one(Input).value = "csv"
        await pilot.press("enter")
        await pilot.pause()
    assert [kind.name for kind in chosen] == ["csv"]


async def test_what_is_wrong_in_a_field_names_its_parameter_once():
    wrong = Field(Parameter(name="k", type="int", default=1, help="How many"))
    wrong.set_text("x")
    field = ParameterField(Form(lambda _: None), wrong)
    async with Host(field).run_test(size=(80, 5)):
        for focused in (True, False):
            assert field.words(focused).count("k must be") == 1
            assert "k: " not in field.words(focused)


async def test_a_field_says_that_the_program_sets_its_parameter_again():
    parameter = Parameter(
        name="k", type="int", default=1, help="How many", note="set again on line 9"
    )
    field = ParameterField(Form(lambda _: None), Field(parameter))
    async with Host(field).run_test(size=(80, 5)):
        assert field.words(True) == "How many (set again on line 9): a whole number"
        assert field.words(False) == "k: How many (set again on line 9)"
        assert field.notable


async def test_foreign_lines_without_end_are_cut_wherever_they_are_shown():
    """In dialogs, in lists to choose from and in toasts; each says how much is left out."""
    line = ("ab cd(1+2) " * 145_000).strip()
    problem = ProblemScreen(Problem(line, line, line))
    question = ConfirmScreen("Run it?", line, "Run")
    choice = PickScreen("Choose", lambda _: [Choice(line, line, line)])
    host = Host()
    async with host.run_test(size=(80, 24)) as pilot, asyncio.timeout(30):
        for screen, cut in ((problem, 2), (question, 1), (choice, 2), (TextScreen(line, line), 0)):
            await host.push_screen(screen)
            await pilot.pause()
            shown = [str(each.render()) for each in screen.query(Static)]
            shown += [str(row.prompt) for each in screen.query(OptionList) for row in each.options]
            text = " ".join("\n".join(shown).split())
            assert text.count("1,593,999 more characters") == cut
            await host.pop_screen()
    assert "1,593,999 more characters" in short_text(f"first\n{line}\nlast")
    assert short_line("손실 " * 900).endswith("… 1,699 more characters")
