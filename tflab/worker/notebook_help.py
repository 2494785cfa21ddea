"""`x?` and `x??`: what something is, as text in the cell's output."""

from __future__ import annotations

import builtins
import fnmatch
import inspect
import sys
from collections.abc import Iterator
from typing import Any

_MOST_LINES = 200
_LONGEST = 1000
_MISSING = object()


def tell(asked: str, with_source: bool, names: dict[str, Any]) -> None:
    """Print what a name stands for; with a `*` in it, the names that are like it.

    Args:
        asked: The name, such as `tf.nn.relu`.
        with_source: Whether its source is wanted in place of its docstring.
        names: The global names of the notebook.
    """
    asked = asked.strip().removeprefix("%")
    if "*" in asked:
        lines = sorted(name for name in names if fnmatch.fnmatchcase(name, asked))
    elif (found := _value(asked, names)) is _MISSING:
        lines = [f"Object `{asked}` not found."]
    else:
        lines = list(_described(asked.rpartition(".")[2], found, with_source))
    rest = len(lines) - _MOST_LINES
    more = [f"… and {rest} more lines"] if rest > 0 else []
    sys.stdout.write("".join(f"{line}\n" for line in [*lines[:_MOST_LINES], *more]))


def _value(asked: str, names: dict[str, Any]) -> Any:
    """Look a dotted name up; what would have to be computed is not."""
    first, *rest = asked.split(".")
    found = names.get(first, getattr(builtins, first, _MISSING))
    for name in rest:
        try:
            found = getattr(found, name, _MISSING)
        except Exception:  # noqa: BLE001
            # A property that raises has no value to tell of.
            return _MISSING
    return found


def _described(name: str, value: Any, with_source: bool) -> Iterator[str]:
    if callable(value):
        signature = _asked(lambda: str(inspect.signature(value)))
        if signature:
            label = "Init signature" if isinstance(value, type) else "Signature"
            yield from _labelled(label, f"{name}{signature}")
    else:
        yield from _labelled("Type", type(value).__name__)
        text = _asked(lambda: repr(value))
        yield from _labelled("String form", text[:_LONGEST])
        yield from _labelled("Length", _asked(lambda: str(len(value))))
    source = _asked(lambda: inspect.getsource(value)) if with_source else ""
    if source:
        yield from _labelled("Source", source)
    else:
        yield from _labelled("Docstring", _asked(lambda: inspect.getdoc(value) or ""))
    yield from _labelled("File", _asked(lambda: inspect.getsourcefile(value) or ""))
    if callable(value):
        yield from _labelled("Type", type(value).__name__)


def _labelled(label: str, text: str) -> Iterator[str]:
    first, *rest = text.rstrip().splitlines() or [""]
    if first and not rest:
        yield f"{f'{label}:':<15} {first}"
    elif first or rest:
        yield f"{label}:"
        yield from (first, *rest)


def _asked(question: Any) -> str:
    """Return an answer that values give about themselves; empty where they give none."""
    try:
        return str(question())
    except Exception:  # noqa: BLE001
        # What has no length, no signature or no source says so in ways of its own.
        return ""
