"""Keys as people write them."""

from __future__ import annotations

_NAMES = {"slash": "/", "escape": "Esc", "plus": "+", "minus": "-", "underscore": "_"}


def key_name(key: str) -> str:
    """Return a key as people write it: `ctrl+r` gives `^r`, `f1` gives `F1`."""
    if key.startswith("ctrl+"):
        return f"^{key_name(key.removeprefix('ctrl+'))}"
    for held in ("alt", "shift"):
        if key.startswith(f"{held}+"):
            return f"{held.capitalize()}+{key_name(key.removeprefix(f'{held}+'))}"
    if key in _NAMES:
        return _NAMES[key]
    return key.capitalize() if len(key) > 1 else key
