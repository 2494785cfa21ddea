"""Taking a sweep elsewhere from its screen: as files, and as the line that makes it again."""

from __future__ import annotations

import base64
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import nbformat
import pandas
import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.test_sweep import plan
from tflab.runs.record import RunOptions
from tflab.runs.store import RunStore
from tflab.session.settings import Settings, save_settings
from tflab.sweeps.store import SweepStore

Write = Callable[..., Path]

FAILING = [
    "if steps == 4:",
    '    raise ValueError("four is too many")',
    "for step in range(steps):",
    "    lab.log(step, loss=1 / (step + steps))",
]


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_a_failed_run_stops_nothing_and_the_sweep_is_exported(
    open_app: OpenApp, write_lesson: Write, tmp_path: Path
) -> None:
    app = open_app(write_lesson(*FAILING), size=(80, 24))
    app.wait_for("from tflab import lab")
    app.press("f5")
    plan(app, "4, 2, 3, 5", "4 runs")
    app.press("ctrl+r")
    app.wait_for(r"4 of 4 done · 1 failed")
    app.wait_for(r"✗ +4 +- +failed: ValueError: four is too many")
    app.wait_for(r"▸ +5 +0\.1111 .*best")
    app.wait_for("Esc Back")
    for words, suffix in (("one line", "csv"), ("notebook", "ipynb")):
        app.press("x")
        app.wait_for("Export the sweep of 4 runs as")
        app.type(words)
        app.press("enter")
        written = partial(_is_there, tmp_path, suffix)
        app.wait_until(written, f"a file that ends in {suffix}")
    (table,) = tmp_path.glob("own-sweep-*.csv")
    frame = pandas.read_csv(table)
    assert list(frame["steps"]) == [5, 3, 2, 4]
    assert list(frame["status"]) == ["finished"] * 3 + ["failed"]
    (notebook,) = tmp_path.glob("own-sweep-*.ipynb")
    nbformat.validate(nbformat.read(notebook, 4))
    app.wait_for("Exported")


def _is_there(folder: Path, suffix: str, _: str) -> bool:
    return any(folder.glob(f"own-sweep-*.{suffix}"))


def test_the_copied_line_makes_the_sweep_again_with_the_run_options(
    open_app: OpenApp, write_lesson: Write, data: Path
) -> None:
    save_settings(Settings(options=RunOptions(nice=9, threads=1)))
    app = open_app(write_lesson(*FAILING))
    plan(app, "2, 5", "2 runs.*nice 9, 1 thread")
    app.press("ctrl+r")
    app.wait_for("2 of 2 done")
    store, runs = SweepStore(data / "sweeps"), RunStore(data / "runs")
    record = store.load(next(store.ids()))
    requests = [runs.record(run or "").request for run in record.runs]
    assert [(request.nice, request.threads) for request in requests] == [(9, 1)] * 2
    app.press("y")
    app.wait_for("Command copied")
    copied = re.findall(rb"\x1b\]52;c;([^\x07\x1b]*)", app.raw)
    words = shlex.split(base64.b64decode(copied[-1]).decode())
    assert words[:2] == ["tflab", "sweep"]
    done = subprocess.run(
        [sys.executable, "-m", "tflab", *words[1:], "--json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=120,
    )
    again = store.load(msgspec.json.decode(done.stdout)["sweep"])
    assert again.plan == record.plan
