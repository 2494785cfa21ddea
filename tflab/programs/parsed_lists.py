"""Whether a program parses its command line, or a list that it wrote itself."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tflab.programs.option_arguments import keyword_argument, method_name

PARSING = (
    "parse_args",
    "parse_known_args",
    "parse_intermixed_args",
    "parse_known_intermixed_args",
)


def is_own_list(
    given: ast.Name, call: ast.Call, calls: Sequence[ast.Call], trees: Sequence[ast.Module]
) -> bool:
    """Return whether a name that is parsed holds a list that is written out in the program.

    Args:
        given: The name.
        call: The call that parses it.
        calls: Every call of the program.
        trees: Its syntax trees.
    """
    nodes = [node for tree in trees for node in ast.walk(tree)]
    functions = [n for n in nodes if isinstance(n, ast.FunctionDef) and _holds(n, call)]
    for function in functions:
        names = [argument.arg for argument in function.args.args]
        if given.id in names:
            found = _passed(function, names.index(given.id), given.id, calls)
            return bool(found) and all(_is_written(value) for value in found)
    assigned = [
        node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == given.id for t in node.targets)
    ]
    return bool(assigned) and all(_is_written(value) for value in assigned)


def _passed(
    function: ast.FunctionDef, place: int, name: str, calls: Sequence[ast.Call]
) -> list[ast.expr | None]:
    """Return what is passed for an argument, call by call; None where it is left out."""
    return [
        call.args[place] if place < len(call.args) else keyword_argument(call, name)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == function.name
    ]


def _is_written(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Call) and method_name(node) == "split":
        return isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant)
    return isinstance(node, ast.List | ast.Tuple)


def _holds(function: ast.FunctionDef, call: ast.Call) -> bool:
    return function.lineno <= call.lineno <= (function.end_lineno or function.lineno)
