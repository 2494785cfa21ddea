"""Figures of matplotlib and images are kept as pictures, without a word from the program."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from nbformat import v4
from PIL import Image

from tflab.runs.events import Picture

pytest.importorskip("matplotlib")


def pictures(run) -> list[Picture]:
    return [event for event in run.events if isinstance(event, Picture)]


def opened(run, picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO((run.folder / picture.file).read_bytes()))


def script(folder: Path, source: str, name: str = "train.py") -> Path:
    path = folder / name
    path.write_text(source)
    return path


PLOTS = """\
import matplotlib.pyplot as plt
import numpy as np
np.random.seed(3)
plt.plot([1, 2, 3], label="loss")
plt.title("Shown")
before = np.random.get_state()[1].copy()
plt.show()
same = (before == np.random.get_state()[1]).all()
print(plt.get_fignums(), same, plt.get_backend())
"""


def test_a_figure_is_shown_and_closed_and_nothing_drawn_at_random_changes(bench):
    run = bench.run(PLOTS, "plt.bar(['a', 'b'], [1, 2])", "print(plt.get_fignums())")
    shown, left = pictures(run)
    assert (shown.title, shown.cell, left.cell) == ("Shown", 2, 3)
    assert [layer.label for layer in shown.data[0].layers] == ["loss"]
    assert left.data[0].layers[0].names == ["a", "b"]
    assert run.printed.split("\n")[:2] == ["[] True agg", "[]"]
    assert opened(run, shown).size == (shown.width, shown.height)
    assert (run.folder / shown.file).stat().st_size == shown.size


def test_an_update_in_a_loop_is_the_next_frame_of_one_picture(bench):
    run = bench.run(
        """
        import matplotlib.pyplot as plt
        figure, axes = plt.subplots()
        for step in range(3):
            axes.plot([0, step + 1])
            figure.show()
        print(plt.get_fignums())
        """
    )
    frames = pictures(run)
    assert len({frame.figure for frame in frames}) == 1
    # The last frame is there, however quick the loop was.
    assert len(frames[-1].data[0].layers) == 3
    assert run.printed == "[1]\n"


def test_a_window_that_the_program_asks_for_is_replaced_and_that_is_said(bench):
    run = bench.run(
        """
        import matplotlib
        matplotlib.use("TkAgg")
        import matplotlib.pyplot as plt
        plt.plot([1, 2])
        plt.savefig("here.png")
        plt.close()
        matplotlib.use("svg")
        print(matplotlib.get_backend())
        """
    )
    assert run.finish().status == "finished"
    assert any("(TkAgg)" in notice for notice in run.state.notices)
    assert pictures(run) == []
    assert (run.lesson.parent / "here.png").exists()
    assert run.printed == "svg\n"


def test_a_script_shows_what_is_left_open_at_its_end(bench, tmp_path):
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n\nx = 1\n\nplt.title('Late')\n"
    run = bench.run_file(script(tmp_path, source))
    assert [picture.title for picture in pictures(run)] == ["Late"]


def test_a_figure_is_there_also_when_its_cell_fails(bench):
    run = bench.run("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.title('Half')\n1 / 0")
    assert run.finish().status == "failed"
    assert [picture.title for picture in pictures(run)] == ["Half"]


def test_a_figure_that_cannot_be_drawn_stops_nothing(bench):
    run = bench.run(
        "import matplotlib.pyplot as plt\nplt.title(r'$\\frac{$')\nplt.show()\nprint('on')"
    )
    assert run.finish().status == "finished"
    assert run.printed == "on\n"
    assert any("could not be drawn" in notice for notice in run.state.notices)


def test_images_of_any_kind_are_kept_dot_for_dot(bench):
    run = bench.run(
        """
        import numpy as np, tensorflow as tf
        from tflab import lab
        lab.image(np.arange(12, dtype="uint8").reshape(3, 4), title="grey")
        lab.image(tf.zeros((2, 5, 3)), title="black")
        lab.images(np.zeros((6, 8, 8), "uint8"), range(6), title="digits", columns=3)
        lab.confusion_matrix([0, 1, 1], [0, 1, 0], ["cat", "dog"])
        """
    )
    assert run.finish().status == "finished", run.output
    grey, black, digits = pictures(run)
    assert np.asarray(opened(run, grey)).tolist() == np.arange(12).reshape(3, 4).tolist()
    assert (black.width, black.height) == (5, 2)
    assert digits.tiles is not None
    assert (digits.tiles.columns, digits.tiles.count, digits.width) == (3, 6, 24)
    assert digits.tiles.titles == ["0", "1", "2", "3", "4", "5"]
    matrix = run.state.frames["Confusion matrix"][0].layers[0]
    assert (matrix.names, matrix.grid) == (["cat", "dog"], [[1, 0], [1, 1]])


def test_nothing_of_matplotlib_is_imported_before_the_program_does():
    # In an interpreter of its own: Keras imports matplotlib where it finds it.
    code = "import sys, tflab.worker.run_process, tflab.lab; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_notebook_replaces_its_picture_when_it_clears_its_output(bench, tmp_path):
    source = (
        "import matplotlib.pyplot as plt\nfrom IPython.display import clear_output\n"
        "for step in range(2):\n    clear_output(wait=True)\n"
        "    plt.plot([step])\n    plt.show()"
    )
    cells = [v4.new_code_cell(source)]
    path = script(tmp_path, json.dumps(v4.new_notebook(cells=cells)), "a.ipynb")
    found = pictures(bench.run_file(path))
    assert len(found) == 2
    assert len({picture.figure for picture in found}) == 1
