"""What a cell gave as text in colours: printed text, values, results, guesses, an error."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tflab.charts.text import cell_width, pad
from tflab.runs.events import Check, Error, Figure, Picture, Prediction, Result, Value
from tflab.runs.tensor_text import describe, grid, number_text, result_text
from tflab.runs.text import count_of, plain, shorten
from tflab.runs.transcript import Transcript
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import short_text, with_code

_MAX_LINES = 24
_MAX_COLUMNS = 400
_FEW_CELLS = 18

Item = Transcript | Value | Figure | Picture | Prediction | Check | list[Result]
"""What is shown as one; results that follow each other make a table."""


def item_content(block: Item) -> Content:
    """Return what is shown for anything but a picture."""
    match block:
        case Transcript():
            return text_content(block.text())
        case Value(tensor=None):
            return text_content(plain(block.text))
        case Value(tensor=tensor) if tensor is not None:
            return Content.assemble(
                (describe(tensor) + "\n", "$text-quiet"), "\n".join(grid(tensor))
            )
        case list():
            return _table(block)
        case Prediction():
            return _prediction(block)
        case Check():
            return _check(block)
        case _:
            return Content("")


def _prediction(prediction: Prediction) -> Content:
    """Return guess and answer side by side under their question."""
    answer = Content.assemble(
        ("the run: ", "$text-quiet"), short_text(number_text(prediction.answer))
    )
    asked = with_code(prediction.question, "bold")
    question = Content.assemble(("? ", "bold $primary"), asked, "\n  ")
    if prediction.guess is None:
        return question + answer
    marks = glyphs()
    good = bool(prediction.correct)
    mark = (f"{marks.passed if good else marks.failed} ", "$success" if good else "$warning")
    guess = Content.assemble(
        mark, ("you said: ", "$text-quiet"), short_text(number_text(prediction.guess)), "   "
    )
    return question + guess + answer


def _check(check: Check) -> Content:
    """Return whether a check passed; of one that did not, the first case that fails."""
    marks = glyphs()
    if check.passed:
        cases = f" ({count_of(check.cases, 'case')})" if check.cases else ""
        return Content.assemble((f"{marks.passed} ", "$success"), short_text(check.name), cases)
    lines = [Content.assemble((f"{marks.failed} ", "$warning"), short_text(check.name))]
    rows = [("given", check.given), ("expected", check.expected), ("got", check.got)]
    for label, text in rows:
        if text:
            lines.append(Content.assemble("  ", (f"{label:<8}  ", "$text-quiet"), short_text(text)))
    if check.reason:
        lines.append(Content("  ") + Content(short_text(check.reason)))
    return Content("\n").join(lines)


def text_content(text: str) -> Content:
    """Return printed text, its beginning cut away when it is long; the whole is a key away."""
    lines = text.rstrip("\n").rsplit("\n", _MAX_LINES)
    mark = glyphs().ellipsis
    shown = "\n".join(shorten(line, _MAX_COLUMNS, mark) for line in lines[-_MAX_LINES:])
    if len(lines) <= _MAX_LINES:
        return Content(shown)
    above = count_of(lines[0].count("\n") + 1, "line")
    hidden = f"{mark} {above} above; Enter shows all\n"
    return Content.assemble((hidden, "$text-quiet"), shown)


def _table(results: Sequence[Result]) -> Content:
    width = max(cell_width(result.name) for result in results)
    lines = []
    for result in results:
        text = short_text(result_text(result))
        if result.tensor is not None:
            text = _few(text)
        line = Content.assemble((pad(result.name, width), "bold"), "  ", text)
        if result.tensor is not None:
            line += Content.styled(f"  {describe(result.tensor)}", "$text-quiet")
        lines.append(line)
    return Content("\n").join(lines)


def _few(numbers: str) -> str:
    """Return the first of the numbers where they would push aside what they are."""
    if len(numbers) <= _FEW_CELLS:
        return numbers
    kept = numbers[:_FEW_CELLS].rpartition("  ")[0] or numbers[:_FEW_CELLS]
    return f"{kept.rstrip()} {glyphs().ellipsis}"


def error_content(error: Error) -> Content:
    """Return an error as title, cause, next step and the lesson's own lines."""
    where = f" ({short_text(error.place)})" if error.place else ""
    parts: list[Content | tuple[str, str] | str] = [
        (f"{glyphs().failed} {short_text(error.title)}{where}\n", "bold $error"),
        short_text(error.cause),
        (f"\n{short_text(error.next_step)}", "$text-quiet"),
    ]
    if error.traceback:
        parts.append((f"\n\n{short_text(error.traceback).rstrip()}", "$text-quiet"))
    return Content.assemble(*parts)
