"""Parameters without a mark: names that are assigned once to a literal, and read."""

from __future__ import annotations

import ast
import contextlib
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.programs.code_cells import code_cells
from tflab.programs.program import Program
from tflab.programs.reader import parse_program
from tflab.worker.main_module import put_values

PATH = Path("x.py")


def read(source: str) -> Program:
    return parse_program(source, PATH)


def test_names_types_and_help() -> None:
    program = read(
        "BATCH = 32  # images at once\n"
        "# How far a step goes\n"
        "rate: float = 1\n"
        "lr, steps = -0.5, 64 * 8\n"
        "flag = True\n"
        "word = 'x'\n"
        "print(BATCH, rate, lr, steps, flag, word)\n"
    )
    assert program.defaults == {
        "BATCH": 32,
        "rate": 1.0,
        "lr": -0.5,
        "steps": 512,
        "flag": True,
        "word": "x",
    }
    assert [p.type for p in program.parameters] == ["int", "float", "float", "int", "bool", "str"]
    assert [p.help for p in program.parameters[:2]] == ["images at once", "How far a step goes"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("k = 1\nk = 2\nprint(k)", "it is set again on line 2, by ="),
        ("k = 1\nk += 2\nprint(k)", "it is set again on line 2, by += or the like"),
        ("k = 1\nfor k in range(2): print(k)", "it is set again on line 2, by a loop"),
        ("k = 1\ndef f():\n  global k\n  k = 2\nprint(k)", "it is set again on line 4, by ="),
        ("k = 1\nprint([(k := x) for x in (k, 2)])", "it is set again on line 2, by :="),
        ("k = 1", "nothing reads it"),
        ("k = 1\ndef f(k): return k", "nothing reads it"),
        ("_k = 1\nprint(_k)", "names that begin with an underscore"),
        ("k = [1, 2]\nprint(k)", "its value is a list"),
        ("k = {'a': 1}\nprint(k)", "its value is a dictionary"),
        ("k = (1, 2)\nprint(k)", "its value is a tuple"),
        ("k = None\nprint(k)", "its value is None"),
        ("k = 'a\\nb'\nprint(k)", "its text is too long for a field"),
        ("k = 1 << 3 if 0 else 99999999999999999999\nprint(k)", ""),
        ("k = 99999999999999999999\nprint(k)", "its default has to be a whole number"),
        ("k = 1\nprint(k)\nfrom os import *", "`from … import *` on line 3 may set it again"),
    ],
)
def test_why_a_name_is_no_parameter(source: str, reason: str) -> None:
    program = read(source)
    assert program.parameters == ()
    found = [refusal.reason for refusal in program.refused]
    assert found == [] if not reason else found[0].startswith(reason)


@pytest.mark.parametrize(
    "source",
    ["k = f()\nprint(k)", "if 1:\n  k = 1\nprint(k)", "def f():\n  k = 1\n  return k", "a.k = 1"],
)
def test_what_nobody_takes_for_a_parameter_is_not_mentioned(source: str) -> None:
    program = read(source)
    assert (program.parameters, program.refused) == ((), ())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('k = 3 #@param {type:"integer"}', ("int", None, None, ())),
        ('k = 3 #@param {type:"slider", min:1, max:9, step:1}', ("int", 1, 9, ())),
        ('k = 0.5 #@param {type:"slider", min:0, max:1, step:0.1}', ("float", 0, 1, ())),
        ('k = "a" #@param ["a", "b"]', ("choice", None, None, ("a", "b"))),
        ('k = 9 #@param {type:"slider", min:1, max:5}', ("int", None, None, ())),
        ('k = "a" #@param [x', ("str", None, None, ())),
        ('k = True #@param {type:"boolean"}', ("bool", None, None, ())),
    ],
)
def test_forms_of_colab(line: str, expected: tuple[Any, ...]) -> None:
    (found,) = read(f"{line}\nprint(k)").parameters
    assert (found.type, found.ge, found.le, found.choices) == expected
    assert "@param" not in found.help


VALUES = st.one_of(
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
)


@settings(max_examples=300)
@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=5), st.booleans())
def test_a_value_in_its_place_is_what_the_program_computes_with(pairs, tuple_of_them) -> None:
    pairs = [(a, b) for a, b in pairs if type(a) is type(b)]
    if not pairs:
        return
    names = [f"é{n}" for n in range(len(pairs))]
    if tuple_of_them and len(pairs) > 1:
        source = f"{', '.join(names)} = {', '.join(repr(a) for a, _ in pairs)}\n"
    else:
        source = "".join(
            f"{n} = {a!r}; x = '손실'\n" for n, (a, _) in zip(names, pairs, strict=True)
        )
    source += f"seen = [{', '.join(names)}]\n"
    program = read(source)
    assert [program.defaults[name] for name in names] == [a for a, _ in pairs]
    found: dict[str, Any] = {}
    given = {name: b for name, (_, b) in zip(names, pairs, strict=True)}
    for cell in code_cells(program):
        tree = ast.parse("\n" * (cell.line - 1) + cell.source)
        put_values(tree, cell, given)
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(ast.fix_missing_locations(tree), "x", "exec"), found)
    assert found["seen"] == [b for _, b in pairs]
    assert list(map(type, found["seen"])) == [type(b) for _, b in pairs]


NUMBERS = st.recursive(
    st.one_of(st.integers(0, 999).map(str), st.floats(0, 9, allow_nan=False).map(repr)),
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "**"]), inner).map(
        lambda t: f"({t[0]} {t[1]} {t[2]})"
    ),
    max_leaves=5,
)


@given(NUMBERS)
def test_arithmetic_on_literals_is_what_python_makes_of_it(text: str) -> None:
    program = read(f"k = {text}\nprint(k)\n")
    for parameter in program.parameters:
        assert parameter.default == eval(text)
        assert type(parameter.default) is type(eval(text))
