"""`python -m tflab.worker.probe [--gpu]`: what TensorFlow is here, as one JSON object.

It runs in a process of its own because a TensorFlow that does not fit the CPU kills its process.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from tflab.runs.record import Problem
from tflab.worker.imports import import_tensorflow


def main() -> None:
    """Print what was found; `--gpu` also counts the GPUs that TensorFlow can use."""
    began = time.monotonic()
    if "--gpu" not in sys.argv[1:]:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    found: dict[str, Any]
    try:
        found = {"version": import_tensorflow()}
    except Problem as problem:
        found = {"title": problem.title, "cause": problem.cause, "next_step": problem.next_step}
    else:
        found["seconds"] = time.monotonic() - began
        found |= _about("--gpu" in sys.argv[1:])
    # TensorFlow may have written to stdout before; the last line is ours.
    print("\n" + json.dumps(found), flush=True)  # noqa: T201
    os._exit(0)


def _about(gpu: bool) -> dict[str, Any]:
    import keras
    import tensorflow as tf

    build = tf.sysconfig.get_build_info()
    found = {
        "keras": str(keras.__version__),
        "cuda": str(build.get("cuda_version", "")) if build.get("is_cuda_build") else "",
        "sum": float(tf.reduce_sum(tf.ones([2, 2]))),
    }
    if gpu:
        found["gpus"] = len(tf.config.list_physical_devices("GPU"))
    return found


if __name__ == "__main__":
    main()
