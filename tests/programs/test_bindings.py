"""Where global names get their values, found without running anything: checked against Python."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.programs.bindings import GlobalNames


def names_of(source: str) -> GlobalNames:
    return GlobalNames([ast.parse(textwrap.dedent(source))])


@pytest.mark.parametrize(
    ("statement", "how"),
    [
        ("k = 2", "="),
        ("k: int = 2", "="),
        ("(k, j), *l = (1, 2), 3", "="),
        ("a = [k, b] = 1, 2", "="),
        ("k += 1", "+="),
        ("for k in (1, 2): pass", "for"),
        ("for _, (k, *rest) in (): pass", "for"),
        ("with open('x') as k: pass", "with"),
        ("with open('x') as (k, j): pass", "with"),
        ("if (k := 3) > 2: pass", ":="),
        ("[(k := x) for x in (1, 2)]", ":="),
        ("del k", "del"),
        ("import k", "import"),
        ("import k.sub", "import"),
        ("import numpy as k", "import"),
        ("from m import x as k", "import"),
        ("def k(): pass", "def"),
        ("class k: pass", "class"),
        ("try: pass\nexcept OSError as k: pass", "except"),
        ("match 1:\n  case k: pass", "match"),
        ("match 1:\n  case {'a': 1, **k}: pass", "match"),
        ("match 1:\n  case [1, *k]: pass", "match"),
        ("if x:\n  while y:\n    k = 1", "="),
        ("def f():\n  global k\n  k = 2", "="),
        ("def f():\n  global k\n  for k in (): pass", "for"),
        ("class C:\n  global k\n  k = 2", "="),
        ("def f():\n  def g():\n    global k\n    k += 1", "+="),
        ("def f():\n  global k\n  [(k := x) for x in ()]", ":="),
    ],
)
def test_every_way_to_set_a_name_again(statement: str, how: str) -> None:
    again = names_of("k = 1\n" + statement).again("k", 1)
    assert again is not None
    assert (again.how, again.line > 1) == (how, True)
    assert again.words


@pytest.mark.parametrize(
    "statement",
    [
        "print(k)",
        "k.x = 1",
        "k[0] = 1",
        "f(k=2)",
        "k: int",
        "def f(k): k = 2",
        "def f(): k = 2",
        "def f(*k, **j): pass",
        "lambda k: k",
        "[k for k in (1, 2)]",
        "class C:\n  k = 2",
        "class C:\n  def f(self): k = 3",
        "def f():\n  k = 1\n  def g():\n    nonlocal k\n    k = 2",
        "'k = 2'",
    ],
)
def test_what_sets_another_name_of_the_same_spelling(statement: str) -> None:
    assert names_of("k = 1\n" + statement).again("k", 1) is None


def test_what_reads_a_global_name() -> None:
    names = names_of(
        """
        k = 1
        def f(a=k, *b: k):
            return k
        def g(k):
            return k
        class C:
            k = k
            j = k
            def h(self):
                return k
        [k for k in range(3)]
        {x: k for x in k}
        def outer():
            def inner():
                global k
                return k
            k = 2
            return k
        k += 1
        """
    )
    # What a class binds itself counts as its own throughout.
    assert names.read["k"] == [3, 3, 4, 11, 13, 13, 17, 20]


NAMES = st.sampled_from(["k", "j"])
LINES = st.one_of(
    NAMES.map(lambda n: f"{n} = 1"),
    NAMES.map(lambda n: f"{n} = {n} if '{n}' in globals() else 0"),
    NAMES.map(lambda n: f"for {n} in (1,): pass"),
    NAMES.map(lambda n: f"def f{n}(): global {n}; {n} = 2\nf{n}()"),
    NAMES.map(lambda n: f"def g{n}(): {n} = 2\ng{n}()"),
    NAMES.map(lambda n: f"class C{n}: {n} = 1"),
    NAMES.map(lambda n: f"[{n} for {n} in (1,)]"),
    NAMES.map(lambda n: f"[({n} := x) for x in (1,)]"),
    NAMES.map(lambda n: f"(lambda {n}: {n})(1)"),
    NAMES.map(lambda n: f"import os as {n}"),
    NAMES.map(lambda n: f"def {n}(): pass"),
)


@given(st.lists(LINES, max_size=6))
def test_it_finds_the_names_that_python_binds(lines: list[str]) -> None:
    source = "\n".join(lines)
    found: dict[str, object] = {}
    exec(compile(source, "x", "exec"), found)
    bound = {name for name in names_of(source).bound if name in ("k", "j")}
    assert bound == {name for name in found if name in ("k", "j")}


def test_a_deep_tree_and_a_long_one_are_walked() -> None:
    deep: ast.expr = ast.Name("k", ast.Load(), lineno=1, col_offset=0)
    for _ in range(50_000):
        deep = ast.UnaryOp(ast.USub(), deep, lineno=1, col_offset=0)
    tree = ast.Module([ast.Expr(deep, lineno=1, col_offset=0)], [])
    names = GlobalNames([tree])
    assert names.read["k"] == [1]
    # Freed level by level: Python itself would go down 50,000 levels at once.
    while isinstance(deep, ast.UnaryOp):
        deep, deep.operand = deep.operand, ast.Constant(0)
