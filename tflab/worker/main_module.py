"""The program's main module: its code with the values of the run, compiled cell by cell.

What runs is the program as the workbench sent it, whatever its file has become since.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import inspect
import io
import linecache
import os
import re
import sys
import tokenize
import warnings
from collections.abc import Callable
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tflab.runs.record import CodeCell, RunRequest
from tflab.worker.command_line import command_line
from tflab.worker.import_hooks import when_imported
from tflab.worker.ipython import Shell

# As Python counts lines.
_LINE_END = re.compile(r"\r\n|\r|\n")

_FUTURES = 0
for _name in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _name).compiler_flag


class Compiler:
    """Compiles the cells of a program in order; a `from __future__` holds for those that follow.

    Args:
        request: The run, with its values.
    """

    def __init__(self, request: RunRequest) -> None:
        self._path = request.path
        self._values = request.parameters
        self._flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

    def compile(self, cell: CodeCell, path: str = "") -> tuple[CodeType, CodeType | None]:
        """Return the code of a cell, and that of its last expression if its value is to be shown.

        Where one of them awaits something, both belong into an event loop: see `run_awaiting`.

        Args:
            cell: The cell.
            path: The file that it seems to come from; the program's own by default.

        Raises:
            SyntaxError: When it is no Python.
        """
        flags = self._flags | ast.PyCF_ONLY_AST
        path = path or self._path
        # Empty lines in front put every line, and every syntax error, where it is in the file.
        source = "\n" * (cell.line - 1) + cell.source + "\n"
        tree = compile(source, path, "exec", flags=flags, dont_inherit=True)
        put_values(tree, cell, self._values)
        last = tree.body[-1] if tree.body else None
        expression = None
        if isinstance(last, ast.Expr) and not _says_enough(last, cell.source):
            tree.body.pop()
            shown = ast.Expression(last.value)
            expression = compile(shown, path, "eval", flags=self._flags, dont_inherit=True)
        statements = compile(tree, path, "exec", flags=self._flags, dont_inherit=True)
        self._flags |= statements.co_flags & _FUTURES
        return statements, expression


def awaits(*codes: CodeType | None) -> bool:
    """Return whether some code of a cell awaits something at its top level."""
    return any(code is not None and code.co_flags & inspect.CO_COROUTINE for code in codes)


async def run_awaiting(
    statements: CodeType, expression: CodeType | None, names: dict[str, Any]
) -> Any:
    """Execute a cell inside a running event loop, and return what its last expression gave."""
    value = None
    for code in (statements, expression):
        if code is not None:
            value = eval(code, names)
            if awaits(code):
                value = await value
    return value


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
        if place.type == "float":
            # JSON may bring a whole number for a float.
            value = float(value)
            if repr(value) == f"{ast.unparse(node)}.0":
                # Left as it is written: to plain Python, `rate: float = 1` is a whole number.
                return node
        return ast.copy_location(ast.Constant(value), node)


def spawned_name(folder: Path) -> str:
    """Return the name under which a process started afresh can import the program of a run."""
    return f"tflab.worker.spawned.{os.fsencode(folder.absolute()).hex()}"


class _MainSpec(ModuleSpec):
    """The specification of a main module: of no package, whatever its name looks like."""

    @property
    def parent(self) -> str:
        """None: a relative import fails in it as under plain `python`."""
        return ""


def fresh_main(request: RunRequest, folder: Path) -> ModuleType:
    """Install a new `__main__`, as `python` makes it for a script, and return it.

    Its specification alone differs: it leads the processes that multiprocessing starts afresh to
    the program as it is run here, where a path would lead them to its file.

    Args:
        request: The run.
        folder: Its run folder.
    """
    path = request.path
    module = ModuleType("__main__")
    module.__file__ = path
    module.__loader__ = SourceFileLoader("__main__", path)
    module.__spec__ = _MainSpec(spawned_name(folder), None, origin=path)
    module.__dict__.update(__builtins__=builtins, __cached__=None, __annotations__={})
    sys.modules["__main__"] = module
    sys.argv = [path, *command_line(request.command, request.parameters)]
    sys.path.insert(0, os.path.dirname(path))
    prepare_names(module.__dict__, request)
    return module


def prepare_names(names: dict[str, Any], request: RunRequest) -> None:
    """Give a main module what it has beside the program's own names, and others its source.

    Tracebacks, `inspect` and AutoGraph read what runs, not what the file has become since.
    """
    path = request.path
    keep_lines(path, request.source)
    if path.lower().endswith(".ipynb"):
        # A notebook has none in Jupyter either.
        names.pop("__file__", None)
        shell = Shell(names, request.shell_commands)
        names["get_ipython"] = lambda: shell
        when_imported("IPython", lambda: _export(names["get_ipython"]))
    else:
        names["__doc__"] = _docstring(request.source)


def _export(get_ipython: Callable[[], Shell]) -> None:
    """Let IPython itself hand the shell out; it knows of none in this process."""
    module: Any = sys.modules["IPython"]
    module.get_ipython = get_ipython


def keep_lines(path: str, source: str) -> None:
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


def _says_enough(last: ast.Expr, source: str) -> bool:
    """Return whether a cell ends in something whose value is not to be shown.

    What `lab.predict` returns, the guess, stands beside the answer already.
    """
    match last.value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="lab"), attr="predict")):
            return True
        case _:
            return _ends_in_semicolon(source)


def _ends_in_semicolon(source: str) -> bool:
    passed_over = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER)
    last = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in passed_over:
            last = token.string
    return last == ";"
