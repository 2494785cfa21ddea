"""Programs of others run as under plain `python` or in Jupyter, with values in their places."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import v4

from tflab.runs.events import Notice
from tflab.runs.state import result_value

SCRIPT = '''\
"""What it is."""
import argparse
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", default="a b")
    parser.add_argument("--rate", "-r", type=float, default=0.1)
    parser.add_argument("-n", type=int, default=2)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--no-log", dest="log", action="store_false")
    parser.add_argument("--clip", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--layers", nargs="+", type=int, default=[8, 4])
    parser.add_argument("--old", type=bool, default=True)
    parser.add_argument("--mode", choices=["a", "b"], default="a")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--name", default="")
    args = parser.parse_args()
    print(vars(args))
    print(__doc__, __name__, __file__ == sys.argv[0])


if __name__ == "__main__":
    main()
'''
DEFAULTS = {
    "file": "a b",
    "rate": 0.1,
    "n": 2,
    "fast": False,
    "log": True,
    "clip": True,
    "layers": [8, 4],
    "old": True,
    "mode": "a",
    "limit": None,
    "name": "",
}


def write(folder: Path, name: str, source: str) -> Path:
    path = folder / name
    path.write_text(source)
    return path


def notebook(folder: Path, *sources: str) -> Path:
    cells = [v4.new_code_cell(source) for source in sources]
    return write(folder, "a.ipynb", json.dumps(v4.new_notebook(cells=cells)))


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ({}, {}),
        ({"rate": 0.5, "n": -3}, {"rate": 0.5, "n": -3}),
        ({"fast": True, "log": False, "clip": False}, {"fast": True, "log": False, "clip": False}),
        ({"layers": "1 2 3"}, {"layers": [1, 2, 3]}),
        ({"old": False}, {"old": False}),
        ({"mode": "b", "limit": 7}, {"mode": "b", "limit": 7}),
        ({"file": "-x y", "layers": "5"}, {"file": "-x y", "layers": [5]}),
        ({"name": "--rate=3 'q' \"r\" é"}, {"name": "--rate=3 'q' \"r\" é"}),
    ],
)
def test_options_reach_an_argparse_script(bench, tmp_path, given, seen) -> None:
    run = bench.run_file(write(tmp_path, "train.py", SCRIPT), given)
    assert run.state.ended.state == "finished", run.state.error
    shown, about = run.printed.splitlines()
    assert ast.literal_eval(shown) == DEFAULTS | seen
    assert about == "What it is. __main__ True"


def test_what_a_program_refuses_of_its_options_is_seen(bench, tmp_path) -> None:
    run = bench.run_file(write(tmp_path, "train.py", SCRIPT), {"layers": "many"})
    assert (run.state.ended.state, run.state.ended.exit_code) == ("failed", 2)
    assert "options" in run.state.ended.next_step


FLAGS = """\
from absl import app, flags

FLAGS = flags.FLAGS
flags.DEFINE_integer("steps", 3, "How many", lower_bound=1)
flags.DEFINE_bool("fast", False, "Whether")
flags.DEFINE_enum("mode", "a", ["a", "b"], "Which")
flags.DEFINE_string("name", None, "Whose")
flags.DEFINE_list("sizes", ["1", "2"], "Sizes")


def main(_):
    print([FLAGS.steps, FLAGS.fast, FLAGS.mode, FLAGS.name, FLAGS.sizes])


if __name__ == "__main__":
    app.run(main)
"""


def test_flags_of_absl(bench, tmp_path) -> None:
    given = {"steps": 9, "fast": True, "mode": "b", "name": "x", "sizes": "4,5"}
    run = bench.run_file(write(tmp_path, "flags.py", FLAGS), given)
    assert run.state.ended.state == "finished", run.state.error
    assert run.printed == "[9, True, 'b', 'x', ['4', '5']]\n"


def test_values_go_where_the_literals_are(bench, tmp_path) -> None:
    source = """\
rate, size = 0.5, 8 * 4  # as a tuple
total: int = -3
word = "é"; flag = True
half = rate / 2


def f(x=size):
    return x + total


print(rate, size, total, word, flag, half, f())
"""
    path = write(tmp_path, "x.py", source)
    plain = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert bench.run_file(path).printed == plain.stdout
    given = {"rate": 3.0, "size": 7, "total": 1, "word": "ü'\"\n"[:3], "flag": False}
    assert bench.run_file(path, given).printed == "3.0 7 1 ü'\" False 1.5 8\n"


def test_a_value_that_the_program_sets_again_is_recorded_as_it_ended(bench, tmp_path) -> None:
    cells = [v4.new_code_cell("k = 5\nj = 1"), v4.new_code_cell("k = k * 2\nj = j")]
    cells[0].metadata["tags"] = ["parameters"]
    path = write(tmp_path, "a.ipynb", json.dumps(v4.new_notebook(cells=cells)))
    state = bench.run_file(path, {"k": 7}).state
    assert {n: result_value(r) for n, r in state.results.items()} == {"k as used": 14}
    run = bench.run_file(path, {"k": 7})
    (notice,) = [event.text for event in run.events if isinstance(event, Notice)]
    assert "k was given as 7" in notice
    assert "ended as 14" in notice


def test_a_value_set_behind_the_back_of_its_name_is_recorded_as_it_ended(bench, tmp_path) -> None:
    source = "lr = 0.5\nwidth = 8\nexec('lr = 9.0')\nglobals()['width'] = 99\nprint(lr, width)\n"
    state = bench.run_file(write(tmp_path, "x.py", source), {"lr": 1.5}).state
    found = {n: result_value(r) for n, r in state.results.items()}
    assert found == {"lr as used": 9.0, "width as used": 99}


def test_a_whole_number_that_is_called_a_float_stays_as_it_is_written(bench, tmp_path) -> None:
    path = write(tmp_path, "x.py", "rate: float = 3\nprint(repr(rate))\n")
    assert bench.run_file(path).printed == "3\n"
    assert bench.run_file(path, {"rate": 4}).printed == "4.0\n"


def test_an_error_names_the_cell_of_the_notebook_and_its_line(bench, tmp_path) -> None:
    path = notebook(tmp_path, "", "def f():\n    return 1 / 0", "x = 1\n\nf()", "print(1)")
    state = bench.run_file(path).state
    assert state.error.where == "cell 2 (In [1]), line 2"
    assert "cell 3 (In [2]), line 3" in state.error.traceback
    assert state.error.cell == 1
    path = notebook(tmp_path, "print(1)", "x = (")
    run = bench.run_file(path)
    assert (run.printed, run.state.error.where) == ("1\n", "cell 2, line 1")


def test_autograph_and_inspect_read_the_cells_of_a_notebook(bench, tmp_path) -> None:
    path = notebook(
        tmp_path,
        "%matplotlib inline\nimport inspect\nimport tensorflow as tf",
        "def f(x):\n  if tf.greater(x, 0):\n    return x\n  else:\n    return 0",
        "print(tf.function(f)(tf.constant(3)).numpy(), inspect.getsource(f).count('\\n'))",
    )
    run = bench.run_file(path)
    assert run.printed == "3 5\n", run.state.error


def test_autograph_reads_what_runs_though_the_file_has_changed_since(bench, tmp_path) -> None:
    source = """\
import tensorflow as tf


@tf.function
def f(x):
    if x > 0:
        return x
    return -x


with open(__file__, "w") as file:
    file.write("# changed\\n" * 30)
print(f(tf.constant(-3)).numpy())
"""
    run = bench.run_file(write(tmp_path, "x.py", source))
    assert run.printed == "3\n", run.state.error


def test_shell_commands_are_skipped_and_said_until_they_are_allowed(bench, tmp_path) -> None:
    word = "made"
    path = notebook(
        tmp_path,
        f"!touch {tmp_path}/{word}\nx = !echo hello $word\nprint(x)",
        f"where = '{tmp_path}'\nname = 'other'",
        '%%bash -s "{where}" $name\ntouch $1/$2',
        "%pip --version\nprint('on')",
    )
    skipped = bench.run_file(path)
    assert skipped.state.ended.state == "finished"
    assert skipped.printed.count("Skipped") == 4
    assert f"!touch {tmp_path}/made" in skipped.printed
    assert skipped.printed.endswith("on\n")
    assert not list(tmp_path.glob("made"))
    allowed = bench.run_file(path, shell_commands=True)
    assert allowed.state.ended.state == "finished", allowed.state.error
    assert "['hello']" in allowed.printed
    assert (tmp_path / "made").exists()
    assert (tmp_path / "other").exists()


def test_magics_do_what_they_say(bench, tmp_path) -> None:
    other = write(tmp_path, "other.py", "import sys\nfrom_other = sys.argv[1:]\n")
    path = notebook(
        tmp_path,
        "%%writefile mine.py\nx = 3\n",
        f"%cd -q {tmp_path}\nimport mine\n%run {other.name} a b\nprint(mine.x, from_other)",
        "%env WORD=hi there\nimport os\nd = %pwd\nprint(os.environ['WORD'], os.path.isdir(d))",
        "%%time\ny = 2\ny",
        "y?\nnp_is_no_name?\n%timeit -n 1 y\n"
        "get_ipython().magic('matplotlib inline') if False else None",
        "%cd nowhere",
        "%nothing",
    )
    run = bench.run_file(path)
    assert "No such file or directory: 'nowhere'" in run.printed
    assert "3 ['a', 'b']\n" in run.printed
    assert "hi there True\n" in run.printed
    assert "s per loop" in run.printed
    assert "Type:           int\nString form:    2\n" in run.printed
    assert "Object `np_is_no_name` not found.\n" in run.printed
    assert run.state.error.title == "UsageError"
    assert "%nothing" in run.state.error.cause
    assert run.state.error.where == "cell 7, line 1"


def test_magics_of_the_notebooks_own(bench, tmp_path) -> None:
    path = notebook(
        tmp_path,
        "from IPython.core.magic import register_cell_magic, register_line_magic\n"
        "@register_cell_magic\ndef twice(line, cell):\n"
        "    for _ in range(2):\n        get_ipython().run_cell(cell)\n"
        "@register_line_magic\ndef say(line):\n    print(line)",
        "%%twice a\nimport tensorflow as tf\n@tf.function\ndef f(x):\n"
        "  if x > 0:\n    return x\n  return -x\nint(f(tf.constant(-2)).numpy()) + 1",
        "%say hello",
        "%%twice\n1 / 0",
        "print('on')",
    )
    run = bench.run_file(path)
    assert run.state.ended.state == "finished", run.state.error
    assert run.printed.startswith("3\n3\nhello\n")
    assert run.printed.count("ZeroDivisionError: division by zero") == 2
    assert run.printed.endswith("on\n")


def test_a_notebook_has_no_file_and_a_script_has(bench, tmp_path) -> None:
    assert bench.run_file(notebook(tmp_path, "print('__file__' in globals())")).printed == "False\n"
    code = "try:\n    get_ipython()\nexcept NameError:\n    print(__file__)\n"
    path = write(tmp_path, "x.py", code)
    assert bench.run_file(path).printed == f"{path}\n"


def test_files_are_found_beside_the_program(bench, tmp_path) -> None:
    write(tmp_path, "data.txt", "here")
    path = notebook(tmp_path, "print(open('data.txt').read())")
    assert bench.run_file(path).printed == "here\n"


def test_a_notebook_remembers_what_ran_and_what_it_gave(bench, tmp_path) -> None:
    path = notebook(
        tmp_path,
        "1 + 1",
        "_ + 40",
        "'quiet';",
        "None",
        "print(_, __, ___, Out, len(In), _i, repr(_ii), _1)",
        "_ = 'mine'\n_",
        "[_, Out[6]]",
    )
    run = bench.run_file(path)
    assert run.state.ended.state == "finished", run.state.error
    assert run.printed == "42 2  {1: 2, 2: 42} 6 None \"'quiet';\" 2\n"
    shown = [item.text for cell in run.state.cells.values() for item in cell.items
             if hasattr(item, "tensor") and hasattr(item, "text")]  # fmt: skip
    assert shown == ["2", "42", "'mine'", "['mine', 'mine']"]


def test_what_is_measured_binds_no_name(bench, tmp_path) -> None:
    path = notebook(
        tmp_path,
        "x = 1\ncalls = []",
        "%%timeit -n 3 -r 2 y = x + 1\nx_in = y\ncalls.append(x_in)",
        "print(x, len(calls), 'y' in globals(), 'x_in' in globals())",
        "%timeit -n 2 z = 5\nr = %timeit -o -n 2 -r 3 x\nprint('z' in globals(), len(r.timings))",
        "%%time\nbound = %time 7",
        "%time print(bound)\n%time bound += 1\nprint(bound)",
        "%%timeit -n 1\n\n1 / 0",
    )
    run = bench.run_file(path)
    lines = [line for line in run.printed.splitlines() if "per loop" not in line]
    timed = [line for line in lines if line.startswith(("CPU times: user ", "Wall time: "))]
    assert [line[:4] for line in timed] == ["CPU ", "Wall"] * 4
    printed = [line for line in lines if line not in timed]
    assert printed == ["1 6 False False", "False 3", "7", "8"]
    assert "(mean of 3 loops, 2 times)" in run.printed
    assert run.state.error.title == "ZeroDivisionError"
    assert run.state.error.where == "cell 7, line 3"


def test_captured_output_is_kept_from_sight_and_given_back(bench, tmp_path) -> None:
    path = notebook(
        tmp_path,
        "%%capture out\nimport sys\nprint('hidden')\nsys.stderr.write('wrong')\n!echo shell\n3",
        "print(repr(out.stdout), repr(out.stderr), out.outputs)\nout.show()",
        "%%capture --no-stdout\nprint('seen')",
        "%%capture failed\n1 / 0",
        "print('ZeroDivisionError' in failed.stderr)",
        "with open('x.txt', 'w') as f: print('back', file=f)\nprint(open('x.txt').read())",
    )
    run = bench.run_file(path, shell_commands=True)
    assert run.state.ended.state == "finished", run.state.error
    assert run.printed.startswith("'hidden\\nshell\\n' 'wrong' [3]\nhidden\nshell\nwrong3\nseen\n")
    assert "%%capture hid an error, and the notebook went on: ZeroDivisionError" in run.printed
    assert run.printed.endswith("True\nback\n\n")


def test_the_shell_answers_whoever_asks_for_it(bench, tmp_path) -> None:
    path = notebook(
        tmp_path,
        "from IPython import get_ipython as mine\nshell = mine()\nprint(shell is get_ipython())\n"
        "assert not shell.has_trait('kernel') and 'terminal' in shell.__module__",
        "shell.run_line_magic('matplotlib', 'inline')\nshell.magic('load_ext tensorboard')\n"
        "a, b = 1, 'text'",
        "%who\nnames = %who_ls str\nprint(names)\n%whos int",
        "lines = !printf 'one 1\\ntwo 2\\n'\n"
        "print(lines.n, lines.grep('two'), lines.fields(1), lines.s)",
    )
    run = bench.run_file(path, shell_commands=True)
    assert run.state.ended.state == "finished", run.state.error
    assert run.printed.startswith("True\na       b       mine    shell\n['b']\na ")
    assert "int" in run.printed
    assert run.printed.endswith("one 1\ntwo 2 ['two 2'] ['1', '2'] one 1 two 2\n")


def test_a_relative_import_fails_as_under_plain_python(bench, tmp_path) -> None:
    write(tmp_path, "other.py", "x = 1\n")
    for line in ("from . import other", "from .other import x"):
        path = write(tmp_path, "main.py", f"print(__package__)\n{line}\n")
        plain = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
        run = bench.run_file(path)
        assert run.printed == plain.stdout == "None\n"
        assert plain.stderr.strip().endswith(f"{run.state.error.title}: {run.state.error.cause}")
