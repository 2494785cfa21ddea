"""Executing one lesson: its code cells in order, in a fresh `__main__`."""

from __future__ import annotations
import __future__

import ast
import io
import linecache
import sys
import time
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

from tflab.programs.percent import split_lines
from tflab.programs.program import Cell, Program
from tflab.recording.run_recorder import RunRecorder
from tflab.runs.events import CellEnded, CellStarted
from tflab.worker.interrupt import Interrupt
from tflab.worker.shown import shown

_FUTURES = 0
for _name in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _name).compiler_flag


@dataclass
class OpenCell:
    """A code cell that has begun.

    Attributes:
        statements: Its code, but for the last expression.
        expression: That expression, if its value is to be shown.
        names: The global names to execute it with.
        began: When, by `time.perf_counter`.
        value: What `expression` gave; whoever executes the cell sets it.
    """

    statements: CodeType
    expression: CodeType | None
    names: dict[str, Any]
    began: float
    value: Any = None


class Execution:
    """One execution of a lesson from the top, cell by cell; the code itself is executed outside.

    Attributes:
        cell: Index of the cell that is running, or ran last; None before the first.
        names: The lesson's global names.
    """

    def __init__(
        self,
        lesson: Program,
        values: dict[str, Any],
        recorder: RunRecorder,
        interrupt: Interrupt,
    ) -> None:
        self.cell: int | None = None
        self._lesson = lesson
        self._values = _typed(lesson, values)
        self._recorder = recorder
        self._interrupt = interrupt
        self._flags = 0
        self._module = _fresh_main(lesson)
        self.names = self._module.__dict__

    def cells(self, until: int | None = None) -> Iterator[OpenCell]:
        """Yield the code cells in order, up to the cell with index `until`.

        Whoever asks for the next one has executed the one before.

        Raises:
            SyntaxError: When a cell is no Python.
            KeyboardInterrupt: When SIGINT came, whether or not the lesson swallowed it.
        """
        for cell in self._lesson.cells:
            if until is not None and cell.index > until:
                break
            if cell.kind == "code":
                opened = self._open(cell)
                yield opened
                self._close(cell, opened)

    def _open(self, cell: Cell) -> OpenCell:
        recorder = self._recorder
        self.cell = recorder.cell = cell.index
        recorder.forget_meters()
        recorder.emit(CellStarted(cell=cell.index, time=time.time(), at=recorder.at()))
        began = time.perf_counter()
        return OpenCell(*self._compile(cell), self.names, began)

    def _close(self, cell: Cell, opened: OpenCell) -> None:
        recorder = self._recorder
        for event in shown(opened.value, cell.index, recorder.at()):
            recorder.emit(event)
        if cell.is_parameters:
            self.names.update(self._values)
        seconds = time.perf_counter() - opened.began
        recorder.emit(CellEnded(cell=cell.index, seconds=seconds, at=recorder.at()))
        if self._interrupt.asked:
            raise KeyboardInterrupt

    def _compile(self, cell: Cell) -> tuple[CodeType, CodeType | None]:
        # Empty lines in front put every line, and every syntax error, where it is in the file.
        source = "\n" * (cell.line - 1) + cell.source + "\n"
        path = str(self._lesson.path)
        flags = self._flags | ast.PyCF_ONLY_AST
        tree = compile(source, path, "exec", flags=flags, dont_inherit=True)
        last = tree.body[-1] if tree.body else None
        expression = None
        if isinstance(last, ast.Expr) and not _ends_in_semicolon(cell.source):
            tree.body.pop()
            shown_tree = ast.Expression(last.value)
            expression = compile(shown_tree, path, "eval", flags=self._flags, dont_inherit=True)
        statements = compile(tree, path, "exec", flags=self._flags, dont_inherit=True)
        self._flags |= statements.co_flags & _FUTURES
        return statements, expression


def _fresh_main(lesson: Program) -> ModuleType:
    """Install a new `__main__` whose source is the lesson as it is run.

    The line cache gets that source, so that tracebacks, `inspect` and AutoGraph read what runs
    and not what the file has become since.
    """
    path = str(lesson.path)
    module = ModuleType("__main__")
    module.__file__ = path
    sys.modules["__main__"] = module
    sys.argv = [path]
    sys.path.insert(0, str(lesson.path.parent))
    lines = [f"{line}\n" for line in split_lines(lesson.source)]
    linecache.cache[path] = (len(lesson.source), None, lines, path)
    return module


def _typed(lesson: Program, values: dict[str, Any]) -> dict[str, Any]:
    """JSON may bring a whole number for a float."""
    kinds = {parameter.name: parameter.type for parameter in lesson.parameters}
    return {
        name: float(value) if kinds.get(name) == "float" and type(value) is int else value
        for name, value in values.items()
    }


def _ends_in_semicolon(source: str) -> bool:
    passed_over = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER)
    last = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in passed_over:
            last = token.string
    return last == ";"
