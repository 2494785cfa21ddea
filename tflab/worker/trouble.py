"""Troubles that TensorFlow and the system tell in codes: a lost GPU, its memory, a full disk."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable
from typing import NamedTuple


class Trouble(NamedTuple):
    """A cause in words, and what to do."""

    cause: str
    next_step: str


_GPU_LOST = re.compile(
    r"CUDA_ERROR_(UNKNOWN|ECC_UNCORRECTABLE|DEVICE_UNAVAILABLE|NO_DEVICE|DEVICE_LOST|SYSTEM_NOT_READY"
    r"|HARDWARE_STACK_ERROR|NOT_INITIALIZED|CONTAINED)|fallen off the bus|device (was )?lost"
    r"|GPU is lost|uncorrectable ECC",
    re.IGNORECASE,
)
_GPU_FAULT = re.compile(
    r"CUDA_ERROR_(ILLEGAL_ADDRESS|LAUNCH_FAILED|LAUNCH_TIMEOUT|MISALIGNED_ADDRESS|ASSERT"
    r"|ILLEGAL_INSTRUCTION)"
)
_GPU_MEMORY = re.compile(
    r"CUDA_ERROR_OUT_OF_MEMORY|(OOM when allocating|ran out of memory trying to allocate)"
    r".*\bGPU|GPU_\d+_bfc\) ran out of memory",
    re.IGNORECASE | re.DOTALL,
)
_CUDNN = re.compile(
    r"(CUDNN_STATUS_|CUBLAS_STATUS_|Could not load library lib(cu|nv)|"
    r"(libcu\w*|libnv\w*|libnccl)[\w.]*: cannot open)"
)
_DISK_WORDS = re.compile(r"No space left on device|Disk quota exceeded|ENOSPC|EDQUOT")
_DISK_CODES = (errno.ENOSPC, errno.EDQUOT)


def text_of(value: object, make: Callable[[object], str] = str) -> str:
    """Return the text of a value of the lesson's, whose own code may fail to make one."""
    try:
        return make(value)
    except Exception as error:  # noqa: BLE001
        return f"<its text cannot be made: {type(error).__name__}>"


def gpu_trouble(text: str) -> Trouble | None:
    """Return what the words of CUDA mean, or None when they are about something else."""
    if _GPU_MEMORY.search(text):
        return Trouble(
            "The GPU ran out of memory.",
            "Make the data, the batch or the layers smaller, or choose a GPU with more free "
            "memory; `tflab devices` shows how much each has.",
        )
    if _GPU_LOST.search(text):
        return Trouble(
            "The GPU was lost: the driver no longer answers for it.",
            "Run on the CPU or another GPU; if `tflab devices` does not list it, the driver or "
            "the machine has to be restarted by whoever looks after it.",
        )
    if _GPU_FAULT.search(text):
        return Trouble(
            "A computation failed on the GPU and took the run's use of it away.",
            "Run it again; if it fails at the same line, try that line on the CPU.",
        )
    if _CUDNN.search(text):
        return Trouble(
            "A CUDA library is missing or refused to work.",
            "Install `tflab[gpu]`, whose libraries fit this TensorFlow, or choose the CPU.",
        )
    return None


def disk_trouble(error: BaseException) -> Trouble | None:
    """Return what to do when a lesson's own files filled the disk, else None."""
    code = error.errno if isinstance(error, OSError) else None
    # TensorFlow raises errors of its own for what the system refused it.
    told = type(error).__module__.startswith(("tensorflow", "h5py")) or code is None
    if code in _DISK_CODES or (told and _DISK_WORDS.search(text_of(error))):
        return Trouble(
            "The disk is full, or the share of it that you may use.",
            "Make room, or let the program save less, then run it again.",
        )
    return None
