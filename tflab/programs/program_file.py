"""From a file to its text: what is no file, too large, binary or of an unknown encoding is said."""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import tokenize
from pathlib import Path

from tflab.programs import notebook
from tflab.programs.check import Findings

_LARGEST = 2_000_000
_BINARY = ("It is a binary file.", "Give a program written as Python text.")
_OTHER_NOTEBOOKS = {".md", ".markdown", ".myst", ".qmd", ".rmd"}
_CODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


def read_text(path: Path, findings: Findings) -> str | None:
    """Return a program's text: of a notebook the listing of its cells.

    The file is only ever read. None, and a finding, when it cannot be used.
    """
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError:
        # It is kept with each run, as text.
        findings.add(0, "Its name, or a folder's above it, is not UTF-8.", "Rename it.")
        return None
    ending = path.suffix.lower()
    if ending in _OTHER_NOTEBOOKS:
        findings.add(
            0,
            f"It is a text with code in it ({ending}), which Python does not run.",
            f"Make a notebook of it: `jupytext --to ipynb {path.name}`.",
        )
        return None
    is_notebook = ending == ".ipynb"
    data = _read_bytes(path, notebook.LARGEST if is_notebook else _LARGEST, findings)
    if data is None:
        return None
    if is_notebook:
        found = notebook.read_notebook(data, findings)
        return None if found is None else notebook.write_listing(found)
    return _decode(data, findings)


def check_text(source: str, findings: Findings) -> bool:
    """Note what no program's text may hold; return whether there is nothing of it."""
    if "\0" in source:
        findings.add(0, *_BINARY)
        return False
    try:
        source.encode()
    except UnicodeEncodeError as error:
        line = source.count("\n", 0, error.start) + 1
        findings.add(line, "Its text is not UTF-8 here.", "Save the file as UTF-8.")
        return False
    return True


def declared_encoding(source: str) -> tuple[int, str] | None:
    """Return the line and name of the encoding that a text declares, if it is not UTF-8."""
    for number, text in enumerate(source.split("\n", 2)[:2], start=1):
        coding = _CODING.match(text)
        if coding and coding[1].lower().replace("_", "-") not in ("utf-8", "utf-8-sig", "utf8"):
            return number, coding[1]
    return None


def _read_bytes(path: Path, largest: int, findings: Findings) -> bytes | None:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            findings.add(
                0, "It is not a file.", "Give the path of a program, ending in .py or .ipynb."
            )
            return None
        with path.open("rb") as file:
            # Python makes room for all that is asked for, and the largest is far more than usual.
            data = file.read(min(found.st_size, largest) + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        findings.add(0, f"It cannot be read: {reason}.", "Check the path and its permissions.")
        return None
    if len(data) <= largest:
        return data
    if largest == _LARGEST:
        findings.add(
            0, "It is larger than 2 MB.", "A program is short text: keep data in files of its own."
        )
    else:
        findings.add(
            0, "It is larger than 1 GiB.", "Clear the outputs that are stored in it, in Jupyter."
        )
    return None


def _decode(data: bytes, findings: Findings) -> str | None:
    """Decode a Python file as Python does: by a byte order mark, by what it declares, as UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        findings.add(0, "Its text is UTF-16, which Python does not read.", "Save it as UTF-8.")
    elif b"\0" in data:
        findings.add(0, *_BINARY)
    elif not data.strip():
        findings.add(0, "It is empty.", "Start from a template: `tflab new PATH`.")
    else:
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            return codecs.decode(data, encoding)
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            findings.add(line, "Its text is not UTF-8 here.", "Save the file as UTF-8.")
        except (SyntaxError, LookupError) as error:
            message = getattr(error, "msg", None) or str(error)
            first = _not_utf8(data)
            if first:
                findings.add(first, "Its text is not UTF-8 here.", "Save the file as UTF-8.")
            else:
                findings.add(1, f"Its encoding is not known: {message}.", "Save the file as UTF-8.")
    return None


def _not_utf8(data: bytes) -> int:
    """Return the first line that is not UTF-8; 0 where every one is."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return data[: error.start].count(b"\n") + 1
    return 0
