"""The workbench starts without what it does not need: measured in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "tensorflow",
    "keras",
    "numpy",
    "jupytext",
    "nbformat",
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


def test_the_bench_runs_lessons_without_importing_tensorflow():
    assert not loaded_by("import tflab.ui.bench") & {"tensorflow", "keras"}


@pytest.mark.parametrize("module", ["tflab", "tflab.cli", "tflab.lessons.library"])
def test_small_modules_bring_no_screen(module):
    assert not loaded_by(f"import {module}") & (HEAVY | {"textual", "rich"})


def test_a_lesson_may_import_lab_without_tensorflow():
    assert not loaded_by("from tflab import lab, Meta") & {"tensorflow", "keras", "textual"}
