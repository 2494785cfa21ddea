"""One run does nothing to the next, to the server, or to the terminal."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import pytest


def test_graph_mode_in_one_run_leaves_the_next_one_eager(bench):
    first = bench.run(
        """
        import tensorflow as tf
        from tflab import lab
        tf.compat.v1.disable_eager_execution()
        a = tf.compat.v1.placeholder(tf.float32)
        total = a + 3.0
        print(total)
        with tf.compat.v1.Session() as session:
            lab.log(0, total=session.run(total, {a: 2.0}))
            lab.show(total=session.run(total, {a: 2.0}))
        """
    )
    second = bench.run("import tensorflow as tf\nprint(tf.executing_eagerly())")
    assert first.state.ended.state == "finished", first.state.error
    assert "Tensor(" in first.printed
    assert first.state.results["total"].value == 5.0
    assert second.printed == "True\n"


def test_two_runs_at_once(bench):
    meet = """
        import pathlib, time
        from tflab import lab
        mine, other = pathlib.Path("{}"), pathlib.Path("{}")
        mine.touch()
        while not other.exists():
            time.sleep(0.001)
        lab.log(0, loss=float(size))
        """
    one = bench.start(meet.format("a", "b"), name="one", parameters={"size": 1})
    two = bench.start(meet.format("b", "a"), name="two", parameters={"size": 2})
    assert one.finish().series["loss"].values[0] == 1.0
    assert two.finish().series["loss"].values[0] == 2.0
    assert one.pid != two.pid


def test_a_megabyte_of_output_is_kept_whole(bench):
    run = bench.run("for i in range(20_000):\n    print(f'{i:060d}')", "print('after')")
    assert run.output.count("\n") == 20_001
    assert len(run.output) > 1 << 20
    assert run.printed.endswith("after\n")


def test_output_past_the_limit_is_cut_and_said(bench):
    run = bench.run(
        """
        import os, time
        line = b"x" * (1 << 20)
        written = 0
        while os.readlink("/proc/self/fd/1") != "/dev/null":
            os.write(1, line)
            written += 1
            time.sleep(0.0005)
        print("gone")
        """,
        "print('gone too')",
    )
    assert (run.folder / "output.log").stat().st_size == 64 << 20
    assert run.state.ended.state == "finished"
    assert "cut at 64 MiB" in run.state.notices[0]


def test_control_sequences_are_kept_but_never_shown(bench):
    run = bench.run(r"print('\x1b[2J\x1b]0;title\x07\x1b[31mred\x1b[0m')")
    assert "\x1b[2J" in run.output
    assert run.printed == "red\n"


def test_everything_that_prints_lands_in_the_output_in_order(bench):
    run = bench.run(
        """
        import logging, os, subprocess, sys, warnings
        import tensorflow as tf
        print("python")
        os.write(1, b"descriptor\\n")
        subprocess.run(["echo", "program"])
        logging.getLogger("x").warning("logged")
        tf.get_logger().warning("from tensorflow")
        warnings.warn("careful")
        print("last", end="")
        """
    )
    lines = run.printed.splitlines()
    assert lines[:4] == ["python", "descriptor", "program", "logged"]
    assert "from tensorflow" in lines[4]
    assert "careful" in "".join(lines[5:])
    assert lines[-1] == "last"


@pytest.mark.parametrize("end", ["", "os._exit(0)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_temporary_files_go_with_the_run(bench, end):
    """Those of AutoGraph too, which leaves one for each function to the end of the interpreter."""
    run = bench.run(
        f"""
        import glob, os, signal, subprocess, tempfile
        import tensorflow as tf
        @tf.function
        def count(limit):
            total = 0
            for i in tf.range(limit):
                total += i
            return total
        count(tf.constant(10))
        with open(tempfile.mkdtemp() + "/kept", "w") as file: file.write("x")
        subprocess.run("mktemp", stdout=subprocess.DEVNULL)
        print(tempfile.gettempdir(), len(os.listdir(tempfile.gettempdir())))
        {end}
        """
    )
    folder, count = run.output.splitlines()[-1].split()
    assert Path(folder) == Path(tempfile.gettempdir()) / f"tflab-{run.folder.name}"
    assert int(count) >= 3
    assert not Path(folder).exists()


def test_the_cpu_is_the_only_device_of_a_cpu_run(bench):
    run = bench.run(
        """
        import os
        import tensorflow as tf
        print([device.device_type for device in tf.config.list_physical_devices()])
        print(repr(os.environ["CUDA_VISIBLE_DEVICES"]), os.environ["CUDA_DEVICE_ORDER"])
        """
    )
    assert run.printed == "['CPU']\n'' PCI_BUS_ID\n"


def test_a_gpu_that_is_not_there_is_said_before_the_lesson_starts(bench):
    run = bench.run(
        "print('never')", device="gpu:0", device_uuid="GPU-00000000-0000-0000-0000-000000000000"
    )
    assert run.state.error.title == "TensorFlow cannot use the GPU"
    assert "cpu" in run.state.error.next_step.lower()
    assert run.printed == ""


def test_non_finite_points_are_kept(bench):
    run = bench.run(
        """
        import numpy as np, tensorflow as tf
        from tflab import lab
        for step, value in enumerate([1.0, np.inf, tf.constant(-np.inf), np.float32("nan"), 2]):
            lab.log(step, loss=value)
        lab.show(loss=float("nan"), all=[np.inf], tensor=tf.constant([1.0, np.nan]))
        """
    )
    values = list(run.state.series["loss"].values)
    assert values[:3] == [1.0, math.inf, -math.inf]
    assert math.isnan(values[3])
    assert values[4] == 2.0
    results = run.state.results
    assert (results["loss"].value, results["all"].value) == ("nan", ["inf"])
    assert results["tensor"].tensor.values == [1.0, "nan"]


def test_a_variable_is_logged_as_it_was_then(bench):
    run = bench.run(
        """
        import numpy as np, tensorflow as tf
        from tflab import lab
        w, a = tf.Variable(0.0), np.zeros(())
        for step in range(100):
            lab.log(step, w=w, a=a)
            w.assign_add(1.0)
            a += 1
        """
    )
    expected = [float(n) for n in range(100)]
    assert list(run.state.series["w"].values) == expected
    assert list(run.state.series["a"].values) == expected
