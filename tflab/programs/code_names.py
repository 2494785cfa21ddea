"""Names to complete, and what they are, as the syntax tree of a program tells.

Nothing is executed. Where Jedi is installed it knows more; see `jedi_answers`.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tflab.programs.edits import code_cells_of
from tflab.programs.magics import plain_python
from tflab.programs.program import Program
from tflab.programs.syntax import parse_quietly

MOST = 50
"""Completions that are given at most."""

_WORD = re.compile(r"[^\W\d]\w*(?:\.\w*)*$|$")
_DOC_LINES = 12
_LAB = ("lab.py", "recording/figure_calls.py")


class Place(NamedTuple):
    """A place in the code of a program: all of its code as one text, and line and column in that.

    Both are from 1 and 0, as Jedi counts.
    """

    source: str
    line: int
    column: int


class Help(NamedTuple):
    """What is known of the code at a place.

    Attributes:
        names: How the word before the cursor may go on, the likeliest first: whole names.
        signature: How what stands there is called, or what it is; empty where that is not known.
        about: The first lines of its docstring.
    """

    names: tuple[str, ...] = ()
    signature: str = ""
    about: str = ""


def place_in(program: Program, cell: int, text: str, row: int, column: int) -> Place:
    """Return a place in an edited cell as one in all of a program's code.

    Args:
        program: The program.
        cell: Index of the cell.
        text: The code of the cell as it is now.
        row: The row in that code, from 0.
        column: The column, from 0.
    """
    parts: list[str] = []
    line = 0
    for each in code_cells_of(program):
        source = text if each.index == cell else each.source
        if each.index == cell:
            line = sum(part.count("\n") + 1 for part in parts) + row + 1
        parts.append(source if program.kind == "lesson" else plain_python(source).source)
    return Place("\n".join(parts), line, column)


def word_before(line: str, column: int) -> str:
    """Return the name that ends at a column, such as `tf.ran`; empty where none does."""
    match = _WORD.search(line[:column])
    return match[0] if match else ""


def help_at(place: Place) -> Help:
    """Return what syntax trees tell of a place: names of the program, of Python and of `lab`."""
    lines = place.source.split("\n")
    word = word_before(lines[place.line - 1], place.column)
    tree = _tree(place)
    owner, _, start = word.rpartition(".")
    if owner == "lab":
        names: Iterable[str] = (found.name for found in _definitions(_lab()))
    elif owner:
        names = _attributes(tree, owner)
    else:
        names = [*_names(tree), *keyword.kwlist, *dir(builtins)]
    fitting = (
        [n for n in dict.fromkeys(names) if n.startswith(start) and n != start] if word else []
    )
    known = _definitions(_lab()) if owner == "lab" else _definitions(tree)
    found = next((each for each in known if each.name == start), None)
    signature, about = _described(found) if found is not None else ("", "")
    visible = [n for n in fitting if not n.startswith("_") or start.startswith("_")]
    return Help(tuple(visible[:MOST]), signature, about)


def _tree(place: Place) -> ast.Module:
    """Return the syntax tree, without the line that is being typed where that is in the way."""
    lines = place.source.split("\n")
    line = lines[place.line - 1]
    start = line[: len(line) - len(line.lstrip())]
    for instead in (line, f"{start}pass", ""):
        lines[place.line - 1] = instead
        tree = parse_quietly("\n".join(lines), notebook=True)
        if tree is not None:
            return tree
    return ast.Module([], [])


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]


def _attributes(tree: ast.Module, owner: str) -> Iterator[str]:
    """Yield the attributes of something that the program itself uses or sets."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == owner:
            yield node.attr
        elif isinstance(node, ast.ClassDef) and node.name == owner:
            yield from (each.name for each in _definitions(ast.Module(node.body, [])))


_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _definitions(tree: ast.Module) -> Sequence[_Definition]:
    return [node for node in ast.walk(tree) if isinstance(node, _Definition)]


def _described(node: _Definition) -> tuple[str, str]:
    doc = "\n".join((ast.get_docstring(node) or "").split("\n")[:_DOC_LINES]).rstrip()
    if isinstance(node, ast.ClassDef):
        made = next((n for n in node.body if getattr(n, "name", "") == "__init__"), None)
        if isinstance(made, ast.FunctionDef):
            return f"{node.name}({ast.unparse(made.args).removeprefix('self').lstrip(', ')})", doc
        return f"class {node.name}", doc
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(node.args)}){returns}", doc


@lru_cache(maxsize=1)
def _lab() -> ast.Module:
    """Return the tree of what a program may call of us."""
    files = [Path(__file__).parent.parent / name for name in _LAB]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return ast.Module(
        [n for tree in trees for n in tree.body if not getattr(n, "name", "_").startswith("_")], []
    )
