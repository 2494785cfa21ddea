"""Reading `.ipynb` files, and the listing that a notebook is shown, approved, kept and run as.

A listing has the notebook's cells one below the other in the percent format, without outputs. Its
marks count the lines of their cells, so that reading it again gives exactly the same cells.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable
from typing import Any

import msgspec

from tflab.programs.check import Findings
from tflab.programs.exercise_marks import without_secrets
from tflab.programs.exercises import read_grading
from tflab.programs.percent import split_lines
from tflab.programs.program import Cell

LARGEST = 1 << 30
"""Bytes of the largest notebook that is read; nearly all of such a one is stored outputs."""

_HEAD = "# %% [notebook] "
_MARKS = {"code": "# %% ", "markdown": "# %% [markdown] ", "raw": "# %% [raw] "}
_BYTE = re.compile(r"\(byte (\d+)\)")
_AGAIN = "Open it in Jupyter and save it again, or take it from a backup."


class NotebookCell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell as the file has it.

    Attributes:
        number: Its place in the notebook, from 1; empty cells count.
        kind: `code`, `markdown` or `raw`.
        lines: Its source, line by line.
        count: For code, its place among the code cells that are not empty, from 1: the number
            that Jupyter gives it when it runs the notebook from the top.
        attachments: Names of the files that its Markdown shows.
        nbgrader: What nbgrader says of it.
    """

    number: int
    kind: str
    lines: list[str]
    count: int = 0
    id: str = ""
    tags: list[str] = []
    attachments: list[str] = []
    nbgrader: dict[str, Any] = {}


class Notebook(msgspec.Struct, frozen=True, kw_only=True):
    """The cells of a notebook that are not empty, and the name of its kernel."""

    cells: list[NotebookCell]
    kernel: str = ""


class _Metadata(msgspec.Struct):
    kernelspec: Any = None
    language_info: Any = None


class _CellMetadata(msgspec.Struct):
    tags: Any = None
    nbgrader: Any = None


class _FileCell(msgspec.Struct):
    # Outputs have no field here: they are passed over without being built, however large.
    cell_type: str = ""
    source: str | list[str] = ""
    metadata: _CellMetadata = msgspec.field(default_factory=_CellMetadata)
    id: Any = ""
    attachments: dict[str, msgspec.Raw] | None = None


class _File(msgspec.Struct):
    nbformat: int = 0
    cells: list[_FileCell] | None = None
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


def read_notebook(data: bytes, findings: Findings) -> Notebook | None:
    """Return a notebook's cells from the bytes of its file; None, and a finding, if it is none.

    Formats before 4 are upgraded in memory.
    """
    file = _decode(data.removeprefix(b"\xef\xbb\xbf"), findings)
    if file is None:
        return None
    language = _language(file.metadata)
    if language not in ("", "python", "ipython"):
        findings.add(
            0,
            f"Its kernel runs {language}, not Python.",
            "Give a notebook for Python; tflab runs TensorFlow programs.",
        )
        return None
    cells = _numbered(file.cells or [])
    if not cells:
        findings.add(0, "The notebook has no cells.", "Write one in it, or give another notebook.")
        return None
    kernel = _text(file.metadata.kernelspec, "name")
    return Notebook(cells=cells, kernel=kernel)


def _decode(data: bytes, findings: Findings) -> _File | None:
    try:
        file = msgspec.json.decode(data, type=_File)
        if 1 <= file.nbformat < 4:
            file = msgspec.convert(_upgraded(data), _File)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        findings.add(*_not_json(data, error))
        return None
    if file.nbformat == 4 and file.cells is not None:
        return file
    if file.nbformat > 4:
        findings.add(
            0,
            f"It is of notebook format {file.nbformat}, which is newer than this tflab.",
            "Save it as format 4, or get a newer tflab.",
        )
    else:
        findings.add(0, "It is JSON, and no notebook.", "Give a file that Jupyter has written.")
    return None


def _upgraded(data: bytes) -> Any:
    """Return a notebook of an older format as format 4 has it."""
    import nbformat

    with warnings.catch_warnings():
        # That its cells have no ids yet is what an old format is.
        warnings.simplefilter("ignore")
        try:
            return nbformat.reads(data.decode(), 4)
        except (AttributeError, KeyError, TypeError, ValueError, nbformat.ValidationError) as error:
            raise msgspec.ValidationError(f"its old format is damaged: {error!r}") from error


def _not_json(data: bytes, error: Exception) -> tuple[int, str, str]:
    try:
        data.decode()
    except UnicodeDecodeError:
        return 0, "Its text is not UTF-8.", "Save it as UTF-8, as Jupyter does."
    if not data.strip():
        return 0, "It is empty.", _AGAIN
    if b"\n<<<<<<< " in data or data.startswith(b"<<<<<<< "):
        line = data[: data.index(b"<<<<<<< ")].count(b"\n") + 1
        return (
            line,
            "It holds the marks of a merge conflict.",
            "Resolve the conflict, then try again.",
        )
    place = _BYTE.search(str(error))
    line = data[: int(place[1])].count(b"\n") + 1 if place else 0
    kind = "no notebook" if isinstance(error, msgspec.ValidationError) else "no whole JSON"
    return line, f"It is {kind}: {str(error)[:200]}.", _AGAIN


def _language(metadata: _Metadata) -> str:
    said = _text(metadata.kernelspec, "language") or _text(metadata.language_info, "name")
    return said.strip().lower()


def _text(found: Any, key: str) -> str:
    value = found.get(key) if isinstance(found, dict) else None
    return value if isinstance(value, str) else ""


def _numbered(found: Iterable[_FileCell]) -> list[NotebookCell]:
    cells: list[NotebookCell] = []
    count = 0
    for number, cell in enumerate(found, start=1):
        source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
        kind = cell.cell_type if cell.cell_type in ("code", "raw") else "markdown"
        if not source.strip():
            continue
        count += kind == "code"
        tags = cell.metadata.tags
        cells.append(
            NotebookCell(
                number=number,
                kind=kind,
                lines=split_lines(source.rstrip("\r\n")),
                count=count if kind == "code" else 0,
                id=cell.id if isinstance(cell.id, str) else "",
                tags=[tag for tag in tags if isinstance(tag, str)]
                if isinstance(tags, list)
                else [],
                attachments=list(cell.attachments or ()),
                nbgrader=_kept_of_nbgrader(cell.metadata.nbgrader),
            )
        )
    return cells


def _kept_of_nbgrader(found: Any) -> dict[str, Any]:
    """Return what counts here of nbgrader's metadata of a cell."""
    grading = read_grading(found)
    return {} if grading is None else msgspec.structs.asdict(grading)


def is_listing(source: str) -> bool:
    """Whether a text is the listing of a notebook."""
    return source.startswith(_HEAD)


def write_listing(notebook: Notebook) -> str:
    """Return the listing of a notebook."""
    lines = [_HEAD + json.dumps({"kernel": notebook.kernel})]
    for cell in notebook.cells:
        said: dict[str, Any] = {"cell": cell.number, "lines": len(cell.lines), "count": cell.count}
        said |= {"id": cell.id, "tags": cell.tags, "attachments": cell.attachments}
        said["nbgrader"] = cell.nbgrader
        kept = {key: value for key, value in said.items() if value}
        lines += ["", _MARKS[cell.kind] + json.dumps(kept)]
        if cell.kind == "code":
            lines += cell.lines
        else:
            lines += (f"# {line}" if line else "#" for line in cell.lines)
    return "\n".join(lines) + "\n"


def read_listing(source: str, findings: Findings) -> Notebook | None:
    """Return the notebook that a listing is of; None, and a finding, if it is damaged."""
    lines = source.split("\n")
    cells: list[NotebookCell] = []
    place = 0
    try:
        kernel = json.loads(lines[0].removeprefix(_HEAD))["kernel"]
        place = 2
        while place < len(lines):
            mark = lines[place]
            kind = next(k for k in ("markdown", "raw", "code") if mark.startswith(_MARKS[k]))
            said = json.loads(mark.removeprefix(_MARKS[kind]))
            size = said.pop("lines")
            body = lines[place + 1 : place + 1 + size]
            if kind != "code":
                body = [line[2:] for line in body]
            number = said.pop("cell")
            cells.append(NotebookCell(number=number, kind=kind, lines=body, **said))
            place += size + 2
    except (ValueError, KeyError, TypeError, StopIteration):
        findings.add(
            place + 1, "The listing of the notebook is damaged.", "Open the notebook itself."
        )
        return None
    return Notebook(cells=cells, kernel=kernel)


def notebook_cells(notebook: Notebook) -> tuple[Cell, ...]:
    """Return the cells as a program has them, each with its line in the listing."""
    cells: list[Cell] = []
    line = 4
    for index, cell in enumerate(notebook.cells):
        source = "\n".join(cell.lines)
        if cell.kind == "markdown":
            source = without_secrets(source)
        if cell.kind == "raw":
            source = f"```\n{source}\n```"
        label = f"cell {cell.number}"
        if cell.kind == "code" and cell.count != cell.number:
            label += f" (In [{cell.count}])"
        cells.append(
            Cell(
                index=index,
                kind="code" if cell.kind == "code" else "prose",
                source=source,
                line=line,
                tags=tuple(cell.tags),
                label=label,
                id=cell.id,
                attachments=tuple(cell.attachments),
                grading=read_grading(cell.nbgrader),
            )
        )
        line += len(cell.lines) + 2
    return tuple(cells)
