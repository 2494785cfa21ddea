"""Whether the terminal's locale can show more than ASCII."""

from __future__ import annotations

import os
from collections.abc import Mapping

_ASCII_LOCALES = ("C", "POSIX")
_COERCED = "C.UTF-8"


def speaks_unicode(environ: Mapping[str, str] | None = None) -> bool:
    """Return whether text outside ASCII may be shown.

    Python cannot be asked: under `LANG=C` it sets `LC_CTYPE` to UTF-8 for itself, whatever the
    terminal shows. Where nothing is set, as in most containers, the terminal is taken to be a
    modern one.
    """
    environ = os.environ if environ is None else environ
    if environ.get("TERM") == "linux":
        return False
    kind, language = environ.get("LC_CTYPE"), environ.get("LANG")
    if kind == _COERCED and language in _ASCII_LOCALES:
        kind = None
    name = environ.get("LC_ALL") or kind or language
    if not name:
        return True
    return name not in _ASCII_LOCALES and "utf" in name.lower()
