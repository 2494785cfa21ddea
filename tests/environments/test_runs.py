"""Programs run for real in environments of others: right results, recorded as they were."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import command as tflab
from tests.course.course import Course
from tests.course.expected import CHECKS
from tests.session.hearing import write_program
from tests.stand_in import FILES, write_stand_in
from tests.worker.conftest import Bench, wait_until_ready
from tflab import __version__
from tflab.export.loaded import load_run
from tflab.export.script import script
from tflab.programs.library import user_folder
from tflab.runs.events import Error
from tflab.runs.store import RunStore
from tflab.runs.summary import read_summary
from tflab.session.environments import missing_module
from tflab.targets.fork_server import ForkServer


@pytest.fixture(scope="module")
def old_server(
    old_tensorflow: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ForkServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFLAB_DATA", str(tmp_path_factory.mktemp("data")))
        server = ForkServer(interpreter=str(old_tensorflow / "bin" / "python"))
        server.start()
    wait_until_ready(server)
    yield server
    server.close()


@pytest.fixture
def bench(old_server: ForkServer, tmp_path: Path) -> Bench:
    return Bench(old_server, tmp_path)


@pytest.mark.parametrize("lesson", ["execution-modes", "gradient-descent", "linear-classifier"])
def test_lessons_give_what_the_course_promises(
    old_server: ForkServer, tmp_path: Path, lesson: str
) -> None:
    outcome = Course(old_server, tmp_path).run(lesson)
    assert CHECKS[lesson](outcome.results), outcome.results


def test_the_record_tells_what_the_run_had(old_tensorflow: Path) -> None:
    """The workbench has other versions: those are nobody's."""
    path = write_program(user_folder() / "one.py", "import tensorflow as tf, numpy\nx = 2")
    done = tflab("run", path, "--python", old_tensorflow, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    told = found["environment"]
    python = str(old_tensorflow / "bin" / "python")
    assert told["interpreter"] == python
    code = (
        "import json, platform; from importlib.metadata import version as v;"
        "print(json.dumps([platform.python_version(), v('tensorflow'), v('keras'), v('numpy')]))"
    )
    asked = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    versions = dict(
        zip(("python", "tensorflow", "keras", "numpy"), json.loads(asked.stdout), strict=True)
    )
    assert {"python": told["python"], **told["packages"]} == versions
    assert told["backend"] == "tensorflow"
    loaded = load_run(RunStore(), found["run"])
    assert loaded.record.versions == {"tflab": __version__, **versions}
    assert f"tensorflow {versions['tensorflow']}" in script(loaded.record).splitlines()[0]
    summary = read_summary(loaded.folder)
    assert summary is not None
    assert summary.versions == loaded.record.versions
    assert loaded.record.request.python == python
    exported = json.loads(tflab("export", found["run"], "--as", "json").stdout)
    assert exported["versions"] == loaded.record.versions


def test_a_sweep_goes_there(old_tensorflow: Path) -> None:
    code = "from tflab import lab\nimport tensorflow as tf\nlab.log(0, loss=float(tf.square(rate)))"
    path = write_program(user_folder() / "one.py", code, parameters="rate = 0.5")
    values = "rate=1.0,2.0,3.0"
    done = tflab("sweep", path, "-p", values, "--python", old_tensorflow, "--json", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    losses = []
    for run in RunStore().ids():
        state = RunStore().load(run)
        assert state.environment is not None
        assert state.environment.interpreter == str(old_tensorflow / "bin" / "python")
        losses += list(state.series["loss"].values)
    assert sorted(losses) == [1.0, 4.0, 9.0]
    # The line that makes it again, and a run of the same program without the option, go there too.
    again = json.loads(tflab("run", path, "--json").stdout)
    assert again["environment"]["interpreter"] == str(old_tensorflow / "bin" / "python")


def test_stopping(bench: Bench) -> None:
    run = bench.start("from tflab import lab\nlab.log(0, loss=1.0)\nwhile True: pass")
    run.logged("loss")
    os.kill(run.pid, signal.SIGINT)
    assert run.finish().status == "cancelled"
    assert list(run.state.series["loss"].values) == [1.0]


def test_a_spawned_process_finds_our_package_too(bench: Bench) -> None:
    run = bench.run(
        """
        import multiprocessing
        from tflab import lab
        def square(number):
            from tflab import Meta, lab
            return number * number
        if __name__ == "__main__":
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                print(pool.map(square, [2, 3]))
        """
    )
    assert run.state.status == "finished", run.state.error
    assert run.printed.strip() == "[4, 9]"


def test_where_the_runtime_is_up_a_fresh_process_runs_there(
    old_tensorflow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for TensorFlow says that its runtime is up, so no fork is safe."""
    home = tmp_path / "modules"
    context = FILES["tensorflow/python/eager/context.py"].replace("False", "True")
    write_stand_in(home, {"tensorflow/python/eager/context.py": context})
    monkeypatch.setenv("PYTHONPATH", str(home))
    server = ForkServer(interpreter=str(old_tensorflow / "bin" / "python"))
    server.start()
    try:
        wait_until_ready(server)
        run = Bench(server, tmp_path).run("import os, sys\nprint(os.getppid(), sys.executable)")
        assert run.state.status == "finished", run.state.error
        assert run.printed.split() == [str(server.pid), str(old_tensorflow / "bin" / "python")]
    finally:
        server.close()


def test_a_part_that_its_package_lacks_is_no_missing_package() -> None:
    def named(module: str) -> str:
        cause = f"No module named '{module}'"
        return missing_module(Error(title="ModuleNotFoundError", cause=cause, next_step=""))

    assert (named("jaxlib"), named("google.colab")) == ("jaxlib", "")


def test_a_package_that_is_missing_is_named_with_who_has_it(keras_on_jax: Path) -> None:
    path = write_program(user_folder() / "one.py", "import jaxlib.xla_client")
    done = tflab("run", path, "--json", CONDA_PREFIX=str(keras_on_jax), VIRTUAL_ENV=sys.prefix)
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert error["title"] == "ModuleNotFoundError"
    assert f"{sys.executable} -m pip install jaxlib" in error["next_step"]
    assert "jaxlib is there in" in done.stderr
    assert str(keras_on_jax / "bin" / "python") in done.stderr
