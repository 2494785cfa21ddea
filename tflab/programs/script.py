"""Cutting a plain Python script into cells that read well, at its top level and nowhere else.

The module's docstring, and texts that stand by themselves between statements, are prose, as in the
examples of Keras. The rest is code: imports together, each function and class, and runs of other
statements, parted where the author parted them by blank lines or a banner of comments.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Sequence

from tflab.programs.percent import split_lines
from tflab.programs.program import Cell

_SHORT = 8
"""Lines up to which a run of statements is not parted at a single blank line."""

_BANNER = re.compile(r"#\s*(?:[-=#*~_]{3,}|#)")
_FIRST_LINES = re.compile(r"#!|#.*coding[:=]")
_OPENING = re.compile(r"[rRuU]?(\"{3}|'{3}|\"|')")
_KERAS_TITLE = re.compile(r"[Tt]itle:\s*(\S.*?)\s*")
_KEY = re.compile(r"[A-Z][\w -]*: ")


def script_cells(source: str, tree: ast.Module) -> tuple[Cell, ...]:
    """Return the cells of a script.

    Args:
        source: Its text.
        tree: Its syntax tree.
    """
    lines = split_lines(source)
    groups = list(_groups(tree.body, lines))
    cells: list[Cell] = []
    end = 0
    for number, (statements, first) in enumerate(groups):
        last = end = statements[-1].end_lineno or first
        if number == len(groups) - 1 and not _is_prose(statements[-1]):
            # Comments behind the last statement are of its cell.
            last = end = len(lines)
        if len(statements) == 1 and _is_prose(statements[0]):
            text, line = _prose(statements[0], source, first)
            text = _with_heading(text) if not cells else text
            if text:
                cells.append(Cell(index=len(cells), kind="prose", source=text, line=line))
            continue
        code = "\n".join(lines[first - 1 : last]).rstrip()
        cells.append(Cell(index=len(cells), kind="code", source=code, line=first))
    rest = "\n".join(lines[end:])
    if groups and rest.strip():
        above = len(rest) - len(rest.lstrip())
        line = end + 1 + rest[:above].count("\n")
        cells.append(Cell(index=len(cells), kind="code", source=rest.strip(), line=line))
    return tuple(cells)


def _with_heading(text: str) -> str:
    """Return a docstring that begins as those of Keras's examples do, `Title: …`, as Markdown."""
    lines = text.split("\n")
    match = _KERAS_TITLE.fullmatch(lines[0])
    if match is None:
        return text
    end = next((n for n, line in enumerate(lines) if not _KEY.match(line)), len(lines))
    # Two spaces at its end keep a line a line.
    return "\n".join([f"# {match[1]}", *(f"{line}  " for line in lines[1:end]), *lines[end:]])


def _groups(
    statements: Sequence[ast.stmt], lines: Sequence[str]
) -> Iterator[tuple[list[ast.stmt], int]]:
    """Yield the statements of each cell, and the cell's first line, comments before it counted."""
    group: list[ast.stmt] = []
    first = before = 0
    for statement in statements:
        start = _start(statement)
        # A statement after a semicolon belongs to the one before it.
        shares_line = bool(group) and start <= before
        top = _with_comments(lines, start, before)
        if group and not shares_line and _parts(group, statement, lines, first, before, top):
            yield group, first
            group = []
        if not group:
            first = top
        group.append(statement)
        before = statement.end_lineno or start
    if group:
        yield group, first


def _parts(
    group: Sequence[ast.stmt],
    statement: ast.stmt,
    lines: Sequence[str],
    first: int,
    before: int,
    top: int,
) -> bool:
    """Whether a statement begins a new cell after a group that ends on the line `before`."""
    last = group[-1]
    if _is_prose(last) or _is_prose(statement):
        return True
    if _is_import(last) != _is_import(statement):
        # A few statements among the imports, such as a setting before TensorFlow, stay there.
        return _blank(lines, before, top) > 0
    if _is_import(statement):
        return _blank(lines, before, top) > 1
    if isinstance(statement, _Definition) or isinstance(last, _Definition):
        return True
    if _is_main(statement):
        return True
    blank = _blank(lines, before, top)
    banner = any(_BANNER.match(line) for line in lines[top - 1 : _start(statement) - 1])
    commented = top < _start(statement)
    long = before - first + 1 >= _SHORT
    return blank > 1 or (blank > 0 and (banner or (long and commented) or before - first >= 30))


_Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _start(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _with_comments(lines: Sequence[str], start: int, before: int) -> int:
    """Return the line of the first comment that belongs to a statement on line `start`."""
    top = start
    for number in range(start - 1, before, -1):
        line = lines[number - 1]
        if not line.strip():
            # Comments above an empty line are the statement's as well, if nothing else is there.
            continue
        if not line.startswith("#") or (number <= 2 and _FIRST_LINES.match(line)):
            break
        top = number
    return top


def _blank(lines: Sequence[str], before: int, top: int) -> int:
    return sum(not line.strip() for line in lines[before : top - 1])


def _is_prose(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_main(statement: ast.stmt) -> bool:
    match statement:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
    return False


def _prose(statement: ast.stmt, source: str, first: int) -> tuple[str, int]:
    """Return the text of a module-level string as it is written, and the line where it begins."""
    assert isinstance(statement, ast.Expr)
    node = statement.value
    assert isinstance(node, ast.Constant)
    written = ast.get_source_segment(source, node) or ""
    match = _OPENING.match(written)
    # The text as written, since `\alpha` is meant as such; as Python reads it when it is put
    # together of several.
    alone = match is not None and written.endswith(match[1]) and written.count(match[1]) == 2
    text = written[match.end() : -len(match[1])] if match and alone else str(node.value)
    above = len(text) - len(text.lstrip())
    line = node.lineno + text[:above].count("\n")
    return inspect.cleandoc(text).strip(), max(line, first)
