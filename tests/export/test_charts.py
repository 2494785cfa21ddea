"""Charts as text and as SVG."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sweeps.test_importance import rate_decides, runs_of
from tflab.charts.drawing import ChartOptions, Curve
from tflab.export.formats import export_text, export_to, find_format
from tflab.export.svg import loss_svg
from tflab.export.sweep_formats import what_decides
from tflab.runs.record import Problem

SPACE = "{http://www.w3.org/2000/svg}"
PLAIN = ChartOptions(colour="none")
number = st.floats() | st.integers(-5, 5).map(float)


@given(
    st.lists(st.lists(st.tuples(st.integers(-9, 1 << 50), number), max_size=9), max_size=4),
    st.text(max_size=9),
    st.booleans(),
)
def test_any_series_give_a_sound_picture(series, title, log):
    curves = [
        Curve(f"<{i}&>", [float(x) for x, _ in points], [y for _, y in points], style=i)
        for i, points in enumerate(series)
    ]
    root = ET.fromstring(loss_svg(curves, title, ChartOptions(log_y=log)))
    words = " ".join(text.text or "" for text in root.iter(f"{SPACE}text"))
    assert all(f"<{i}&>" in words for i in range(len(series)))
    for path in root.iter(f"{SPACE}path"):
        assert "nan" not in path.get("d")
        assert "inf" not in path.get("d")


def test_lines_differ_by_more_than_colour():
    curves = [Curve(str(i), [0.0, 1.0], [float(i), 1.0], style=i) for i in range(6)]
    root = ET.fromstring(loss_svg(curves, "t", ChartOptions()))
    dashes = {p.get("stroke-dasharray") for p in root.iter(f"{SPACE}path")} - {None}
    assert len(dashes) == 6


def test_a_million_points_stay_small():
    steps = [float(i) for i in range(200_000)]
    curve = Curve("loss", steps, [math.sin(i) for i in steps])
    assert len(loss_svg([curve], "t", ChartOptions())) < 200_000


def test_a_chart_as_text_has_no_control_characters(make_run):
    run = make_run({"loss": ([0, 1, 2], [3.0, 2.0, 1.0]), "lr": ([0], [1.0])})
    text = export_text(find_format("chart-text"), [run], PLAIN)
    assert "⠉" in text or "⡀" in text or "⠒" in text
    assert "\x1b" not in text
    assert "lr" in export_text(find_format("chart-text"), [run], PLAIN, metric="lr")
    with pytest.raises(Problem, match="No such metric"):
        export_text(find_format("chart-svg"), [run], PLAIN, metric="accuracy")


def test_a_run_without_series_has_no_chart(make_run):
    with pytest.raises(Problem, match="Nothing to draw"):
        export_text(find_format("chart-svg"), [make_run()], PLAIN)


def test_files_are_written_whole_or_not_at_all(make_run, tmp_path):
    run = make_run({"loss": ([0], [1.0])})
    path = export_to(find_format("csv"), [run], tmp_path, PLAIN)
    assert path.name == f"small-{run.record.id}.csv"
    assert path.read_text() == "step,loss\n0,1.0\n"
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match="cannot be written"):
        export_to(find_format("csv"), [run], tmp_path / "file" / "x.csv", PLAIN)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([path.name, "file", "data"])


def test_a_script_holds_one_run(make_run):
    runs = [make_run(), make_run()]
    with pytest.raises(Problem, match="One run at a time"):
        export_text(find_format("script"), runs, PLAIN)
    with pytest.raises(Problem, match="No such format"):
        find_format("pdf")


def test_what_decides_a_sweep_is_drawn_below_its_curves() -> None:
    plan, rows = runs_of(40, rate_decides)
    bars = what_decides(plan, rows, "loss")
    assert bars is not None
    picture = ET.fromstring(loss_svg([], "A sweep", PLAIN, bars))
    words = [text.text or "" for text in picture.iter(f"{SPACE}text")]
    place = words.index("What decides loss")
    assert words[place + 1] == "rate", "the one that decides most comes first"
    assert words[place + 2].endswith("%")
    drawn = list(picture.iter(f"{SPACE}rect"))
    assert len(drawn) == 1 + len(plan.varied), "the ground, and a bar each"
    assert all(float(bar.get("y", "0")) < float(picture.get("height", "0")) for bar in drawn)
    few = what_decides(*runs_of(5, rate_decides), "loss")
    assert few is not None
    assert "told from 10 runs" in "".join(
        text.text or "" for text in ET.fromstring(loss_svg([], "", PLAIN, few)).iter(f"{SPACE}text")
    )
