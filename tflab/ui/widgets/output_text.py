"""What a cell gave as plain text, for the clipboard and the whole-output screen."""

from __future__ import annotations

from tflab.runs.cell_state import CellItem
from tflab.runs.events import Error, Figure, Picture, Prediction, Result, Value
from tflab.runs.state import RunState
from tflab.runs.tensor_text import describe, grid, number_text, result_text
from tflab.runs.text import plain
from tflab.runs.transcript import Transcript


def output_text(state: RunState, cell: int) -> str:
    """Return everything that cell `cell` gave; empty when it gave nothing."""
    cell_state = state.cells.get(cell)
    parts = [item_text(item) for item in cell_state.items] if cell_state else []
    if state.error is not None and state.error.cell == cell:
        parts.append(error_text(state.error))
    return "\n".join(part.rstrip("\n") for part in parts if part)


def item_text(item: CellItem) -> str:
    """Return one output as text."""
    match item:
        case Transcript():
            return item.text()
        case Value(tensor=None):
            return plain(item.text)
        case Value(tensor=tensor) if tensor is not None:
            return "\n".join([describe(tensor), *grid(tensor)])
        case Result():
            return f"{item.name} = {result_text(item)}"
        case Prediction():
            return prediction_text(item)
        case Figure():
            return f"[figure: {plain(item.title)}]"
        case Picture():
            return f"[picture: {plain(item.title)} {item.file}]".replace(":  ", ": ")
        case _:
            return ""


def error_text(error: Error) -> str:
    """Return an error with its cause, its next step and the lesson's lines."""
    where = f" ({error.place})" if error.place else ""
    lines = [f"{error.title}{where}", error.cause, error.next_step, "", error.traceback]
    return plain("\n".join(lines)).rstrip()


def prediction_text(prediction: Prediction) -> str:
    """Return question, guess and answer on three lines; two when nothing was guessed."""
    lines = [plain(prediction.question)]
    if prediction.guess is not None:
        verdict = " (right)" if prediction.correct else " (not so)"
        lines.append(f"  You said: {plain(number_text(prediction.guess))}{verdict}")
    lines.append(f"  The run:  {plain(number_text(prediction.answer))}")
    return "\n".join(lines)
