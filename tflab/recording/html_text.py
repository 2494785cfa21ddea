"""HTML as plain text: what it says, with its tables as tables."""

from __future__ import annotations

from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "head", "title", "template", "svg", "audio", "video"})
_BREAKS = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "blockquote", "section"}
)
_WITHOUT_END = frozenset({"br", "hr", "img", "input", "link", "meta", "col", "wbr"})


def html_text(html: str) -> str:
    """Return what HTML says; empty where it says nothing but to a browser."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._silent: list[str] = []
        self._exact = 0
        self._rows: list[list[str]] | None = None
        self._in_cell = False

    def text(self) -> str:
        self._end_table()
        lines = [line.rstrip() for line in self._lines]
        return "\n".join(
            line for at, line in enumerate(lines) if line or (at and lines[at - 1])
        ).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent or tag in _SILENT:
            if tag not in _WITHOUT_END:
                self._silent.append(tag)
            return
        if tag == "table":
            self._end_table()
            self._rows = []
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append("")
            self._in_cell = True
        elif tag == "li":
            self._begin_line()
            self._lines[-1] = "- "
        elif tag == "img":
            self._put(dict(attrs).get("alt") or "")
        elif tag == "br":
            self._put(" ") if self._in_cell else self._lines.append("")
        elif tag == "hr" or tag in _BREAKS:
            self._begin_line()
            self._exact += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag in self._silent:
                del self._silent[self._silent.index(tag) :]
            return
        if tag == "table":
            self._end_table()
        elif tag in ("td", "th"):
            self._in_cell = False
        elif tag in _BREAKS or tag == "li":
            self._exact -= tag == "pre" and self._exact > 0
            self._begin_line()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._exact and self._rows is None:
            first, *rest = data.split("\n")
            self._lines[-1] += first
            self._lines += rest
            return
        words = " ".join(data.split())
        if words:
            lead = " " if data[:1].isspace() else ""
            self._put(lead + words + (" " if data[-1:].isspace() else ""))

    def _put(self, text: str) -> None:
        if self._rows is None:
            line = self._lines[-1]
            self._lines[-1] = line + (text.lstrip() if not line or line.endswith(" ") else text)
        elif self._in_cell and self._rows and self._rows[-1]:
            self._rows[-1][-1] = f"{self._rows[-1][-1]}{text}"
        elif text.strip():
            # What stands in a table and in none of its cells, such as its caption.
            self._begin_line()
            self._lines[-1] = text.strip()

    def _begin_line(self) -> None:
        line = self._lines[-1]
        if line.strip() if self._rows is None else line:
            self._lines.append("")

    def _end_table(self) -> None:
        rows, self._rows, self._in_cell = self._rows or [], None, False
        cells = [[cell.strip() for cell in row] for row in rows if row]
        if not cells:
            return
        columns = max(map(len, cells))
        full = [row + [""] * (columns - len(row)) for row in cells]
        widths = [max(len(row[n]) for row in full) for n in range(columns)]
        self._begin_line()
        self._lines.pop() if not self._lines[-1] else None
        for row in full:
            padded = zip(row, widths, strict=True)
            self._lines.append("  ".join(cell.ljust(width) for cell, width in padded))
        self._lines.append("")
