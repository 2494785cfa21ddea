"""What a program logged and printed is there, however its process ends."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from tests.worker.conftest import bench, server

__all__ = ["bench", "server"]

LOG = "from tflab import lab\nfor step in range({count}):\n    lab.log(step, loss=step * 0.5)\n"
# One call into C that gives nobody else the interpreter for minutes.
HOLD = "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')\n"


@pytest.mark.parametrize(
    ("end", "state"),
    [
        ("import os\nos._exit(0)", "finished"),
        ("import ctypes\nctypes.string_at(0)", "failed"),
        ("import os\nos.abort()", "failed"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "failed"),
    ],
)
@pytest.mark.parametrize("fresh", [False, True], ids=["fork", "fresh process"])
def test_points_are_kept_at_a_sudden_end(bench, end, state, fresh):
    first = 'import os\nos.environ["TF_NEVER_HEARD_OF"] = "1"' if fresh else "1;"
    run = bench.run(first, LOG.format(count=2000) + end)
    assert run.state.ended.state == state
    assert list(run.state.series["loss"].steps) == list(range(2000))
    assert run.state.series["loss"].values[-1] == 999.5


def test_tensors_are_kept_at_a_sudden_end(bench):
    cell = """
    import os, tensorflow as tf
    from tflab import lab
    for step in range(500):
        lab.log(step, loss=tf.constant(step / 4))
    os._exit(0)
    """
    series = bench.run(cell).state.series["loss"]
    assert list(series.values) == [step / 4 for step in range(500)]


def test_a_point_is_kept_when_the_interpreter_is_held_until_the_kill(bench):
    """The recorder's thread never gets to write it."""
    wait = "import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.001)\n"
    run = bench.start(LOG.format(count=3) + wait + "lab.log(77, loss=7.0)\n" + HOLD)
    run.logged("loss")
    busy = psutil.Process(run.pid)
    before = sum(busy.cpu_times()[:2])
    run.lesson.with_name("go").touch()
    # It has computed for half a second without a pause, far longer than a flush takes.
    run.wait_for(lambda: sum(busy.cpu_times()[:2]) - before > 0.5)
    os.kill(run.pid, signal.SIGKILL)
    state = run.finish()
    assert state.ended.state == "failed"
    assert list(state.series["loss"].steps) == [0, 1, 2, 77]


def test_what_was_printed_past_python_is_kept_at_a_sudden_end(bench):
    run = bench.run("import os\nos.write(2, b'to the end')\nos._exit(0)")
    assert run.printed == "to the end"


def test_closed_descriptors_put_nothing_into_files_of_the_program(bench):
    """A daemon closes all that it did not open; the numbers are then those of its own files."""
    cell = """
    import os, time
    from tflab import lab
    lab.log(0, loss=1.0)
    lab.show(before=1)
    os.closerange(3, 4096)
    files = [open(f"mine{n}", "w+b") for n in range(12)]
    for file in files:
        file.write(b"m" * (70 << 20) if file is files[0] else b"mine")
        file.flush()
    lab.log(1, loss=0.5)
    lab.show(after=2)
    print("said")
    os.write(2, b"said past Python\\n")
    """
    run = bench.run(cell, "lab.log(2, loss=0.25)\nprint('and on')")
    assert run.state.ended.state == "finished", run.state.error
    assert list(run.state.series["loss"].values) == [1.0, 0.5, 0.25]
    assert list(run.state.results) == ["before", "after"]
    assert run.printed == "said\nsaid past Python\nand on\n"
    found = [run.lesson.with_name(f"mine{n}").read_bytes() for n in range(12)]
    assert found[0] == b"m" * (70 << 20)
    assert found[1:] == [b"mine"] * 11
