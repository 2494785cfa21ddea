"""What artists have in common: their kind, their label, and which of them a program has drawn."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tflab.recording.values import to_text


class NotDataError(Exception):
    """Something in a figure cannot be told as data."""


def drawn_artists(axes: Any) -> list[Any]:
    """Return what the program has drawn into axes: all but their frame, titles and legend."""
    around = {
        id(part)
        for part in (
            axes.patch,
            axes.xaxis,
            axes.yaxis,
            axes.get_legend(),
            *axes.spines.values(),
        )
    }
    found = []
    for artist in axes.get_children():
        if id(artist) in around or not artist.get_visible():
            continue
        if is_kind(artist, "text", "Text") and (artist not in axes.texts or not artist.get_text()):
            continue
        found.append(artist)
    return found


def axes_title(axes: Any) -> str:
    """Return the title of axes; empty when they have none."""
    titles = (axes.get_title(loc=place) for place in ("center", "left", "right"))
    return to_text(" ".join(filter(None, titles)))


def label_of(artist: Any) -> str:
    """Return what a program calls an artist; empty when it does not."""
    found = str(artist.get_label() or "")
    return "" if found.startswith("_") else to_text(found)


def is_kind(artist: Any, module: str, name: str) -> bool:
    """Say whether an artist is of a class of matplotlib's, in a module of it."""
    kind = getattr(import_module(f"matplotlib.{module}"), name, None)
    return kind is not None and isinstance(artist, kind)
