"""Every command and every format with hostile texts in every field.

The calls are made from the registry of commands: each command by itself, and with each of its
options. A new command is covered by being there; where it takes something that nothing here stands
for, the test says so.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import itertools
import json
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from tests.cli.hostile import EVIL as ALL
from tests.cli.hostile import FORMULAS, LONG, SOURCE, Hostile, make_hostile
from tests.terminal.terminal import Terminal
from tflab.cli import main
from tflab.cli.commands import NAMES
from tflab.cli.parser import load
from tflab.export.formats import FORMATS
from tflab.export.sweep_formats import SWEEP_FORMATS
from tflab.session.settings import AlertSettings, Settings, save_settings

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

EVIL = ALL.replace("\0", "")
"""As it may stand on a command line."""

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
OURS = re.compile(rb"\x1b\[[0-9;]*m|\r\x1b\[[KJ]|\x1b\[\d+A\r\x1b\[J|\r\n")
"""What a command that draws may send to a terminal: colours, and drawing over its own lines."""

ALERT = re.compile(rb"\x1b\](?:9|99|777);[ -~]*?(?:\x1b\\|\x07)|\x07")
"""What shows a notice and rings."""

RUNNING = ("run", "resume", "sweep", "doctor")
"""Commands that take seconds: they load TensorFlow. They are walked with few of their options."""

BY_LINE = ("place", "review")
"""Commands whose JSON is an object a line."""

LIVE = {
    "run": ["{lesson}", "-p", "kind={choice}", "--guess", "1"],
    "sweep": ["{lesson}", "-p", "kind=*", "--jobs", "3"],
    "attach": ["{run}"],
    "resume": ["{run}"],
    "sweeps": ["{sweep}"],
}
"""What is looked at in a real terminal."""

Words = list[str]


class Stream(io.TextIOWrapper):
    """Standard output or error: a terminal, or a pipe."""

    def __init__(self, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def text(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode()


@pytest.fixture
def hostile(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hostile:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.chdir(tmp_path)
    # What has no process has none a few seconds later either.
    monkeypatch.setattr("tflab.targets.stop._WORD_SECONDS", 0.1)
    monkeypatch.setattr("tflab.targets.run_process._LIVENESS_SECONDS", 0.1)
    save_settings(Settings(alerts=AlertSettings(loudness="off")))
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{EVIL}\n" * 100))
    return make_hostile(data, tmp_path / f"place{EVIL.replace('/', '')}"[:80])


def call(words: Words, terminal: bool) -> tuple[int, str, str]:
    """Call the command line in this process; return its exit code, stdout and stderr."""
    out, err = Stream(terminal), Stream(terminal)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as end:
            code = int(end.code or 0)
    return code, out.text, err.text


def values(hostile: Hostile) -> dict[str, list[Words]]:
    """What each kind of word that commands take may stand for."""
    runs = [[run] for run in hostile.runs]
    return {
        "LESSON": [[str(hostile.lesson)], [EVIL]],
        "RUN": [*runs, ["last"], [EVIL], [hostile.trashed]],
        "SWEEP": [[hostile.sweep], ["20260101-000000-abcdef"], ["last"], [EVIL]],
        "PATH": [[str(hostile.lesson)], [f"{hostile.lesson}{EVIL}"]],
        "FORMAT": [[EVIL]],
        "NAME": [[EVIL], ["loss"]],
        "NAME=VALUE": [[f"kind={EVIL}"], [EVIL], [f"{EVIL}=1"]],
        "NAME=VALUES": [[f"kind={EVIL}"], [f"{EVIL}=1"], ["kind=*"]],
        "TEXT": [["loss<1"], [EVIL], [f"{EVIL}<1"], [f"state={EVIL}"], ["word~printed"]],
        "ANSWER": [[EVIL]],
        "CELL": [[EVIL], ["9"]],
        "N": [[EVIL]],
        "SECONDS": [[EVIL]],
        "LINE": [[EVIL]],
        "MIB": [[EVIL]],
        "cpu|gpu:N": [[EVIL]],
        "cpu|gpu:N|gpus": [[EVIL]],
    }


def calls_of(name: str, hostile: Hostile) -> Iterator[Words]:
    """Yield calls of a command: with each positional value, then with each option."""
    parser = argparse.ArgumentParser()
    load(name).add_options(parser)
    known = values(hostile)
    actions = [action for action in parser._actions if action.dest != "help"]

    def meant(action: argparse.Action) -> list[Words]:
        if action.choices is not None:
            return [*([str(choice)] for choice in action.choices), [EVIL]]
        metavar = str(action.metavar)
        assert metavar in known, f"say in this test what {metavar} of `tflab {name}` may be"
        return known[metavar]

    fixed: list[list[Words]] = []
    for action in actions:
        if not action.option_strings:
            found = meant(action)
            fixed.append([*found, []] if action.nargs == "?" else found)
        elif action.required:
            fixed.append([[action.option_strings[-1], *value] for value in meant(action)])
    usual = [choice[0] for choice in fixed]
    for chosen in itertools.product(*fixed):
        yield [name, *itertools.chain(*chosen)]
    for action in actions:
        if action.option_strings and not action.required:
            option = action.option_strings[-1]
            given = [[]] if action.nargs == 0 else meant(action)
            for value in given:
                more = f"{option}={value[0]}" if value else option
                yield [name, *itertools.chain(*usual), more]
    yield [name, EVIL, EVIL, EVIL]
    yield [name, f"--{EVIL}"]
    yield [name, "--help"]


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
@pytest.mark.parametrize("name", [name for name in NAMES if name not in (*RUNNING, "export")])
def test_no_command_lets_a_text_through(name: str, terminal: bool, hostile: Hostile) -> None:
    # What changes the data folder comes last, so that the others still find something.
    calls = sorted(calls_of(name, hostile), key=lambda words: bool({"--empty"} & {*words}))
    for words in calls:
        if name == "attach" and hostile.runs[2] in words:
            continue  # It goes on for ever.
        code, out, err = call(words, terminal)
        said = f"tflab {words!r}"
        assert code in (0, 1, 2, 130), said
        sent = (out + err).encode()
        if name in LIVE and terminal:
            sent = OURS.sub(b"", sent)
        if name == "alerts" and "--test" in words:
            sent = ALERT.sub(b"", sent)
        found = None if "--csv" in words and not terminal else OBEYED.search(sent.decode())
        assert found is None, (said, sent.decode()[max(0, found.start() - 80) : found.end() + 40])
        if "--json" in words and code in (0, 1) and "--help" not in words:
            for document in out.splitlines() if name in BY_LINE else [out]:
                json.loads(document)


@pytest.mark.parametrize("engine", ["slurm", "dask"])
def test_no_target_lets_a_text_through(
    engine: str, hostile: Hostile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a file of targets holds, and what one is called on the command line."""
    monkeypatch.setenv("TFLAB_CONFIG", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    text, own = json.dumps(EVIL), str(hostile.lesson)
    usual = {"slurm": 'partition = "a"', "dask": "workers = 1"}[engine]
    good = f'[cluster]\nengine = "{engine}"\n{usual}\n'
    settings = ("partition", "options", "setup", "commands", "hosts", "python", "key", EVIL)
    bad = [f"{good}{json.dumps(name)} = {value}\n" for name in settings for value in (text, "[0]")]
    bad += [f"[{text}]\nengine = {text}\n", f"{good}{EVIL}", f"{good}options = [{text}]\n"]
    calls = (
        ["targets"],
        ["targets", "--json"],
        ["targets", EVIL],
        ["run", own, "--on", EVIL],
        ["resume", "last", "--on", EVIL],
        ["sweep", own, "-p", "kind=*", "--on", EVIL],
    )
    for written in (good, *bad):
        (tmp_path / "config" / "targets.toml").write_text(written, encoding="utf-8", newline="")
        for words in calls:
            code, out, err = call(words, True)
            assert code in ((0, 1, 2) if words[0] == "targets" else (2,)), (words, written)
            assert "Traceback" not in err
            assert not OBEYED.search(out + err), (words, out + err)


def test_a_command_that_is_none_lets_nothing_through(hostile: Hostile) -> None:
    for words in ([EVIL], [f"-{EVIL}"], [str(hostile.lesson)]):
        code, out, err = call(words, True)
        assert (code, out) == (2, "")
        assert not OBEYED.search(err)


def exports(hostile: Hostile) -> Iterator[tuple[Words, str]]:
    """Yield each format of each kind of thing, and its name."""
    for kind in FORMATS:
        yield [hostile.runs[1]], kind.name
        if kind.several:
            yield hostile.runs[:2], kind.name
    for kind in SWEEP_FORMATS:
        yield [hostile.sweep], kind.name


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
def test_no_export_lets_a_text_through(terminal: bool, hostile: Hostile) -> None:
    for what, kind in exports(hostile):
        words = ["export", *what, "--as", kind]
        code, out, err = call(
            [*words, "--to", "events"] if kind == "tensorboard" else words, terminal
        )
        assert code == 0, (words, err)
        assert not OBEYED.search(OURS.sub(b"", err.encode()).decode()), words
        if terminal:
            sent = OURS.sub(b"", out.encode()).decode()
            assert not OBEYED.search(sent), (words, OBEYED.search(sent))
        else:
            check_document(kind, out)


@pytest.mark.parametrize("words", [["--as", EVIL], ["--as", "chart-svg", "--metric", EVIL]])
def test_an_export_that_makes_no_sense_lets_nothing_through(words: Words, hostile: Hostile) -> None:
    for what in (hostile.runs[0], hostile.sweep, EVIL):
        code, out, err = call(["export", what, *words], True)
        assert (code, out) == (2, "")
        assert not OBEYED.search(err)


def check_document(kind: str, text: str) -> None:
    """Read a document as what people open it with does, and look for what would hurt there."""
    match kind:
        case "csv" | "csv-summary" | "csv-points":
            rows = list(csv.reader(io.StringIO(text, newline="")))
            assert len({len(row) for row in rows}) == 1
            for cell in itertools.chain(*rows):
                assert not computed(cell), cell
            assert any(f"'{FORMULAS[0]}" in cell for cell in itertools.chain(*rows))
        case "json":
            assert ALL in json.dumps(json.loads(text), ensure_ascii=False) or json.loads(text)
            assert not OBEYED.search(text)
        case "chart-svg":
            ET.fromstring(text)
            assert not OBEYED.search(text)
        case "chart-text":
            assert not OBEYED.search(text)
        case "script":
            compile(text, "script.py", "exec")
            assert "import os\n\n" in text or "import os" in text
            assert not re.search(r"^import os[^\n]", text, re.M), "a version became code"
            assert "한국" in text
        case "notebook":
            nbformat.validate(nbformat.reads(text, 4))
            assert not OBEYED.search(text)


def computed(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula."""
    try:
        float(cell)
    except ValueError:
        return cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    return False


@pytest.mark.parametrize("name", LIVE)
def test_what_is_drawn_in_a_terminal_lets_nothing_through(
    name: str, hostile: Hostile, tensorflow_stand_in: str
) -> None:
    known = {"lesson": str(hostile.lesson), "run": hostile.runs[0], "sweep": hostile.sweep}
    words = [word.format(**known, choice="한국") for word in LIVE[name]]
    python = {"PYTHONPATH": tensorflow_stand_in}
    with Terminal([sys.executable, "-m", "tflab", name, *words], environment=python) as app:
        app.wait_end(170)
        sent = OURS.sub(b"", app.raw)
        found = OBEYED.search(sent.decode())
        assert found is None, sent.decode()[max(0, found.start() - 200) : found.end() + 50]
        assert app.title == ""
    assert "Traceback" not in sent.decode() or name == "run"


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("run", "--plain"),
        ("run", "--json"),
        ("sweep", "--plain"),
        ("sweep", "--json"),
        ("sweep", "--csv"),
    ],
)
def test_what_runs_lets_nothing_through(name: str, option: str, hostile: Hostile) -> None:
    more = ["-p", "kind=*"] if name == "sweep" else []
    code, out, err = call([name, str(hostile.lesson), *more, option], True)
    assert code == 1, "the lesson raises"
    assert not OBEYED.search(out + err)
    if option == "--json":
        json.loads(out)


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_doctor_lets_nothing_through(
    option: Words, hostile: Hostile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("TERM", "COLORTERM", "LANG", "TMUX", "SSH_TTY", "TERM_PROGRAM"):
        monkeypatch.setenv(name, EVIL)
    (tmp_path / "tensorflow.py").write_text(f"raise OSError({EVIL!r})\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code, out, err = call(["doctor", *option], True)
    assert code == 1
    assert not OBEYED.search(out + err)


BYTES = b"\xff\xfe".decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "doctor"])
def test_bytes_that_are_no_text_crash_no_command(name: str, hostile: Hostile) -> None:
    """A shell hands on whatever a file is called."""
    odd = hostile.lesson.with_name(f"{BYTES}.py")
    odd.write_text(SOURCE, encoding="utf-8", newline="")
    for words in calls_of(name, hostile):
        if name == "attach" and hostile.runs[2] in words:
            continue
        swapped = [
            word.replace(EVIL, BYTES).replace(str(hostile.lesson), str(odd)) for word in words
        ]
        if swapped == words and name in RUNNING:
            continue  # It would run.
        code, out, err = call(swapped, True)
        assert code in (0, 1, 2), swapped
        assert not OBEYED.search(OURS.sub(b"", (out + err).encode()).decode()), swapped


def test_the_texts_are_long_and_many() -> None:
    assert len(LONG) > 50_000
    assert all(OBEYED.search(EVIL[start : start + 200]) for start in range(0, len(EVIL) - 200, 50))
