"""Hard conditions: odd sizes and resizing while a run goes on, poor terminals, pastes, crashes."""

from __future__ import annotations

import os
import re
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.processes import processes_of, wait_gone
from tests.terminal.terminal import Terminal
from tflab.runs.store import RunStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

LOOP = (
    "import time",
    "for step in lab.track(range(steps)):",
    "    lab.log(step, loss=1 / (step + 1))",
    "    time.sleep(0.005)",
)
SIZES = [(20, 5), (400, 120), (60, 20), (1, 1), (99, 27), (100, 28), (240, 6), (21, 119), (120, 40)]
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h")
"""The screen from before comes back, and the cursor shows."""

CRASH = """
import sys

class Late:
    def find_spec(self, name, path=None, target=None):
        if name == "tflab.session.server":
            sys.meta_path.remove(self)
            from tflab.ui.app import LabApp
            LabApp.action_theme = crash

def crash(app):
    secret = "hunter" + "2"
    raise RuntimeError("provoked")

sys.meta_path.insert(0, Late())
"""
"""Makes the key for the theme a fault, once the app has been imported."""

LATER = """
import sys

class Late:
    def find_spec(self, name, path=None, target=None):
        if name == "tflab.session.server":
            sys.meta_path.remove(self)
            import importlib
            holder = importlib.import_module("{module}")
            for part in "{holder}".split():
                holder = getattr(holder, part)
            setattr(holder, "{name}", crash)

def crash(*args, **named):
    raise RuntimeError("provoked")

sys.meta_path.insert(0, Late())
"""
"""Makes any function a fault, once the app has been imported."""

COLOUR = re.compile(rb"\x1b\[[0-9;]*[34]8;2;")


def start_run(app: Terminal) -> None:
    app.wait_for(r"steps +\d")
    app.press("ctrl+r")
    app.wait_for(r"running +[1-9]")


def assert_restored(app: Terminal, settings: list[object]) -> None:
    """The terminal has its own screen, its cursor, its line mode and no mouse reports."""
    for sequence in RESTORED:
        assert app.raw.rfind(sequence) > app.raw.find(b"\x1b[?1049h"), sequence
    assert app.raw.rfind(b"\x1b[?1000l") > app.raw.rfind(b"\x1b[?1000h")
    assert app.settings == settings


def test_resizing_all_the_time_while_a_run_goes_on(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    app = open_app(write_lesson(*LOOP, steps=400))
    start_run(app)
    for turn in range(60):
        columns, rows = SIZES[turn % len(SIZES)]
        app.resize(columns, rows)
        app.press(("f3", "f4", "f5", "down", "tab")[turn % 5])
    app.resize(120, 40)
    app.wait_for("finished in")
    (run,) = RunStore(data / "runs").ids()
    assert len(RunStore(data / "runs").load(run).series["loss"]) == 400


@pytest.mark.parametrize("size", [(20, 5), (60, 20), (400, 120)], ids=str)
def test_every_size_starts_and_leaves(open_app: OpenApp, size: tuple[int, int]) -> None:
    app = open_app(size=size)
    app.wait_for("needs" if size[0] < 60 else "Two clouds of points")
    app.press("ctrl+q")
    assert app.wait_end() == 0


@pytest.mark.parametrize("term", ["screen", "tmux-256color", "xterm", "linux", "dumb", "vt100"])
def test_poor_terminals_run_a_lesson(
    open_app: OpenApp, write_lesson: Callable[..., Path], term: str
) -> None:
    """Colours that the terminal does not have are not sent to it."""
    tmux = "/tmp/tmux-0/default,1,0" if term.startswith("tmux") else None
    lesson = write_lesson("lab.log(0, loss=1.0)")
    app = open_app(lesson, TERM=term, COLORTERM=None, TMUX=tmux, LANG="C")
    app.wait_for(r"steps +\d")
    app.press("ctrl+r")
    app.wait_for("finished in")
    app.press("ctrl+q")
    assert app.wait_end() == 0
    assert not COLOUR.search(app.raw), "no true colour was promised"


def test_a_megabyte_pasted_into_a_field(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    """It is taken as far as the field goes, and the workbench stays quick."""
    app = open_app(write_lesson("print('x')"))
    app.wait_for(r"steps +\d")
    app.press("f5")
    app.wait_for("how many: a whole")
    for body in (b"7" * (1 << 20), b"word and more\n" * 75_000):
        app.send(b"\x1b[200~" + body + b"\x1b[201~")
    app.press("f1")
    app.wait_for("Type new values")
    app.press("escape")
    app.wait_gone("Type new values")
    app.press("ctrl+d")
    app.wait_for(r"steps +3\b")


def test_bytes_that_are_no_utf8(open_app: OpenApp, write_lesson: Callable[..., Path]) -> None:
    app = open_app(write_lesson("print('x')"))
    app.wait_for(r"steps +\d")
    app.send(bytes(range(0x80, 0x100)) + b"\xc3(\xff\xfe\xed\xa0\x80")
    app.press("f1")
    app.wait_for("Esc closes")


def test_restored_after_leaving(open_app: OpenApp) -> None:
    app = open_app()
    before = app.first_settings
    app.wait_for("Two clouds of points")
    assert app.settings != before
    app.press("ctrl+q")
    assert app.wait_end() == 0
    assert_restored(app, before)


def test_restored_after_a_crash_and_the_run_goes_on(
    open_app: OpenApp,
    data: Path,
    tmp_path: Path,
    tensorflow_stand_in: str,
    write_lesson: Callable[..., Path],
) -> None:
    """A fault of our own, provoked in the middle of a run, leaves terminal and run in order."""
    (tmp_path / "sitecustomize.py").write_text(CRASH)
    app = open_app(write_lesson(*LOOP, steps=300), PYTHONPATH=f"{tmp_path}:{tensorflow_stand_in}")
    before = app.first_settings
    start_run(app)
    app.press("f9")
    assert app.wait_end() == 1
    assert_restored(app, before)
    said = app.raw[app.raw.rfind(RESTORED[0]) :]
    assert said.count(b"\n") <= 5, "a short message"
    assert b"RuntimeError: provoked" in said
    assert b"Runs that were going on go on" in said
    (kept,) = (data / "crashes").iterdir()
    assert str(kept).encode() in said
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "in crash" in kept.read_text(), "the calls are there, down to the fault"
    for text in (kept.read_bytes(), app.raw):
        assert b"hunter2" not in text, "no values of variables"
    assert wait_gone(processes_of(data), timeout=30) == []
    (run,) = RunStore(data / "runs").ids()
    assert RunStore(data / "runs").load(run).status == "finished"


@pytest.mark.parametrize("where", ["thread", "start"])
def test_every_crash_is_told_shortly(
    open_app: OpenApp, data: Path, tmp_path: Path, tensorflow_stand_in: str, where: str
) -> None:
    """One in a thread that reads a lesson, one before the panes are there."""
    module, name = {
        "thread": ("tflab.programs.reader", "read_text"),
        "start": ("tflab.ui.workbench.panes", "PaneScreen.fill"),
    }[where]
    (tmp_path / "sitecustomize.py").write_text(
        LATER.format(module=module, name=name.rpartition(".")[2], holder=name.rpartition(".")[0])
    )
    app = open_app(PYTHONPATH=f"{tmp_path}:{tensorflow_stand_in}")
    before = app.first_settings
    assert app.wait_end() == 1
    assert_restored(app, before)
    assert b"RuntimeError: provoked" in app.raw
    assert b"Traceback" not in app.raw
    assert len(list((data / "crashes").iterdir())) == 1


def test_restored_after_sigterm(open_app: OpenApp, write_lesson: Callable[..., Path]) -> None:
    app = open_app(write_lesson(*LOOP, steps=2000))
    before = app.first_settings
    start_run(app)
    os.kill(app.pid, signal.SIGTERM)
    assert app.wait_end() == 128 + signal.SIGTERM
    assert_restored(app, before)
    assert b"tflab attach" in app.raw
