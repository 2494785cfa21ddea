"""Every format of a sweep by its name, and writing a sweep in one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.charts.drawing import ChartOptions, Curve
from tflab.export.formats import Format, find_format
from tflab.export.sweep import LoadedSweep, folder_name
from tflab.export.writing import file_name, write_text, writing_to
from tflab.runs.metrics import measure
from tflab.runs.text import plain_line

if TYPE_CHECKING:
    from tflab.export.svg import Bars
    from tflab.sweeps.plan import SweepPlan
    from tflab.sweeps.table import SweepRow

MOST_CURVES = 8
"""Curves in the chart of a sweep: more could not be told apart."""

SWEEP_FORMATS: tuple[Format, ...] = (
    Format("csv", ".csv", "one line a run: values, state, last and best of each metric"),
    Format("csv-points", ".csv", "every point of every run, its values beside it"),
    Format("json", ".json", "everything but figures, points included"),
    Format("tensorboard", "", "a folder of event files, one folder a run, with its values"),
    Format("script", ".py", "a Python program that does every run again"),
    Format("notebook", ".ipynb", "a Jupyter notebook that does every run again"),
    Format("chart-text", ".txt", "the best curves, and the metric against each value, as text"),
    Format("chart-svg", ".svg", "the best curves as a picture, and what each parameter decides"),
)


def find_sweep_format(name: str) -> Format:
    """Return the format of a sweep of that name.

    Raises:
        Problem: When there is none.
    """
    return find_format(name, SWEEP_FORMATS)


def sweep_text(
    kind: Format, sweep: LoadedSweep, options: ChartOptions, metric: str | None = None
) -> str:
    """Return a sweep as the text of one file.

    Args:
        kind: Any format of a sweep but `tensorboard`, which is a folder.
        sweep: What to write.
        options: How charts are drawn.
        metric: What charts show; None for the metric that ranks.

    Raises:
        Problem: When it cannot be written so; it says what to do.
    """
    makers: dict[str, Callable[[LoadedSweep], str]] = {
        "csv": _csv,
        "csv-points": _csv_points,
        "json": _json,
        "script": _script,
        "notebook": _notebook,
        "chart-text": partial(_chart_text, options=options, metric=metric),
        "chart-svg": partial(_chart_svg, options=options, metric=metric),
    }
    return makers[kind.name](sweep)


def export_sweep(
    kind: Format,
    sweep: LoadedSweep,
    target: Path,
    options: ChartOptions,
    metric: str | None = None,
) -> Path:
    """Write a sweep to a file, whole or not at all, or to a folder for TensorBoard; return where.

    A `target` that is a folder gets a file named after the sweep. A file that is there is replaced.

    Raises:
        Problem: When it cannot be written.
    """
    with writing_to(target):
        if kind.name == "tensorboard":
            return _tensorboard(sweep, target)
        text = sweep_text(kind, sweep, options, metric)
        return write_text(target, sweep_file_name(kind, sweep), text)


def sweep_file_name(kind: Format, sweep: LoadedSweep) -> str:
    """Return a name for the file that holds this sweep."""
    return file_name(sweep.plan.each.lesson, "sweep", sweep.record.id, suffix=kind.suffix)


def _tensorboard(sweep: LoadedSweep, target: Path) -> Path:
    from tflab.export.tensorboard import write_event_file

    for run, loaded in sweep.loaded():
        if loaded is not None:
            write_event_file(loaded, target / folder_name(sweep.plan, run))
    return target


def _csv(sweep: LoadedSweep) -> str:
    from tflab.export.sweep_report import table_csv

    return table_csv(sweep.sweep)


def _csv_points(sweep: LoadedSweep) -> str:
    from tflab.export.sweep_points import points_csv

    return points_csv(sweep)


def _json(sweep: LoadedSweep) -> str:
    from tflab.export.as_json import sweep_json

    return sweep_json(sweep)


def _script(sweep: LoadedSweep) -> str:
    from tflab.export.sweep_program import sweep_program

    return sweep_program(sweep.record)


def _notebook(sweep: LoadedSweep) -> str:
    from tflab.export.sweep_notebook import sweep_notebook

    return sweep_notebook(sweep)


def _chart_text(sweep: LoadedSweep, options: ChartOptions, metric: str | None) -> str:
    from tflab.charts.loss import loss_text

    curves, _ = _best_curves(sweep, metric)
    drawn = [loss_text(curves, (100, 28), options).rstrip("\n")]
    return "\n".join([*drawn, *_responses(sweep, options, metric)]) + "\n"


def _responses(sweep: LoadedSweep, options: ChartOptions, metric: str | None) -> Iterator[str]:
    """Yield what each parameter decides, and the metric against each that varies."""
    from tflab.charts.response import draw_response
    from tflab.sweeps.importance import draw_importance, importance, trials_of

    plan, rows = sweep.plan, sweep.sweep.rows(metric)
    name = metric or plan.metric
    if len(plan.varied) > 1:
        yield from ("", plain_line(f"What decides {name}"))
        drawing = draw_importance(importance(plan, rows, name), (60, len(plan.varied)), options)
        yield from (*drawing.rows, *drawing.notes)
    for parameter in plan.varied:
        yield from ("", plain_line(f"{name} against {parameter}"))
        shown = replace(options, log_x=plan.is_log(parameter))
        yield from draw_response(trials_of(rows, parameter, name), (100, 16), shown).rows


def _chart_svg(sweep: LoadedSweep, options: ChartOptions, metric: str | None) -> str:
    from tflab.export.svg import loss_svg

    curves, about = _best_curves(sweep, metric)
    bars = what_decides(sweep.plan, sweep.sweep.rows(metric), metric or sweep.plan.metric)
    return loss_svg(curves, f"{sweep.plan.each.title}: {about}", options, bars)


def what_decides(plan: SweepPlan, rows: Sequence[SweepRow], metric: str) -> Bars | None:
    """Return how much each parameter decides; None where only one varies."""
    from tflab.export.svg import Bars
    from tflab.sweeps.importance import importance

    if len(plan.varied) < 2:
        return None
    found = importance(plan, rows, metric)
    return Bars(f"What decides {metric}", found.shares, found.note)


def _best_curves(sweep: LoadedSweep, metric: str | None) -> tuple[list[Curve], str]:
    """Return the curves of the best runs, by default those that rank, and what they are."""
    from tflab.export.curves import curves_of, metrics_of

    found = [(run, one) for run, one in sweep.loaded(best_first=True, most=MOST_CURVES) if one]
    runs = [one for _, one in found]
    known, ranks = metrics_of(runs), measure(sweep.plan.metric)
    name = metric or (ranks if ranks in known else next(iter(known), ""))
    labels = [sweep.plan.label(run.point) for run, _ in found]
    about = f"{name}, best {len(runs)} of {len(sweep.plan.points):,} runs"
    return curves_of(runs, name or None, labels), about
