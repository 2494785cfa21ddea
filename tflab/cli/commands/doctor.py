"""`tflab doctor`: looks for what keeps runs and the workbench from working, and says what to do."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from tflab.cli.command import Command
from tflab.cli.options import add_json
from tflab.cli.terminal import print_json
from tflab.runs.paths import data_folder
from tflab.runs.text import count_of, plain_line
from tflab.session.doctor.check import Check
from tflab.session.doctor.data import check_data
from tflab.session.doctor.environments import find_environment
from tflab.session.doctor.python import check_packages, check_python
from tflab.session.doctor.tensorflow import check_cpu, check_devices, check_tensorflow
from tflab.session.doctor.terminal import check_terminal, terminal_size
from tflab.targets.devices import list_devices
from tflab.targets.environment_search import Wanted


def run(arguments: argparse.Namespace) -> int:
    """Print every check as it is done; return 0 when none of them found a problem."""
    found: list[Check] = []
    for check in _checks():
        found.append(check)
        if not arguments.json:
            print(_line(check), flush=True)
    problems = sum(check.status == "problem" for check in found)
    if arguments.json:
        checks = [
            {"name": c.name, "status": c.status, "text": c.text, "mend": c.mend} for c in found
        ]
        print_json({"ok": problems == 0, "checks": checks})
    else:
        warnings = sum(check.status == "warning" for check in found)
        print(f"\n{_count(problems, 'problem').capitalize()}, {_count(warnings, 'warning')}.")
    return 1 if problems else 0


def _checks() -> Iterator[Check]:
    yield check_python()
    yield check_packages()
    yield check_cpu()
    devices = list_devices()
    yield from check_devices(devices)
    environment, check = find_environment(Wanted(program=Path.cwd() / "program", trusted=False))
    yield check
    if environment is not None and environment.version("tensorflow"):
        gpus = len(devices.devices) - 1
        yield from check_tensorflow(gpus, python=environment.request_python)
    yield from check_terminal(os.environ, terminal_size())
    yield from check_data(data_folder())


def _line(check: Check) -> str:
    line = f"{check.status:<8} {check.name:<12} {plain_line(check.text)}"
    return f"{line}\n{'':<21} {plain_line(check.mend)}" if check.mend else line


def _count(number: int, what: str) -> str:
    return count_of(number, what) if number else f"no {what}s"


COMMAND = Command("look for what keeps runs from working", "tflab doctor --json", run, add_json)
