"""Where a program's code gives its global names a value, and where it reads them.

Found in the syntax tree, scope by scope; nothing is executed.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_HOW: dict[type[ast.AST], str] = {
    ast.Assign: "=",
    ast.AnnAssign: "=",
    ast.AugAssign: "+=",
    ast.NamedExpr: ":=",
    ast.For: "for",
    ast.AsyncFor: "for",
    ast.comprehension: "for",
    ast.With: "with",
    ast.AsyncWith: "with",
    ast.Import: "import",
    ast.ImportFrom: "import",
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "def",
    ast.ClassDef: "class",
    ast.ExceptHandler: "except",
    ast.Delete: "del",
    ast.Match: "match",
}


class Binding(NamedTuple):
    """One place where a global name gets a value.

    Attributes:
        line: Line of the file, from 1.
        how: By what: `=`, `+=`, `:=`, `for`, `with`, `import`, `def`, `class`, `except`, `match`
            or `del`.
        node: The node that binds it.
        value: For a plain assignment to one name, what it is given.
    """

    line: int
    how: str
    node: ast.AST
    value: ast.expr | None = None

    @property
    def words(self) -> str:
        """What binds it, in words."""
        return {
            "for": "a loop",
            "except": "an except",
            "match": "a case",
            "+=": "+= or the like",
        }.get(self.how, self.how)


class GlobalNames:
    """Every binding and every reading of the global names of some code.

    Args:
        trees: The syntax trees of its cells, in order, with the lines of the file.

    Attributes:
        bound: The bindings of each name, by line.
        read: The lines that read each name.
        stars: The lines of `from … import *`, which may bind any name.
    """

    def __init__(self, trees: Iterable[ast.Module]) -> None:
        self.bound: dict[str, list[Binding]] = defaultdict(list)
        self.read: dict[str, list[int]] = defaultdict(list)
        self.stars: list[int] = []
        binds: list[tuple[str, Binding, _Scope]] = []
        loads: list[tuple[ast.Name, _Scope]] = []
        values: dict[int, ast.expr] = {}
        todo: list[tuple[ast.AST, _Scope, str]] = [(t, _Scope("module", None), "=") for t in trees]
        while todo:
            # Not recursive: a sum of some thousand terms is a tree of some thousand levels.
            node, scope, how = todo.pop()
            match node:
                case ast.Name(ctx=ast.Load()):
                    loads.append((node, scope))
                case ast.Global(names=names):
                    scope.globals.update(names)
                case ast.Nonlocal(names=names):
                    scope.nonlocals.update(names)
                case _:
                    how = _HOW.get(type(node), how)
                    line: int = getattr(node, "lineno", 0)
                    value = values.pop(id(node), None)
                    bound = ((name, Binding(line, how, node, value)) for name in _bound(node))
                    binds += ((name, binding, scope) for name, binding in bound)
                    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                        values.update((id(target), node.value) for target in targets)
                    todo += _children(node, scope, how)
        for name, binding, scope in binds:
            self._bind(name, binding, scope)
        for load, scope in loads:
            if scope.reaches_global(load.id):
                self.read[load.id].append(load.lineno)
        for found in self.bound.values():
            found.sort(key=lambda binding: binding.line)
        for lines in self.read.values():
            lines.sort()

    def again(self, name: str, line: int) -> Binding | None:
        """Return the first binding of a name besides its declaration on `line`, or None."""
        found = self.bound.get(name, [])
        declared = next((binding for binding in found if binding.line == line), None)
        return next((binding for binding in found if binding is not declared), None)

    def _bind(self, name: str, binding: Binding, scope: _Scope) -> None:
        if name == "*":
            self.stars.append(binding.line)
            return
        while binding.how == ":=" and scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        if scope.kind == "module" or name in scope.globals:
            self.bound[name].append(binding)
        elif name not in scope.nonlocals:
            scope.local.add(name)


@dataclass(eq=False)
class _Scope:
    kind: str
    parent: _Scope | None
    local: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)

    def reaches_global(self, name: str) -> bool:
        """Whether the name, read here, is the module's."""
        scope: _Scope | None = self
        own = True
        while scope is not None and scope.kind != "module":
            if name in scope.globals:
                return True
            # What a class binds is not seen from the functions in it.
            if name in scope.local and (own or scope.kind != "class"):
                return False
            own = own and scope.kind == "comprehension"
            scope = scope.parent
        return True


_LEAVES = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.Constant)


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node itself binds."""
    match node:
        case ast.Name(id=name) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
            yield name
        case ast.MatchStar(name=str() as name) | ast.MatchMapping(rest=str() as name):
            yield name
        case ast.Import(names=aliases):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
        case ast.ImportFrom(names=aliases):
            yield from (alias.asname or alias.name for alias in aliases)
        case _:
            return


def _children(node: ast.AST, scope: _Scope, how: str) -> Iterator[tuple[ast.AST, _Scope, str]]:
    """Yield the children of a node with the scope that each stands in."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            inner = _Scope("function", scope)
            body = [node.body] if isinstance(node, ast.Lambda) else node.body
            for child in [*body, *_arguments(node.args)]:
                yield child, inner, "="
            for child in _evaluated_outside(node):
                yield child, scope, "="
        case ast.ClassDef():
            inner = _Scope("class", scope)
            yield from ((child, inner, "=") for child in node.body)
            outside = [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]
            yield from ((child, scope, "=") for child in outside)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            inner = _Scope("comprehension", scope)
            yield from ((child, inner, how) for child in ast.iter_child_nodes(node))
        case ast.AnnAssign(target=ast.Name(), value=None):
            # An annotation alone gives no value.
            yield node.annotation, scope, how
        case ast.AugAssign(target=ast.Name() as target):
            yield ast.copy_location(ast.Name(target.id, ast.Load()), target), scope, how
            yield from ((child, scope, how) for child in ast.iter_child_nodes(node))
        case _:
            # Half of all nodes are leaves that bind nothing, such as the mark of what is read.
            for child in ast.iter_child_nodes(node):
                if not isinstance(child, _LEAVES):
                    yield child, scope, how


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    """Return the names of a function's arguments, without their annotations."""
    more = [arguments.vararg, arguments.kwarg]
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    found = [*named, *(one for one in more if one is not None)]
    return [ast.copy_location(ast.arg(one.arg), one) for one in found]


def _evaluated_outside(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> Iterator[ast.expr]:
    """Yield what Python evaluates where a function is defined, not where it is called."""
    arguments = node.args
    yield from arguments.defaults
    yield from (default for default in arguments.kw_defaults if default is not None)
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list
        if node.returns is not None:
            yield node.returns
        more = [arguments.vararg, arguments.kwarg]
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *more):
            if one is not None and one.annotation is not None:
                yield one.annotation
