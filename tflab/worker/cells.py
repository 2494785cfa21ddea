"""Executing one lesson: its code cells in order, in a fresh `__main__`."""

from __future__ import annotations
import __future__

import ast
import io
import linecache
import os
import re
import sys
import time
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

from tflab.recording.run_recorder import RunRecorder
from tflab.runs.events import CellEnded, CellStarted, Notice, Result
from tflab.runs.record import CodeCell, Problem, RunRequest
from tflab.worker.command_line import command_line
from tflab.worker.interrupt import Interrupt
from tflab.worker.ipython import Shell
from tflab.worker.shown import shown

# As Python counts lines.
_LINE_END = re.compile(r"\r\n|\r|\n")

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
        request: RunRequest,
        recorder: RunRecorder,
        interrupt: Interrupt,
    ) -> None:
        self.cell: int | None = None
        self._request = request
        self._recorder = recorder
        self._interrupt = interrupt
        self._flags = 0
        self._module = _fresh_main(request)
        self.names = self._module.__dict__

    def cells(self) -> Iterator[OpenCell]:
        """Yield the code cells in order, up to the one that was asked for.

        Whoever asks for the next one has executed the one before.

        Raises:
            Problem: When there is no code cell.
            SyntaxError: When a cell is no Python.
            KeyboardInterrupt: When SIGINT came, whether or not the lesson swallowed it.
        """
        until = self._request.until
        if not self._request.cells:
            raise Problem(
                "There is nothing to run",
                "The run was asked for without a code cell.",
                "Open the program and run it from there.",
            )
        for cell in self._request.cells:
            if until is not None and cell.index > until:
                break
            opened = self._open(cell)
            yield opened
            self._close(cell, opened)
        self._tell_what_was_used()

    def _open(self, cell: CodeCell) -> OpenCell:
        recorder = self._recorder
        self.cell = recorder.cell = cell.index
        recorder.forget_meters()
        recorder.emit(CellStarted(cell=cell.index, time=time.time(), at=recorder.at()))
        began = time.perf_counter()
        return OpenCell(*self._compile(cell), self.names, began)

    def _close(self, cell: CodeCell, opened: OpenCell) -> None:
        recorder = self._recorder
        for event in shown(opened.value, cell.index, recorder.at()):
            recorder.emit(event)
        seconds = time.perf_counter() - opened.began
        recorder.emit(CellEnded(cell=cell.index, seconds=seconds, at=recorder.at()))
        if self._interrupt.asked:
            raise KeyboardInterrupt

    def _tell_what_was_used(self) -> None:
        """Record what a parameter ended as that the program sets again, where that differs."""
        for cell in self._request.cells:
            for place in cell.places:
                asked = self._request.parameters.get(place.name)
                used = self.names.get(place.target) if place.target else None
                if isinstance(used, bool | int | float | str) and used != asked:
                    recorder = self._recorder
                    recorder.emit(
                        Notice(
                            text=f"{place.name} was given as {asked!r:.200}; the program set it "
                            f"again, and it ended as {used!r:.200}.",
                            at=recorder.at(),
                        )
                    )
                    name = f"{place.name} as used"
                    recorder.emit(Result(cell=cell.index, name=name, value=used, at=recorder.at()))

    def _compile(self, cell: CodeCell) -> tuple[CodeType, CodeType | None]:
        path = self._request.path
        flags = self._flags | ast.PyCF_ONLY_AST
        # Empty lines in front put every line, and every syntax error, where it is in the file.
        source = "\n" * (cell.line - 1) + cell.source + "\n"
        tree = compile(source, path, "exec", flags=flags, dont_inherit=True)
        put_values(tree, cell, self._request.parameters)
        last = tree.body[-1] if tree.body else None
        expression = None
        if isinstance(last, ast.Expr) and not _ends_in_semicolon(cell.source):
            tree.body.pop()
            shown_tree = ast.Expression(last.value)
            expression = compile(shown_tree, path, "eval", flags=self._flags, dont_inherit=True)
        statements = compile(tree, path, "exec", flags=self._flags, dont_inherit=True)
        self._flags |= statements.co_flags & _FUTURES
        return statements, expression


def put_values(tree: ast.Module, cell: CodeCell, values: dict[str, Any]) -> None:
    """Put a run's values in the place of the literals that stand for its parameters.

    Args:
        tree: The cell's syntax tree, with the lines of the file; changed in place.
        cell: The cell, which knows where its literals are.
        values: A value for each parameter.
    """
    if cell.places:
        _ValuesForLiterals(cell, values).visit(tree)


class _ValuesForLiterals(ast.NodeTransformer):
    def __init__(self, cell: CodeCell, values: dict[str, Any]) -> None:
        self._places = {(p.line + cell.line - 1, p.column): p for p in cell.places}
        self._values = values

    def visit(self, node: ast.AST) -> Any:
        place = self._places.get((getattr(node, "lineno", 0), getattr(node, "col_offset", -1)))
        # Whatever the literal is a part of may begin at the same place.
        if place is None or not isinstance(node, ast.Constant | ast.UnaryOp | ast.BinOp):
            return self.generic_visit(node)
        value = self._values[place.name]
        if place.type == "float" and type(value) is int:
            # JSON may bring a whole number for a float.
            value = float(value)
        return ast.copy_location(ast.Constant(value), node)


def _fresh_main(request: RunRequest) -> ModuleType:
    """Install a new `__main__` whose source is the lesson as it is run.

    The line cache gets that source, so that tracebacks, `inspect` and AutoGraph read what runs
    and not what the file has become since.
    """
    path = request.path
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    sys.argv = [path, *command_line(request.command, request.parameters)]
    sys.path.insert(0, os.path.dirname(path))
    _keep_lines(path, request.source)
    if path.lower().endswith(".ipynb"):
        # A notebook has no `__file__` in Jupyter either.
        shell = Shell(module.__dict__, request.shell_commands)
        module.__dict__["get_ipython"] = lambda: shell
    else:
        module.__file__ = path
        module.__doc__ = _docstring(request.source)
    return module


def _keep_lines(path: str, source: str) -> None:
    """Give everybody who asks for the lines of the program those that run.

    What is put into the line cache alone does not stay: AutoGraph has it read the file again,
    which may have changed since, and of a notebook holds JSON.
    """
    lines = [f"{line}\n" for line in _LINE_END.split(source)]
    entry = (len(source), None, lines, path)
    read_file = linecache.updatecache

    def update(filename: str, module_globals: dict[str, Any] | None = None) -> list[str]:
        if filename != path:
            return read_file(filename, module_globals)
        linecache.cache[path] = entry
        return lines

    linecache.cache[path] = entry
    linecache.updatecache = update


def _docstring(source: str) -> str | None:
    """Return what a script finds as its `__doc__`; a text alone is no cell, so none compiles it."""
    if '"""' not in source[:4096] and "'''" not in source[:4096]:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.get_docstring(ast.parse(source), clean=False)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _ends_in_semicolon(source: str) -> bool:
    passed_over = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER)
    last = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in passed_over:
            last = token.string
    return last == ";"
