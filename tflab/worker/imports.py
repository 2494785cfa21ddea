"""Importing TensorFlow once, without waking its runtime, which would make forking unsafe."""

from __future__ import annotations

import gc
import importlib
import os

from tflab.runs.record import Problem
from tflab.worker.trouble import gpu_trouble


def import_tensorflow() -> str:
    """Import TensorFlow and Keras; return TensorFlow's version.

    Raises:
        Problem: When TensorFlow is missing or cannot be loaded.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Collecting among a million fresh objects finds nothing and costs as long as a run's start;
    # frozen ones are never visited again, here or in a run, and so stay shared between them.
    gc.disable()
    try:
        return _import()
    finally:
        gc.freeze()
        gc.enable()


def runtime_is_up() -> bool:
    """Return whether TensorFlow's runtime has started in this process."""
    context = importlib.import_module("tensorflow.python.eager.context")
    return bool(context.context()._initialized)


def _import() -> str:
    try:
        tensorflow = importlib.import_module("tensorflow")
        importlib.import_module("keras")
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    except Exception as error:
        raise Problem(
            "TensorFlow cannot be loaded",
            f"{type(error).__name__}: {_last_line(str(error))}",
            _mend(str(error)),
        ) from error
    return str(tensorflow.__version__)


def _missing(error: ModuleNotFoundError) -> Problem:
    if error.name in ("tensorflow", "keras"):
        return Problem(
            f"{'TensorFlow' if error.name == 'tensorflow' else 'Keras'} is not installed",
            f"This Python has no module {error.name!r}.",
            f"Install it: `python -m pip install {error.name}`.",
        )
    return Problem(
        "TensorFlow is not complete",
        f"It needs a module {error.name!r}, which is not installed.",
        "Install it again: `python -m pip install --force-reinstall tensorflow`.",
    )


def _mend(text: str) -> str:
    again = "`python -m pip install --force-reinstall tensorflow`"
    if gpu_trouble(text) is not None:
        return (
            "Install the CUDA libraries that fit it, `python -m pip install 'tflab[gpu]'`, or "
            f"TensorFlow again: {again}."
        )
    return f"Install it again: {again}."


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:500] if lines else "no message"
