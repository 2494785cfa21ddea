"""A sweep as a Python program: the lesson as run, every combination of values, and the table.

The program needs tflab installed, as every lesson does. Each run gets a fresh process, as in tflab,
so that no run changes what another one finds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from tflab.export.script import cell_lines
from tflab.export.source import (
    code_with_values,
    futures_first,
    lesson_as_run,
    option_code,
)
from tflab.runs.text import plain_line
from tflab.sweeps.plan import SweepPlan
from tflab.sweeps.store import SweepRecord

_CODE = '''\
def run(values, seed, place):
    """Run the lesson once, in this process, and return the newest value of each metric.

    The process is fresh: nothing has chosen a device in it yet.
    """
    os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
    os.environ["CUDA_VISIBLE_DEVICES"] = place

    import keras

    from tflab import lab
    from tflab.recording.last_values import LastValues

    keras.utils.set_random_seed(seed)
    record = LastValues()
    lab.attach(record)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        # A file, because tf.function wants to read the code that it turns into a graph.
        path = pathlib.Path(folder, "lesson.py")
        path.write_text(LESSON, encoding="utf-8")
        runpy.run_path(str(path), {"sweep_values": values}, "__main__")
    return record.values


def value_of(metrics, name):
    """Return a metric by its name, or by the part behind its group, as in `adam/loss`."""
    tags = [tag for tag in metrics if tag == name or tag.rsplit("/", 1)[-1] == name]
    return metrics[name] if name in metrics else metrics[tags[0]] if tags else math.nan


def row_of(values, seed, metric):
    """Return a row of the table; a column is told apart from another one of its name."""
    names = [f"parameter.{name}" if name in ("seed", METRIC) else name for name in values]
    return {**dict(zip(names, values.values())), "seed": seed, COLUMN: metric}


def main(runs=RUNS):
    """Do the runs, one at a time in each place; print them best first, and return them."""
    spawn = multiprocessing.get_context("spawn")
    pools = [ProcessPoolExecutor(1, spawn, max_tasks_per_child=1) for _ in PLACES]
    tasks = []
    for number, (values, seed) in enumerate(runs):
        at = number % len(PLACES)
        tasks.append(pools[at].submit(run, values, seed, PLACES[at]))
    rows = []
    for (values, seed), task in zip(runs, tasks):
        try:
            metric = value_of(task.result(), METRIC)
        except Exception as error:  # A run that fails does not stop the others.
            metric = math.nan
            print(f"{values}, seed {seed} failed: {error}", file=sys.stderr)
        rows.append(row_of(values, seed, metric))
        print(f"{len(rows)} of {len(runs)} done", file=sys.stderr)
    for pool in pools:
        pool.shutdown()
    rows.sort(key=lambda row: (math.isnan(row[COLUMN]), -row[COLUMN] if LARGER else row[COLUMN]))
    for line in [list(rows[0]), *(row.values() for row in rows)]:
        print(*line, sep="\\t")
    return rows


if __name__ == "__main__":
    main()
'''


def sweep_program(record: SweepRecord) -> str:
    """Return the program.

    Raises:
        ProgramError: When this version of tflab cannot read the lesson any more.
    """
    return "\n".join([*_head(record), *_settings(record.plan), "", "", _CODE])


def sweep_origin(record: SweepRecord) -> str:
    """Say in one line which sweep this is."""
    return plain_line(f"Sweep {record.id} of {record.plan.each.lesson}: {record.plan.about}")


def _head(record: SweepRecord) -> Iterator[str]:
    yield f"# {sweep_origin(record)}."
    yield "# Written by `tflab export`."
    yield "# It needs tflab installed: python -m pip install tflab-workbench."
    yield ""
    modules = "contextlib io math multiprocessing os pathlib runpy sys tempfile"
    yield from (f"import {name}" for name in modules.split())
    yield "from concurrent.futures import ProcessPoolExecutor"
    yield ""


def _settings(plan: SweepPlan) -> Iterator[str]:
    yield "# Where runs go, one at a time in each place: a GPU's number, or nothing for the CPU."
    yield f"PLACES = {_places(plan)!r}"
    yield ""
    yield "# What ranks the runs, and whether a larger value is better."
    yield f"METRIC, LARGER = {plan.metric!r}, {plan.larger}"
    yield 'COLUMN = "metric.seed" if METRIC == "seed" else METRIC'
    yield ""
    yield "# The values and the seed of each run."
    yield "RUNS = ["
    yield from (f"    ({point.parameters!r}, {point.seed})," for point in plan.points)
    yield "]"
    yield ""
    yield "# The lesson as it was run. What a run's values are comes after the lesson's own."
    yield f"LESSON = {_literal(_lesson(plan))}"


def _places(plan: SweepPlan) -> list[str]:
    gpus = [key.removeprefix("gpu:") for key in plan.devices if key != "cpu"]
    cores = plan.jobs - len(gpus) if "cpu" in plan.devices else 0
    return [*gpus[: plan.jobs], *[""] * cores] or [""]


def _lesson(plan: SweepPlan) -> str:
    request = plan.request(plan.example)
    program = lesson_as_run(request)
    is_lesson = program.kind == "lesson"
    values = {p.name: f"sweep_values[{p.name!r}]" for p in program.parameters}
    cells = [
        msgspec.structs.replace(cell, source=code_with_values(program, cell, values))
        if cell.kind == "code" and not is_lesson
        else cell
        for cell in program.cells
    ]
    lines, cells = futures_first(cells)
    if request.command:
        options = option_code(request.command, "sweep_values")
        lines += ["# %% The options of this run.", *options, ""]
    for cell in cells:
        lines += cell_lines(cell)
        if is_lesson and cell.is_parameters and cell.kind == "code":
            lines += ["# %% The values of this run.", "globals().update(sweep_values)", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _literal(text: str) -> str:
    """Return Python that means `text`, as it stands in raw quotes wherever it can."""
    for quotes in ("'''", '"""'):
        found = f"r{quotes}{text}{quotes}"
        if quotes not in text and ast.literal_eval(found) == text:
            return found
    return repr(text)
