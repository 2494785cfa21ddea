"""What programs show: `display`, last expressions, cleared output, bars of tqdm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbformat import v4

from tests.worker.conftest import Bench, Run
from tflab.runs.events import Picture, Progress, Value
from tflab.runs.transcript import Transcript


def notebook(bench: Bench, folder: Path, *cells: str) -> Run:
    path = folder / "shows.ipynb"
    path.write_text(json.dumps(v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])))
    run = bench.run_file(path)
    assert run.state.ended.state == "finished", run.state.error
    return run


def shown(run: Run, cell: int) -> list[str]:
    found = []
    for item in run.state.cells[cell].items:
        if isinstance(item, Transcript):
            found.append(item.text())
        elif isinstance(item, Value):
            found.append(item.text)
        else:
            found.append(type(item).__name__)
    return found


WITH_IPYTHON = """
from IPython.display import HTML, Image, Markdown, clear_output, display
"""

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAC0lEQVR4nGNgQAYAAA4AAamRc7EAAAAASUVORK5CYII="


@pytest.mark.parametrize("missing", [False, True], ids=["with IPython", "without IPython"])
def test_what_display_shows(bench: Bench, tmp_path: Path, missing: bool) -> None:
    first = "pass"
    if missing:
        first = (
            "import sys\nfrom importlib.machinery import PathFinder\n"
            "for name in [n for n in sys.modules if n.partition('.')[0] == 'IPython']:\n"
            "    del sys.modules[name]\n"
            "find = PathFinder.find_spec\n"
            "PathFinder.find_spec = classmethod(lambda cls, name, *a: None"
            " if name.partition('.')[0] == 'IPython' else find(name, *a))"
        )
    run = notebook(
        bench,
        tmp_path,
        first,
        f"import base64{WITH_IPYTHON}"
        "print('a')\ndisplay(1, 'b')\nprint('c')\ndisplay(HTML('<b>bold</b> &amp; more'))\n"
        f"display(Image(data=base64.b64decode('{PNG}')))\ndisplay(Markdown('# M'))\n4",
        "import pandas as pd\ndisplay(pd.DataFrame({'a': [1]}))\nNone",
        "5;",
        "6; # said\n# more",
        "for n in range(3):\n    clear_output(wait=True)\n    print('at', n)\n    display(n)",
        "print('gone')\nclear_output()",
        "handle = display('first', display_id=True)\nprint('between')\nhandle.update('second')",
    )
    assert shown(run, 1) == ["a\n", "1", "'b'", "c\n", "bold & more", "Picture", "# M", "4"]
    assert shown(run, 2) == ["   a\n0  1"]
    assert shown(run, 3) == shown(run, 4) == []
    assert shown(run, 5) == ["at 2\n", "2"]
    assert shown(run, 6) == []
    assert shown(run, 7) == ["'second'", "between\n"]
    assert sum(isinstance(event, Picture) for event in run.events) == 1


def test_scripts_have_no_display_but_files_with_cells_do(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("try:\n    display(1)\nexcept NameError:\n    print('none')\n")
    assert bench.run_file(path).printed == "none\n"
    path.write_text("# %%\nx = [1]\ndisplay(x)\n")
    run = bench.run_file(path)
    assert [event.text for event in run.events if isinstance(event, Value)] == ["[1]"]


def test_a_script_shows_no_object_that_only_says_what_it_is(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    text = (
        "import argparse\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--rate', default=1)\n"
        "def one():\n    return object()\n"
        "one()\n"
        "def two():\n    return [2]\n"
        "two()\n"
    )

    def told(source: str) -> list[str]:
        path.write_text(source)
        return [event.text for event in bench.run_file(path).events if isinstance(event, Value)]

    assert told(text) == ["[2]"]
    in_cells = told(f"# %%\n{text}".replace("one()\n", "one()\n# %%\n"))
    assert any(text.startswith("<object object at") for text in in_cells)


def test_a_bar_of_tqdm_is_the_progress_of_the_run(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "bars.py"
    path.write_text(
        "import sys, time\n"
        "from tqdm import tqdm, trange\n"
        "from tqdm.auto import tqdm as auto\n"
        "for n in trange(30, desc='outer', file=sys.stdout):\n"
        "    for m in tqdm(range(3), leave=False, file=sys.stdout):\n"
        "        time.sleep(0.01)\n"
        "for n in tqdm([1, 2], disable=True):\n    pass\n"
        "with auto(total=10, unit='B') as bar:\n    bar.update(7.0)\n"
        "print('end')\n"
    )
    run = bench.run_file(path)
    assert run.state.ended.state == "finished", run.state.error
    told = [event for event in run.events if isinstance(event, Progress)]
    outer = [event for event in told if event.total == 30]
    assert len(outer) > 2
    assert (outer[-1].done, told[-1].done, told[-1].total, told[-1].unit) == (30, 7, 10, "B")
    assert not [event for event in told if event.total == 2]
    lines = [line for line in run.printed.splitlines() if line.strip()]
    assert len(lines) <= 4
    assert "30/30" in run.printed
    assert lines[-1] == "end"


def test_keras_prints_one_line_for_each_epoch(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "bars.py"
    path.write_text(
        "import keras, numpy as np\n"
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\n"
        "model.fit(np.ones((400, 1)), np.ones((400, 1)), batch_size=1, epochs=2)\n"
    )
    run = bench.run_file(path)
    lines = [line for line in run.printed.splitlines() if line.strip()]
    assert [line.split()[0] for line in lines] == ["Epoch", "400/400", "Epoch", "400/400"]
    assert "loss" in lines[-1]


def test_matplotlib_of_an_older_ipython_asks_the_shell_to_be_called(bench: Bench, tmp_path) -> None:
    run = notebook(
        bench,
        tmp_path,
        "import IPython\nshell = IPython.get_ipython()\n"
        "shell.events.register('post_execute', print)\n"
        "shell.events.unregister('post_execute', print)",
    )
    assert run.printed == ""
