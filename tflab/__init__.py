"""tflab: a lab workbench for TensorFlow in the terminal.

A lesson may import two names from here: `lab`, which records what the lesson does, and `Meta`,
which describes a parameter. `lab` is loaded on first use, so that the workbench and the command
line start without it.

`tflab.lab`, `tflab.recording`, `tflab.worker` and the writing half of `tflab.runs` are the run
side: they need Python 3.10 and NumPy, and nothing else, so that a program runs in any environment
that holds TensorFlow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Meta", "__version__", "lab"]

if TYPE_CHECKING:
    import tflab.lab as lab


class Meta:
    """What a parameter's annotation says of it, as in `Annotated[float, Meta(gt=0)]`.

    The workbench reads it in the program's text; to the program itself it does nothing.

    Args:
        gt, ge, lt, le: Bounds of a number.
        description: One line for people.
    """

    __slots__ = ("description", "ge", "gt", "le", "lt")

    def __init__(
        self,
        *,
        gt: float | None = None,
        ge: float | None = None,
        lt: float | None = None,
        le: float | None = None,
        description: str = "",
    ) -> None:
        self.gt, self.ge, self.lt, self.le = gt, ge, lt, le
        self.description = description


def __getattr__(name: str) -> object:
    if name == "lab":
        import importlib

        return importlib.import_module("tflab.lab")
    raise AttributeError(f"module 'tflab' has no attribute {name!r}")
