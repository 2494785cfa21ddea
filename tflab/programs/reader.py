"""Reading a program: a lesson, a notebook or a script. Nothing in it is executed.

Every problem is told at once. A lesson, which is written for tflab, has to be whole and good; any
other program opens when plain `python`, or a notebook's kernel, would begin to run it.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from tflab.programs import notebook
from tflab.programs.bindings import GlobalNames
from tflab.programs.check import Findings, Level, ProgramError
from tflab.programs.constants import find_constants
from tflab.programs.declarations import read_parameters
from tflab.programs.hidden_characters import MOST_TOLD, hidden_characters
from tflab.programs.library import course_folder, user_folder
from tflab.programs.magics import plain_python
from tflab.programs.options import find_options, set_by_the_program
from tflab.programs.percent import MarkError, has_marks, split_cells, split_lines
from tflab.programs.program import (
    Cell,
    Finding,
    GoalSpec,
    Parameter,
    Program,
    ProgramKind,
    Question,
    Refusal,
    ShellCommand,
    lesson_id,
)
from tflab.programs.program_file import check_text, declared_encoding, read_text
from tflab.programs.script import script_cells, script_title
from tflab.programs.statements import find_goals, find_questions, heading
from tflab.programs.syntax import parse_code, parse_quietly

__all__ = [
    "ProgramError",
    "check_program",
    "examine",
    "parse_program",
    "program_text",
    "read_program",
]

_USES_TFLAB = re.compile(r"^[ \t]*(?:from|import)[ \t]+tflab\b", re.MULTILINE)


def read_program(path: Path) -> Program:
    """Read a program from its file, which is never written to.

    Raises:
        ProgramError: When the file cannot be read or used; it has every problem.
    """
    findings = Findings(path)
    source = read_text(path, findings)
    if source is None:
        raise findings.error()
    return _Reading(source, path, findings).program()


def parse_program(source: str, path: Path) -> Program:
    """Read a program from its text.

    Args:
        source: The text; of a notebook its JSON, or the listing that is its `Program.source`.
        path: Gives the program's id and number, and by its ending the format; need not exist.

    Raises:
        ProgramError: When it cannot be used.
    """
    findings = Findings(path)
    if path.suffix.lower() == ".ipynb" and not notebook.is_listing(source):
        found = notebook.read_notebook(source.encode("utf-8", "surrogatepass"), findings)
        if found is None:
            raise findings.error()
        source = notebook.write_listing(found)
    return _Reading(source, path, findings).program()


def program_text(path: Path) -> str | None:
    """Return what `Program.source` would be of a file as it is now; None if it cannot be read."""
    return read_text(path, Findings(path))


def check_program(path: Path) -> list[Finding]:
    """Return every finding in a program's file, by line; empty when there is nothing to say."""
    return examine(path)[1]


def examine(path: Path) -> tuple[Program | None, list[Finding]]:
    """Return the program in a file, None if it cannot be used, and every finding, by line."""
    findings = Findings(path)
    source = read_text(path, findings)
    program: Program | None = None
    if source is not None:
        with suppress(ProgramError):
            program = _Reading(source, path, findings).program()
    found = findings.problems + findings.remarks
    return program, sorted(found, key=lambda finding: finding.line)


class _Reading:
    """One reading of one text, step by step.

    Attributes:
        kind: What the program is.
        cells: Its cells.
        trees: The syntax tree of each code cell that Python can read, by the cell's index, with
            the lines of the source and magics as plain Python.
        commands: The shell commands that its code cells would run.
    """

    def __init__(self, source: str, path: Path, findings: Findings) -> None:
        self._source = source
        self._path = path
        self._findings = findings
        self._lines = split_lines(source)
        self._kernel = ""
        self.kind: ProgramKind = "script"
        self.cells: tuple[Cell, ...] = ()
        self.trees: dict[int, ast.Module] = {}
        self.commands: list[ShellCommand] = []

    def program(self) -> Program:
        """Return the program, or raise a `ProgramError` with everything that is wrong with it."""
        if not check_text(self._source, self._findings):
            raise self._findings.error()
        self._cut()
        self._note_hidden_characters()
        title = self._title()
        names = GlobalNames(self.trees.values())
        refused: list[Refusal] = []
        if self.kind == "lesson":
            parameters = self._lesson_parameters()
        else:
            parameters, refused = self._found_parameters(names)
        parameters = self._with_notes(parameters, names)
        goals, questions = self._statements()
        if self._findings.problems:
            raise self._findings.error()
        if self.kind != "lesson":
            self._advise(title, parameters)
        name, number = lesson_id(self._path)
        return Program(
            id=name,
            number=number,
            title=title or self._path.name,
            path=self._path,
            source=self._source,
            cells=self.cells,
            parameters=tuple(parameters),
            goals=goals,
            questions=questions,
            remarks=tuple(self._findings.remarks),
            kind=self.kind,
            refused=tuple(refused),
            kernel=self._kernel,
            commands=tuple(self.commands),
        )

    def _cut(self) -> None:
        if notebook.is_listing(self._source) and self._path.suffix.lower() == ".ipynb":
            self._cut_notebook()
        elif has_marks(self._lines):
            self._cut_percent()
        elif self._is_ours():
            self.kind = "lesson"
            self._cut_script()
        else:
            self._cut_script()

    def _cut_notebook(self) -> None:
        self.kind = "notebook"
        found = notebook.read_listing(self._source, self._findings)
        if found is None:
            raise self._findings.error()
        self._kernel = found.kernel
        self.cells = self._findings.cells = notebook.notebook_cells(found)
        self.trees = self._parse_cells(allow_magics=True, level="warning")

    def _cut_percent(self) -> None:
        if self._is_ours() or _USES_TFLAB.search(self._source):
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

    def _is_ours(self) -> bool:
        folder = self._path.parent
        return folder == course_folder() or folder == user_folder()

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
            lines = [""] * len(self._lines)
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

    def _note_hidden_characters(self) -> None:
        for hidden in itertools.islice(hidden_characters(self._source), MOST_TOLD):
            self._findings.add(
                hidden.line,
                f"It holds a character that is not seen: {hidden.name}.",
                "Remove it, or write it as an escape such as `\\u200b`.",
                level="warning",
                column=hidden.column,
            )

    def _title(self) -> str:
        prose = (cell.source for cell in self.cells if cell.kind == "prose")
        title = next((found for text in prose if (found := heading(text))), "")
        if not title and self.kind == "lesson":
            self._findings.add(
                0,
                "It has no title.",
                "Begin with a prose cell: `# %% [markdown]`, then `# # Title`.",
            )
        return title or script_title(self.cells)

    def _lesson_parameters(self) -> list[Parameter]:
        tagged = [cell for cell in self.cells if cell.is_parameters and cell.kind == "code"]
        if not tagged:
            self._findings.add(
                0,
                "It has no parameters cell.",
                'Begin one with `# %% tags=["parameters"]`, with a line such as `steps = 40`.',
            )
            return []
        for cell in tagged[1:]:
            self._findings.add(
                cell.line,
                f"It has a second parameters cell; the first is on line {tagged[0].line}.",
                "Put all parameters into one cell.",
            )
        tree = self.trees.get(tagged[0].index)
        return list(read_parameters(tagged[0], tree, self._findings)) if tree else []

    def _found_parameters(self, names: GlobalNames) -> tuple[list[Parameter], list[Refusal]]:
        """Return the parameters of a program that was not written for tflab, and what is none."""
        tagged = next((c.index for c in self.cells if c.is_parameters and c.kind == "code"), None)
        if tagged is None:
            options = find_options(list(self.trees.values()), names)
            if options.by:
                return options.parameters, options.refused
        return find_constants(self.trees, names, self._lines, tagged)

    def _with_notes(self, parameters: Sequence[Parameter], names: GlobalNames) -> list[Parameter]:
        """Return the parameters, those noted that the program sets again."""
        changed: dict[str, int] = {}
        if any(parameter.option for parameter in parameters):
            for name, line in set_by_the_program(self.trees.values()):
                changed.setdefault(name, line)
        noted: list[Parameter] = []
        for parameter in parameters:
            name = parameter.code_name
            again = None if parameter.option else names.again(name, parameter.line)
            line = again.line if again else changed.get(name, 0) if parameter.option else 0
            if not line:
                noted.append(parameter)
                continue
            by = again.words if again else "="
            self._findings.add(
                line,
                f"The program sets `{name}` again here, by {by}: what is given for it counts "
                "until then only.",
                "Give what is set here another name.",
                level="warning",
            )
            note = f"set again on line {line}"
            noted.append(msgspec.structs.replace(parameter, note=note))
        return noted

    def _statements(self) -> tuple[tuple[GoalSpec, ...], tuple[Question, ...]]:
        """Return goals and questions; one that the code states in two places counts once."""
        goals: dict[str, GoalSpec] = {}
        questions: dict[str, Question] = {}
        if _USES_TFLAB.search(self._source) or self.kind == "lesson":
            for index, tree in self._trees_with("lab."):
                for goal in find_goals(index, tree, self._findings):
                    goals.setdefault(goal.text, goal)
                for question in find_questions(index, tree, self._findings):
                    questions.setdefault(question.text, question)
        return tuple(goals.values()), tuple(questions.values())

    def _trees_with(self, text: str) -> Sequence[tuple[int, ast.Module]]:
        return [item for item in self.trees.items() if text in self.cells[item[0]].source]

    def _advise(self, title: str, parameters: Sequence[Parameter]) -> None:
        if not title:
            self._findings.add(
                0,
                "It has no title; its file's name serves.",
                "Begin with prose whose first line is `# A title`.",
                level="advice",
            )
        if not parameters:
            self._findings.add(
                0,
                "It has no parameters.",
                "Give numbers names at the top, such as `epochs = 5`, and use the names; "
                "`tflab check --parameters` says what was considered.",
                level="advice",
            )
        for command in self.commands:
            self._findings.add(
                command.line,
                f"`{command.text.partition(chr(10))[0]}` is skipped unless you allow it.",
                "`tflab run --commands` runs it; or do by hand what it asks for.",
                level="advice",
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
