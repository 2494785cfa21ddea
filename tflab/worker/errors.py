"""Saying in words what a lesson raised, with its own lines only."""

from __future__ import annotations

import difflib
import re
import shlex
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tflab.recording.values import to_text
from tflab.runs.events import Error
from tflab.runs.record import CodeCell, Problem
from tflab.worker.standard_input import ASKED_FOR_INPUT, AT_ITS_END
from tflab.worker.trouble import disk_trouble, gpu_trouble, text_of

CAUSE_LIMIT = 2_000
"""Characters of a message that are kept."""

_FRAMES_LIMIT = 30
_OP_NOISE = re.compile(r"^\s*\{\{.*?\}\}\s*|\s*name:\s*$", re.DOTALL)
_USER_LINE = re.compile(r'File "([^"]+)", line (\d+)')


def explain(
    error: BaseException,
    path: Path,
    cell: int | None,
    names: Iterable[str],
    cells: Sequence[CodeCell] = (),
) -> Error:
    """Return the error event for what a lesson raised.

    Args:
        error: The exception.
        path: The lesson file, whose lines count as its own.
        cell: Index of the cell that was running.
        names: The lesson's global names, to suggest one for a mistyped one.
        cells: The program's code cells; those of a notebook are named.
    """
    place = Places(cells)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    message = _message(error)
    lines = [int(n) for file, n in _USER_LINE.findall(text_of(error)) if file == str(path)]
    line = lines[-1] if lines else (frames[-1].lineno if frames else None)
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line, message = error.lineno, text_of(error.msg)
    problem = _problem(error)
    if problem is not None:
        title, cause, next_step = problem.title, problem.cause, problem.next_step
    else:
        title, cause = type(error).__name__, message or "It came without a message."
        next_step = _next_step(error, message, place.words(line), names)
    return Error(
        title=to_text(title),
        cause=to_text(_bounded(cause)),
        next_step=to_text(next_step),
        cell=cell,
        line=line,
        traceback=to_text(_own_lines(frames, path, place, f"{title}: {_bounded(cause)}")),
        where=to_text(place.in_notebook(line)),
    )


def _problem(error: BaseException) -> Problem | None:
    """The problem behind an error; AutoGraph wraps what is raised while it traces."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        if isinstance(at, Problem) and (at is error or at.cause in text_of(error)):
            return at
        seen.add(id(at))
        at = at.__cause__ or at.__context__
    return None


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        where = f" ({error.filename}, line {error.lineno})" if error.lineno else ""
        return f"{error.msg}{where}"
    if isinstance(error, KeyError) and len(error.args) == 1:
        return f"There is no key {text_of(error.args[0], repr)}."
    text = text_of(error)
    if text.lstrip().startswith("in user code:"):
        text = _after_frames(text)
    return _OP_NOISE.sub("", text).strip()


def _after_frames(text: str) -> str:
    """What follows the stack that AutoGraph writes into its messages."""
    paragraphs = [p for p in re.split(r"\n\s*\n", text) if p.strip()]
    said = [p for p in paragraphs[1:] if not _USER_LINE.search(p)]
    found = "\n".join(line.strip() for line in "\n".join(said).splitlines())
    return re.sub(r"^\w+: ", "", found) or text


def _own_lines(frames: list[traceback.FrameSummary], path: Path, place: Places, last: str) -> str:
    skipped = max(0, len(frames) - _FRAMES_LIMIT)
    shown = [f"… {skipped} more …"] if skipped else []
    for frame in frames[skipped:]:
        where = "" if frame.name == "<module>" else f", in {frame.name}"
        at = place.in_notebook(frame.lineno) or f"{path.name}, line {frame.lineno}"
        shown.append(f"{at}{where}\n    {frame.line}")
    return "\n".join([*shown, last])


def _bounded(text: str) -> str:
    return text if len(text) <= CAUSE_LIMIT else text[: CAUSE_LIMIT - 1] + "…"


class Places:
    """What people call the lines of a program: those of a notebook are counted cell by cell."""

    def __init__(self, cells: Sequence[CodeCell]) -> None:
        self._cells = [cell for cell in cells if cell.label]

    def in_notebook(self, line: int | None) -> str:
        """Return the cell of a notebook and the line in it; empty where there is no such cell."""
        cell = next((c for c in reversed(self._cells) if line and c.line <= line), None)
        return f"{cell.label}, line {line - cell.line + 1}" if cell and line else ""

    def words(self, line: int | None) -> str:
        """Return where a line is; empty where there is none."""
        words = self.in_notebook(line) or (f"line {line}" if line else "")
        return words[:1].upper() + words[1:]


def _next_step(error: BaseException, message: str, place: str, names: Iterable[str]) -> str:
    trouble = disk_trouble(error) or gpu_trouble(message)
    if trouble is not None:
        return f"{trouble.cause} {trouble.next_step}"
    if isinstance(error, NameError):
        return _for_name(error, names)
    if isinstance(error, ModuleNotFoundError):
        return _for_module(error.name or "")
    if isinstance(error, EOFError) and message.startswith(ASKED_FOR_INPUT):
        return (
            "Run it in the app or at a terminal and answer there, pipe the answers in "
            "(`echo ANSWER | tflab run …`), or make what it asks for a parameter."
        )
    if isinstance(error, EOFError) and message == AT_ITS_END:
        return "It asks for more lines than were piped in: give it one for each question."
    if isinstance(error, SyntaxError):
        if (error.filename or "<").startswith("<"):
            return "Correct the code that is executed as text there."
        where = f"{place} is" if place else "That is"
        return f"Mend the code; {where} where Python stops reading it."
    if isinstance(error, ImportError) and "attempted relative import" in message:
        return _RELATIVE
    step = _NO_NETWORK if _UNREACHED.search(message) else _FOR_KIND.get(type(error).__name__)
    if type(error).__name__ == "InvalidArgumentError" and not _is_about_shapes(message):
        step = None
    if step is None and _is_about_shapes(message):
        step = _SHAPES
    where = f" {place} is where it happened." if place else ""
    return (step or "Change the program at that line, or a parameter that it depends on.") + where


def _for_module(name: str) -> str:
    if name.startswith("google.colab"):
        return "Only Google Colab has it: take out what needs it, or edit its cell here (e)."
    package = name.partition(".")[0]
    if name != package and package in sys.modules:
        return (
            f"The {package} of this environment has no such part: it may have moved, or be there "
            "in another version. Choose an environment that has it, or change the import."
        )
    line = shlex.join(
        [sys.executable, "-m", "pip", "install", _DISTRIBUTIONS.get(package, package)]
    )
    return f"Install it where this ran: `{line}`. Or choose an environment that has it."


def _for_name(error: NameError, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(error.name or "", list(names), n=1)
    if close:
        return f"Did you mean `{close[0]}`?"
    return "Define it in this cell or in one above."


def _is_about_shapes(message: str) -> bool:
    # Not where it only names an argument, such as `input_shape`, or how one is given: `shape=...`.
    words = r"(?<!_)shape(?!=\.\.\.)|dimension|incompatible|\brank"
    return bool(re.search(words, message, re.IGNORECASE))


_SHAPES = "Compare the shapes in the message; print `tensor.shape` just before the line."
_UNREACHED = re.compile(
    r"URL fetch failure on|Name or service not known|name resolution|Network is unreachable"
)
"""What Keras, `urllib` and others say of an address that this machine does not reach."""
_NO_NETWORK = (
    "This machine does not reach that address. Fetch the file where there is a network, and put it "
    "where the program looks for it: Keras keeps its data sets in `~/.keras/datasets`."
)
_RELATIVE = (
    "A program of a package runs by `python -m`. Write a file beside the package that imports it "
    "and calls what it does, such as `from package.train import main` and `main()`, and run that."
)
_OUT_OF_MEMORY = "Make the data, the batch or the layers smaller, or choose another device."
_DISTRIBUTIONS = {
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Packages whose distribution has another name than what is imported."""

_FOR_KIND: dict[str, str] = {
    "FileNotFoundError": "Check the path; programs run in the folder of their file.",
    "InvalidArgumentError": _SHAPES,
    "KeyError": "Print the keys that there are just before the line.",
    "MemoryError": _OUT_OF_MEMORY,
    "RecursionError": "A function calls itself without an end; look for the missing stop.",
    "ResourceExhaustedError": _OUT_OF_MEMORY,
    "ZeroDivisionError": "Guard the division, or change the parameter that makes it zero.",
}


def leaving(error: SystemExit) -> tuple[int, str]:
    """Return the exit code of a lesson that called `sys.exit`, and what it said."""
    code: Any = error.code
    if code is None:
        return 0, ""
    if isinstance(code, int):
        return int(code) & 0xFF, ""
    return 1, _bounded(text_of(code))
