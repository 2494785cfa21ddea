"""Wide, combining and zero-width characters keep their place in every widget that draws text.

The whole workbench is drawn with such text wherever a program, a run or a person may put any. Each
line of the screen, counted in cells, is as wide as the screen, and the frames of the panes stand
one below the other.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcswidth

from tflab.charts.drawing import ChartOptions
from tflab.charts.figures import draw_figure, figure_text
from tflab.charts.text import cell_width, fit, pad
from tflab.recording.png import encode_png
from tflab.runs import events as ev
from tflab.runs.log_writer import LogWriter
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore
from tflab.runs.text import plain_line
from tflab.ui.app import LabApp
from tflab.ui.workbench.parameter_field import ParameterField

ODD = {
    "korean": "한국어 이름",
    "marks": "e\u0301a\u0308 a\u200bb\u2060c ก็ดี",
    "clusters": "👩\u200d👩\u200d👧 ❤️ 🇰🇷 \u1112\u1161\u11ab글",
}
"""Characters of two cells, of one with marks, of none, and several that make one."""

LESSON = """\
# %% [markdown]
# # {odd} 제목
#
# A paragraph with {odd} in it, long enough that it has to be wrapped at the edge: {odd} {odd}.
#
# | {odd} | b |
# |---|---|
# | 1 | {odd} |
#
# - {odd}

# %% tags=["parameters"]
steps = 3  # {odd} 몇 번
mode = "{odd}"  # {odd}; one of: {odd}, b

# %%
print("{odd}")  # {odd}
"""


def write_lesson(data: Path, odd: str) -> Path:
    path = data / "lessons" / "wide.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(LESSON.format(odd=odd))
    return path


def write_run(path: Path, odd: str) -> None:
    """Make a run that has finished, with such text in each kind of thing that it may tell."""
    store = RunStore()
    request = RunRequest(
        lesson=path.stem,
        title=odd,
        path=str(path),
        source=path.read_text(),
        parameters={"steps": 3, "mode": odd},
    )
    record = store.create(request)
    record = dataclasses.replace(record, created=time.time())
    folder = store.folder(record.id)
    (folder / "run.json").write_bytes(msgspec.json.encode(record))
    (folder / "output.log").write_text(f"{odd} printed\n" * 3)
    (folder / "pictures").mkdir()
    (folder / "pictures/0001.png").write_bytes(encode_png(np.zeros((8, 16, 1), np.uint8)))
    writer = LogWriter(folder)
    writer.write(ev.Started(time=time.time(), pid=2**22 + 1), ev.CellStarted(cell=2, time=1.0))
    writer.write(*told(odd))
    writer.write(ev.CellEnded(cell=2, seconds=1.0), ev.Ended(state="finished", time=time.time()))
    writer.close()


def told(odd: str) -> list[ev.Event]:
    points = ev.Layer(kind="points", label=odd, x=[1, 2], y=[3, 4])
    line = ev.Layer(kind="line", label=f"{odd} 2", x=[1, 2], y=[4, 3])
    return [
        ev.Scalars(tag=odd, steps=[0, 1, 2], values=[1.0, 0.5, 0.25]),
        ev.Scalars(tag=f"val_{odd}", steps=[0, 1, 2], values=[1.0, 0.6, 0.5]),
        ev.Value(cell=2, text=f"{odd} value"),
        ev.Result(cell=2, name=odd, value=odd),
        ev.Result(cell=2, name="plain", value=1.5),
        figure(odd, points, line),
        figure(odd, ev.Layer(kind="bars", names=[odd, "b"], y=[1, 2])),
        figure(odd, ev.Layer(kind="matrix", names=[odd, "b"], grid=[[3, 1], [0, 2]])),
        ev.Picture(
            cell=2,
            figure=1,
            title=odd,
            file="pictures/0001.png",
            width=16,
            height=8,
            tiles=ev.Tiles(
                file="pictures/0001.png", width=8, height=8, columns=2, count=2, titles=[odd, "b"]
            ),
        ),
        ev.Prediction(cell=2, question=odd, answer=odd, guess=odd, correct=True),
        ev.Goal(cell=2, text=odd, passed=True, hints=[odd]),
        ev.Notice(text=odd),
    ]


def figure(odd: str, *layers: ev.Layer) -> ev.Figure:
    title = f"{odd} {layers[0].kind}"
    return ev.Figure(cell=2, title=title, layers=list(layers), x_label=odd, y_label=odd)


def lines(app: LabApp) -> list[str]:
    """Return the lines of the screen as they go to the terminal."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def check(app: LabApp, where: str) -> None:
    width = app.size.width
    found = lines(app)
    for number, line in enumerate(found):
        assert cell_len(line) == width, f"{where}, line {number}: {line!r}"
        assert wcswidth(line) == width, f"{where}, line {number}: {line!r}"


@asynccontextmanager
async def opened(path: Path, size: tuple[int, int]):
    app = LabApp(path)
    async with app.run_test(size=size) as pilot:
        async with asyncio.timeout(60):
            while len(app.workbench.query(ParameterField)) < 2:
                app.session.deliver()
                await pilot.pause(0.01)
        yield app, pilot
    app.session.close()


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("korean", (120, 40)),
        ("korean", (80, 24)),
        ("marks", (120, 40)),
        ("clusters", (100, 30)),
    ],
)
async def test_every_line_of_the_workbench_is_as_wide_as_the_screen(data, name, size):
    odd = ODD[name]
    path = write_lesson(data, odd)
    write_run(path, odd)
    async with opened(path, size) as (app, pilot):
        await pilot.pause()
        check(app, "the lesson")
        await pilot.press("f6", "enter")
        async with asyncio.timeout(30):
            while app.session.runs.current is None or not app.session.runs.current.over:
                app.session.deliver()
                await pilot.pause(0.02)
        app.notify(odd, title=odd)
        await pilot.press("f3")
        seen = ""
        for page in range(4):
            await pilot.pause()
            check(app, f"the output, page {page}")
            seen += "\n".join(lines(app))
            await pilot.press("pagedown")
        assert seen.count(odd[0]) > 10
        for keys, where in (
            (["f4"], "the curves"),
            (["f5"], "the form"),
            (["f6"], "the runs"),
            (["f2"], "the lessons"),
            (["ctrl+p"], "the palette"),
            (["escape", "f1"], "the help"),
            (["escape", "ctrl+y"], "the history"),
            (["escape", "ctrl+s"], "the sweep form"),
            (["escape", "f3", "v"], "the picture"),
        ):
            await pilot.press(*keys)
            app.session.deliver()
            await pilot.pause(0.05)
            check(app, where)


WORDS = st.lists(st.sampled_from([*ODD.values(), "loss", "x" * 30]), max_size=3).map("-".join)


@given(text=WORDS, cells=st.integers(0, 30))
def test_text_that_is_cut_and_padded_has_the_cells_that_were_asked_for(text, cells):
    cut = fit(text, cells)
    assert cell_width(cut) <= cells
    assert cell_width(pad(cut, cells)) == cells


@given(
    text=WORDS,
    columns=st.integers(12, 120),
    kind=st.sampled_from(["points", "bars", "matrix", "line", "hist"]),
)
def test_every_row_of_a_figure_is_as_wide_as_asked(text, columns, kind):
    layer = {
        "bars": ev.Layer(kind="bars", label=text, names=[text, "b"], y=[1, 2]),
        "matrix": ev.Layer(kind="matrix", names=[text, "b"], grid=[[3, 1], [0, 2]]),
        "hist": ev.Layer(kind="hist", label=text, x=[0, 1, 2], y=[3, 4]),
    }.get(kind, ev.Layer(kind=kind, label=text, x=[0, 1], y=[3, 4]))
    options = ChartOptions(colour="none")
    drawing = draw_figure(figure(text, layer), (columns, 12), options)
    for row in drawing.runs:
        width = sum(cell_width(run.text) for run in row)
        assert width <= columns if kind == "matrix" else width == columns
    for line in figure_text(figure(text, layer), (columns, 20), options).split("\n"):
        assert cell_width(line) <= columns
    assert plain_line(text) == plain_line(plain_line(text))
