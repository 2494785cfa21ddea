"""The modules beside a program that declare options for it; they are read, never executed.

Their lines are counted below zero, in the order in which they are imported, so that they come
before those of the program and are never taken for them.
"""

from __future__ import annotations

import ast
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tflab.programs.bindings import GlobalNames

_MOST = 40
_LARGEST = 1 << 20
_DECLARES = ("add_argument", "DEFINE_")


class ModuleBeside(NamedTuple):
    """One module that a program imports from its own folder.

    Attributes:
        name: Its file, relative to the program's folder.
        tree: What of it the program can reach.
        names: Its global names.
        first: What its line 0 is counted as.
        last: What its last line is counted as.
        imported: The line of the program that imports it, or what imports it.
    """

    name: str
    tree: ast.Module
    names: GlobalNames
    first: int
    last: int
    imported: int


def option_modules(trees: Sequence[ast.Module], program: Path) -> list[ModuleBeside]:
    """Return the modules that declare options and that a program imports, the first one first.

    Args:
        trees: The program's syntax trees.
        program: Its file.
    """
    search = _Search(program)
    for tree in trees:
        for line, path in search.imported(tree):
            search.read(path, line)
    modules: list[ModuleBeside] = []
    first = 0
    for path, found in reversed(search.found.items()):
        if not any(word in found.text for word in _DECLARES):
            continue
        others = [one.tree for one in search.found.values() if one is not found]
        body = _reached(found.tree, _mentioned([*trees, *others]))
        size = found.text.count("\n") + 2
        last, first = first - 1, first - size
        for node in body:
            ast.increment_lineno(node, first)
        tree = ast.Module(body=body, type_ignores=[])
        name = path.relative_to(search.folder).as_posix()
        modules.append(ModuleBeside(name, tree, GlobalNames([tree]), first, last, found.line))
    return modules[::-1]


class _Found(NamedTuple):
    text: str
    tree: ast.Module
    line: int


class _Search:
    """Follows the imports of a program as far as they stay in its folder.

    Attributes:
        found: The modules, each after what it imports itself.
    """

    def __init__(self, program: Path) -> None:
        self.folder = program.parent
        self.found: dict[Path, _Found] = {}
        self._seen = {program}

    def read(self, path: Path, line: int) -> None:
        """Read a module, and what it imports."""
        if path in self._seen or len(self._seen) > _MOST:
            return
        self._seen.add(path)
        try:
            if path.stat().st_size > _LARGEST:
                return
            with tokenize.open(path) as file:
                text = file.read()
            with warnings.catch_warnings():
                # An odd escape in a text is none of our business here.
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            # The program will say so, should it get there.
            return
        for _, other in self.imported(tree, path):
            self.read(other, line)
        self.found[path] = _Found(text, tree, line)

    def imported(self, tree: ast.Module, module: Path | None = None) -> Iterator[tuple[int, Path]]:
        """Yield the files that the statements of a tree import, and the line.

        Args:
            tree: It.
            module: Its file, for what it imports relative to itself; None for the program, which
                cannot do so.
        """
        for node in ast.walk(tree):
            match node:
                case ast.Import(names=aliases):
                    for alias in aliases:
                        yield from self._files(node.lineno, self.folder, alias.name)
                case ast.ImportFrom(module=name, names=aliases, level=level):
                    home = self.folder
                    if level and module is None:
                        continue
                    if level and module is not None:
                        home = module.parents[min(level, len(module.parents)) - 1]
                    yield from self._files(node.lineno, home, name or "")
                    for alias in aliases:
                        full = f"{name}.{alias.name}" if name else alias.name
                        yield from self._files(node.lineno, home, full)
                case _:
                    continue

    def _files(self, line: int, home: Path, name: str) -> Iterator[tuple[int, Path]]:
        for part in name.split(".") if name else ():
            for path in (home / f"{part}.py", home / part / "__init__.py"):
                if path.is_relative_to(self.folder) and path.is_file():
                    yield line, path
            home /= part
            if not home.is_dir():
                return


def _mentioned(trees: Sequence[ast.Module | ast.stmt]) -> set[str]:
    """Return every name that code mentions, attributes and what it imports by name included."""
    found: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                    found.add(name)
                case _:
                    continue
    return found


def _reached(tree: ast.Module, mentioned: set[str]) -> list[ast.stmt]:
    """Return what of a module an import executes, and the functions and classes that are used.

    Args:
        tree: The module.
        mentioned: The names that all other code mentions.
    """
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names, size = set(mentioned), -1
    taken: list[ast.stmt] = []
    while len(names) > size:
        size = len(names)
        taken = [
            node
            for node in tree.body
            if (node.name in names if isinstance(node, kinds) else not _is_main_guard(node))
        ]
        names |= _mentioned(taken)
    return taken


def _is_main_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)
