"""`tflab export RUN…`: runs, or a sweep, as files that other programs open."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tflab.charts.drawing import ChartOptions
from tflab.cli.command import Command
from tflab.cli.ids import HELP, named_sweep
from tflab.cli.output import stdout
from tflab.cli.terminal import terminal
from tflab.export.formats import Format, default_name, export_text, export_to, find_format
from tflab.export.loaded import load_run
from tflab.export.sweep import load_sweep
from tflab.export.sweep_formats import (
    export_sweep,
    find_sweep_format,
    sweep_file_name,
    sweep_text,
)
from tflab.runs.record import Problem
from tflab.runs.store import RunStore


def run(arguments: argparse.Namespace) -> int:
    """Write the runs or the sweep to stdout, or where `--to` says; return 0.

    A folder of event files never goes to stdout: without `--to` it is made here.
    """
    store = RunStore()
    sweep = _find_sweep(arguments.runs, store)
    return _export_runs(arguments, store) if sweep is None else _export_sweep(arguments, sweep)


def _find_sweep(texts: Sequence[str], store: RunStore) -> str | None:
    """Return the id of the sweep that is meant, or None when runs are.

    Raises:
        Problem: When that cannot be told, or a sweep is not the only thing asked for.
    """
    found = [sweep for text in texts if (sweep := named_sweep(text, store)) is not None]
    if found and len(texts) > 1:
        raise Problem(
            "One sweep at a time",
            "A sweep is exported alone; you gave more.",
            "Export them one after another.",
        )
    return found[0] if found else None


def _export_runs(arguments: argparse.Namespace, store: RunStore) -> int:
    kind = find_format(arguments.format)
    ids = list(dict.fromkeys(store.find(text) for text in arguments.runs))
    runs = [load_run(store, run) for run in ids]
    if arguments.to is None and kind.suffix:
        options = _for_stdout(kind, arguments.log)
        _print_document(kind, export_text(kind, runs, options, arguments.metric))
        return 0
    target = Path(arguments.to).expanduser() if arguments.to else Path(default_name(kind, runs))
    return _said(export_to(kind, runs, target, _for_file(arguments.log), arguments.metric))


def _export_sweep(arguments: argparse.Namespace, sweep: str) -> int:
    kind = find_sweep_format(arguments.format)
    found = load_sweep(RunStore(), sweep)
    if arguments.to is None and kind.suffix:
        options = _for_stdout(kind, arguments.log)
        _print_document(kind, sweep_text(kind, found, options, arguments.metric))
        return 0
    name = sweep_file_name(kind, found)
    target = Path(arguments.to).expanduser() if arguments.to else Path(name)
    return _said(export_sweep(kind, found, target, _for_file(arguments.log), arguments.metric))


def _print_document(kind: Format, text: str) -> None:
    """Print what a file would hold; a chart for a terminal keeps its colours."""
    out = stdout()
    if kind.name != "chart-text" or not out.isatty():
        out.document(text)
        return
    for line in text.removesuffix("\n").split("\n"):
        out.painted(line)


def _for_stdout(kind: Format, log: bool) -> ChartOptions:
    """A picture is for a page, which is light; text is for this terminal."""
    found, text = terminal(), kind.name == "chart-text"
    colour = found.colour if found.live else "none"
    return ChartOptions(
        log_y=log, colour=colour, unicode=found.unicode or not text, dark=found.dark and text
    )


def _for_file(log: bool) -> ChartOptions:
    return ChartOptions(log_y=log, colour="none", dark=False)


def _said(path: Path) -> int:
    print(f"Wrote {path}.", file=sys.stderr)
    return 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", metavar="RUN", nargs="+", help=HELP)
    parser.add_argument(
        "--as",
        dest="format",
        metavar="FORMAT",
        required=True,
        help="csv, csv-summary (a sweep: csv-points), json, tensorboard, script, notebook, "
        "chart-text or chart-svg",
    )
    parser.add_argument("--to", metavar="PATH", help="where to write; default: stdout")
    parser.add_argument("--metric", metavar="NAME", help="what a chart shows; default: loss")
    parser.add_argument("--log", action="store_true", help="give a chart a logarithmic y axis")


COMMAND = Command(
    "write runs or a sweep as files",
    "tflab export last --as csv --to loss.csv\n"
    "  tflab export 20261122-10 last --as chart-svg > both.svg\n"
    "  tflab export last-sweep --as csv --to sweep.csv",
    run,
    _add_options,
)
