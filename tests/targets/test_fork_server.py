"""The client of the fork server, against servers whose TensorFlow is a stand-in.

A stand-in imports in no time, and can be missing or broken in any way wanted.
"""

from __future__ import annotations

import json
import os
import select
import signal
import stat
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.stand_in import FILES, write_stand_in
from tflab.programs.code_cells import code_cells
from tflab.programs.reader import parse_program
from tflab.runs.events import Ended
from tflab.runs.log_reader import last_event
from tflab.runs.protocol import RunForked, RunReaped
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.targets.fork_server import ForkServer

SOURCE = '# %% [markdown]\n# # T\n\n# %% tags=["parameters"]\na = 1\n\n# %%\n'


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Return a function that makes a server whose TensorFlow is made of these files."""
    servers = []

    def build(**changed: str) -> ForkServer:
        home = tmp_path / "modules"
        write_stand_in(home, changed)
        monkeypatch.setenv("PYTHONPATH", str(home))
        server = ForkServer(tmp_path / "log" / "server.log")
        servers.append(server)
        return server

    yield build
    for server in servers:
        server.close()


def hear(server, condition):
    """Follow the server until the condition holds; return all that it said."""
    said = []
    until = time.monotonic() + 30
    while not condition(server, said):
        assert time.monotonic() < until, (server.phase, said)
        if server.fileno() >= 0:
            select.select([server], [], [], 1)
        said += server.poll()
    return said


def settled(server, said):
    return server.phase not in ("off", "importing")


def reaped(server, said):
    return any(isinstance(message, RunReaped) for message in said)


def new_run(code: str) -> Path:
    source = SOURCE + code
    request = RunRequest(
        lesson="t",
        title="T",
        path="/nowhere/t.py",
        source=source,
        parameters={"a": 1},
        cells=code_cells(parse_program(source, Path("/nowhere/t.py"))),
    )
    store = RunStore()
    return store.folder(store.create(request).id)


def test_a_server_goes_from_off_to_ready_to_off(make, tmp_path):
    server = make()
    assert (server.phase, server.pid, server.fileno()) == ("off", None, -1)
    assert server.poll() == []
    server.start()
    assert server.phase == "importing"
    hear(server, settled)
    assert (server.phase, server.tensorflow) == ("ready", "0.0.test")
    pid = server.pid
    server.start()
    assert server.pid == pid
    assert psutil.Process(pid).terminal() is None
    server.close()
    assert server.phase == "off"
    assert not psutil.pid_exists(pid)
    assert stat.S_IMODE((tmp_path / "log" / "server.log").stat().st_mode) == 0o600


def test_a_run_asked_for_early_waits_its_turn(make):
    server = make()
    server.start()
    folder = new_run("print('hello')")
    server.start_run(folder)
    said = hear(server, reaped)
    kinds = [type(message) for message in said if not hasattr(message, "phase")]
    assert kinds == [RunForked, RunReaped]
    assert (folder / "output.log").read_text() == "hello\n"
    assert last_event(folder).state == "finished"


@pytest.mark.parametrize(
    ("stand_in", "title", "cause", "step"),
    [
        (
            "raise ModuleNotFoundError('no', name='tensorflow')",
            "TensorFlow is not installed",
            "'tensorflow'",
            "pip install tensorflow",
        ),
        (
            "import a_part_that_is_missing",
            "TensorFlow is not complete",
            "'a_part_that_is_missing'",
            "force-reinstall",
        ),
        (
            "raise ImportError('first\\nlibcudart.so.12: cannot open shared object file')",
            "TensorFlow cannot be loaded",
            "libcudart.so.12",
            "force-reinstall",
        ),
        ("1 / 0", "TensorFlow cannot be loaded", "ZeroDivisionError", "force-reinstall"),
    ],
)
def test_a_tensorflow_that_cannot_be_imported_is_said_plainly(make, stand_in, title, cause, step):
    server = make(**{"tensorflow/__init__.py": stand_in})
    server.start()
    folder = new_run("1")
    server.start_run(folder)
    hear(server, lambda server, said: server.phase == "broken")
    assert server.problem.title == title
    assert cause in server.problem.cause
    assert step in server.problem.next_step
    hear(server, lambda server, said: isinstance(last_event(folder), Ended))
    assert last_event(folder).state == "failed"
    assert title in last_event(folder).cause
    hear(server, lambda server, said: server.fileno() == -1)
    assert server.phase == "broken"
    with pytest.raises(Problem, match=title):
        server.start_run(folder)


def test_a_cpu_that_tensorflow_was_not_built_for(make):
    crash = "import os, signal\nos.kill(os.getpid(), signal.SIGILL)"
    server = make(**{"tensorflow/__init__.py": crash})
    server.start()
    hear(server, settled)
    assert server.phase == "gone"
    assert server.problem.title == "TensorFlow does not fit this CPU"


def test_a_server_that_dies_is_gone_with_its_last_words(make):
    words = "import os, sys\nprint('oh no', file=sys.stderr)\nos._exit(9)"
    server = make(**{"tensorflow/__init__.py": words})
    server.start()
    hear(server, settled)
    assert server.phase == "gone"
    assert "code 9" in server.problem.cause
    assert "oh no" in server.problem.cause


@pytest.mark.skipif(sys.platform != "linux", reason="has no such signals")
def test_a_server_ended_by_a_signal_without_a_name_is_gone_like_any_other(make):
    server = make()
    server.start()
    hear(server, settled)
    os.kill(server.pid, signal.SIGRTMIN + 5)
    hear(server, lambda server, said: server.phase == "gone")
    assert f"signal {signal.SIGRTMIN + 5}" in server.problem.cause


def test_a_killed_server_leaves_its_run_to_finish(make):
    server = make()
    server.start()
    folder = new_run("import os, time\nwhile os.getppid() != 1 and not time.sleep(0.001): pass")
    server.start_run(folder)
    hear(server, lambda server, said: any(isinstance(m, RunForked) for m in said))
    psutil.Process(server.pid).send_signal(signal.SIGKILL)
    hear(server, lambda server, said: server.phase == "gone")
    assert "SIGKILL" in server.problem.cause
    run = psutil.Process(_pid(folder))
    run.wait(10)
    assert last_event(folder).state in ("finished", "failed")


def test_where_the_runtime_is_up_a_fresh_process_runs(make):
    awake = FILES["tensorflow/python/eager/context.py"].replace("False", "True")
    server = make(**{"tensorflow/python/eager/context.py": awake})
    server.start()
    folder = new_run("import sys\nprint(sys.orig_argv[-2])")
    server.start_run(folder)
    hear(server, reaped)
    assert (folder / "output.log").read_text() == "--run\n"
    assert last_event(folder).state == "finished"


def test_a_file_in_the_current_folder_cannot_pass_for_a_module(make, tmp_path, monkeypatch):
    (tmp_path / "random.py").write_text("raise SystemExit('caught')")
    monkeypatch.chdir(tmp_path)
    server = make()
    server.start()
    hear(server, settled)
    assert server.phase == "ready"


def test_a_log_that_cannot_be_written_is_a_problem(tmp_path):
    (tmp_path / "file").write_text("")
    server = ForkServer(tmp_path / "file" / "server.log")
    with pytest.raises(Problem, match="cannot be started"):
        server.start()
    assert server.phase == "off"
    server.close()


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("ImportError('libtensorflow.so: failed to map segment from shared object')", "ulimit -v"),
        ("MemoryError()", "ulimit -v"),
        ("ImportError('libtensorflow.so: undefined symbol')", "--force-reinstall"),
    ],
)
def test_why_tensorflow_does_not_load_decides_the_advice(make, error, advice):
    server = make(**{"tensorflow/__init__.py": f"raise {error}"})
    server.start()
    hear(server, settled)
    assert server.phase == "broken"
    assert advice in server.problem.next_step


def test_a_process_that_the_system_refuses_is_no_matter_of_room(make, monkeypatch):
    def refuse(*words, **how):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    server = make()
    monkeypatch.setattr("subprocess.Popen", refuse)
    with pytest.raises(Problem) as caught:
        server.start()
    assert "ulimit -u" in caught.value.next_step
    assert "room" not in caught.value.next_step


def test_a_server_that_is_off_takes_no_runs(tmp_path):
    with pytest.raises(Problem, match="not running"):
        ForkServer(tmp_path / "server.log").start_run(tmp_path)


def _pid(folder):
    from tflab.targets.stop import _started

    return _started(folder).pid


def test_an_interpreter_that_is_gone_is_named(tmp_path):
    gone = tmp_path / "env" / "bin" / "python"
    server = ForkServer(tmp_path / "server.log", interpreter=str(gone))
    with pytest.raises(Problem, match="The environment's Python cannot be started") as caught:
        server.start()
    assert str(gone) in caught.value.cause
    assert "tflab envs" in caught.value.next_step


def test_code_that_others_could_have_put_there_is_not_started(tmp_path, data):
    """The file that another environment's Python starts lies in the data folder."""
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    data.mkdir(exist_ok=True)
    data.chmod(0o777)
    server = ForkServer(tmp_path / "server.log", interpreter=str(python))
    with pytest.raises(Problem, match="cannot be used safely") as caught:
        server.start()
    assert server.pid is None
    assert f"chmod go-w {data}" in caught.value.next_step


def test_a_run_beside_the_stand_in_hears_nothing_of_it(make, tmp_path):
    """Tests that take it for TensorFlow see what they would see beside the real one."""
    server = make()
    server.start()
    hear(server, settled)
    folder = new_run("import numpy\nprint(numpy.random.rand())")
    server.start_run(folder)
    hear(server, reaped)
    lines = (folder / "events.jsonl").read_text().splitlines()
    kinds = {json.loads(line)["type"] for line in lines}
    assert kinds == {"started", "environment", "cell", "cell_ended", "ended"}
    assert (folder / "output.log").read_text() == "0.5488135039273248\n", "the seed is set"
