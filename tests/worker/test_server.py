"""The fork server itself: what it may not do, and when it leaves."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import psutil
import pytest

from tflab.programs.code_cells import code_cells
from tflab.programs.reader import parse_program
from tflab.runs.log_reader import last_event
from tflab.runs.protocol import RunForked, RunReaped
from tflab.targets import fork_server
from tflab.targets.fork_server import ForkServer

IMPORT = """
import sys
from tflab.worker.imports import import_tensorflow, runtime_is_up
import_tensorflow()
assert runtime_is_up() is False, "importing woke the runtime"
from tensorflow.python.eager import context
assert context.context()._initialized is False
assert not {"jupytext", "msgspec"} & set(sys.modules)
import gc, threading
assert threading.active_count() == 1
assert gc.isenabled() and gc.get_freeze_count() > 100_000
import tensorflow as tf
tf.constant(1.0)
assert runtime_is_up() is True
print("fine")
"""


def test_importing_tensorflow_opens_no_device_and_starts_no_thread():
    found = subprocess.run(
        [sys.executable, "-c", IMPORT], check=False, capture_output=True, text=True, timeout=120
    )
    assert found.stdout == "fine\n", found.stderr


def test_a_fork_finds_the_runtime_asleep_in_each_run(bench):
    cell = "from tflab.worker.imports import runtime_is_up\nprint(runtime_is_up())"
    wake = "import tensorflow as tf\ntf.constant(1.0);"
    for _ in range(2):
        assert bench.run(cell, wake).printed == "False\n"


def test_answers_come_in_order(bench):
    runs = [bench.start("1", name=f"n{n}") for n in range(3)]
    for run in runs:
        run.finish()
    forked = [m.folder for m in bench.said if isinstance(m, RunForked)]
    assert forked == [str(run.folder) for run in runs]
    for run in runs:
        kinds = [type(m) for m in bench.said if getattr(m, "folder", "") == str(run.folder)]
        assert kinds == [RunForked, RunReaped]


def test_a_hangup_hurts_neither_server_nor_run(bench):
    run = bench.start(
        "import pathlib, time\nfrom tflab import lab\nlab.log(0, loss=1.0)\n"
        "while not pathlib.Path('go').exists(): time.sleep(0.001)"
    )
    run.logged("loss")
    for pid in (bench.server.pid, run.pid):
        psutil.Process(pid).send_signal(signal.SIGHUP)
    run.lesson.with_name("go").touch()
    assert run.finish().ended.state == "finished"
    assert bench.run("1").state.ended.state == "finished"


def test_where_a_fork_is_not_safe_a_fresh_process_does_the_same(bench):
    record = bench.start("1").folder
    folder = bench.root / "runs" / "fresh"
    folder.mkdir()
    (folder / "files").mkdir()
    source = bench.root / "lessons" / "lesson.py"
    request = msgspec.json.decode((record / "run.json").read_bytes())
    source = source.read_text() + "\n# %%\nprint('fresh', __name__)\n"
    cells = code_cells(parse_program(source, Path("lesson.py")))
    request["request"] |= {"source": source, "cells": msgspec.to_builtins(cells)}
    (folder / "run.json").write_bytes(msgspec.json.encode(request))
    command = [sys.executable, "-P", "-m", "tflab.worker", "--run", str(folder)]
    done = subprocess.run(
        command, check=False, start_new_session=True, timeout=120, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "output.log").read_text() == "fresh __main__\n"
    assert last_event(folder).state == "finished"


@pytest.mark.parametrize("how", ["close", "kill"])
def test_a_run_outlives_the_workbench_and_then_the_server_leaves(bench, tmp_path, how):
    """`close` lets go as a quit does; `kill` takes the socket away as a lost line does."""
    server = ForkServer(tmp_path / "own.log")
    server.start()
    pid = server.pid
    shared, bench.server = bench.server, server
    try:
        # Asked for while TensorFlow is still being imported, so that it waits its turn.
        run = bench.start(
            "import pathlib, time\nfrom tflab import lab\nlab.log(0, loss=1.0)\n"
            "while not pathlib.Path('go').exists(): time.sleep(0.001)",
            "lab.log(1, loss=0.5)",
        )
        assert server.phase == "importing"
        if how == "close":
            server.close()
        run.logged("loss")
        if how == "kill":
            server._end.shutdown(2)
        run.lesson.with_name("go").touch()
        run.wait_for(lambda: run.state.ended)
        assert run.state.ended.state == "finished"
        assert list(run.state.series["loss"].values) == [1.0, 0.5]
        run.wait_for(lambda: not psutil.pid_exists(pid) or _is_dead(pid))
    finally:
        # Whatever went wrong above, the run is not to wait for ever.
        (bench.root / "lessons" / "go").touch()
        server.close()
        bench.server = shared
        while fork_server._left_behind:
            fork_server._left_behind.pop().wait()


def test_closing_while_it_imports_leaves_nothing_behind(tmp_path):
    server = ForkServer(tmp_path / "own.log")
    server.start()
    pid = server.pid
    began = time.monotonic()
    server.close()
    assert time.monotonic() - began < 1.5
    assert not psutil.pid_exists(pid)
    assert server.phase == "off"


def test_this_process_never_imported_tensorflow():
    assert "tensorflow" not in sys.modules


def _is_dead(pid):
    return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
