"""What TensorFlow and Keras do where no lesson shows it: tried by them, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache

_TRIED = """
import itertools, json, warnings
import keras, numpy as np, tensorflow as tf

found = {"copies": [], "none_times_rate": "nothing"}
for dtype, size in itertools.product(("float16", "float32", "float64", "int32"), (3, 100_000)):
    array = np.ones(size, dtype)
    tensor = tf.convert_to_tensor(array)
    back = tensor.numpy()
    array[:], back[:] = 9, 9
    found["copies"].append(bool(tf.reduce_all(tensor == 1)))
try:
    tf.Variable(1.0).assign_sub(0.1 * None)
except Exception as error:
    found["none_times_rate"] = type(error).__name__
left, moved = keras.Variable(1.0), keras.Variable(1.0)
rule = keras.optimizers.SGD(0.1)
with warnings.catch_warnings(record=True) as heard:
    warnings.simplefilter("always")
    rule.apply_gradients([(None, left), (tf.constant(1.0), moved)])
found["warnings"] = [str(one.message) for one in heard]
found["moved"] = float(left), round(float(moved), 6)
print(json.dumps(found))
"""


@cache
def library_facts() -> dict[str, object]:
    """Return what was found, by name."""
    told = {"KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    tried = subprocess.run(
        [sys.executable, "-c", _TRIED],
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found: dict[str, object] = json.loads(tried.stdout.splitlines()[-1])
    return found


def copies_both_ways() -> bool:
    """Whether arrays and tensors are copied, of every type that the lesson offers."""
    return library_facts()["copies"] == [True] * 8


def optimizers_only_warn_of_none() -> bool:
    """Whether an optimizer steps where there is a slope, and warns where there is none."""
    facts = library_facts()
    return "Gradients do not exist" in str(facts["warnings"]) and facts["moved"] == [1.0, 0.9]
