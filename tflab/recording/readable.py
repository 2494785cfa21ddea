"""Values as text that people can read in a terminal, as a notebook would show them.

Objects are known by what they can do, so nothing is imported that the program has not.
"""

from __future__ import annotations

import importlib
import pprint
import re
from collections.abc import Callable
from typing import Any

from tflab.recording.html_text import html_text

WIDTH = 72
"""Cells that a table or a list takes at most, where it can be broken into lines."""

_MOST_COLUMNS = 20
_MOST_ITEMS = 1_000
# What tells nothing but which object it is.
_OPAQUE = re.compile(r"<[\w.<> ]*(?: object| at 0x[0-9a-f]+)+>")


def readable(value: Any) -> str:
    """Return a value as text: tables as tables, and what only a browser would show in words."""
    if _is_of_pandas(value):
        return _table(value)
    if type(value) in (list, tuple, dict, set):
        return _container(value)
    text = repr(value)
    if isinstance(value, type) or not _OPAQUE.fullmatch(text):
        return text
    for name, form in _FORMS.items():
        found = _ask(value, name)
        if isinstance(found, str):
            shown = form(found)
            return shown if shown.strip() else f"({_kind(value)}: shown by a browser only)"
    url = getattr(value, "url", None) or getattr(value, "src", None)
    return f"{_kind(value)}: {url}" if isinstance(url, str) else text


def _ask(value: Any, name: str) -> Any:
    """Return what a value gives for a notebook, without what it says of it besides."""
    give = getattr(value, name, None)
    found = give() if callable(give) else None
    return found[0] if isinstance(found, tuple) and found else found


_FORMS: dict[str, Callable[[str], str]] = {
    "_repr_markdown_": str.strip,
    "_repr_latex_": str.strip,
    "_repr_html_": html_text,
    "_repr_svg_": lambda _: "",
    "_repr_javascript_": lambda _: "",
}


def _kind(value: Any) -> str:
    return type(value).__name__


def _is_of_pandas(value: Any) -> bool:
    return (
        type(value).__module__.partition(".")[0] == "pandas"
        and hasattr(value, "to_string")
        and hasattr(value, "iloc")
    )


def _table(value: Any) -> str:
    """Return a table as pandas draws it, by the options that the program set, at our width."""
    pandas = importlib.import_module("pandas")
    columns = pandas.get_option("display.max_columns") or _MOST_COLUMNS
    with pandas.option_context("display.width", WIDTH, "display.max_columns", columns):
        return repr(value)


def _container(value: Any) -> str:
    rest = ""
    if len(value) > _MOST_ITEMS and isinstance(value, list | tuple):
        rest = f" … {len(value):,} items in all"
        value = value[:_MOST_ITEMS]
    text = repr(value)
    if len(text) > WIDTH and "\n" not in text and len(value) <= _MOST_ITEMS:
        text = pprint.pformat(value, width=WIDTH, compact=True, sort_dicts=False)
    return text + rest
