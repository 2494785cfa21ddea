"""Large and odd programs stay usable: many cells, lines without end, code that changes.

What takes long is held against the same on a small lesson at the same time, so that a busy machine
slows both.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import Terminal
from tests.terminal.workbench import run

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")


def notebook(path: Path, cells: int) -> Path:
    """Write a program of so many cells, prose and code by turns."""
    parts = [
        "# %% [markdown]\n# # Many cells\n",
        '# %% tags=["parameters"]\nsteps = 3  # how many\n',
    ]
    for number in range((cells - 2) // 2):
        parts.append(
            f"# %% [markdown]\n# ## Section {number}\n#\n# Some *prose* about the gradient,\n"
            f"# with `code` and a list:\n#\n# - one item\n# - another of {number}\n"
        )
        parts.append(
            f"# %%\ndef function_{number}(x):\n    total = 0\n    for k in range(3):\n"
            f"        total += x * k\n    return total\n\nprint({number}, function_{number}(1))\n"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(parts))
    return path


def focus_seconds(app: Terminal, rounds: int = 3) -> float:
    """Return how long a change of the focus takes there and back, the quickest of some."""
    found = []
    for _ in range(rounds):
        spent = 0.0
        for key in ("f5", "f3"):
            shows, goes = ("Larger", "Next cell") if key == "f5" else ("Next cell", "Larger")
            pressed = app.press(key)
            spent += app.wait_for(rf"\b{shows}\b") - pressed
            app.wait_gone(rf"\b{goes}\b")
        found.append(spent)
    return min(found)


def test_the_focus_moves_as_fast_among_133_cells_as_in_a_lesson(
    open_app: OpenApp, data: Path
) -> None:
    small = open_app(notebook(data / "lessons" / "small.py", 6))
    large = open_app(notebook(data / "lessons" / "large.py", 133))
    for app in (small, large):
        app.wait_for("Section 0")
        app.wait_for(r"steps +3")
    assert focus_seconds(large) < 3 * focus_seconds(small) + 0.2


def test_5000_cells_open_soon_and_take_little_memory(open_app: OpenApp, data: Path) -> None:
    small = open_app(notebook(data / "lessons" / "small.py", 6))
    small.wait_for("Section 0")
    small.wait_for(r"steps +3")
    small.press("end")
    small.wait_for("another of 1")
    kept = psutil.Process(small.pid).memory_info().rss

    large = open_app(notebook(data / "lessons" / "large.py", 5000))
    # It was 28 s, and 1.1 GB.
    large.wait_for("Section 0", 14)
    large.press("end")
    large.wait_for("another of 2498")
    large.press("home")
    large.wait_for("Section 0")
    assert psutil.Process(large.pid).memory_info().rss - kept < 100 << 20
    large.press("ctrl+q")
    assert large.wait_end(10) == 0


def test_a_line_without_end_neither_freezes_nor_delays_leaving(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    """In code, in prose, and in what is printed; each said to be cut."""
    line = "ab cd(1+2) " * 145_000
    app = open_app(write_lesson(f"x = '{line}'", "print('w' * 1_600_000)", "# the end"))
    app.wait_for(r"x = 'ab cd", 20)
    app.wait_for(r"\+\d+ lines  Space")
    app.press("space", "end")
    app.wait_for("more characters")
    app.wait_for("# the end")
    run(app, r"finished in")
    app.press("end")
    app.wait_for("w{30}")
    app.press("j", "enter")
    app.wait_for("Output of cell")
    app.wait_for("w{60}")
    app.press("escape")
    app.wait_gone("Output of cell")
    app.press("ctrl+q")
    assert app.wait_end(10) == 0


def test_old_output_under_new_code_is_said_to_be_old(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    app = open_app(write_lesson("print('result', 1)"))
    app.wait_for(r"steps +3")
    run(app, "result 1")
    write_lesson("print('result', 2)")
    app.wait_for(r"print\('result', 2\)")
    app.wait_for(r"Output of the code before\.")
    run(app, "result 2")
    app.wait_gone(r"Output of the code before\.")
