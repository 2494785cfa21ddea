"""What stands at the end of a run on the command line, and what its terminal can show."""

from __future__ import annotations

import pytest

from tests.cli.test_run_printer import running
from tflab.cli import run_text
from tflab.cli.terminal import Terminal, terminal
from tflab.runs.events import Ended, Error, Goal, Scalars
from tflab.runs.state import RunState

ASCII = Terminal(live=False, unicode=False, colour="none", dark=True, columns=80)


def test_goals_in_ascii() -> None:
    state = RunState()
    state.apply(Goal(text="a", passed=True))
    state.apply(Goal(text="b", passed=False))
    assert run_text.goal_lines(state, ASCII) == ["  + a", "  . b"]


def test_ending_says_what_went_wrong() -> None:
    state = running()
    assert list(run_text.error_lines(state)) == []
    state.apply(Error(title="T", cause="C", next_step="N", cell=1, line=7, traceback="  line 7"))
    state.apply(Ended(state="failed", time=3.0))
    assert list(run_text.error_lines(state)) == ["T (line 7)", "  C", "  N", "  line 7"]


def test_ending_without_an_error_event() -> None:
    state = running()
    state.apply(Ended(state="lost", time=3.0, cause="Gone.", next_step="Run it again."))
    assert list(run_text.error_lines(state)) == ["The run was lost", "  Gone.", "  Run it again."]


def test_metrics_say_where_it_diverged() -> None:
    state = running()
    state.apply(Scalars(tag="loss", steps=[2, 3], values=[0.5, "inf"]))
    (line,) = run_text.metric_lines(state)
    expected = "loss: from 0.25 to inf, lowest 0.25, highest 0.5, 3 points; diverged at step 3"
    assert line == expected


@pytest.mark.parametrize(
    ("environ", "colour"),
    [
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "true"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none"),
        ({"TERM": "dumb"}, "none"),
    ],
)
def test_colours_of_a_terminal(
    environ: dict[str, str], colour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TERM", "COLORTERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    found = terminal()
    assert found.colour == colour
    assert not found.live
