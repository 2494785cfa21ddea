"""Making one device the only one that a run can see, before TensorFlow's runtime starts."""

from __future__ import annotations

import os

from tflab.runs.record import Problem, RunRequest
from tflab.worker.import_hooks import when_imported


def choose_device(request: RunRequest) -> None:
    """Set the environment so that CUDA sees the chosen GPU only, or none for the CPU."""
    os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
    os.environ["CUDA_VISIBLE_DEVICES"] = _visible(request)
    os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] = "true"
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")


def check_device(request: RunRequest) -> None:
    """Make sure that TensorFlow sees the chosen GPU, and let its memory grow as needed.

    Where TensorFlow is not imported yet, this is done as soon as it is.

    Raises:
        Problem: When it does not; this comes out of the import where that is still to be.
    """
    if request.device != "cpu":
        when_imported("tensorflow", lambda: _check_tensorflow(request))


def _check_tensorflow(request: RunRequest) -> None:
    import tensorflow as tf

    found = tf.config.list_physical_devices("GPU")
    if not found:
        raise Problem(
            "TensorFlow cannot use the GPU",
            f"It sees no device behind {request.device}: the driver or the CUDA libraries that "
            "this TensorFlow needs are missing, or the GPU is gone.",
            "Choose the CPU, or install `tflab[gpu]` and look at `tflab devices`.",
        )
    for device in found:
        if request.memory_limit:
            # A device with a limit takes no growth: TensorFlow refuses the two together.
            part = tf.config.LogicalDeviceConfiguration(memory_limit=request.memory_limit)
            tf.config.set_logical_device_configuration(device, [part])
        else:
            tf.config.experimental.set_memory_growth(device, True)


def _visible(request: RunRequest) -> str:
    if request.device == "cpu":
        return ""
    given = os.environ.get("CUDA_VISIBLE_DEVICES")
    if request.target and given is not None:
        # The queue has chosen, and counts as it likes.
        return given
    return request.device_uuid or request.device.partition(":")[2] or "0"
