"""The seed of a run, in everything that draws random numbers."""

from __future__ import annotations

import importlib
import random
import sys
from typing import Any

import numpy as np

from tflab.worker.import_hooks import when_imported


def set_seeds(seed: int) -> None:
    """Set the seed of Python and NumPy now, of TensorFlow, Keras and PyTorch once they are there.

    They are not imported here: in a fresh process a program may still have to set what decides how
    they are loaded. Seeds that the program has set before it imports Keras stay.
    """
    if "keras" in sys.modules:
        _load("keras").utils.set_random_seed(seed)
        return
    random.seed(seed)
    np.random.seed(seed)
    when_imported("tensorflow", lambda: _load("tensorflow").random.set_seed(seed))
    when_imported("torch", lambda: _load("torch").manual_seed(seed))
    when_imported("keras", lambda: _seed_keras(seed))


def _seed_keras(seed: int) -> None:
    """Keras keeps a seed of its own; setting that sets the others too, which may be in use."""
    states = random.getstate(), np.random.get_state()
    drawn = _tensorflow_seed()
    _load("keras").utils.set_random_seed(seed)
    random.setstate(states[0])
    np.random.set_state(states[1])
    if drawn is not None and drawn != seed:
        _load("tensorflow").random.set_seed(drawn)


def _tensorflow_seed() -> int | None:
    context = sys.modules.get("tensorflow.python.eager.context")
    found: int | None = context.global_seed() if context is not None else None
    return found


def _load(name: str) -> Any:
    # By name, because the run side names no library in its imports but where one is needed.
    return importlib.import_module(name)
