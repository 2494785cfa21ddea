"""Where the random numbers of a program stand, and putting them back.

Python, NumPy, TensorFlow, Keras and PyTorch each keep their own. TensorFlow keeps two: the seeds
that it draws for operations without one, and how far each operation has come. Only the first can
be read; the second can only be forgotten, for all operations at once. That is done where the
attempt has drawn seeds, since the same seeds would else go on where the attempt left them.
"""

from __future__ import annotations

import importlib
import random
import sys
from typing import Any

import numpy as np


class RandomState:
    """The state of every generator that a program draws from without naming it."""

    def __init__(self) -> None:
        self._python = random.getstate()
        self._numpy = np.random.get_state()
        self._tensorflow = _TensorFlow() if "tensorflow" in sys.modules else None
        self._keras = _keras_generator()
        self._keras_state = _value(self._keras)
        torch = sys.modules.get("torch")
        self._torch = torch.get_rng_state() if torch is not None else None

    def restore(self) -> None:
        """Put everything back."""
        if self._tensorflow is not None:
            self._tensorflow.restore()
        _set_keras_generator(self._keras, self._keras_state)
        if self._torch is not None:
            sys.modules["torch"].set_rng_state(self._torch)
        # Last, because what comes before may draw from them.
        random.setstate(self._python)
        np.random.set_state(self._numpy)


class _TensorFlow:
    def __init__(self) -> None:
        self._random = importlib.import_module("tensorflow").random
        self._context = importlib.import_module("tensorflow.python.eager.context")
        self._seed = self._context.global_seed()
        drawn = self._seeds()
        self._drawn = drawn.getstate() if drawn is not None else None
        self._generator = self._global_generator()
        self._generator_state = _value(self._generator)

    def restore(self) -> None:
        drawn = self._seeds()
        moved = drawn is not None and drawn.getstate() != self._drawn
        if moved or self._context.global_seed() != self._seed:
            # This forgets how far operations have come, too.
            self._random.set_seed(self._seed)
            if self._drawn is not None:
                self._seeds().setstate(self._drawn)
        if self._generator is not self._global_generator() and self._generator is not None:
            self._random.set_global_generator(self._generator)
        if self._generator_state is not None:
            self._generator.state.assign(self._generator_state)

    def _seeds(self) -> Any:
        """Return what the seeds of operations are drawn from; nothing public tells it."""
        return vars(self._context.context()).get("_rng")

    def _global_generator(self) -> Any:
        """Return the global generator, if there is one: asking for it publicly would make it."""
        home = sys.modules.get("tensorflow.python.ops.stateful_random_ops")
        return getattr(home, "global_generator", None)


_KERAS = "global_seed_generator"


def _keras_generator() -> Any:
    """Return the generator of layers without a seed of their own, if Keras has made it."""
    state = sys.modules.get("keras.src.backend.common.global_state")
    return state.get_global_attribute(_KERAS) if state is not None else None


def _set_keras_generator(generator: Any, value: Any) -> None:
    state = sys.modules.get("keras.src.backend.common.global_state")
    if state is None:
        return
    if state.get_global_attribute(_KERAS) is not generator:
        state.set_global_attribute(_KERAS, generator)
    if value is not None:
        generator.state.assign(value)


def _value(generator: Any) -> Any:
    """Return a copy of what a generator holds, or None where there is none."""
    return None if generator is None else np.array(generator.state.numpy())
