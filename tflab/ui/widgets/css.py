"""Style sheets that stand beside their widget and are read when the widget is first used.

The first paint then parses only what it shows.
"""

from __future__ import annotations

from pathlib import Path


def beside(module_file: str) -> str:
    """Return the text of the `.tcss` file that has the name of a module."""
    return Path(module_file).with_suffix(".tcss").read_text(encoding="utf-8")
