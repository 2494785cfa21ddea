"""An exercise in a program's text: nbgrader's marks, and what a learner sees in their place.

The file holds the solution between `### BEGIN SOLUTION` and `### END SOLUTION`, so plain Python
runs it. A learner sees the starter in its place: the commented lines between `### BEGIN STARTER`
and `### END STARTER` after it, else what nbgrader puts there. `### HINT` lines lead, one at a time.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import NamedTuple

from tflab.programs.exercises import Kind

_MARK = re.compile(
    r"(\s*)#+\s*(BEGIN|END) (SOLUTION|STARTER|HIDDEN TESTS|MARK SCHEME)\b.*", re.DOTALL
)
_HINT = re.compile(r"\s*### HINT:?\s+(.*)", re.DOTALL)
_HINT_GOES_ON = re.compile(r"\s*###\s{2,}(\S.*)", re.DOTALL)
_STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
_SECRET = frozenset({"HIDDEN TESTS", "MARK SCHEME"})


class Fault(NamedTuple):
    """What is wrong with the marks of a cell: the line in it, from 1, the fault, and what to do."""

    line: int
    message: str
    next_step: str


class Parts(NamedTuple):
    """The parts of an exercise's cell.

    Attributes:
        starter: What the learner sees.
        solution: The cell with its solution, without marks; empty where nothing is marked.
        kind: What is to be done.
        hints: From weak to strong.
        faults: What is wrong with the marks.
    """

    starter: str
    solution: str
    kind: Kind
    hints: tuple[str, ...]
    faults: tuple[Fault, ...]


def has_solution(source: str) -> bool:
    """Whether a cell marks a solution."""
    return "BEGIN SOLUTION" in source and any(
        (match := _MARK.fullmatch(line)) and match[2] == "BEGIN" and match[3] == "SOLUTION"
        for line in source.split("\n")
    )


def without_secrets(source: str) -> str:
    """Return a cell's text without nbgrader's hidden tests and mark schemes."""
    if "HIDDEN TESTS" not in source and "MARK SCHEME" not in source:
        return source
    kept: list[str] = []
    hidden = ""
    for line in source.split("\n"):
        match = _MARK.fullmatch(line)
        if match and match[3] in _SECRET:
            hidden = match[3] if match[2] == "BEGIN" else ""
        elif not hidden:
            kept.append(line)
    return "\n".join(kept).rstrip()


def is_released(source: str) -> bool:
    """Whether nbgrader has put a starter in the place of a solution."""
    return _STUB[0] in source or "raise NotImplementedError" in source


def split_exercise(source: str) -> Parts:
    """Return the parts of an exercise's cell."""
    return _Splitting(source).parts()


def whole_solution(source: str) -> Parts:
    """Return the parts of a cell that is all solution, as nbgrader takes it without marks."""
    return Parts("\n".join(_STUB), source, "fill", (), ())


class _Splitting:
    """One pass over the lines of an exercise's cell."""

    def __init__(self, source: str) -> None:
        self._lines = source.split("\n")
        self._starter: list[str] = []
        self._solution: list[str] = []
        self._answer: list[str] = []
        self._hints: list[str] = []
        self._faults: list[Fault] = []
        self._inside = ""
        self._began = 0
        self._marked = False
        # Where the starter has nbgrader's stub, which a block of its own takes the place of.
        self._stub: tuple[int, int] | None = None
        self._has_starter = False

    def parts(self) -> Parts:
        """Return the parts."""
        hinting = False
        for number, line in enumerate(self._lines, start=1):
            match = _MARK.fullmatch(line)
            if match:
                self._take_mark(number, match[1], match[2] == "BEGIN", match[3])
            elif hint := _HINT.fullmatch(line):
                self._hints.append(hint[1].strip())
            elif hinting and (more := _HINT_GOES_ON.fullmatch(line)):
                self._hints[-1] += f" {more[1].strip()}"
                continue
            else:
                self._take_line(number, line)
            hinting = match is None and _HINT.fullmatch(line) is not None
        if self._inside:
            self._fault(
                self._began,
                f"### BEGIN {self._inside} has no end.",
                f"Write `### END {self._inside}` after it.",
            )
        starter, solution = _joined(self._starter), _joined(self._solution)
        return Parts(
            starter,
            solution if self._marked else "",
            self._kind(starter),
            tuple(self._hints),
            tuple(self._faults),
        )

    def _take_mark(self, number: int, indent: str, begins: bool, name: str) -> None:
        if begins and self._inside:
            self._fault(
                number,
                f"### BEGIN {name} stands inside ### BEGIN {self._inside}.",
                f"End that first, with `### END {self._inside}`.",
            )
        elif not begins and self._inside != name:
            self._fault(
                number,
                f"### END {name} has no beginning.",
                f"Write `### BEGIN {name}` before it, or remove it.",
            )
            return
        self._inside = name if begins else ""
        self._began = number
        if not begins:
            return
        if name == "SOLUTION":
            self._marked = True
            first = len(self._starter)
            self._starter += [f"{indent}{line}" for line in _STUB]
            self._stub = (first, len(self._starter))
        elif name == "STARTER":
            self._has_starter = True
            if self._stub is None:
                self._fault(
                    number,
                    "### BEGIN STARTER follows no solution.",
                    "Write it right after `### END SOLUTION`.",
                )
                return
            del self._starter[self._stub[0] : self._stub[1]]
            self._stub = None

    def _take_line(self, number: int, line: str) -> None:
        match self._inside:
            case "SOLUTION":
                self._solution.append(line)
                self._answer.append(line)
            case "STARTER":
                bare = line.lstrip()
                indent = line[: len(line) - len(bare)]
                if bare and not bare.startswith("#"):
                    self._fault(
                        number,
                        "A line of a starter is no comment: Python would run it.",
                        "Write `# ` before it.",
                    )
                text = bare.removeprefix("# ") if bare.startswith("# ") else bare.removeprefix("#")
                self._starter.append(f"{indent}{text}".rstrip())
            case "":
                if line.strip():
                    self._stub = None
                self._starter.append(line)
                self._solution.append(line)
            case _:
                self._solution.append(line)

    def _kind(self, starter: str) -> Kind:
        tree = parsed(starter)
        answer = parsed(_dedented(self._answer))
        if self._has_starter and tree is not None and tree.body and not _is_open(tree):
            return "mend"
        if self._has_starter and answer is not None and len(answer.body) == 1:
            body = tree.body if tree is not None else []
            one = not isinstance(answer.body[0], ast.FunctionDef | ast.ClassDef)
            if one and len(body) <= 1 and not any(hasattr(s, "body") for s in body):
                return "line"
        return "fill"

    def _fault(self, line: int, message: str, next_step: str) -> None:
        self._faults.append(Fault(line, message, next_step))


def parsed(source: str) -> ast.Module | None:
    """Return a text's syntax tree, None where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_open(tree: ast.Module) -> bool:
    """Whether some code has a gap: an ellipsis, or nbgrader's error."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value is Ellipsis:
            return True
        if isinstance(node, ast.Name) and node.id == "NotImplementedError":
            return True
    return False


def _dedented(lines: list[str]) -> str:
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    return "\n".join(line[min(indents, default=0) :] for line in lines)


def _joined(lines: list[str]) -> str:
    first = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    return "\n".join(lines[first:]).rstrip()
