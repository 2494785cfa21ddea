"""What would make a program better that was not written for tflab; it runs without."""

from __future__ import annotations

from collections.abc import Sequence

from tflab.programs.check import Findings
from tflab.programs.layout import Layout
from tflab.programs.options import may_import_a_reader, unknown_reader
from tflab.programs.percent import has_marks
from tflab.programs.program import Parameter, calls_what_logs


def advise(layout: Layout, title: str, parameters: Sequence[Parameter], findings: Findings) -> None:
    """Note what would make a program better: a title, parameters, curves."""
    _advise_on_options(layout, findings)
    if not title:
        _note(
            findings,
            "It has no title; its file's name serves.",
            "Begin with a docstring whose first line is `# A title`."
            if _is_plain(layout)
            else "Begin with prose whose first line is `# A title`.",
        )
    if not parameters:
        _note(
            findings,
            "It has no parameters.",
            "Give numbers names at the top, such as `epochs = 5`, and use the names; "
            "`tflab check --parameters` says what was considered.",
        )
    code = [cell.source for cell in layout.cells if cell.kind == "code"]
    if any(".apply_gradients(" in source for source in code) and not calls_what_logs(code):
        _note(
            findings,
            "It trains in a loop of its own, of which no curve is recorded.",
            "Write summaries in it with `tf.summary.scalar`, or "
            "call `lab.log(step, loss=loss)` after `from tflab import lab`.",
        )
    for command in layout.commands:
        _note(
            findings,
            f"`{command.text.partition(chr(10))[0]}` is skipped unless you allow it.",
            "`tflab run --commands` runs it; or do by hand what it asks for.",
            command.line,
        )


def _advise_on_options(layout: Layout, findings: Findings) -> None:
    cells, trees = layout.cells, layout.trees
    other = unknown_reader(
        [tree for at, tree in trees.items() if may_import_a_reader(cells[at].source)]
    )
    if other is not None:
        _note(
            findings,
            f"It reads its command line with {other[0]}, whose options are not recognised.",
            "A run gives it none, so that its own defaults count.",
            other[1],
        )


def _is_plain(layout: Layout) -> bool:
    """Whether it is a script without cells of its own, whose prose are docstrings."""
    return layout.kind == "script" and not has_marks(layout.lines)


def _note(findings: Findings, message: str, next_step: str, line: int = 0) -> None:
    findings.add(line, message, next_step, level="advice")
