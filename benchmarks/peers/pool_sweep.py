"""A lesson over many values in a process pool whose workers import TensorFlow, as one writes it.

Give it the number of workers and the files to run.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import runpy
import sys
from concurrent.futures import ProcessPoolExecutor


def load() -> None:
    """Import TensorFlow, once in each worker."""
    import tensorflow  # noqa: F401


def run(path: str) -> None:
    """Run one file and throw away what it prints."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        runpy.run_path(path, run_name="__main__")


def main(workers: int, paths: list[str]) -> None:
    """Run every file, `workers` at a time."""
    # A fork of a process that has used TensorFlow may hang, so workers are spawned.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=load) as pool:
        for _ in pool.map(run, paths):
            pass


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
