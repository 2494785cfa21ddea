"""An old run opened as it was, run again exactly, and its values taken up, by a person's keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.terminal.conftest import OpenApp
from tflab.runs.record import RunRecord
from tflab.runs.store import RunStore


def records(data: Path) -> list[RunRecord]:
    store = RunStore(data / "runs")
    return sorted((store.record(run) for run in store.ids()), key=lambda record: record.created)


def test_a_run_opens_as_it_was_and_runs_again_exactly(
    open_app: OpenApp, write_lesson: Callable[..., Path], data: Path
) -> None:
    """Change a lesson after a run: the history still shows, and runs, the lesson as it was."""
    path = write_lesson("lab.log(0, loss=0.5)", "print('the first text', steps)")
    app = open_app(path)
    app.wait_for("the first text")
    app.wait_for("how many")
    app.press("f5")
    app.wait_for("how many: a whole number")
    app.type("7")
    app.wait_for(r"steps +(\S +)?7\b")
    app.press("ctrl+r")
    app.wait_for("the first text 7")
    app.wait_for("finished in")

    path.write_text(path.read_text().replace("the first text", "quite another"))
    app.wait_for("quite another")

    app.press("ctrl+y")
    app.wait_for(r"History .* 1 run")
    app.wait_for("0.5")
    app.press("enter")
    app.wait_for("the first text 7")
    app.wait_for("Lesson as run")

    app.press("ctrl+y")
    app.wait_for(r"History .* 1 run")
    app.press("r")
    app.wait_gone(r"History .* 1 run")
    app.wait_for("finished in")
    app.press("ctrl+y")
    app.wait_for(r"History .* 2 run")
    app.press("escape")
    app.wait_gone(r"History .* 2 run")
    first, again = records(data)
    assert again.request == first.request
    assert "the first text" in again.request.source

    app.press("ctrl+q")
    assert app.wait_end() == 0
