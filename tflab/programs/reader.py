"""Reading a program: a lesson, a notebook or a script. Nothing in it is executed.

Every problem is told at once. A lesson, which is written for tflab, has to be whole and good; any
other program opens when plain `python`, or a notebook's kernel, would begin to run it.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from tflab.programs import notebook
from tflab.programs.advice import advise
from tflab.programs.bindings import GlobalNames
from tflab.programs.check import Findings, ProgramError, with_places
from tflab.programs.constants import find_constants
from tflab.programs.declarations import read_parameters
from tflab.programs.dependence import Dependence
from tflab.programs.exercise_cells import with_exercises
from tflab.programs.hidden_characters import MOST_TOLD, hidden_characters
from tflab.programs.layout import Cut, Layout, uses_tflab
from tflab.programs.library import lesson_id
from tflab.programs.options import (
    find_options,
    set_by_the_program,
)
from tflab.programs.program import (
    Finding,
    GoalSpec,
    Parameter,
    Program,
    Question,
    Refusal,
)
from tflab.programs.program_file import check_text, read_text
from tflab.programs.statements import find_goals, find_questions, heading

__all__ = [
    "ProgramError",
    "check_program",
    "examine",
    "parse_program",
    "program_text",
    "read_program",
]


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


def parse_program(source: str, path: Path, cut: Cut | None = None) -> Program:
    """Read a program from its text.

    Args:
        source: The text; of a notebook its JSON, or the listing that is its `Program.source`.
        path: Gives the program's id and number, and by its ending the format; need not exist.
        cut: How the text is cut, where that is known already; a notebook's listing says it.

    Raises:
        ProgramError: When it cannot be used.
    """
    findings = Findings(path)
    if path.suffix.lower() == ".ipynb" and not notebook.is_listing(source):
        found = notebook.read_notebook(source.encode("utf-8", "surrogatepass"), findings)
        if found is None:
            raise findings.error()
        source = notebook.write_listing(found)
    return _Reading(source, path, findings, cut).program()


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
    """One reading of one text, step by step."""

    def __init__(self, source: str, path: Path, findings: Findings, cut: Cut | None = None) -> None:
        if not check_text(source, findings):
            raise findings.error()
        self._source = source
        self._path = path
        self._findings = findings
        self._layout = Layout(source, path, findings, cut)
        self._is_lesson = findings.lesson = self._layout.kind == "lesson"
        self._cells = with_exercises(
            self._layout.cells, self._layout.trees, findings, self._is_lesson and cut is None
        )

    def program(self) -> Program:
        """Return the program, or raise a `ProgramError` with everything that is wrong with it."""
        self._note_hidden_characters()
        title = self._title()
        names = GlobalNames(self._layout.trees.values())
        refused: list[Refusal] = []
        if self._is_lesson:
            parameters = self._lesson_parameters()
        else:
            parameters, refused = self._found_parameters(names)
        parameters = self._with_notes(parameters, names)
        goals, questions = self._statements(parameters)
        if self._findings.problems:
            raise self._findings.error()
        if not self._is_lesson:
            advise(self._layout, title, parameters, self._findings)
        name, number = lesson_id(self._path)
        return Program(
            id=name,
            number=number,
            title=title or self._path.name,
            path=self._path,
            source=self._source,
            cells=self._cells,
            parameters=tuple(parameters),
            goals=goals,
            questions=questions,
            remarks=tuple(self._findings.remarks),
            kind=self._layout.kind,
            refused=tuple(self._with_places(found) for found in refused),
            kernel=self._layout.kernel,
            commands=tuple(self._layout.commands),
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
        prose = (cell.source for cell in self._layout.cells if cell.kind == "prose")
        title = next((found for text in prose if (found := heading(text))), "")
        if not title and self._is_lesson:
            self._findings.add(
                0,
                "It has no title.",
                "Begin with a prose cell: `# %% [markdown]`, then `# # Title`.",
            )
        return title

    def _lesson_parameters(self) -> list[Parameter]:
        tagged = [cell for cell in self._layout.cells if cell.is_parameters and cell.kind == "code"]
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
        tree = self._layout.trees.get(tagged[0].index)
        return list(read_parameters(tagged[0], tree, self._findings)) if tree else []

    def _found_parameters(self, names: GlobalNames) -> tuple[list[Parameter], list[Refusal]]:
        """Return the parameters of a program that was not written for tflab, and what is none."""
        tagged = next(
            (c.index for c in self._layout.cells if c.is_parameters and c.kind == "code"), None
        )
        if tagged is None:
            options = find_options(list(self._layout.trees.values()), names, self._path)
            if options.by:
                return options.parameters, options.refused
        # What a learner is to write is no parameter: its value would be the answer.
        trees = {
            index: tree
            for index, tree in self._layout.trees.items()
            if self._cells[index].exercise is None
        }
        return find_constants(trees, names, self._layout.lines, tagged)

    def _with_places(self, refusal: Refusal) -> Refusal:
        """Return a refusal that names lines as people see them."""
        return msgspec.structs.replace(
            refusal,
            name=with_places(self._cells, refusal.name),
            reason=with_places(self._cells, refusal.reason),
        )

    def _with_notes(self, parameters: Sequence[Parameter], names: GlobalNames) -> list[Parameter]:
        """Return the parameters, those noted that the program sets again."""
        changed: dict[str, int] = {}
        if any(parameter.option for parameter in parameters):
            for name, line in set_by_the_program(list(self._layout.trees.values())):
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
            note = with_places(self._cells, f"set again on line {line}")
            noted.append(msgspec.structs.replace(parameter, note=note))
        return noted

    def _statements(
        self, parameters: Sequence[Parameter]
    ) -> tuple[tuple[GoalSpec, ...], tuple[Question, ...]]:
        """Return goals and questions; one that the code states in two places counts once."""
        goals: dict[str, GoalSpec] = {}
        questions: dict[str, Question] = {}
        if uses_tflab(self._source) or self._is_lesson:
            names = {parameter.code_name: parameter.name for parameter in parameters}
            dependence = Dependence(self._layout.trees.values(), names)
            for index, tree in self._trees_with("lab."):
                for goal in find_goals(index, tree, self._findings):
                    goals.setdefault(goal.id, goal)
                for question in find_questions(index, tree, self._findings, dependence):
                    questions.setdefault(question.id, question)
        return tuple(goals.values()), tuple(questions.values())

    def _trees_with(self, text: str) -> Sequence[tuple[int, ast.Module]]:
        cells, trees = self._layout.cells, self._layout.trees
        return [(index, tree) for index, tree in trees.items() if text in cells[index].source]
