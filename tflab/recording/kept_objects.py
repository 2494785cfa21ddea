"""What checkpoints are made of: TensorFlow's objects, and the state of random generators."""

from __future__ import annotations

import importlib
import random
from collections.abc import Mapping
from typing import Any

from tflab.runs.record import Problem


def tracked(objects: Mapping[str, Any]) -> Any:
    """Return TensorFlow's own checkpoint of these objects."""
    parts = {name: _variables(one) or one for name, one in objects.items()}
    try:
        return importlib.import_module("tensorflow").train.Checkpoint(**parts)
    except (ImportError, ValueError, TypeError) as error:
        kinds = ", ".join(f"{name} ({type(one).__name__})" for name, one in objects.items())
        raise Problem(
            "This cannot be kept",
            f"{kinds}: {error}",
            "Models, optimizers, variables and iterators of TensorFlow, arrays and random "
            "generators can; for others use Keras's BackupAndRestore in lab.folder().",
        ) from error


def _variables(one: Any) -> list[Any]:
    """Return all variables of a model or an optimizer of Keras; nothing for anything else.

    Of a model itself TensorFlow would pass over layers in lists, and the states of dropout.
    """
    found = getattr(one, "variables", ()) if hasattr(one, "built") else ()
    return [variable.value for variable in found if hasattr(variable, "path")]


def build(objects: Mapping[str, Any]) -> None:
    """Have optimizers make their variables, which Keras does at the first step otherwise.

    Always, so that they have the same order in a run that begins and in one that goes on.
    """
    models = [one for one in objects.values() if not hasattr(one, "apply_gradients")]
    weights = [one.trainable_variables for one in models if hasattr(one, "trainable_variables")]
    for name, one in objects.items():
        if getattr(one, "built", True):
            continue
        if not hasattr(one, "apply_gradients"):
            raise Problem(
                "The model has no weights yet",
                f"{name} is built when it is called for the first time.",
                "Give it an input shape, or call it once before lab.checkpoint.",
            )
        if len(weights) != 1:
            raise Problem(
                "The optimizer has no variables yet",
                f"Which weights {name} belongs to cannot be told.",
                f"Call `{name}.build(model.trainable_variables)` before lab.checkpoint.",
            )
        one.build(weights[0])


def chance_of(one: Any) -> Any:
    """Return the state of a random generator of NumPy or Python."""
    return one.getstate() if isinstance(one, random.Random) else one.bit_generator.state


def set_chance(one: Any, state: Any) -> None:
    """Give a random generator the state that `chance_of` returned, also by way of JSON."""
    if isinstance(one, random.Random):
        one.setstate(tupled(state))
    else:
        one.bit_generator.state = state


def tupled(value: Any) -> Any:
    """Return what JSON made of nested tuples as those."""
    return tuple(map(tupled, value)) if isinstance(value, list) else value
