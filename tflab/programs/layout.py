"""From a program's text to its cells and their syntax trees, whatever its format."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tflab.programs import notebook
from tflab.programs.check import Findings, Level
from tflab.programs.library import course_folder
from tflab.programs.magics import plain_python
from tflab.programs.percent import MarkError, has_marks, split_cells, split_lines
from tflab.programs.program import Cell, ProgramKind, ShellCommand
from tflab.programs.program_file import declared_encoding
from tflab.programs.script import script_cells
from tflab.programs.syntax import parse_code, parse_quietly

_USES_TFLAB = re.compile(r"^[ \t]*(?:from|import)[ \t]+tflab\b", re.MULTILINE)


def uses_tflab(source: str) -> bool:
    """Whether some code imports something from tflab."""
    return _USES_TFLAB.search(source) is not None


class Cut(NamedTuple):
    """The cells that a text has, and what kind of program it is, where both are known already."""

    cells: tuple[Cell, ...]
    kind: ProgramKind


class Layout:
    """A text, cut into cells. What is wrong goes to `findings`.

    Args:
        source: The text; of a notebook its listing.
        path: Its file.
        findings: Takes every problem.
        cut: How it is cut, where that is known already; a notebook's listing says it.

    Attributes:
        kind: What the program is.
        kernel: Name of the kernel that a notebook asks for.
        lines: The lines of the text.
        cells: Its cells.
        trees: The syntax tree of each code cell that Python can read, by the cell's index, with
            the lines of the source and magics as plain Python.
        commands: The shell commands that its code cells would run.

    Raises:
        ProgramError: When it cannot be cut at all.
    """

    def __init__(self, source: str, path: Path, findings: Findings, cut: Cut | None = None) -> None:
        self._source = source
        self._path = path
        self._findings = findings
        self.lines = split_lines(source)
        self.kernel = ""
        self.kind: ProgramKind = "script"
        self.cells: tuple[Cell, ...] = ()
        self.trees: dict[int, ast.Module] = {}
        self.commands: list[ShellCommand] = []
        self._cut(cut)

    def _cut(self, cut: Cut | None) -> None:
        if notebook.is_listing(self._source) and self._path.suffix.lower() == ".ipynb":
            self._cut_notebook()
        elif cut is not None:
            self._take(cut)
        elif has_marks(self.lines):
            self._cut_percent()
        elif self._is_of_the_course():
            self.kind = "lesson"
            self._cut_script()
        else:
            self._cut_script()

    def _cut_notebook(self) -> None:
        self.kind = "notebook"
        found = notebook.read_listing(self._source, self._findings)
        if found is None:
            raise self._findings.error()
        self.kernel = found.kernel
        self.cells = self._findings.cells = notebook.notebook_cells(found)
        self.trees = self._parse_cells(allow_magics=True, level="warning")

    def _take(self, cut: Cut) -> None:
        self.cells, self.kind = cut
        self._findings.cells = self.cells
        # A plain script has no magics: nothing runs them there.
        magics = self.kind != "lesson" and has_marks(self.lines)
        self.trees = self._parse_cells(allow_magics=magics, level="error")

    def _cut_percent(self) -> None:
        if self._is_of_the_course() or uses_tflab(self._source):
            self.kind = "lesson"
            self._check_encoding()
        try:
            self.cells = split_cells(self._source)
        except MarkError as error:
            self._findings.add(
                error.line,
                "The options of this cell mark cannot be read.",
                'Write them as in `# %% tags=["parameters"]`.',
            )
            raise self._findings.error() from error
        scratch = Findings(self._path)
        real, self._findings = self._findings, scratch
        self.trees = self._parse_cells(allow_magics=self.kind != "lesson", level="error")
        self._findings = real
        tree = parse_quietly(self._source) if scratch.problems else None
        if tree is not None and self.kind != "lesson":
            # Marks within a statement: plain Python reads it, cell by cell nobody does.
            self._cut_script(tree)
        else:
            real.take(scratch)

    def _cut_script(self, tree: ast.Module | None = None) -> None:
        tree = tree or parse_code(self._source, 0, self._findings, self.kind == "lesson")
        if tree is None:
            raise self._findings.error()
        self.cells = script_cells(self._source, tree)
        self.commands = []
        self.trees = _by_cell(self.cells, tree) or {}

    def _is_of_the_course(self) -> bool:
        return self._path.parent == course_folder()

    def _check_encoding(self) -> None:
        declared = declared_encoding(self._source)
        if declared is not None:
            line, name = declared
            self._findings.add(
                line,
                f"It says that its encoding is {name}.",
                "Save it as UTF-8 and remove this line.",
            )
            raise self._findings.error()

    def _parse_cells(self, allow_magics: bool, level: Level) -> dict[int, ast.Module]:
        """Return the syntax trees of the code cells: by one parse of all, else one by one."""
        code = [cell for cell in self.cells if cell.kind == "code"]
        plain = {cell.index: cell.source for cell in code}
        if allow_magics:
            for cell in code:
                found = plain_python(cell.source)
                plain[cell.index] = found.source
                self.commands += (
                    ShellCommand(cell=cell.index, line=cell.line + line - 1, text=text)
                    for line, text in found.commands
                )
        is_lesson = self.kind == "lesson"
        for text in self._whole_texts(code, plain):
            tree = parse_quietly(text, self.kind == "notebook")
            trees = _by_cell(self.cells, tree) if tree is not None else None
            if tree is not None and trees is not None:
                self._note_code_in_prose(tree, trees)
                return trees
        trees = {}
        for cell in code:
            found_tree = parse_code(
                plain[cell.index], cell.line - 1, self._findings, is_lesson, level, not is_lesson
            )
            if found_tree is not None:
                trees[cell.index] = found_tree
        if is_lesson and len(trees) == len(code):
            # Good cells may still stand between prose that Python would take for code.
            parse_code(self._source, 0, self._findings, is_lesson)
        return trees

    def _whole_texts(self, code: Sequence[Cell], plain: dict[int, str]) -> Iterator[str]:
        """Yield the texts that one parse may do for: the source, and its code cells alone."""
        if self.kind != "notebook" and all(plain[cell.index] == cell.source for cell in code):
            yield self._source
        if self.kind != "lesson":
            lines = [""] * len(self.lines)
            for cell in code:
                text = split_lines(plain[cell.index])
                lines[cell.line - 1 : cell.line - 1 + len(text)] = text
            yield "\n".join(lines)

    def _note_code_in_prose(self, tree: ast.Module, trees: dict[int, ast.Module]) -> None:
        """Say which statements plain Python would run, and a run here would leave out."""
        inside = {id(statement) for part in trees.values() for statement in part.body}
        for statement in tree.body:
            if id(statement) not in inside and not isinstance(statement, ast.Expr):
                self._findings.add(
                    statement.lineno,
                    "This code stands in a prose cell: Python runs it, and a run here does not.",
                    "Begin a code cell above it with `# %%`, or make it a comment.",
                    level="error" if self.kind == "lesson" else "warning",
                )


def _by_cell(cells: Sequence[Cell], tree: ast.Module) -> dict[int, ast.Module] | None:
    """Return the statements of each code cell; None when one reaches out of its cell."""
    code = [cell for cell in cells if cell.kind == "code"]
    found: dict[int, list[ast.stmt]] = {cell.index: [] for cell in code}
    ends = [cell.line + len(split_lines(cell.source)) - 1 for cell in code]
    place = 0
    for statement in tree.body:
        decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(node.lineno for node in decorators)])
        while place < len(code) and ends[place] < first:
            place += 1
        if place == len(code) or first < code[place].line:
            # It stands in prose: a docstring, or what is no code to the author.
            continue
        if (statement.end_lineno or first) > ends[place]:
            return None
        found[code[place].index].append(statement)
    return {index: ast.Module(body, []) for index, body in found.items()}
