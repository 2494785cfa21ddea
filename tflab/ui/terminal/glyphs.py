"""The marks the workbench draws with: Unicode, or ASCII where the locale cannot show it."""

from __future__ import annotations

from functools import cache

import msgspec

from tflab.runs.locale_text import speaks_unicode


class Glyphs(msgspec.Struct, frozen=True):
    """One set of marks. Each is one cell wide."""

    dot: str = "·"
    bullet: str = "●"
    passed: str = "✓"
    failed: str = "✗"
    open: str = "·"
    half: str = "◐"
    stopped: str = "■"
    pruned: str = "▽"
    lost: str = "?"
    here: str = "▸"
    pinned: str = "✦"
    bar: str = "▌"
    ellipsis: str = "…"
    changed: str = "•"
    continues: str = "↳"
    spinner: str = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
    filled: str = "━"
    empty: str = "─"
    unicode: bool = True


_ASCII = Glyphs(
    dot="-",
    bullet="*",
    passed="+",
    failed="x",
    open=".",
    half="~",
    stopped="#",
    pruned="v",
    lost="?",
    here=">",
    pinned="^",
    bar="|",
    ellipsis="~",
    changed="*",
    continues="\\",
    spinner="|/-\\",
    filled="#",
    empty=".",
    unicode=False,
)


@cache
def glyphs() -> Glyphs:
    """Return the set that this terminal's locale can show."""
    return Glyphs() if speaks_unicode() else _ASCII
