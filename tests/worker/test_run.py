"""Real runs through the real fork server: what a lesson does is what the log says."""

from __future__ import annotations

import json
import math

import pytest

from tflab.runs.events import CellEnded, CellStarted, Started, Value
from tflab.runs.state import result_value


def test_a_run_finishes_with_results_series_and_goals(bench):
    run = bench.run(
        """
        import tensorflow as tf
        from tflab import lab
        w = tf.Variable([[1.0], [2.0]])
        for step in lab.track(range(5)):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(w * w) * rate
            w.assign_sub(0.1 * tape.gradient(loss, w))
            lab.log(step, loss=loss)
        """,
        """
        lab.show(w=w, hello=tf.constant("hi"), rate=rate, none=None, data=b"raw", pairs=[(1, 2)])
        lab.goal("below one", float(loss) < 1, hint=["more", "much more"])
        lab.predict("How low?", float(loss))
        """,
        parameters={"rate": 1.0},
        guesses={"How low?": 99.0},
    )
    state = run.state
    assert state.ended.state == "finished", state.error
    assert state.ended.exit_code == 0
    assert state.ended.writer == "run"
    assert list(state.series["loss"].steps) == [0, 1, 2, 3, 4]
    assert state.series["loss"].values[0] == 5.0
    results = {name: result_value(result) for name, result in state.results.items()}
    assert results["w"]["dtype"] == "float32"
    assert results["w"]["shape"] == [2, 1]
    assert math.isclose(results["w"]["values"][0][0], 0.8**5, rel_tol=1e-6)
    assert state.results["w"].tensor.device == "CPU:0"
    assert results["hello"] == {"dtype": "string", "shape": [], "values": "hi"}
    assert (results["rate"], results["none"], results["data"]) == (1.0, None, "raw")
    assert results["pairs"] == [[1, 2]]
    assert state.goals["below one"].hints == ["more", "much more"]
    assert state.predictions["How low?"].correct is False
    assert (state.progress.done, state.progress.total) == (5, 5)


def test_events_come_in_order_and_cells_keep_their_output(bench):
    run = bench.run("print('one')\n1 + 1", "import sys\nsys.stderr.write('two\\n')\nprint('three')")
    kinds = [type(e) for e in run.events if isinstance(e, (Started, CellStarted, Value, CellEnded))]
    pair = [CellStarted, CellEnded]
    assert kinds == [Started, *pair, CellStarted, Value, CellEnded, *pair]
    cells = run.state.cells
    assert [cells[2].items[0].text(), cells[2].items[1].text] == ["one\n", "2"]
    assert cells[3].items[0].text() == "two\nthree\n"


def test_last_expressions_show_as_in_a_notebook(bench):
    run = bench.run(
        "import numpy as np, tensorflow as tf\ntf.ones((2, 2))",
        "np.arange(3)",
        "[tf.constant(1.0), tf.constant(2.0)]",
        "None",
        "41;",
        "'x' * 30_000",
        "list(range(5_000))",
        "x = 1",
    )
    items = [[i for i in c.items if isinstance(i, Value)] for c in run.state.cells.values()][1:]
    assert items[0][0].tensor.shape == [2, 2]
    assert items[0][0].text.startswith("<tf.Tensor: shape=(2, 2), dtype=float32")
    assert items[1][0].tensor.values == [0, 1, 2]
    assert [value.tensor.values for value in items[2]] == [1.0, 2.0]
    assert items[3] == items[4] == items[7] == []
    assert len(items[5][0].text) < 20_100
    assert items[6][0].text.endswith("5,000 items in all")


def test_a_guess_stands_beside_its_answer_and_is_not_shown_again(bench):
    run = bench.run(
        "from tflab import lab\nlab.predict('How many?', 3)",
        "class Model:\n    predict = abs\nModel.predict(-4)",
        guesses={"How many?": 2.0},
    )
    items = [[i for i in c.items if isinstance(i, Value)] for c in run.state.cells.values()][1:]
    assert [value.text for cell in items for value in cell] == ["4"]
    assert run.state.predictions["How many?"].guess == 2.0


def test_the_parameters_cell_runs_and_then_the_values_are_set(bench):
    run = bench.run("print(size, rate, type(rate).__name__)", parameters={"size": 7, "rate": 2})
    assert run.printed == "7 2.0 float\n"


def test_until_stops_after_that_cell(bench):
    run = bench.run("print('a')", "print('b')", "print('c')", until=3)
    assert run.printed == "a\nb\n"
    assert run.state.ended.state == "finished"


def test_the_lesson_is_main_in_its_own_folder_with_its_source_at_hand(bench):
    (bench.root / "lessons").mkdir()
    (bench.root / "lessons" / "beside_it.py").write_text("answer = 42\n")
    run = bench.start(
        """
        import inspect, os, pathlib, sys, time
        import beside_it
        def double(x):
            return 2 * x
        print(__name__, pathlib.Path(__file__).name, sys.modules["__main__"].double is double)
        print(pathlib.Path.cwd() == pathlib.Path(__file__).parent, beside_it.answer)
        pathlib.Path("go").touch()
        while pathlib.Path("go").exists():
            time.sleep(0.001)
        """,
        "print(inspect.getsource(double))",
    )
    go = bench.root / "lessons" / "go"
    run.wait_for(go.exists)
    run.lesson.write_text("# something else altogether\n" * 50)
    go.unlink()
    run.finish()
    assert run.printed == ("__main__ lesson.py True\nTrue 42\ndef double(x):\n    return 2 * x\n\n")


def test_autograph_reads_the_lesson_as_it_runs(bench):
    run = bench.run(
        """
        import tensorflow as tf
        @tf.function
        def count(limit):
            total = 0
            for i in tf.range(limit):
                if i % 2 == 0:
                    total += i
            return total
        int(count(tf.constant(10)))
        """
    )
    assert run.state.cells[2].items[-1].text == "20", run.output


def test_its_source_has_the_lines_that_python_counts(bench):
    """Text has more kinds of line ends than Python has."""
    run = bench.run(
        """
        import inspect
        strange = "a\u2028b \x0c c\x85d"
        def double(x):
            return 2 * x
        print(inspect.getsource(double), end="")
        raise ValueError(strange)
        """
    )
    assert run.printed == "def double(x):\n    return 2 * x\n"
    assert run.state.error.traceback.splitlines()[1].strip() == "raise ValueError(strange)"


def test_a_seed_gives_the_same_numbers_again(bench):
    cell = """
        import random, numpy as np, tensorflow as tf
        print(random.random(), np.random.rand(), float(tf.random.normal(())))
        """
    first, second, other = (bench.start(cell, seed=seed) for seed in (1, 1, 2))
    for run in (first, second, other):
        run.finish()
    assert first.printed == second.printed != other.printed


def test_a_future_import_counts_for_later_cells(bench):
    first = "# %%\nfrom __future__ import annotations\n\n"
    run = bench.run("def f(x: Undefined): ...\nprint('fine')", source=first)
    assert run.printed == "fine\n", run.state.error


def test_what_a_lesson_saves_lies_in_the_run(bench):
    run = bench.run("from tflab import lab\n(lab.folder() / 'kept.txt').write_text('kept');")
    assert (run.folder / "files" / "kept.txt").read_text() == "kept"


@pytest.mark.parametrize("end", ["", "raise ValueError", "raise SystemExit"])
def test_what_a_lesson_wrote_to_files_that_it_left_open_is_there(bench, end):
    run = bench.run(
        f"""
        import csv, os
        file = open(lab.folder() / "text", "w")
        file.write("hello")
        table = csv.writer(open(lab.folder() / "table", "w"))
        table.writerow([1, 2])
        full = open(os.pipe()[1], "wb", buffering=1 << 20)
        full.write(b"x" * (1 << 19))
        {end}
        """,
        source="# %%\nfrom tflab import lab\n\n",
    )
    assert run.state.ended is not None
    kept = run.folder / "files"
    assert (kept / "text").read_text() == "hello"
    assert (kept / "table").read_text() == "1,2\n"


def test_a_run_of_a_lesson_whose_folder_is_gone_works_in_its_own(bench):
    run = bench.run("import os\nprint(os.getcwd())")
    record = json.loads((run.folder / "run.json").read_text())
    record["request"]["path"] = str(bench.root / "gone" / "lesson.py")
    copy = bench.store.create(_request(record))
    folder = bench.store.folder(copy.id)
    bench.server.start_run(folder)
    while folder not in bench.reaped:
        bench.hear(1)
    assert (folder / "output.log").read_text() == f"{folder / 'files'}\n"


def test_keras_logs_epochs_and_progress(bench):
    run = bench.run(
        """
        import keras, numpy as np
        from tflab import lab
        x = np.arange(8.0).reshape(-1, 1)
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        seen = []
        model.fit(x / 8, x / 4, epochs=2, validation_split=0.5, verbose=0,
                  callbacks=[lab.keras_callback(batches=True, prefix="net/", frame=seen.append)])
        print(seen)
        """
    )
    state = run.state
    assert state.ended.state == "finished", state.error
    assert {"net/loss", "net/val_loss", "net/batch_loss"} <= set(state.series)
    assert list(state.series["net/loss"].steps) == [1, 2]
    assert (state.progress.done, state.progress.total) == (2, 2)
    assert run.printed == "[1, 2]\n"


def test_a_batch_has_values_of_its_own_and_an_axis_of_its_own(bench):
    """Keras reports the mean over the epoch so far: 0, 0.5, 1.67, 3 of these batches."""
    run = bench.run(
        """
        import keras, numpy as np
        from tflab import lab
        x = np.ones((7, 1), "float32")
        y = np.array([[0], [0], [1], [1], [2], [2], [3]], "float32")
        model = keras.Sequential(
            [keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")]
        )
        root = keras.metrics.RootMeanSquaredError()
        model.compile(keras.optimizers.SGD(0.0), "mse", metrics=["mae", root])
        model.fit(x, y, epochs=2, batch_size=2, shuffle=False, verbose=0,
                  callbacks=[lab.keras_callback(batches=True)])
        """
    )
    series = run.state.series
    assert run.state.ended.state == "finished", run.state.error
    assert list(series["batch_loss"].values) == pytest.approx([0, 1, 4, 9] * 2, abs=1e-5)
    assert list(series["batch_mae"].values) == pytest.approx([0, 1, 2, 3] * 2, abs=1e-5)
    assert "batch_root_mean_squared_error" not in series
    assert list(series["batch_loss"].steps) == list(range(1, 9))
    assert list(series["loss"].steps) == [1, 2]
    axes = {tag: one.axis for tag, one in series.items()}
    assert axes["batch_loss"] == axes["batch_mae"] == "batch"
    assert axes["loss"] == axes["mae"] == axes["root_mean_squared_error"] == "epoch"


def test_values_that_a_training_step_returns_itself_are_the_batch_s_own(bench):
    run = bench.run(
        """
        import keras, numpy as np, tensorflow as tf
        from tflab import lab
        class Own(keras.Model):
            def train_step(self, data):
                return {"height": tf.reduce_sum(data[0])}
        model = Own()
        model.compile()
        model.fit(np.arange(4.0), batch_size=1, shuffle=False, verbose=0,
                  callbacks=[lab.keras_callback(batches=True)])
        """
    )
    assert run.state.ended.state == "finished", run.state.error
    assert list(run.state.series["batch_height"].values) == [0, 1, 2, 3]


def _request(record):
    import msgspec

    from tflab.runs.record import RunRequest

    return msgspec.convert(record["request"], RunRequest)


def test_little_lies_beneath_the_program(bench):
    """TensorFlow walks the stack at every eager operation, and each frame costs."""
    run = bench.run(
        """
        import sys
        frame, names = sys._getframe(), []
        while frame := frame.f_back:
            names.append(frame.f_code.co_name)
        print(names)
        """
    )
    assert run.printed == "['execute', '<module>']\n"
