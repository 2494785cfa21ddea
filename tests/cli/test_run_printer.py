"""A run as text that is printed once: pieces, floods, figures, guesses, and the end."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.cli.figure_text import figure_lines
from tflab.cli.progress_line import ProgressLine
from tflab.cli.run_printer import RunPrinter, TextCursor
from tflab.cli.run_text import prediction_line
from tflab.runs.events import (
    CellEnded,
    CellStarted,
    Ended,
    Figure,
    Goal,
    Layer,
    Notice,
    Prediction,
    Progress,
    Result,
    Scalars,
    Started,
    TensorValue,
    Value,
)
from tflab.runs.log_reader import Output
from tflab.runs.state import RunState
from tflab.runs.transcript import Transcript
from tflab.session.progress import progress_parts, status_parts

TENSOR = TensorValue(dtype="float32", shape=[2], values=[1.0, 2.5], device="CPU:0")


def printed(*events: Any, brief: bool = False) -> list[str]:
    """What a report prints when it looks after each event."""
    lines: list[str] = []
    state, report = RunState(), RunPrinter(lines.append, brief=brief, clock=lambda: 0.0)
    for event in events:
        state.apply(event)
        report.update(state)
    return lines


def out(text: str) -> Output:
    return Output(cell=0, data=text.encode())


BEGIN = CellStarted(cell=0, time=0.0)


def test_lines_come_when_they_are_whole() -> None:
    assert printed(BEGIN, out("one\ntw"), out("o\nthr")) == ["one", "two"]
    assert printed(BEGIN, out("thr"), out("ee"), CellEnded(cell=0, seconds=0.0)) == ["three"]
    end = Ended(state="cancelled", time=0.0)
    assert printed(BEGIN, out("thr"), end) == ["thr"]


def test_items_keep_their_order() -> None:
    events = [
        BEGIN,
        out("before"),
        Value(cell=0, text="5"),
        out("after\n"),
        Result(cell=0, name="w", tensor=TENSOR),
        Value(cell=0, text="", tensor=TENSOR),
        Result(cell=0, name="n", value=3),
    ]
    assert printed(*events) == [
        "before",
        "5",
        "after",
        "w = [1, 2.5] (float32 (2,) on CPU:0)",
        "float32 (2,) on CPU:0\n  1  2.5",
        "n = 3",
    ]


def test_brief_leaves_results_and_goals_to_the_end() -> None:
    events = [BEGIN, Result(cell=0, name="n", value=3), Goal(text="g", passed=True)]
    assert printed(*events, brief=True) == []
    assert printed(*events) == ["n = 3", "Goal reached: g"]


def test_everything_is_told_once() -> None:
    goal, notice = Goal(text="g", passed=False), Notice(text="cut")
    guess = Prediction(question="q?", answer=3.0, guess=2.0, correct=False)
    assert printed(goal, notice, guess, goal, guess) == [
        "Goal not reached: g",
        "cut",
        "q? (you guessed 2, the answer is 3, not quite)",
    ]


def test_moving_picture_is_told_by_its_last_frame() -> None:
    frames = [
        Figure(cell=0, title="F", layers=[Layer(kind="bars", names=["a"], y=[n])], step=n)
        for n in (1, 2, 3)
    ]
    lines = printed(BEGIN, *frames, CellEnded(cell=0, seconds=0.0))
    assert lines == ["Figure: F, the last of 3 pictures, 1 set of bars.\n  a: 3"]


def test_control_sequences_do_nothing() -> None:
    lines = printed(
        BEGIN,
        out("\x1b[2Ja\x1b]0;t\x07b\n"),
        Value(cell=0, text="\x1b[31mred"),
        Result(cell=0, name="\x1b[H", value="\x07"),
        Goal(text="\x1b[1mg", passed=True),
        Figure(cell=0, title="\x1b[5m", layers=[]),
    )
    assert "\x1b" not in "".join(lines)
    assert "\x07" not in "".join(lines)


def test_flood_is_cut_and_said() -> None:
    text = Transcript(head_limit=10, tail_limit=10)
    cursor = TextCursor()
    text.add("0123456789\n")
    assert cursor.take(text, whole=False) == ["0123456789"]
    text.add("x" * 50 + "\n")
    pieces = cursor.take(text, whole=True)
    assert pieces[0] == "(41 characters left out; output.log has them all)"
    assert pieces[1] == "x" * 9


@given(st.lists(st.text("ab\n", max_size=9)), st.data())
def test_pieces_join_to_the_whole_text(parts: list[str], data: st.DataObject) -> None:
    text, cursor, lines = Transcript(), TextCursor(), []
    for part in parts:
        text.add(part)
        if data.draw(st.booleans()):
            lines += cursor.take(text, whole=False)
    lines += cursor.take(text, whole=True)
    assert "\n".join(lines) == "".join(parts).removesuffix("\n") or not "".join(parts).strip("\n")


def test_prediction_without_a_guess() -> None:
    found = Prediction(question="Up?", answer="up")
    assert prediction_line(found) == "Up? (the answer is up)"


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        (
            Layer(kind="points", label="A", x=[1, 3], y=[2, "nan"]),
            "  A: 2 points, x from 1 to 3, height from 2 to 2 (1 not finite)",
        ),
        (
            Layer(kind="line", x=[0, 1], y=[5, 7]),
            "  line: x from 0 to 1, height from 5 to 7, height begins at 5 and ends at 7",
        ),
        (
            Layer(kind="hist", label="w", x=[0, 1, 2], y=[3, 1]),
            "  w: 4 values, from 0 to 2, most of them (3) between 0 and 1",
        ),
        (Layer(kind="grid", grid=[[1, 2], [3, 4]]), "  grid: 2 rows of 2, values from 1 to 4"),
        (Layer(kind="points", label="A"), "  A: 0 points, x without a finite value, "),
    ],
)
def test_figures_in_words(layer: Layer, line: str) -> None:
    figure = Figure(cell=0, title="F", layers=[layer], y_label="height", note="Thinned.")
    lines = figure_lines(figure)
    assert lines[0].startswith("Figure: F, 1 ")
    assert lines[1].startswith(line)
    assert lines[-1] == "  Thinned."


def test_many_bars_and_no_layer() -> None:
    names = [f"b{n}" for n in range(30)]
    bars = Layer(kind="bars", names=names, y=list(range(30)))
    assert figure_lines(Figure(cell=0, title="F", layers=[bars]))[-1] == "  and 10 more"
    assert figure_lines(Figure(cell=0, title="F", layers=[])) == ["Figure: F, nothing in it."]


def running(done: int = 20, time: float = 2.0) -> RunState:
    state = RunState()
    state.apply(Started(time=0.0, pid=1))
    state.apply(Progress(cell=0, done=0, total=40, time=0.0))
    state.apply(Progress(cell=0, done=done, total=40, time=time))
    state.apply(Scalars(tag="loss", steps=[1], values=[0.25]))
    return state


def test_progress_in_words() -> None:
    assert status_parts(RunState()) == ["starting"]
    assert status_parts(running(), now=2.5) == ["20 of 40", "10/s", "0:02 left", "loss 0.25"]


def test_progress_line_never_wraps_and_is_drawn_seldom() -> None:
    written: list[str] = []
    ticks = itertools.count()
    line = ProgressLine(60, draw_over=written.append, clock=lambda: next(ticks) * 0.04)
    for _ in range(5):
        line.update(running())
    line.clear()
    line.clear()
    assert written[-1] == ""
    drawn = written[:-1]
    assert 1 <= len(drawn) <= 2
    assert all(len(text) < 60 for text in drawn)
    assert drawn[0].startswith("###")


def test_plain_progress_comes_every_five_seconds() -> None:
    lines: list[str] = []
    now = [0.0]
    report = RunPrinter(lines.append, clock=lambda: now[0])
    for second in range(12):
        now[0] = float(second)
        report.update(running(time=1.0))
    assert len(lines) == 2
    assert lines[0].startswith("20 of 40, 20/s")


def test_the_progress_of_fit_names_the_epoch() -> None:
    state = RunState()
    told = {"cell": 0, "unit": "batch", "epochs": 4}
    state.apply(Progress(**told, done=0, total=40, time=0.0, epoch=1))
    state.apply(Progress(**told, done=20, total=40, time=2.0, epoch=2))
    assert progress_parts(state, now=2.0) == ["epoch 2 of 4", "10 batches/s", "0:02 left"]
    state.apply(Progress(**told, done=21, total=None, time=3.0, epoch=3))
    assert progress_parts(state, now=3.0)[:2] == ["epoch 3 of 4", "batch 21"]
