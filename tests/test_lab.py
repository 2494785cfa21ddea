"""What lesson code calls: into a run, and as a plain Python program."""

from __future__ import annotations

import io
import subprocess
import sys
import time

import numpy as np
import pytest

from tflab import lab
from tflab.recording import current
from tflab.recording.plain import PlainRecorder
from tflab.recording.run_recorder import RunRecorder
from tflab.runs.log_reader import LogReader
from tflab.runs.log_writer import LogWriter
from tflab.runs.record import Problem
from tflab.runs.state import RunState


@pytest.fixture
def run(tmp_path):
    """Send what the lab records into a run folder; return a function that reads it back."""
    guesses = {"How low?": "0.52", "Up or down?": "down", "Which?": "not a number"}
    recorder = RunRecorder(tmp_path, LogWriter(tmp_path), guesses)
    before = current.recorder
    lab.attach(recorder)

    def read():
        recorder.settle()
        reader, state = LogReader(tmp_path), RunState()
        while found := reader.poll():
            for event in found:
                state.apply(event)
        return state

    yield read
    lab.attach(before)
    recorder.finish()


@pytest.fixture
def plain():
    """Send what the lab records into text, as outside a run."""
    out, before = io.StringIO(), current.recorder
    now = [0.0]
    lab.attach(PlainRecorder(out, clock=lambda: now[0]))
    yield out, now
    lab.attach(before)


def test_every_figure_is_kept_as_data(run):
    cloud = np.array([[0.0, 1.0], [2.0, 3.0]])
    lab.scatter("s", {"a": cloud}, lines={"l": ([0, 1], [1, 0])}, x_range=(-1, 3), step=2)
    lab.line("l", {"c": ([0, 1], [1, 2])}, points={"p": cloud}, x_label="t", y_label="v")
    lab.bar("b", {"one": 1.0})
    lab.hist("h", {"g": [1, 2, 3]}, bins=3)
    lab.heatmap("m", [[1, 2], [3, 4], [5, 6]], points={"p": cloud})
    lab.heatmap("r", [[1, 2]], x_range=(-1, 1), y_range=(5, 6))
    frames = {title: frame[0] for title, frame in run().frames.items()}
    kinds = {title: [layer.kind for layer in f.layers] for title, f in frames.items()}
    assert kinds == {
        "s": ["points", "line"],
        "l": ["line", "points"],
        "b": ["bars"],
        "h": ["hist"],
        "m": ["grid", "points"],
        "r": ["grid"],
    }
    assert (frames["s"].step, frames["s"].x_range) == (2, (-1.0, 3.0))
    assert (frames["l"].x_label, frames["l"].y_label) == ("t", "v")
    assert (frames["m"].x_range, frames["m"].y_range) == ((0.0, 2.0), (0.0, 3.0))
    assert (frames["r"].x_range, frames["r"].y_range) == ((-1.0, 1.0), (5.0, 6.0))


def test_a_figure_of_the_wrong_shape_names_itself(run):
    with pytest.raises(Problem, match="'clouds'"):
        lab.scatter("clouds", {"a": [1, 2, 3]})


def test_a_result_of_the_wrong_kind_names_itself(run):
    with pytest.raises(Problem, match="'model'"):
        lab.show(model=object())


def test_names_that_utf8_cannot_write_are_kept_with_marks(run):
    lab.show(**{"\ud800": 1})
    lab.goal("\ud800", True)
    lab.predict("\ud800", 1)
    state = run()
    assert [*state.results, *state.goals, *state.predictions] == ["?"] * 3


def test_goals_and_hints(run):
    lab.goal("one", np.bool_(True), hint="do it")
    lab.goal("two", 0, hint=("weak", "strong"))
    lab.goal("three", 1, hint=(1, "\ud800"))
    goals = run().goals
    assert goals["three"].hints == ["1", "?"]
    assert (goals["one"].passed, goals["one"].hints) == (True, ["do it"])
    assert (goals["two"].passed, goals["two"].hints) == (False, ["weak", "strong"])


def test_guesses_are_compared_and_never_waited_for(run):
    assert lab.predict("How low?", np.float32(0.5)) == "0.52"
    assert lab.predict("Up or down?", "down", choices=["up", "down"]) == "down"
    assert lab.predict("Which?", 3) == "not a number"
    assert lab.predict("Unasked?", 3) is None
    found = {question: p.correct for question, p in run().predictions.items()}
    assert found == {"How low?": True, "Up or down?": True, "Which?": False, "Unasked?": None}
    with pytest.raises(Problem, match="'Odd'"):
        lab.predict("Odd", [1, 2])


@pytest.mark.parametrize(
    ("guess", "answer", "within", "correct"),
    [
        (0.0, 0.0, 0.1, True),
        (1.0, 0.0, 0.1, False),
        (11, 10, 0.1, True),
        (11.1, 10, 0.1, False),
        (-9, -10, 0.1, True),
        ("inf", float("inf"), 0.1, True),
        (5, float("nan"), 0.1, False),
    ],
)
def test_a_guess_is_right_within_a_share_of_the_answer(guess, answer, within, correct):
    from tflab.recording.guesses import compare

    assert compare("q", answer, guess, None, within, 0).correct is correct


def test_files_go_into_the_runs_folder(run, tmp_path):
    assert lab.folder() == tmp_path / "files"


def test_outside_a_run_the_same_calls_print_short_lines(plain):
    out, _ = plain
    assert list(lab.track(range(3), total=3)) == [0, 1, 2]
    lab.log(0, loss=0.123456789, accuracy=np.float32(0.5))
    lab.show(w=np.array([1.0, 2.0]), name="x")
    lab.bar("gradients", {"a": 1}, step=3)
    lab.goal("reach it", passed=False)
    assert lab.predict("How low?", 0.5) is None
    assert out.getvalue().splitlines() == [
        "step 0  loss 0.123457  accuracy 0.5",
        "w = [1.0, 2.0]",
        "name = x",
        "figure: gradients at step 3",
        "goal not reached: reach it",
        "How low? 0.5",
    ]


def test_outside_a_run_about_twenty_steps_are_printed_and_the_last_one(plain):
    out, now = plain
    for step in range(10_000):
        now[0] += 0.36
        lab.log(step, loss=1.0)
    lab.show(done=True)
    lines = out.getvalue().splitlines()
    assert 10 < len(lines) <= 22
    assert lines[-2:] == ["step 9999  loss 1", "done = True"]


def test_outside_a_run_a_bad_value_is_still_refused(plain):
    with pytest.raises(Problem, match="'loss'"):
        lab.log(0, loss="low")


def test_outside_a_run_files_go_into_a_folder_of_their_own(plain):
    folder = lab.folder()
    assert folder.is_dir()
    assert lab.folder() == folder
    folder.rmdir()


def test_importing_the_lab_brings_neither_tensorflow_nor_keras():
    code = "import sys; from tflab import lab, Meta; print('tensorflow' in sys.modules, Meta)"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.startswith("False <class")


def test_logging_costs_a_few_microseconds_at_most(run):
    """Three microseconds is the budget; the test leaves room for a busy machine."""
    best = 1.0
    for _ in range(5):
        began = time.perf_counter()
        for step in range(2_000):
            lab.log(step, loss=0.5)
        best = min(best, (time.perf_counter() - began) / 2_000)
    assert best < 10e-6
