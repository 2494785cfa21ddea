"""The environment of a run as its own process has it."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from tflab.runs.events import Environment

PACKAGES = ("tensorflow", "keras", "numpy", "jax", "torch")
"""What decides what a run computes."""


def environment() -> Environment:
    """Return the interpreter, and the versions of what it has loaded.

    Before anything is loaded, as in a fresh process, its packages tell what would be.
    """
    fresh = "keras" not in sys.modules
    versions = {name: _version(name, fresh) for name in PACKAGES}
    return Environment(
        interpreter=sys.executable,
        python=platform.python_version(),
        packages={name: found for name, found in versions.items() if found},
        backend=_backend(),
    )


def _version(name: str, fresh: bool) -> str:
    module = sys.modules.get(name)
    if module is not None:
        return str(getattr(module, "__version__", ""))
    if not fresh:
        return ""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _backend() -> str:
    keras = sys.modules.get("keras")
    tell = getattr(getattr(keras, "config", None), "backend", None)
    return str(tell()) if callable(tell) else ""
