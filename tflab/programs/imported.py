"""The packages that a program cannot do without: what it imports at the top level."""

from __future__ import annotations

import ast
import sys
import warnings

from tflab.programs.program import Program

_OURS = "tflab"


def imported_packages(program: Program) -> dict[str, int]:
    """Return the packages that a program imports as it begins, and the line where it first does.

    Left out are the standard library, what lies beside the program, and what it imports within a
    function, a condition or a `try`, which it may do without.
    """
    found: dict[str, int] = {}
    for cell in program.cells:
        if cell.kind == "code":
            for name, line in _imports(cell.source):
                if name not in found and _is_package(name, program):
                    found[name] = cell.line + line - 1
    return found


def _imports(source: str) -> list[tuple[str, int]]:
    try:
        with warnings.catch_warnings():
            # An odd escape in a text is none of our business here.
            warnings.simplefilter("ignore")
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    names: list[tuple[str, int]] = []
    for node in body:
        if isinstance(node, ast.Import):
            names += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append((node.module, node.lineno))
    return [(name.partition(".")[0], line) for name, line in names]


def _is_package(name: str, program: Program) -> bool:
    if name == _OURS or name in sys.stdlib_module_names:
        return False
    beside = program.path.parent
    return not ((beside / f"{name}.py").is_file() or (beside / name).is_dir())
