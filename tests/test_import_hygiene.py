"""The workbench starts without what it does not need: measured in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.terminal.terminal import Terminal

HEAVY = {
    "tensorflow",
    "keras",
    "numpy",
    "jupytext",
    "nbformat",
    "optuna",
    "plotext",
    "psutil",
    "tsdownsample",
}


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a statement brings in."""
    code = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_the_app_paints_without_tensorflow_numpy_or_jupytext():
    assert not loaded_by("import tflab.ui.app") & HEAVY


def test_the_app_paints_without_what_draws_and_what_reads_programs_and_runs():
    """Each takes milliseconds to import, which the first paint would wait for."""
    names = (
        "tflab.charts",
        "tflab.data",
        "tflab.programs.program",
        "tflab.runs.record",
        "tflab.runs.state",
        "tflab.ui.workbench.lesson_view",
    )
    code = f"import sys, tflab.ui.app; print(*(n for n in {names} if n in sys.modules))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []


def test_what_runs_are_watched_with_brings_no_numpy():
    """Nor do the options of `tflab open`, which are read before the first paint."""
    assert not loaded_by("import tflab.session.runs") & {"numpy"}
    options = "from tflab.cli.commands.open import COMMAND; import argparse"
    added = loaded_by(f"{options}; COMMAND.add_options(argparse.ArgumentParser())")
    assert not added & (HEAVY | {"textual", "rich", "msgspec"})


def test_the_bench_runs_lessons_without_importing_tensorflow():
    assert not loaded_by("import tflab.session.runs, tflab.session.sweeps") & {
        "tensorflow",
        "keras",
        "optuna",
    }


@pytest.mark.parametrize("module", ["tflab", "tflab.cli", "tflab.programs.library"])
def test_small_modules_bring_no_screen(module):
    assert not loaded_by(f"import {module}") & (HEAVY | {"textual", "rich"})


def test_a_lesson_may_import_lab_without_tensorflow():
    assert not loaded_by("from tflab import lab, Meta") & {"tensorflow", "keras", "textual"}


@pytest.mark.parametrize("module", ["tflab.ui.app", "tflab.session.session"])
def test_the_first_paint_needs_no_run_log_and_no_openssl(module):
    late = {
        "tflab.runs.log_reader",
        "tflab.runs.store",
        "tflab.session.runs",
        "_hashlib",
        "secrets",
    }
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert not late & set(done.stdout.split())


def test_a_lesson_is_read_without_jupytext_and_by_no_helper():
    opened = (
        "import tflab.session.open_program; from tflab.programs.library import resolve; "
        "from tflab.programs.reader import read_program; "
        "sys.addaudithook(lambda what, _: what == 'subprocess.Popen' and sys.exit('a helper')); "
        "assert read_program(resolve('1')).cells"
    )
    assert not loaded_by(opened) & {"jupytext", "nbformat", "jsonschema", "tensorflow"}


def test_the_workbench_with_a_lesson_open_never_loaded_jupytext(tmp_path: Path):
    command = [sys.executable, "-m", "tflab", "open", "linear-classifier"]
    with Terminal(command, folder=tmp_path) as app:
        app.wait_for(r"learning_rate +0\.1\b")
        mapped: set[str] = set()
        deadline = time.monotonic() + 60
        # What draws, and NumPy with it, comes once there is something to read.
        while not any(name.startswith("_multiarray_umath") for name in mapped):
            assert time.monotonic() < deadline, sorted(mapped)
            mapped = {Path(area.path).name for area in psutil.Process(app.pid).memory_maps()}
        app.press("ctrl+q")
        assert app.wait_end() == 0
    # A compiled module that jupytext's way of checking notebooks brings; plotext brings none.
    assert not any(name.startswith("rpds") for name in mapped)


def test_jupytext_would_be_seen_in_the_memory_of_a_process():
    code = "import jupytext; print(open('/proc/self/maps').read())"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert "rpds" in done.stdout


def test_the_names_of_commands_need_no_parser():
    assert not loaded_by("from tflab.cli import commands, main") & {
        "argparse",
        "msgspec",
        "difflib",
    }
    assert "argparse" not in loaded_by("import tflab.cli.commands.open")
