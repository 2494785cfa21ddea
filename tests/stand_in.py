"""A stand-in for TensorFlow: it imports in no time, and what runs beside it is all real.

TensorFlow takes seconds of a processor to import, at each start of a workbench or of a command that
runs something. Where a test says something of neither, and its program uses neither, it may take
the fixture `tensorflow_stand_in`: fork server, run process and log are the real ones.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

FILES = {
    "tensorflow/__init__.py": (
        "__version__ = '0.0.test'\nfrom tensorflow import random\n"
        "import tensorflow.python.eager.context"
    ),
    "tensorflow/random.py": "def set_seed(seed): pass",
    "tensorflow/python/__init__.py": "",
    "tensorflow/python/eager/__init__.py": "",
    "tensorflow/python/eager/context.py": (
        "class _Context: _initialized = False\n"
        "def context(): return _Context\n"
        "def global_seed(): return None"
    ),
    "keras/__init__.py": """\
        from keras import callbacks, utils
        class Model:
            def train_on_batch(self): pass
            def test_on_batch(self): pass
            def reset_metrics(self): pass
        """,
    "keras/callbacks.py": """\
        class Callback: pass
        class BackupAndRestore(Callback): pass
        class ModelCheckpoint(Callback): pass
        class CallbackList:
            def __init__(self, callbacks=None): self.callbacks = callbacks or []
        """,
    "keras/utils.py": """\
        import random
        import numpy
        def set_random_seed(seed):
            random.seed(seed)
            numpy.random.seed(seed)
        """,
}
"""What our side asks of TensorFlow and Keras around a program; text by path."""


def write_stand_in(folder: Path, changed: Mapping[str, str] = {}) -> None:
    """Write the stand-in into a folder for `PYTHONPATH`, with some files otherwise."""
    for name, text in (FILES | changed).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
