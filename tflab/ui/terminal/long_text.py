"""Areas of text that stay quick with a megabyte in them.

Textual's wrapped text adds its height up line by line each time it is asked, which is for every row
that is drawn. It keeps a list with an item for each of its rows, whose length that is.
"""

from __future__ import annotations

from textual.document import _wrapped_document
from textual.widgets import _text_area


class QuickHeight(_wrapped_document.WrappedDocument):
    """Wrapped text that knows its height."""

    @property
    def height(self) -> int:
        """The rows of the text."""
        return len(self._offset_to_line_info)


def keep_height() -> None:
    """Have every area of text made from here on know its height."""
    vars(_text_area)["WrappedDocument"] = QuickHeight
