"""The loss pane: reading values off, zooming and back, every metric at once."""

from __future__ import annotations

import math

import pytest
from textual.app import App
from textual.widgets import Static

from tflab.runs.events import Ended, Progress, Scalars
from tflab.runs.state import RunState
from tflab.ui.terminal.themes import DARK
from tflab.ui.widgets.drawing_view import DrawingView
from tflab.ui.workbench.loss_chart import LossChart
from tflab.ui.workbench.loss_view import LossView
from tflab.ui.workbench.run_curves import RunCurves, round_up


class Host(App):
    CSS = "LossChart { height: 100%; }"

    def __init__(self):
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.said = []

    def compose(self):
        yield LossChart()

    def on_mount(self):
        self.query_one(LossChart).focus()

    def notify(self, message, **rest):
        self.said.append(message)


def finished_run(**metrics):
    state = RunState()
    for tag, values in metrics.items():
        state.apply(Scalars(tag=tag, steps=list(range(len(values))), values=values))
    state.apply(Ended(state="finished", time=1.0))
    return state


def test_without_a_program_no_kind_of_program_is_named():
    said = RunCurves().why_none(None, None)
    assert "Run a program to see its curves here" in said
    assert "lesson" not in said


def falling(count=400, floor=0.0):
    return [floor + math.exp(-step / 100) for step in range(count)]


def picture(chart):
    return chart.query_one(DrawingView).plain_rows()


def words(chart):
    return chart.query_one("#loss-legend").render().plain


async def shown(pilot, state):
    chart = pilot.app.query_one(LossChart)
    await pilot.pause()
    chart.show_run(state)
    await pilot.pause()
    return chart


async def test_the_line_has_its_name_and_last_value_at_its_end():
    async with Host().run_test(size=(80, 14)) as pilot:
        chart = await shown(pilot, finished_run(loss=falling(floor=0.5)))
        assert any(row.endswith("0.5185") and " loss " in row for row in picture(chart))
        assert not chart.query_one("#loss-legend").display, "said once"


async def test_the_first_words_of_the_machine_lay_nothing_out_anew():
    """The whole chart would be sent again, a second after the run began."""
    state, regions = RunState(), []
    state.apply(Scalars(tag="loss", steps=[0, 1], values=[1.0, 0.5]))
    for said in ("", "512 MiB"):
        async with Host().run_test(size=(80, 24)) as pilot:
            chart = await shown(pilot, state)
            assert chart.query_one("#loss-machine").render().plain == said
            regions.append(chart.query_one(DrawingView).region)
        state.apply(Scalars(tag="system/memory_gib", steps=[1], values=[0.5], axis="second"))
    assert regions[0] == regions[1]


async def test_a_cursor_reads_values_off_and_goes_away():
    async with Host().run_test(size=(80, 14)) as pilot:
        chart = await shown(pilot, finished_run(loss=falling(), val_loss=falling(floor=0.1)))
        before = picture(chart)
        await pilot.press("left")
        step = int(words(chart).split()[1])
        assert step > 390
        await pilot.press("left", "left")
        earlier = int(words(chart).split()[1])
        assert earlier < step
        assert f"loss {math.exp(-earlier / 100):.4g}"[:9] in words(chart)
        assert "val_loss" in words(chart)
        assert sum("│" in row[20:] for row in picture(chart)) > 5
        await pilot.press("right")
        assert int(words(chart).split()[1]) > earlier
        await pilot.press("escape")
        assert picture(chart) == before


async def test_zooming_in_and_back():
    async with Host().run_test(size=(80, 14)) as pilot:
        chart = await shown(pilot, finished_run(loss=falling()))
        before = picture(chart)
        await pilot.press("plus")
        assert picture(chart)[-1].split()[1:3] != before[-1].split()[1:3]
        assert " 250" in picture(chart)[-1]
        assert "350" not in picture(chart)[-1]
        await pilot.press("plus", "minus", "minus")
        assert picture(chart) == before, "out as far as in"
        await pilot.press("plus", "escape")
        assert picture(chart) == before


async def test_at_the_border_of_a_window_the_cursor_takes_it_along():
    async with Host().run_test(size=(80, 14)) as pilot:
        chart = await shown(pilot, finished_run(loss=falling()))
        await pilot.press("plus", "right", "right")
        assert int(words(chart).split()[1]) > 280
        await pilot.press("right")
        assert "300" in picture(chart)[-1]


async def test_the_mouse_points_and_zooms():
    async with Host().run_test(size=(80, 14)) as pilot:
        chart = await shown(pilot, finished_run(loss=falling()))
        before = picture(chart)
        await pilot.click("#loss-picture", offset=(30, 5))
        assert words(chart).startswith("step ")
        await pilot.press("escape")
        chart._zoom(True, 30)
        await pilot.pause()
        assert picture(chart) != before


async def test_axes_become_logarithmic_and_linear_again():
    async with Host().run_test(size=(80, 14)) as pilot:
        chart = await shown(pilot, finished_run(loss=falling(800)))
        assert any("0.1" in row[:6] for row in picture(chart)), "by itself"
        await pilot.press("l")
        assert not any("1e-" in row[:6] for row in picture(chart))
        await pilot.press("l")
        assert any("0.01" in row[:6] for row in picture(chart))
        await pilot.press("x")
        assert " 10 " in picture(chart)[-1]
        assert picture(chart)[-1].endswith(" 100")


async def test_every_metric_at_once_and_one_again():
    rates = [step / 400 for step in range(400)]
    async with Host().run_test(size=(90, 22)) as pilot:
        chart = await shown(pilot, finished_run(loss=falling(), accuracy=rates, norm=rates))
        before = picture(chart)
        await pilot.press("a")
        text = "\n".join(picture(chart))
        assert all(metric in text for metric in ("loss", "accuracy", "norm"))
        await pilot.press("a")
        assert picture(chart) == before
        await pilot.press("a", "m")
        assert any(" accuracy " in row for row in picture(chart))


async def test_epochs_and_batches_never_share_an_axis():
    state = RunState()
    axes = ("step", "epoch", "batch")
    for axis, tag in zip(("", "epoch", "batch"), ("adam/loss", "loss", "batch_loss"), strict=True):
        values = [1 / (step + 1) for step in range(20)]
        state.apply(Scalars(tag=tag, steps=list(range(1, 21)), values=values, axis=axis))
    state.apply(Ended(state="finished", time=1.0))
    async with Host().run_test(size=(90, 20)) as pilot:
        chart = await shown(pilot, state)
        names = set()
        for _ in axes:
            names |= {name for name in axes if name in picture(chart)[-1]}
            await pilot.press("m")
        assert names == set(axes)
        await pilot.press("a")
        text = "\n".join(picture(chart))
        assert all(name in text for name in (*axes, "batch_loss"))


async def test_keys_do_no_harm_without_a_run():
    async with Host().run_test(size=(80, 14)) as pilot:
        await pilot.press("left", "plus", "minus", "l", "x", "s", "a", "m", "escape")
        assert "There are no curves to read yet." in pilot.app.said


def test_a_view_leaves_escape_to_others_when_it_has_nothing_to_take_back():
    assert not LossView().back()


def test_ghosts_of_other_heights_are_left_out():
    curves = RunCurves()
    curves.begin(finished_run(loss=[5e9, 1e30]), "")
    curves.begin(finished_run(loss=[1.0, 0.5]), "rate 9")
    assert curves.ghosts(curves.own()) == []
    curves.begin(finished_run(loss=[1.0, 0.4]), "rate 0.1")
    assert [ghost.label for ghost in curves.ghosts(curves.own())] == ["rate 0.1"]


def test_a_curve_over_batches_gives_way_to_that_over_epochs():
    state = RunState()
    curves = RunCurves()
    curves.begin(state, "")
    state.apply(Scalars(tag="batch_loss", steps=[1, 2], values=[3.0, 2.0], axis="batch"))
    curves.choose(curves.metrics()[0])
    state.apply(Scalars(tag="loss", steps=[1], values=[2.5], axis="epoch"))
    assert curves.over_epochs() is None
    state.apply(Scalars(tag="loss", steps=[2], values=[1.5], axis="epoch"))
    found = curves.over_epochs()
    assert found == ("loss", "epoch")
    state.apply(Progress(cell=0, done=4, total=30, time=1.0, unit="batch", epoch=2, epochs=10))
    assert (curves.x_max(found), curves.x_max(curves.metrics()[0])) == (10, 30)
    curves.choose(curves.metrics()[0], by_hand=True)
    assert curves.over_epochs() is None


@pytest.mark.parametrize(("value", "end"), [(0, 1), (1, 1), (7, 7.5), (101, 150), (0.4, 0.5)])
def test_axes_end_at_few_numbers(value, end):
    assert round_up(value) == pytest.approx(end)


async def test_progress_moves_without_a_new_layout(monkeypatch):
    """A layout draws the scrollbars of every pane again, twice a second."""
    monkeypatch.setattr("tflab.ui.workbench.loss_chart._PROGRESS_SECONDS", 0.0)
    state = RunState()
    state.apply(Scalars(tag="loss", steps=[0, 1, 2], values=[3.0, 2.0, 1.0]))
    state.apply(Progress(cell=1, done=1, total=100, time=1.0))
    async with Host().run_test(size=(80, 14)) as pilot:
        chart = await shown(pilot, state)
        line = chart.query_one("#loss-progress", Static)
        await pilot.pause()
        before, layouts = line.render().plain, []
        refresh = Static.refresh

        def watch(widget, *regions, layout=False, **rest):
            layouts.append(layout)
            return refresh(widget, *regions, layout=layout, **rest)

        monkeypatch.setattr(Static, "refresh", watch)
        state.apply(Progress(cell=1, done=50, total=100, time=2.0))
        chart.show_run(state)
        await pilot.pause()
        assert line.render().plain != before
        assert not any(layouts)
