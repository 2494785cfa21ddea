"""A whole sitting at the workbench, as a person would have it."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.terminal.conftest import OpenApp
from tests.terminal.processes import processes_of, wait_gone
from tests.terminal.terminal import Terminal
from tests.terminal.workbench import CURVE, fill, run
from tflab.programs.template import new_lesson
from tflab.runs.state import RunState
from tflab.runs.store import RunStore


def newest(data: Path) -> RunState:
    store = RunStore(data / "runs")
    return store.load(max(store.ids(), key=lambda run: store.record(run).created))


def test_open_edit_run_stop_run_again_quit(open_app: OpenApp, data: Path) -> None:
    """Edit a value, watch the loss to its end, stop a long run, run again, and quit cleanly."""
    app = open_app()
    app.wait_for(r"learning_rate +0\.1\b")
    fill(app, "learning_rate", "0.05")
    run(app, CURVE)
    app.wait_for(r"finished in")
    first = newest(data)
    assert first.status == "finished"
    assert len(first.series["loss"]) == 40

    fill(app, "steps", "100000")
    run(app, r"running +[1-9]")
    app.press("ctrl+x")
    app.wait_for(r"● cancelled")
    app.wait_for(r"■ #2 steps 100000, lr 0\.05 +cancelled +[0-9.]+")
    stopped = newest(data)
    assert stopped.status == "cancelled"
    assert len(stopped.series["loss"]) > 0
    assert "┤" in app.text, "the chart of the stopped run stays"

    fill(app, "steps", "60")
    run(app, r"● (running|starting)")
    app.wait_for(r"● finished in")
    assert len(newest(data).series["loss"]) == 60

    ours = processes_of(data)
    assert len(ours) >= 2, "the workbench and its fork server"
    app.press("ctrl+q")
    assert app.wait_end() == 0
    assert wait_gone(ours) == []
    assert processes_of(data) == []


def test_the_lesson_left_last_opens_again_wherever_it_is(
    open_app: OpenApp, tmp_path: Path, tensorflow_stand_in: str
) -> None:
    path = tmp_path / "elsewhere" / "10_linear_classifier.py"
    path.parent.mkdir()
    path.write_text(new_lesson("From elsewhere"), encoding="utf-8")
    app = open_app(path)
    app.wait_for("tflab · From elsewhere")
    app.wait_for("● ready")
    app.press("ctrl+q")
    assert app.wait_end() == 0
    again = Terminal(
        [sys.executable, "-m", "tflab"], (120, 40), {"PYTHONPATH": tensorflow_stand_in}, tmp_path
    )
    try:
        again.wait_for("tflab · From elsewhere")
    finally:
        again.close()
