"""A lesson from elsewhere on the command line: shown, asked about, remembered by its content."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import command
from tests.terminal.conftest import OpenApp
from tests.terminal.processes import kill, processes_of, wait_asleep
from tests.terminal.terminal import Terminal
from tflab.runs.store import RunStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

QUESTION = r"Trust and run it\?"
LESSON = """\
# %% [markdown]
# # From elsewhere
# %% tags=["parameters"]
x = 1
# %%
print("it", "runs")
"""

Ask = Callable[..., Terminal]


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere.py"
    path.write_text(LESSON)
    return path


@pytest.fixture
def ask(lesson: Path, data: Path, tmp_path: Path, tensorflow_stand_in: str) -> Iterator[Ask]:
    """Run the lesson on a terminal; what is left of it goes when the test ends."""
    opened: list[Terminal] = []
    python = {"PYTHONPATH": tensorflow_stand_in}

    def start(name: str = "run", *words: str) -> Terminal:
        line = [sys.executable, "-m", "tflab", name, str(lesson), *words]
        opened.append(Terminal(line, (100, 30), python, tmp_path))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()
    kill(processes_of(data))


def runs(data: Path) -> int:
    return len(list(RunStore(data / "runs").ids()))


def test_a_yes_runs_it_and_holds_until_it_changes(ask: Ask, lesson: Path, data: Path) -> None:
    app = ask()
    app.wait_for(QUESTION)
    assert "outside the course" in app.text
    assert lesson.name in app.text
    app.type("s\r")
    app.wait_for(r'print\("it", "runs"\)')
    assert runs(data) == 0
    app.type("y\r")
    app.wait_for("it runs")
    assert app.wait_end() == 0
    assert runs(data) == 1

    again = ask()
    again.wait_for("it runs")
    assert again.wait_end() == 0
    assert QUESTION.replace("\\", "") not in again.text

    lesson.write_text(LESSON.replace("runs", "was changed"))
    changed = ask()
    changed.wait_for(QUESTION)
    changed.type("\r")
    assert changed.wait_end() == 2
    assert "not trusted yet" in changed.text
    assert runs(data) == 2

    lesson.write_text(LESSON)
    before = ask()
    before.wait_for("it runs")
    assert before.wait_end() == 0


@pytest.mark.parametrize(
    ("keys", "code", "says"),
    [
        ("n\r", 2, "not trusted yet"),
        ("\r", 2, "not trusted yet"),
        ("whatever\r", 2, "not trusted yet"),
        ("\x04", 2, "not trusted yet"),
        ("\x03", 130, "Stopped."),
    ],
    ids=["no", "Enter", "other", "Ctrl+D", "Ctrl+C"],
)
@pytest.mark.parametrize("name", ["run", "sweep"])
def test_anything_else_runs_nothing(
    ask: Ask, data: Path, name: str, keys: str, code: int, says: str
) -> None:
    app = ask(name)
    app.wait_for(QUESTION)
    # Python does not hear of a signal that comes between the question and the reading.
    wait_asleep(app.pid)
    app.type(keys)
    assert app.wait_end() == code
    assert says in app.text
    assert "Traceback" not in app.text
    assert runs(data) == 0
    assert not (data / "trust.json").exists()


def test_away_from_a_terminal_only_the_option_trusts(lesson: Path, data: Path) -> None:
    done = command("run", str(lesson))
    assert done.returncode == 2
    assert "--trust" in done.stderr
    assert runs(data) == 0
    assert command("run", str(lesson), "--trust").returncode == 0
    assert command("run", str(lesson)).returncode == 0, "it is remembered"
    lesson.write_text(LESSON.replace("runs", "was changed"))
    assert command("run", str(lesson)).returncode == 2


def test_the_workbench_shows_all_of_the_code_that_it_asks_about(
    open_app: OpenApp, tmp_path: Path
) -> None:
    """Folded cells are open and control characters are seen, before the answer and after a no."""
    path = tmp_path / "elsewhere.py"
    hidden = "from tflab import lab\nopen('x', 'w')  # \x1b[8m\nlab.goal('Reach it', x > 1)\n"
    path.write_text(LESSON + "# %%\n" + hidden)
    app = open_app(path)
    app.wait_for("A goal is checked here")
    app.wait_for(r"x +1")
    app.press("ctrl+r")
    app.wait_for("y\\)")
    app.wait_gone("A goal is checked here")
    app.press("escape", "f3")
    app.wait_for(r"open\('x', 'w'\) +# ␛\[8m")
    assert not (tmp_path / "x").exists()
