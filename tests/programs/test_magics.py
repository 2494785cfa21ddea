"""The habits of notebooks as plain Python, each on its line."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.programs.magics import plain_python


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%matplotlib inline", "pass"),
        ("%load_ext tensorboard", "pass"),
        ("%autoreload 2", "pass"),
        ("%config InlineBackend.figure_format = 'retina'", "pass"),
        ("%tensorflow_version 2.x", "pass"),
        ("%tensorboard --logdir logs", "pass"),
        ("  %matplotlib inline", "pass"),
        ("x?", "get_ipython().asked('x?')"),
        ("?tf.nn", "get_ipython().asked('?tf.nn')"),
        ("tf.keras.Model.fit??", "get_ipython().asked('tf.keras.Model.fit??')"),
        ("%time fit(x)", "get_ipython().took(get_ipython().clock(), fit(x))"),
        ("%time y = f(x)", "with get_ipython().timing(): y = f(x)"),
        ("y = %time f(x)", "y = get_ipython().took(get_ipython().clock(), f(x))"),
        ("%timeit f(x)", "get_ipython().run_line_magic('timeit', 'f(x)')"),
        ("%cd /tmp", "get_ipython().run_line_magic('cd', '/tmp')"),
        ("d = %pwd", "d = get_ipython().run_line_magic('pwd', '')"),
        ("!ls -l 'a b'", """get_ipython().system("ls -l 'a b'")"""),
        ("x = !ls", "x = get_ipython().getoutput('ls')"),
        ("a, b = !echo 1; echo 2", "a, b = get_ipython().getoutput('echo 1; echo 2')"),
        ("!!ls", "get_ipython().getoutput('ls')"),
        ("%pip install -q x", "get_ipython().run_line_magic('pip', 'install -q x')"),
        ("pip install x", "get_ipython().run_line_magic('pip', 'install x')"),
        ("ls ./data/train/", "get_ipython().run_line_magic('ls', './data/train/')"),
        ("%nothing like it", "get_ipython().run_line_magic('nothing', 'like it')"),
    ],
)
def test_a_line(line: str, expected: str) -> None:
    source = f"a = 1\n{line.strip()}\nb = 2"
    assert plain_python(source).source == f"a = 1\n{expected}\nb = 2"
    inside = plain_python(f"if a:\n    {line.strip()}\nb = 2").source
    assert inside == f"if a:\n    {expected}\nb = 2"


@pytest.mark.parametrize(
    ("source", "commands"),
    [
        ("x = 1\n!pip install a \\\n  b\nprint(x)", [(2, "!pip install a   b")]),
        ("%%bash\nls\nrm x", [(1, "%%bash\nls\nrm x")]),
        ("%%time\n!ls", [(2, "!ls")]),
        ("%%writefile a.py\n!ls", []),
        ("if x:\n  %pip install y", [(2, "%pip install y")]),
        ("!!ls\nx = !ls", [(1, "!!ls"), (2, "!ls")]),
    ],
)
def test_shell_commands_are_told(source: str, commands: list[tuple[int, str]]) -> None:
    found = plain_python(source)
    assert [tuple(command) for command in found.commands] == commands
    ast.parse(found.source)


@pytest.mark.parametrize(
    "source",
    [
        "a = 5 % 2",
        "b = a != 3",
        "x = (1\n  % 2)",
        "s = '''\n%matplotlib\n!ls\n'''",
        's = """\nwhat?\n"""',
        "# %matplotlib\n# !ls",
        "print('%d' % 3)\nprint('really?')",
        "ls = 3\nls",
        "pip = 1; pip",
        "def f():\n    return (\n        1\n        % 3\n    )",
        "cat(1)",
        "x = {\n  'a': 1\n}",
    ],
)
def test_what_python_reads_stays_as_it_is(source: str) -> None:
    assert plain_python(source) == (source, ())


def test_what_stands_in_a_text_is_no_magic_though_another_line_is_one() -> None:
    source = "%matplotlib inline\ns = '''\n%not\n!not\n'''\nt = (1,\n%c\n)"
    assert plain_python(source).source == source.replace("%matplotlib inline", "pass")


def test_cells_that_run_their_body() -> None:
    assert plain_python("%%prun\nx = 1\nx").source == "\nx = 1\nx"
    assert plain_python("%%time\nx = 1\nx").source == "get_ipython().timed()\nx = 1\nx"
    assert plain_python("%%capture\nx").source == "get_ipython().captured('')\nx"
    found = plain_python("%%capture --no-stderr out\nx").source
    assert found == "out = get_ipython().captured('--no-stderr out')\nx"
    # What is measured binds no name, so that it is no code of the cell's own.
    timed = plain_python("%%timeit -n 3\nx = 1\n!ls\nx")
    assert timed.source.startswith("get_ipython().run_cell_magic('timeit', '-n 3', ")
    assert timed.source.count("\n") == 3
    assert timed.commands == ((3, "!ls"),)
    assert plain_python("\n%%prun\n%matplotlib inline\nx").source == "\n\npass\nx"


def test_other_cells_are_asked_of_the_shell() -> None:
    found = plain_python("%%writefile {name}.py\nprint('''x''')\n")
    assert "run_cell_magic('writefile', '{name}.py'" in found.source
    assert found.source.count("\n") == 2


def test_what_was_pasted_is_read_as_ipython_reads_it() -> None:
    assert plain_python("\n  x = 1\n  if x:\n    y = 2").source == "\nx = 1\nif x:\n  y = 2"
    assert plain_python(">>> for i in x:\n...     print(i)\n...\n1").source == (
        "for i in x:\n    print(i)\n\n1"
    )


WORDS = st.sampled_from(
    ["%matplotlib", "!ls", "%%time", "x = 1", "'''", '"""', "(", ")", "\\", "?", "if x:", "  y",
     "%time f(", "%pip install", "# c", "x = !ls", "a % b", "'", "f?", ">>> x", "  %cd x"]
)  # fmt: skip


@settings(max_examples=500)
@given(st.lists(st.one_of(WORDS, st.text("%!?x ='\"\\\n", max_size=6)), max_size=8).map("\n".join))
def test_lines_are_kept_whatever_there_is(source: str) -> None:
    found = plain_python(source)
    assert found.source.count("\n") == source.count("\n")
    assert all(1 <= command.line <= source.count("\n") + 1 for command in found.commands)


def test_a_long_line_is_no_trouble() -> None:
    for line in ("%x " + "a" * 1_000_000, "!" + " " * 1_000_000 + "x", "a" * 1_000_000 + "?",
                 "(" * 1_000_000 + "\n!ls", "a " * 500_000 + "= !ls"):  # fmt: skip
        assert plain_python("x = 1\n" + line).source.startswith("x = 1\n")
