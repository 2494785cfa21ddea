"""`tflab targets [NAME]`: the queues and clusters there are, and why one does not serve."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import asdict
from typing import Any

from tflab.cli.command import Command
from tflab.cli.options import add_json
from tflab.cli.terminal import print_json
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.session.targets import FoundTarget, list_targets
from tflab.targets.engine import NodeReport
from tflab.targets.target import try_target
from tflab.targets.target_file import SlurmTarget, find_target, targets_file


def run(arguments: argparse.Namespace) -> int:
    """Print the targets, or try one; 1 when none serves, or that one does not."""
    if arguments.target is not None:
        return _try(arguments)
    found = list_targets()
    if arguments.json:
        print_json({"targets": [_as_json(one) for one in found], "file": str(targets_file())})
    elif not found:
        print(f"There are no targets yet; runs go to this machine. Describe one in {_file()}.")
    for one in found if not arguments.json else ():
        print("\n".join(_lines(one)))
    return 0 if all(one.problem is None for one in found) else 1


def _try(arguments: argparse.Namespace) -> int:
    target = find_target(arguments.target)
    if not arguments.json:
        print(f"Trying {target.name} …", file=sys.stderr)
    reports = try_target(target, patience=arguments.wait)
    if arguments.json:
        print_json({"target": target.name, "machines": [_report(one) for one in reports]})
    elif not reports:
        print(
            f"{target.name} takes runs, but no machine of it was free within "
            f"{arguments.wait:g} s; --wait 600 waits longer."
        )
    # A machine may have several workers, of which the same is to be said.
    said = Counter((one.node, *_report_lines(one)) for one in reports)
    for (node, first, *more), workers in said.items() if not arguments.json else ():
        name = f"{node} ({workers} workers)" if workers > 1 else node
        print("\n".join([f"{name}: {first}", *more]))
    good = bool(reports) and all(report.problem is None for report in reports)
    return 0 if good else 1


def _file() -> str:
    return plain_line(str(targets_file()))


def _lines(found: FoundTarget) -> list[str]:
    lines = [f"{found.target.name}: {found.words}"]
    if found.problem is None:
        return [*lines, f"  Ready: {found.state}"]
    problem = found.problem
    return [*lines, f"  Does not serve: {problem.title}. {problem.cause}", f"  {problem.next_step}"]


def _report_lines(report: NodeReport) -> list[str]:
    problem = report.problem
    if problem is not None:
        return [f"{problem.title}. {problem.cause}", f"  {problem.next_step}"]
    remarks = [f"  {remark}" for remark in report.remarks]
    return ["runs work there; it shares the data folder.", *remarks]


def _as_json(found: FoundTarget) -> dict[str, Any]:
    return {
        "name": found.target.name,
        "engine": "slurm" if isinstance(found.target, SlurmTarget) else "dask",
        "serves": found.problem is None,
        "state": found.state,
        "settings": {key: value for key, value in asdict(found.target).items() if value},
        "problem": _problem(found.problem),
    }


def _report(report: NodeReport) -> dict[str, Any]:
    return {
        "machine": report.node,
        "serves": report.problem is None,
        "remarks": list(report.remarks),
        "problem": _problem(report.problem),
    }


def _problem(problem: Problem | None) -> dict[str, str] | None:
    if problem is None:
        return None
    return {"title": problem.title, "cause": problem.cause, "next_step": problem.next_step}


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "target", metavar="NAME", nargs="?", help="try this one: what it shares, its versions"
    )
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=float,
        default=60.0,
        help="how long to wait for a free machine of it; default: 60",
    )
    add_json(parser)


COMMAND = Command(
    "list the queues and clusters that runs can go to",
    "tflab targets\n  tflab targets cluster\n  tflab run 10 --on cluster",
    run,
    _add_options,
    "Targets are described in targets.toml of the configuration folder; see docs/machines.md.",
)
