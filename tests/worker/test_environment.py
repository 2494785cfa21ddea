"""Environment variables act as under plain `python`: the program's own and those of the shell."""

from __future__ import annotations

import json
import os

import pytest

from tests.environments.building import environment, python_of
from tests.worker.conftest import Bench, wait_until_ready
from tflab.targets.fork_server import ForkServer

# PyTorch is not installed here, which tells whether Keras looked for it.
BACKEND = """
try:
    import keras
    print(keras.backend.backend())
except ModuleNotFoundError as error:
    print("looked for", error.name)
"""
NOTICE = "It runs in a fresh process, since it sets KERAS_BACKEND before a library is loaded."


@pytest.fixture
def other_server(tmp_path, bench):
    """Return a function that starts a server in the environment as it is now."""
    servers = []

    def start(**how):
        server = ForkServer(tmp_path / "other" / "server.log", **how)
        servers.append(server)
        server.start()
        wait_until_ready(server)
        return Bench(server, tmp_path / "other")

    yield start
    for server in servers:
        server.close()


def test_a_program_chooses_the_backend_of_keras(bench):
    run = bench.run('import os\nos.environ["KERAS_BACKEND"] = "torch"', BACKEND)
    assert run.state.ended.state == "finished", run.state.error
    assert run.printed == "looked for torch\n"
    assert run.state.notices == [NOTICE]


def test_a_program_chooses_how_tensorflow_is_loaded(bench):
    messages = """
    import tensorflow
    from google.protobuf.internal import api_implementation
    print(api_implementation.Type())
    """
    run = bench.run(
        'import os\nos.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"', messages
    )
    assert run.printed == "python\n"
    assert bench.run(messages).printed == "upb\n"


def test_a_fresh_process_is_seeded_like_a_fork(bench):
    draw = (
        "import random, numpy as np, tensorflow as tf, keras\n"
        "print(random.random(), np.random.rand(), float(tf.random.uniform(())),"
        " float(keras.random.uniform(())))"
    )
    fresh = 'import os\nos.environ["TF_NEVER_HEARD_OF"] = "1"'
    drawn = [bench.run(cell, draw, seed=seed).printed for cell in ("1;", fresh) for seed in (3, 4)]
    assert drawn[:2] == drawn[2:]
    assert drawn[0] != drawn[1]


def test_a_fresh_process_keeps_the_limits(bench):
    run = bench.run(
        'import os\nos.environ["TF_NEVER_HEARD_OF"] = "1"',
        "import tensorflow as tf\nprint(tf.config.threading.get_intra_op_parallelism_threads())",
        threads=1,
    )
    assert run.printed == "1\n"


def test_what_the_shell_says_counts(other_server, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    run = other_server().run(BACKEND)
    assert run.printed == "looked for torch\n"
    assert run.state.notices == []


def test_what_keras_keeps_in_its_own_file_counts(other_server, monkeypatch, tmp_path):
    (tmp_path / "keras.json").write_text(json.dumps({"backend": "torch"}))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert other_server().run(BACKEND).printed == "looked for torch\n"


def test_a_run_has_the_variables_of_the_shell_and_no_more(bench):
    run = bench.run("import os\nprint('KERAS_BACKEND' in os.environ)")
    assert run.printed == f"{'KERAS_BACKEND' in os.environ}\n"


def test_keras_on_jax_runs_where_there_is_no_tensorflow(other_server, monkeypatch):
    """The interpreter's environment holds JAX and Keras only; the shell says which to take."""
    place = environment("keras-on-jax", python_of("3.12", "3.11"), ["jax[cpu]", "keras>=3.10"])
    python = str(place / "bin" / "python")
    train = """
    import keras, numpy as np
    from tflab import lab
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.arange(8.0).reshape(-1, 1) / 8
    model.fit(x, 2 * x, epochs=3, verbose=0, callbacks=[lab.keras_callback()])
    print(keras.backend.backend())
    """
    server = other_server(interpreter=python, variables={"KERAS_BACKEND": "jax"})
    run = server.run(train)
    assert run.state.ended.state == "finished", run.state.error
    assert run.printed == "jax\n"
    assert list(run.state.series["loss"].steps) == [1, 2, 3]
    # The program's own choice counts there as well.
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    chosen = server.run('import os\nos.environ["KERAS_BACKEND"] = "jax"', train)
    assert chosen.printed == "jax\n"
