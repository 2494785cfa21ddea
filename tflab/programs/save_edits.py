"""A program's file with edits in it: what the person did not touch stays byte for byte."""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import stat
import tokenize
from collections.abc import Mapping
from pathlib import Path

from tflab.programs import notebook
from tflab.programs.check import Findings
from tflab.programs.edits import changed_texts, edited_text
from tflab.programs.library import course_folder, user_folder
from tflab.programs.program import Program
from tflab.programs.program_file import check_text
from tflab.runs.atomic_files import read_file
from tflab.runs.record import Problem

_BOM = b"\xef\xbb\xbf"
_ITEM_INDENT = re.compile(r"\[\s*\n([ \t]*)")


def is_shipped(path: Path) -> bool:
    """Return whether a file is a lesson of the course, which is never written to."""
    return path.resolve().is_relative_to(course_folder().resolve())


def copy_path(path: Path) -> Path:
    """Return a name for a copy of a program: among one's own lessons, or beside a file of one's."""
    folder = user_folder() if is_shipped(path) else path.parent
    turns = itertools.count(2)
    target = folder / f"{path.stem}_mine{path.suffix}"
    while os.path.lexists(target):
        target = folder / f"{path.stem}_mine_{next(turns)}{path.suffix}"
    return target


def file_with_edits(data: bytes, program: Program, texts: Mapping[int, str]) -> bytes:
    """Return what a program's file holds once edits are in it.

    Args:
        data: What it holds now.
        program: The program that was read from it, without edits.
        texts: The code of cells, by the cell's index.

    Raises:
        Problem: When the file is not as it was read, or its encoding has no way to write this.
    """
    changed = changed_texts(program, texts)
    if program.kind == "notebook":
        return _notebook(data, program, changed)
    return _text(data, program, changed)


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; its mode stays, and a link leads to the same file.

    Raises:
        OSError: When it cannot be written; what was there stays.
    """
    real = Path(os.path.realpath(path))
    mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else 0o644
    fresh = real.with_name(f".{real.name}.{os.getpid()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), mode)
        fresh.replace(real)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def save_edits(program: Program, texts: Mapping[int, str]) -> None:
    """Write edits into a program's file.

    Raises:
        Problem: When it is a lesson of the course, has changed since it was read, or cannot be
            written.
    """
    if is_shipped(program.path):
        raise Problem(
            "The course's own lessons stay as they are",
            f"{program.path.name} belongs to the course.",
            "Save a copy: it is then a lesson of yours, with your edits in it.",
        )
    _write(program.path, file_with_edits(_read(program.path), program, texts))


def save_copy(program: Program, texts: Mapping[int, str], target: Path) -> None:
    """Write a copy of a program's file with edits in it.

    Raises:
        Problem: When there is something already, or it cannot be read or written.
    """
    if os.path.lexists(target):
        raise Problem(
            "There is a file of that name",
            f"{target} is there already.",
            "Give the copy another name.",
        )
    _write(target, file_with_edits(_read(program.path), program, texts))


def _read(path: Path) -> bytes:
    try:
        return read_file(path, notebook.LARGEST)
    except OSError as error:
        raise Problem(
            "The file cannot be read",
            f"{path}: {error.strerror or error}.",
            "Your edits are kept in the workbench. Save a copy once it can be read again.",
        ) from error


def _write(path: Path, data: bytes) -> None:
    try:
        write_file(path, data)
    except OSError as error:
        raise Problem(
            "The file cannot be written",
            f"{path}: {error.strerror or error}.",
            "Your edits are kept in the workbench. Make room or give write access, or save a copy.",
        ) from error


def _changed_meanwhile(path: Path) -> Problem:
    return Problem(
        "The file has changed meanwhile",
        f"{path} is not as it was read.",
        "Look at it as it is now, then save again; your edits are kept.",
    )


def _text(data: bytes, program: Program, changed: Mapping[int, str]) -> bytes:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    text = data.decode(encoding)
    if text != program.source:
        raise _changed_meanwhile(program.path)
    mark = _BOM if data.startswith(_BOM) else b""
    plain = encoding.removesuffix("-sig")
    written = edited_text(program, changed)[0]
    try:
        if mark + text.encode(plain) == data:
            return mark + written.encode(plain)
    except UnicodeEncodeError as error:
        where = written.count("\n", 0, error.start) + 1
        raise Problem(
            f"The file's encoding, {plain}, has no such character",
            f"{error.object[error.start : error.end]!r} in line {where} cannot be written in it.",
            "Write it as an escape, or save the file as UTF-8 first.",
        ) from error
    raise Problem(
        f"The file's encoding, {plain}, is not written",
        f"{program.path.name} would not stay as it is where you changed nothing.",
        "Save the file as UTF-8 first, in an editor.",
    )


def _notebook(data: bytes, program: Program, changed: Mapping[int, str]) -> bytes:
    """Return a notebook's JSON with other sources in cells, everything else as it stands there."""
    findings = Findings(program.path)
    found = notebook.read_notebook(data, findings)
    if found is None or notebook.write_listing(found) != program.source:
        raise _changed_meanwhile(program.path)
    mark = _BOM if data.startswith(_BOM) else b""
    text = data.removeprefix(_BOM).decode()
    ascii_only = text.isascii() and "\\u" in text
    for index in sorted(changed, reverse=True):
        start, end = _source_span(text, found.cells[index].number - 1, program.path)
        written = _as_before(text[start:end], changed[index], ascii_only)
        text = text[:start] + written + text[end:]
    if not check_text(text, findings):
        raise findings.error()
    return mark + text.encode()


def _as_before(before: str, source: str, ascii_only: bool) -> str:
    """Return a source as JSON in the form that the one before it has: a text, or a list of lines.

    A last line end that the source had is kept.
    """
    old = json.loads(before)
    joined = old if isinstance(old, str) else "".join(old)
    tail = joined[len(joined.rstrip("\r\n")) :]
    source += tail
    if isinstance(old, str):
        return json.dumps(source, ensure_ascii=ascii_only)
    lines = [json.dumps(line, ensure_ascii=ascii_only) for line in source.splitlines(True)]
    indent = _ITEM_INDENT.match(before)
    if indent is None:
        return "[" + (", " if ", " in before or len(old) < 2 else ",").join(lines) + "]"
    close = before[before.rstrip("]").rstrip(" \t").rfind("\n") + 1 : -1]
    end = "\r\n" if "\r\n" in before else "\n"
    return f"[{end}{indent[1]}" + f",{end}{indent[1]}".join(lines) + f"{end}{close}]"


def _source_span(text: str, number: int, path: Path) -> tuple[int, int]:
    """Return where the source of a cell stands in a notebook's JSON."""
    decoder = json.JSONDecoder()
    try:
        cells = _value_of(text, _past_space(text, 0), "cells", decoder)
        place = _past_space(text, cells + 1)
        for _ in range(number):
            place = _past_space(text, decoder.raw_decode(text, place)[1])
            place = _past_space(text, place + 1)  # The comma.
        start = _value_of(text, place, "source", decoder)
        return start, decoder.raw_decode(text, start)[1]
    except (ValueError, IndexError, RecursionError) as error:
        raise _changed_meanwhile(path) from error


def line_in_file(program: Program, index: int) -> int:
    """Return the line of a program's file where a cell's code begins, from 1.

    Where a notebook is not any more what was read, that is its first line.
    """
    cell = program.cells[index]
    if program.kind != "notebook":
        return cell.line
    try:
        data = _read(program.path)
        found = notebook.read_notebook(data, Findings(program.path))
        text = data.removeprefix(_BOM).decode()
        if found is None or notebook.write_listing(found) != program.source:
            return 1
        start, _ = _source_span(text, found.cells[index].number - 1, program.path)
    except (Problem, ValueError):
        return 1
    # Of a list of lines, the first of them.
    return text.count("\n", 0, start) + 1 + bool(re.match(r"\[[ \t\r]*\n", text[start:]))


def _value_of(text: str, place: int, key: str, decoder: json.JSONDecoder) -> int:
    """Return where the value of a key begins in the object at a place; of two the last counts.

    Raises:
        ValueError: When there is none.
    """
    found = -1
    place = _past_space(text, place + 1)
    while text[place] != "}":
        name, place = decoder.raw_decode(text, place)
        place = _past_space(text, _past_space(text, place) + 1)  # The colon.
        if name == key:
            found = place
        place = _past_space(text, decoder.raw_decode(text, place)[1])
        if text[place] == ",":
            place = _past_space(text, place + 1)
    if found < 0:
        raise ValueError(key)
    return found


def _past_space(text: str, place: int) -> int:
    while text[place] in " \t\r\n":
        place += 1
    return place
