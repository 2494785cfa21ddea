"""Every format by its name, and writing runs in one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tflab.charts.drawing import ChartOptions
from tflab.export.loaded import LoadedRun
from tflab.export.writing import file_name, write_text, writing_to
from tflab.runs.record import Problem


@dataclass(frozen=True)
class Format:
    """A way to take runs elsewhere.

    Attributes:
        name: What `--as` takes.
        suffix: End of the file's name; empty for a folder.
        about: One line for people.
        several: Whether more than one run fits in.
    """

    name: str
    suffix: str
    about: str
    several: bool = True


FORMATS: tuple[Format, ...] = (
    Format("csv", ".csv", "every point of the series, a line a step"),
    Format("csv-summary", ".csv", "one line a run: values, state, metrics"),
    Format("csv-system", ".csv", "what the machine did: CPU, memory, GPU, a line a moment"),
    Format("json", ".json", "everything, points and figures included"),
    Format("pictures", "", "a folder of its pictures, and its figures as data", several=False),
    Format("tensorboard", "", "a folder of event files, one folder a run"),
    Format("script", ".py", "a Python program with the values in place", several=False),
    Format("notebook", ".ipynb", "a Jupyter notebook with the values in place", several=False),
    Format("chart-text", ".txt", "the curves drawn as text"),
    Format("chart-svg", ".svg", "the curves as a picture"),
)


def find_format(name: str, formats: Sequence[Format] = FORMATS) -> Format:
    """Return the one of `formats` of that name.

    Raises:
        Problem: When there is none.
    """
    for found in formats:
        if found.name == name:
            return found
    names = ", ".join(found.name for found in formats)
    raise Problem("No such format", f"There is no format {name!r}.", f"There are {names}.")


def export_text(
    kind: Format, runs: Sequence[LoadedRun], options: ChartOptions, metric: str | None = None
) -> str:
    """Return runs as the text of one file.

    Args:
        kind: Any format but `tensorboard` and `pictures`, which are folders.
        runs: What to write; at least one.
        options: How charts are drawn.
        metric: What charts show; None for the main one.

    Raises:
        Problem: When they cannot be written so; it says what to do.
    """
    _check_one(kind, runs)
    makers: dict[str, Callable[[], str]] = {
        "csv": lambda: _csv(runs, summary=False),
        "csv-summary": lambda: _csv(runs, summary=True),
        "csv-system": lambda: _csv_system(runs),
        "json": lambda: _json(runs),
        "script": lambda: _script(runs[0]),
        "notebook": lambda: _notebook(runs[0]),
        "chart-text": lambda: _chart_text(runs, options, metric),
        "chart-svg": lambda: _chart_svg(runs, options, metric),
    }
    return makers[kind.name]()


def export_to(
    kind: Format,
    runs: Sequence[LoadedRun],
    target: Path,
    options: ChartOptions,
    metric: str | None = None,
) -> Path:
    """Write runs to a file, whole or not at all, or to a folder for TensorBoard; return where.

    A `target` that is a folder gets a file named after the run. A file that is there is replaced.

    Raises:
        Problem: When they cannot be written.
    """
    with writing_to(target):
        if kind.name == "tensorboard":
            return _tensorboard(runs, target)
        if kind.name == "pictures":
            return _pictures(runs, target)
        return write_text(
            target, default_name(kind, runs), export_text(kind, runs, options, metric)
        )


def default_name(kind: Format, runs: Sequence[LoadedRun]) -> str:
    """Return a name for the file that holds these runs."""
    first = runs[0].record
    more = [f"and-{len(runs) - 1}-more"] if len(runs) > 1 else []
    return file_name(first.request.lesson, first.id, *more, suffix=kind.suffix)


def _csv_system(runs: Sequence[LoadedRun]) -> str:
    from tflab.export.table import system_csv

    return system_csv(runs)


def _tensorboard(runs: Sequence[LoadedRun], target: Path) -> Path:
    from tflab.export.tensorboard import write_event_file

    for run in runs:
        write_event_file(run, target / run.record.id)
    return target


def _pictures(runs: Sequence[LoadedRun], target: Path) -> Path:
    from tflab.export.pictures import write_pictures

    _check_one(find_format("pictures"), runs)
    return write_pictures(runs[0], target)


def _check_one(kind: Format, runs: Sequence[LoadedRun]) -> None:
    if len(runs) > 1 and not kind.several:
        raise Problem(
            "One run at a time",
            f"The format {kind.name} holds one run; you gave {len(runs)}.",
            "Export them one after another.",
        )


def _csv(runs: Sequence[LoadedRun], summary: bool) -> str:
    from tflab.export.table import series_csv, summary_csv

    return summary_csv(runs) if summary else series_csv(runs)


def _json(runs: Sequence[LoadedRun]) -> str:
    from tflab.export.as_json import runs_json

    return runs_json(runs)


def _script(run: LoadedRun) -> str:
    from tflab.export.script import script

    return script(run.record)


def _notebook(run: LoadedRun) -> str:
    from tflab.export.notebook import notebook

    return notebook(run.record)


def _chart_text(runs: Sequence[LoadedRun], options: ChartOptions, metric: str | None) -> str:
    from tflab.charts.loss import loss_text
    from tflab.export.curves import curves_of

    return loss_text(curves_of(runs, metric), (100, 28), options).rstrip("\n") + "\n"


def _chart_svg(runs: Sequence[LoadedRun], options: ChartOptions, metric: str | None) -> str:
    from tflab.export.curves import curves_of, metrics_of
    from tflab.export.svg import loss_svg

    name = metric or next(iter(metrics_of(runs)), "")
    title = f"{runs[0].record.request.title}: {name}"
    return loss_svg(curves_of(runs, metric), title, options)
