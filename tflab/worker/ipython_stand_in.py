"""`IPython.display` where there is no IPython: what notebooks wrap things in to show them."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

NAMES = ("IPython", "IPython.display", "IPython.core", "IPython.core.display")


def fill(module: ModuleType, display: Callable[..., Any], clear: Callable[..., Any]) -> None:
    """Give a module what programs import from it.

    Args:
        module: One of `NAMES`.
        display: What shows values.
        clear: What takes away the output of a cell.
    """
    if module.__name__ == "IPython":
        module.__dict__.update(version_info=(8, 24, 0), __version__="8.24.0", get_ipython=_shell)
    elif module.__name__.endswith("display"):
        module.__dict__.update({kind.__name__: kind for kind in _KINDS})
        module.__dict__.update(display=display, clear_output=clear)


def _shell() -> Any:
    main = __import__("__main__")
    found = getattr(main, "get_ipython", None) or getattr(builtins, "get_ipython", None)
    return found() if callable(found) else None


class DisplayObject:
    """Something to show: its data, or where they are.

    Args:
        data: The data, or an address.
        url: Where a browser finds them.
        filename: A file that holds them.
    """

    binary = False

    def __init__(
        self, data: Any = None, url: str | None = None, filename: str | None = None, **_: Any
    ) -> None:
        if isinstance(data, str) and data.startswith(("http://", "https://")):
            data, url = None, data
        if isinstance(data, Path) or (self.binary and isinstance(data, str)):
            data, filename = None, str(data)
        self.url = url
        self.filename = filename
        self.data = data
        if data is None and filename is not None:
            path = Path(filename)
            self.data = path.read_bytes() if self.binary else path.read_text("utf-8")

    def __repr__(self) -> str:
        return f"<IPython.core.display.{type(self).__name__} object>"


class HTML(DisplayObject):
    """HTML."""

    def _repr_html_(self) -> Any:
        return self.data


class Markdown(DisplayObject):
    """Markdown."""

    def _repr_markdown_(self) -> Any:
        return self.data


class Latex(DisplayObject):
    """LaTeX."""

    def _repr_latex_(self) -> Any:
        return self.data


class Math(Latex):
    """A formula."""


class SVG(DisplayObject):
    """A drawing."""

    def _repr_svg_(self) -> Any:
        return self.data


class Javascript(DisplayObject):
    """What a browser would execute."""

    def _repr_javascript_(self) -> Any:
        return self.data


class Pretty(DisplayObject):
    """Plain text."""

    def __repr__(self) -> str:
        return str(self.data)


class JSON(DisplayObject):
    """Data."""

    def __repr__(self) -> str:
        return repr(self.data)


class Image(DisplayObject):
    """A picture."""

    binary = True

    def _repr_png_(self) -> Any:
        return self.data


class Audio(DisplayObject):
    """Sound."""

    binary = True

    def _repr_html_(self) -> str:
        return "<audio></audio>"


class Video(Audio):
    """A film."""


class IFrame:
    """A page within the page."""

    def __init__(self, src: str, *_: Any, **__: Any) -> None:
        self.src = src

    def __repr__(self) -> str:
        return f"<IPython.lib.display.{type(self).__name__} object>"


class YouTubeVideo(IFrame):
    """A film on YouTube."""

    def __init__(self, id: str, *_: Any, **__: Any) -> None:
        super().__init__(f"https://www.youtube.com/watch?v={id}")


class FileLink(IFrame):
    """A file to open."""


_KINDS = (
    DisplayObject,
    HTML,
    Markdown,
    Latex,
    Math,
    SVG,
    Javascript,
    Pretty,
    JSON,
    Image,
    Audio,
    Video,
    IFrame,
    YouTubeVideo,
    FileLink,
)
