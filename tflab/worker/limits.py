"""What a run may take of a machine that others use too: priority, threads, memory.

The memory limit of a CPU run is the kernel's, on private writable memory (`RLIMIT_DATA`), counted
on top of what TensorFlow holds when the run begins. `RLIMIT_AS` will not do: TensorFlow reserves
gigabytes of addresses that it never touches.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from tflab.runs.record import RunRequest
from tflab.worker.import_hooks import when_imported

_MIB = 1 << 20
_THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


def lower_priority(request: RunRequest) -> None:
    """Let everybody else's work go first, as far as the request says."""
    if request.nice > 0:
        os.nice(request.nice)


def limit_threads(request: RunRequest) -> None:
    """Set how many threads TensorFlow computes with. Its runtime must not have started yet."""
    if request.threads < 1:
        return
    for name in _THREADS:
        os.environ[name] = str(request.threads)
    when_imported("tensorflow", lambda: _limit_tensorflow(request.threads))


def _limit_tensorflow(threads: int) -> None:
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def limit_memory(request: RunRequest) -> bool:
    """Bound the memory of a CPU run; False where this system cannot. A GPU's is set elsewhere."""
    if request.memory_limit < 1 or request.device != "cpu":
        return True
    used = _private_memory()
    if used is None:
        return False
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    bound = used + request.memory_limit * _MIB
    if hard != resource.RLIM_INFINITY:
        bound = min(bound, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))
    return True


def _private_memory() -> int | None:
    """Return the bytes that the kernel counts against `RLIMIT_DATA`, or None if it does not say."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    return None
