"""Keras on JAX and on PyTorch, in environments without TensorFlow, and Keras 2."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.cli.conftest import command as tflab
from tests.session.hearing import write_program
from tflab.programs.library import user_folder
from tflab.runs.store import RunStore

KERAS = """
import keras, numpy as np
from tflab import lab
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
x = np.ones((32, 2), "float32")
model.fit(x, x[:, :1], epochs=steps, verbose=0, callbacks=[lab.keras_callback()])
lab.show(backend=keras.config.backend())
"""


def test_keras_on_jax_runs_and_is_recorded(keras_on_jax: Path) -> None:
    path = write_program(user_folder() / "one.py", KERAS)
    done = tflab("run", path, "--json", "--python", keras_on_jax, "--seed", "5")
    found = json.loads(done.stdout)
    assert found["status"] == "finished", found["error"]
    assert found["results"] == {"backend": "jax"}
    assert found["environment"]["backend"] == "jax"
    assert "jax" in found["environment"]["packages"]
    assert "tensorflow" not in found["environment"]["packages"]
    assert found["metrics"]["loss"]["count"] == 3
    again = json.loads(tflab("run", path, "--json", "--seed", "5").stdout)
    assert again["metrics"]["loss"]["last"] == found["metrics"]["loss"]["last"]


def test_a_program_that_chooses_jax_itself(keras_on_jax: Path) -> None:
    path = write_program(
        user_folder() / "one.py", f'import os\nos.environ["KERAS_BACKEND"] = "jax"\n{KERAS}'
    )
    found = json.loads(tflab("run", path, "--json", "--python", keras_on_jax).stdout)
    assert found["status"] == "finished", found["error"]
    assert found["environment"]["backend"] == "jax"


SILENT = """
import keras, numpy as np
keras.utils.set_random_seed(3)
model = keras.Sequential(
    [keras.Input((2,)), keras.layers.Dense(4), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
)
model.compile("adam", "mse", metrics=["mae"])
x = np.arange(64, dtype="float32").reshape(32, 2) / 64
fit = model.fit(x, x[:, :1], epochs=3, batch_size=8, validation_split=0.25, verbose=0)
print(fit.history, model.evaluate(x, x[:, :1], verbose=0))
"""


def run_silently(environment: Path, program: str, backend: str = "tensorflow") -> None:
    """Run a program that says nothing to tflab; it is recorded and prints what it does alone."""
    path = write_program(user_folder() / "one.py", program)
    found = json.loads(tflab("run", path, "--json", "--python", environment).stdout)
    assert found["status"] == "finished", found["error"]
    counts = {name: metric["count"] for name, metric in found["metrics"].items()}
    assert counts == {
        "loss": 3, "mae": 3, "val_loss": 3, "val_mae": 3, "batch_loss": 9, "batch_mae": 9
    }  # fmt: skip
    assert set(found["results"]) == {"evaluate/loss", "evaluate/mae"}
    plain = subprocess.run(
        [environment / "bin" / "python", path],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": ""},
    )
    assert found["output"] == plain.stdout


def test_fit_on_jax_is_recorded_by_itself_and_gives_the_same(keras_on_jax: Path) -> None:
    run_silently(keras_on_jax, SILENT, "jax")


def test_fit_on_torch_is_recorded_by_itself_and_gives_the_same(keras_on_torch: Path) -> None:
    run_silently(keras_on_torch, SILENT, "torch")


def test_fit_of_keras_2_is_recorded_by_itself_and_gives_the_same(old_tensorflow: Path) -> None:
    two = SILENT.replace("import keras, numpy", "import tf_keras as keras, numpy")
    run_silently(old_tensorflow, two.replace("keras.Input((2,))", "keras.layers.InputLayer((2,))"))


def test_keras_on_jax_stops(keras_on_jax: Path, tmp_path: Path) -> None:
    path = write_program(
        user_folder() / "one.py",
        f"{KERAS}\nimport time, jax\nlab.log(99, mark=1.0)\nwhile True: jax.numpy.ones(3).sum()",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "tflab", "run", path, "--json", "--python", str(keras_on_jax)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        store = RunStore()

        def marked() -> Any:
            return any("mark" in store.load(run).series for run in store.ids())

        end = time.monotonic() + 120
        while not marked():
            assert time.monotonic() < end
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    found = json.loads(out)
    assert found["status"] == "cancelled"
    assert found["metrics"]["loss"]["count"] == 3
