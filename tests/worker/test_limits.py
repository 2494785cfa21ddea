"""Priority, threads and memory of a run, looked at in the run itself."""

from __future__ import annotations

import os
from typing import Any

from tflab.runs.record import LEAST_MEMORY

THREADS = """
import time, tensorflow as tf
print(tf.config.threading.get_intra_op_parallelism_threads())
x = tf.random.normal([1500, 1500])
wall, used = time.perf_counter(), time.process_time()
for _ in range(12):
    x = tf.matmul(x, x) / 1500.0
x.numpy()
lab.show(share=(time.process_time() - used) / (time.perf_counter() - wall))
"""

GREEDY = """
import numpy as np, tensorflow as tf
small = tf.random.normal([400, 400])
print("small", float(tf.reduce_sum(small @ small)) is not None)
for make in (lambda: tf.zeros([1 << 28]) + 1, lambda: np.ones(1 << 27), lambda: [0] * (1 << 27)):
    try:
        make()
    except (MemoryError, tf.errors.ResourceExhaustedError):
        print("refused")
print("alive", float(tf.reduce_sum(small)) is not None)
"""


def test_a_run_is_nice(bench: Any) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    run = bench.run("import os; print(os.getpriority(os.PRIO_PROCESS, 0))", nice=7)
    assert run.printed == f"{own + 7}\n"
    run = bench.run("import os; print(os.getpriority(os.PRIO_PROCESS, 0))")
    assert run.printed == f"{own}\n", "the server keeps its own priority"


def test_threads_are_limited(bench: Any) -> None:
    """One thread gets no more than one core's worth of time."""
    run = bench.run("from tflab import lab", THREADS, threads=1)
    assert run.printed == "1\n"
    assert run.state.results["share"].value < 1.2


def test_memory_is_limited_and_the_run_goes_on(bench: Any) -> None:
    """TensorFlow, NumPy and Python all hear of it as an error that a lesson can catch."""
    run = bench.run(GREEDY, memory_limit=LEAST_MEMORY)
    assert run.printed == "small True\nrefused\nrefused\nrefused\nalive True\n"
    assert run.state.status == "finished"


def test_the_least_memory_suffices_to_train(bench: Any) -> None:
    code = (
        "import keras, numpy as np\n"
        "model = keras.Sequential([keras.layers.Dense(32), keras.layers.Dense(1)])\n"
        "model.compile('adam', 'mse')\n"
        "model.fit(np.ones((256, 8)), np.ones(256), epochs=2, verbose=0)\n"
    )
    assert bench.run(code, memory_limit=LEAST_MEMORY).state.status == "finished"


def test_the_run_sees_its_device_only(bench: Any) -> None:
    code = (
        "import os, tensorflow as tf\n"
        "print(repr(os.environ['CUDA_VISIBLE_DEVICES']), os.environ['CUDA_DEVICE_ORDER'])\n"
        "print(os.environ['TF_FORCE_GPU_ALLOW_GROWTH'], tf.config.list_physical_devices('GPU'))"
    )
    assert bench.run(code).printed == "'' PCI_BUS_ID\ntrue []\n"
