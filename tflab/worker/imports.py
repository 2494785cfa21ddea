"""Importing TensorFlow once, without waking its runtime, which would make forking unsafe."""

from __future__ import annotations

import gc
import importlib
import json
import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from tflab.runs.record import Problem
from tflab.worker.trouble import gpu_trouble

_OUT_OF_ADDRESSES = re.compile(
    "MemoryError|bad_alloc|cannot allocate memory|failed to map segment", re.IGNORECASE
)


def import_tensorflow() -> str:
    """Import TensorFlow, and Keras where that runs on it; return TensorFlow's version.

    Keras on another backend is left to each run, as only TensorFlow is known to bear a fork once
    it is imported. An environment with such a Keras may be without TensorFlow; then the version is
    empty.

    Raises:
        Problem: When TensorFlow is missing or cannot be loaded.
    """
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
    context = sys.modules.get("tensorflow.python.eager.context")
    return context is not None and bool(context.context()._initialized)


def keras_backend() -> str:
    """Return the backend that Keras takes when it is imported here: what it looks at, in order."""
    chosen = os.environ.get("KERAS_BACKEND")
    if chosen:
        return chosen
    home = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
    try:
        found = json.loads(Path(home, "keras.json").read_text())
        return str(found["backend"])
    except (OSError, ValueError, KeyError, TypeError):
        return "tensorflow"


def _import() -> str:
    on_tensorflow = keras_backend() == "tensorflow"
    try:
        if not on_tensorflow and find_spec("keras") and not find_spec("tensorflow"):
            return ""
        tensorflow = importlib.import_module("tensorflow")
        if on_tensorflow:
            importlib.import_module("keras")
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    except Exception as error:
        raise Problem(
            "TensorFlow cannot be loaded",
            f"{type(error).__name__}: {_last_line(str(error))}",
            _mend(f"{type(error).__name__}: {error}"),
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
    if _OUT_OF_ADDRESSES.search(text):
        return (
            "Its libraries need more memory addresses than this shell allows: raise the limit with "
            "`ulimit -v unlimited`, then start tflab again."
        )
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
