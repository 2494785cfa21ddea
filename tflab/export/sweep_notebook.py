"""A sweep as a Jupyter notebook: what came out, the program that does it again, and its table."""

from __future__ import annotations

from tflab.export.notebook import code_cell, notebook_json, prose_cell
from tflab.export.sweep import LoadedSweep
from tflab.export.sweep_program import sweep_origin, sweep_program
from tflab.runs.text import plain_line
from tflab.sweeps.importance import importance, importance_text
from tflab.sweeps.table import cells, columns

_MOST_ROWS = 50

_WRITE = """\
The next cell writes the program beside this notebook: each run needs a process of its own, and a
process can only start from a file. Change values under `RUNS` and the lesson under `LESSON`."""

_RUN = """\
import {name}

rows = {name}.main()"""


def sweep_notebook(sweep: LoadedSweep) -> str:
    """Return the notebook as JSON (nbformat 4.5).

    Raises:
        ProgramError: When this version of tflab cannot read the lesson any more.
    """
    record = sweep.record
    name = f"sweep_{record.id.replace('-', '_')}"
    program = sweep_program(record)
    return notebook_json(
        [
            prose_cell("result", _result(sweep)),
            prose_cell("about-program", _WRITE),
            code_cell("program", f"%%writefile {name}.py\n{program}"),
            prose_cell("about-run", "Do the runs again. `rows` suits `pandas.DataFrame(rows)`."),
            code_cell("run", _RUN.format(name=name)),
        ],
        {"sweep": record.id, "origin": sweep_origin(record)},
    )


def _result(sweep: LoadedSweep) -> str:
    plan, rows = sweep.plan, sweep.sweep.rows()
    lines = [
        f"# {plain_line(plan.each.title)}",
        "",
        f"{sweep_origin(sweep.record)}. What came out:",
        "",
    ]
    lines += [_line(columns(plan)), _line(["---"] * len(columns(plan)))]
    lines += [_line(cells(plan, row)) for row in rows[:_MOST_ROWS]]
    if len(rows) > _MOST_ROWS:
        lines += ["", f"{len(rows) - _MOST_ROWS:,} more rows are left out here."]
    decided = importance_text(importance(plan, rows, plan.metric)) if len(plan.varied) > 1 else []
    for line in decided:
        lines += ["", plain_line(line)]
    return "\n".join(lines)


def _line(texts: list[str]) -> str:
    return "| " + " | ".join(plain_line(text).replace("|", "\\|") for text in texts) + " |"
