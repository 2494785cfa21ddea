"""`tflab export RUN…`: runs as files that other programs open."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tflab.charts.drawing import ChartOptions
from tflab.cli.printing import terminal
from tflab.export.formats import default_name, export_text, export_to, find_format
from tflab.export.loaded import load_run
from tflab.runs.store import RunStore


def run(arguments: argparse.Namespace) -> int:
    """Write the runs to stdout, or where `--to` says; return 0.

    A folder of event files never goes to stdout: without `--to` it is made here.
    """
    store = RunStore()
    kind = find_format(arguments.format)
    ids = list(dict.fromkeys(store.find(text) for text in arguments.runs))
    runs = [load_run(store, run) for run in ids]
    if arguments.to is None and kind.suffix:
        found = terminal()
        colour = found.colour if found.live else "none"
        unicode = found.unicode or kind.name != "chart-text"
        options = ChartOptions(
            log_y=arguments.log, colour=colour, unicode=unicode, dark=_dark(kind.name, found.dark)
        )
        sys.stdout.write(export_text(kind, runs, options, arguments.metric))
        return 0
    target = Path(arguments.to).expanduser() if arguments.to else Path(default_name(kind, runs))
    options = ChartOptions(log_y=arguments.log, colour="none", dark=False)
    path = export_to(kind, runs, target, options, arguments.metric)
    print(f"Wrote {path}.", file=sys.stderr)
    return 0


def _dark(name: str, dark: bool) -> bool:
    """A picture is for a page, which is light; text is for this terminal."""
    return dark and name == "chart-text"
