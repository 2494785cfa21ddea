"""tflab: a lab workbench for TensorFlow in the terminal.

A lesson may import two names from here: `lab`, which records what the lesson does, and `Meta`,
which describes a parameter. Both are loaded on first use, so that the workbench and the command
line start without them.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Meta", "__version__", "lab"]

if TYPE_CHECKING:
    from msgspec import Meta

    import tflab.lab as lab


def __getattr__(name: str) -> object:
    if name == "Meta":
        from msgspec import Meta

        return Meta
    if name == "lab":
        import importlib

        return importlib.import_module("tflab.lab")
    raise AttributeError(f"module 'tflab' has no attribute {name!r}")
