"""A lesson read from the first line to the last in a real terminal, with one key."""

from __future__ import annotations

from pathlib import Path

from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import Terminal
from tests.terminal.workbench import run
from tflab.charts.drawing import ChartOptions
from tflab.programs.library import course_folder
from tflab.programs.reader import read_program
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.targets.live_run import LiveRun
from tflab.ui.workbench.cell_output import OutputBlock
from tflab.ui.workbench.code_text import CodeText
from tflab.ui.workbench.figure_rows import PictureStyle
from tflab.ui.workbench.lesson_document import Row
from tflab.ui.workbench.prose_text import ProseText

QUIET = 0.2
"""Seconds without a change after which a page is whole."""

LESSON = course_folder() / "10_linear_classifier.py"


def finished_run() -> RunState:
    """The newest run, read to its end."""
    store = RunStore()
    newest = next(iter(store.ids()))
    live = LiveRun(store.record(newest), store.folder(newest))
    while not live.caught_up or live.state.ended is None:
        live.advance()
    return live.state


def lines(state: RunState, width: int) -> set[str]:
    """The lines of the lesson on a page of so many cells, but for drawings and what is folded."""
    program = read_program(LESSON)
    folded = {goal.cell for goal in program.goals}
    folded |= {cell.index for cell in program.cells if cell.checks}
    style = PictureStyle(ChartOptions(colour="none"), 10)
    rows: list[Row] = []
    for cell in program.cells:
        if cell.kind == "prose":
            rows += map(Row, ProseText(cell.source).rows(width - 1))
            continue
        if not cell.is_parameters and cell.index not in folded:
            rows += map(Row, CodeText(cell.shown).rows(width - 2))
        output = OutputBlock(cell.index, lambda: style)
        if cell.index in state.cells:
            output.sync(state, state.cells[cell.index].items, None)
        rows += [row for row in output.rows(width) if not isinstance(row.content, tuple)]
    return {row.text.strip() for row in rows} - {""}


class Reader:
    """Reads page after page, and remembers all that ever stood on the screen."""

    def __init__(self, app: Terminal) -> None:
        self._app = app
        self.screens = [app.text]

    def _another(self, text: str) -> bool:
        """Whether the screen has changed. A page may come in several pieces, some of them late."""
        if text == self.screens[-1]:
            return False
        self.screens.append(text)
        return True

    def turn(self) -> None:
        """Go on by a page, and wait until no more comes of it."""
        self._app.press("space")
        self._app.wait_until(self._another, "another page")
        while True:
            try:
                self._app.wait_until(self._another, "more of it", QUIET)
            except AssertionError:
                return


def test_one_key_reads_a_lesson_from_the_first_line_to_the_last(
    open_app: OpenApp, data: Path
) -> None:
    app = open_app("linear-classifier", size=(80, 24))
    app.wait_for("straight line")
    run(app, "finished in")
    app.wait_for("Boundary between the clouds")
    app.press("f3", "home")
    app.wait_for("Linear classifier: from scratch")
    app.wait_for("Two clouds of points")
    reader = Reader(app)
    for _ in range(150):
        if "n opens 11 Batches and momentum" in reader.screens[-1]:
            break
        reader.turn()
    else:
        raise AssertionError(f"150 pages and no end\n{app.text}")
    seen = "\n".join(reader.screens)
    state = finished_run()
    shares = []
    for width in range(60, 81):
        wanted = lines(state, width)
        shares.append(sum(line in seen for line in wanted) / len(wanted))
    # The width of the page is the one at which its lines are found.
    assert max(shares) >= 0.95, max(shares)
    assert len(wanted) > 90
