"""Reading the parameters cell from its syntax tree. Nothing is executed."""

from __future__ import annotations

import ast
import io
import tokenize

import msgspec

from tflab.programs.annotations import AnnotationError, Declared, read_annotation
from tflab.programs.check import Findings
from tflab.programs.parameters import ValueProblem, allowed, check_value, format_value
from tflab.programs.program import RESERVED, Cell, Parameter, ParameterType, Place
from tflab.programs.syntax import NotLiteral, literal, what_it_is
from tflab.runs.text import plain_line

_PLAIN: dict[type, ParameterType] = {int: "int", float: "float", bool: "bool", str: "str"}


def read_parameters(cell: Cell, tree: ast.Module, findings: Findings) -> tuple[Parameter, ...]:
    """Return the good parameters of a parameters cell; what is wrong goes to `findings`.

    Args:
        cell: The cell, for its comments.
        tree: Its syntax tree, with the lines of the file.
        findings: Takes every problem.
    """
    comments = _comments(cell)
    lines: dict[str, int] = {}
    found: list[Parameter] = []
    for statement in tree.body:
        name = _target(statement, findings)
        if name is None:
            continue
        first = lines.setdefault(name, statement.lineno)
        if first != statement.lineno:
            findings.add(
                statement.lineno,
                f"The parameter `{name}` is there twice, first on line {first}.",
                "Remove one of them, or give it another name.",
            )
            continue
        comment = comments.get(statement.end_lineno or statement.lineno, "")
        parameter = _read(name, statement, cell.index, comment, findings)
        if parameter is not None:
            found.append(parameter)
    return tuple(found)


def _target(statement: ast.stmt, findings: Findings) -> str | None:
    """Return the name that a statement of the cell declares, or None when it declares nothing."""
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return None
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            if name not in RESERVED:
                return name
            findings.add(
                statement.lineno,
                f"`{name}` is no name for a parameter: every run has a {name} already.",
                f"Give it another name, such as `my_{name}`.",
            )
        case _:
            findings.add(
                statement.lineno,
                "Only imports and parameters may stand in the parameters cell.",
                "Move this to a code cell after it.",
            )
    return None


def _read(
    name: str, statement: ast.stmt, cell: int, comment: str, findings: Findings
) -> Parameter | None:
    annotation = getattr(statement, "annotation", None)
    value: ast.expr | None = getattr(statement, "value", None)
    try:
        if value is None:
            raise AnnotationError(
                statement.lineno, "It has no default.", f"Write one, such as `{name}: int = 1`."
            )
        declared = read_annotation(annotation) if annotation else None
        default = literal(value)
        declared = declared or Declared(type=_PLAIN[type(default)])
        parameter = Parameter(
            name=name,
            type=declared.type,
            default=default,
            help=plain_line(declared.help or comment),
            choices=declared.choices,
            line=statement.lineno,
            place=Place(cell=cell, line=value.lineno, column=value.col_offset),
            **declared.bounds,
        )
        return msgspec.structs.replace(parameter, default=check_value(parameter, default))
    except AnnotationError as error:
        findings.add(error.line, f"`{name}`: {error.message}", error.next_step)
    except NotLiteral as error:
        findings.add(
            error.line,
            f"The default of `{name}` is {what_it_is(value)}.",
            "Write a number, a text in quotes, True or False; compute from it in a later cell.",
        )
    except ValueProblem:
        shown = repr(default) if isinstance(default, str) else format_value(default)
        findings.add(
            statement.lineno,
            f"The default of `{name}` must be {allowed(parameter)}; it is {shown[:60]}.",
            "Change the default, or what the annotation allows.",
        )
    return None


def _comments(cell: Cell) -> dict[int, str]:
    """Return the comments of a cell by their line in the file, without their mark."""
    found: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(cell.source).readline):
        if token.type == tokenize.COMMENT:
            found[token.start[0] + cell.line - 1] = token.string.lstrip("#").strip()
    return found
