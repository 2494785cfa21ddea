"""A data folder that cannot be read, wholly or in parts: problems with the right advice, no hang.

Root reads everything. Where the tests run as root, the command line is started without that right.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.hostile import make_hostile
from tests.terminal.terminal import Terminal
from tflab.cli import main
from tflab.cli.commands import NAMES
from tflab.runs.events import Ended, Started
from tflab.runs.log_writer import append
from tflab.runs.record import RunRequest, to_json
from tflab.runs.store import RunStore

PYTHON = [sys.executable]
if os.geteuid() == 0:
    PYTHON = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *PYTHON]
TFLAB = [*PYTHON, "-m", "tflab"]

IN_TURN = """
import contextlib, io, json, sys, traceback
from tflab.cli import main
from tflab.targets import run_process, stop

# What has no process has none a few seconds later either.
stop._WORD_SECONDS = run_process._LIVENESS_SECONDS = 0.1
for words in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as end:
            code = int(end.code or 0)
        except BaseException:
            traceback.print_exc()
            code = 1
    print(json.dumps([code, out.getvalue(), err.getvalue()]))
"""

NOBODY = 65534

READING = [
    ["runs"],
    ["runs", "--filter", "age<1d"],
    ["sweeps"],
    ["sweeps", "last"],
    ["export", "last", "--as", "csv"],
    ["export", "last-sweep", "--as", "csv"],
    ["attach", "last"],
    ["stop", "last"],
    ["delete", "last"],
    ["trash"],
    ["trash", "--restore", "all"],
    ["trash", "--empty"],
]


BESIDE = [
    ["targets"],
    ["envs"],
    ["alerts"],
    ["alerts", "quiet"],
    ["lessons"],
    ["review", "--due"],
    ["place"],
    ["resume", "last"],
    ["sweep", "1", "-p", "number=1..2", "--search", "random", "--trials", "2"],
]
"""What does not list runs. It may work, or say what is in its way."""


def start(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )


def tflab(*words: object) -> subprocess.CompletedProcess[str]:
    return start([*TFLAB, *map(str, words)])


def in_turn(calls: Iterable[list[str]]) -> Iterator[subprocess.CompletedProcess[str]]:
    """Call the command line several times in one process: its imports take most of the time."""
    calls = list(calls)
    done = start([*PYTHON, "-c", IN_TURN, json.dumps(calls)])
    answers = done.stdout.splitlines()
    assert (done.returncode, len(answers)) == (0, len(calls)), done.stderr
    for words, (code, out, err) in zip(calls, map(json.loads, answers), strict=True):
        yield subprocess.CompletedProcess(words, code, out, err)


def a_run() -> str:
    """Make a run that has finished."""
    request = RunRequest(lesson="a", title="A", path="/a.py", source="# %%\n1", parameters={})
    run = RunStore().create(request).id
    append(RunStore().folder(run), Started(time=0.0, pid=1, process_start=1.0))
    append(RunStore().folder(run), Ended(state="finished", time=1.0))
    return run


@pytest.fixture
def restored(data: Path) -> object:
    """Give the rights back, so that the folder can be removed."""
    yield
    for place, folders, _ in os.walk(data.parent):
        for name in folders:
            if not os.path.islink(os.path.join(place, name)):
                os.chmod(os.path.join(place, name), 0o700)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_in_place_of_the_data_folder_crashes_no_command(
    name: str,
    data: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Whatever the command makes of it, it says what to do, or works."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    data.write_text("")
    words = {
        "run": ["1", "--until", "99"],
        "sweep": ["1", "-p", "x=1"],
        "attach": ["last"],
        "stop": ["last"],
        "delete": ["last"],
        "export": ["last", "--as", "csv"],
        "open": ["1"],
        "check": [str(tmp_path)],
        "new": [str(tmp_path / "new.py")],
        "doctor": ["--json"],
    }.get(name, [])
    assert main([name, *words]) in (0, 1, 2)
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    if words == ["last"] or name in ("runs", "sweeps", "export", "trash"):
        assert "A file has the name of a folder: move it away, or set TFLAB_DATA" in err


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("mode", [0o600, 0o000, 0o300])
@pytest.mark.parametrize("inner", ["", "runs", "sweeps", "trash"])
def test_a_folder_that_may_not_be_entered_is_named(inner: str, mode: int, data: Path) -> None:
    make_hostile(data, data.parent / "place")
    (data / inner).chmod(mode)
    for done in in_turn(READING):
        said = (done.args, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, said
        assert done.returncode in (0, 1, 2), said
        if not inner and not mode & 0o100:
            assert done.returncode == 2, said
            assert f"chmod -R u+rwX {data}" in done.stderr, said
        if done.returncode == 2 and "Permission denied" in done.stderr:
            assert f"chmod -R u+rwX {data / inner}" in done.stderr, said
        assert inner != "runs" or "No such run" not in done.stderr, said


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("inner", ["", "runs"])
def test_commands_that_list_no_runs_say_so_or_work(inner: str, data: Path) -> None:
    a_run()
    (data / inner).chmod(0o600)
    for done in in_turn(BESIDE):
        said = (done.args, done.stdout, done.stderr)
        assert "Traceback" not in done.stdout + done.stderr, said
        assert done.returncode in (0, 1, 2), said
        assert "Make room" not in done.stdout + done.stderr, said
        if done.args[0] == "resume":
            assert f"chmod -R u+rwX {data / inner}" in done.stderr, said
        elif done.args[0] != "sweep":
            assert done.returncode == 0 or "tflab: " in done.stderr, said


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("inner", ["", "runs"])
def test_the_workbench_says_so_as_well(inner: str, data: Path, tensorflow_stand_in: str) -> None:
    a_run()
    (data / inner).chmod(0o600)
    with Terminal([*TFLAB, "open", "1"], environment={"PYTHONPATH": tensorflow_stand_in}) as app:
        assert app.wait_end() == 2
        assert "The data folder cannot be read" in app.text
        assert "chmod -R u+rwX" in app.text


@pytest.mark.usefixtures("restored")
def test_a_run_of_somebody_else_hides_no_other(data: Path, tensorflow_stand_in: str) -> None:
    """As after a run that was made once with sudo."""
    other, own = sorted((a_run(), a_run()))
    folder = data / "runs" / other
    folder.chmod(0o700)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        advice = f"`sudo chown -R $USER {folder}` makes it yours"
    else:
        folder.chmod(0)
        advice = f"chmod -R u+rwX {folder}"
    listed = tflab("runs")
    assert listed.returncode == 0
    assert own in listed.stdout
    assert "1 run folder has no readable run.json" in listed.stderr
    for done in in_turn([["export", other, "--as", "csv"], ["attach", other]]):
        assert done.returncode == 2
        assert "cannot be read" in done.stderr
        assert advice in done.stderr
        assert "Delete" not in done.stderr
    python = {"PYTHONPATH": tensorflow_stand_in}
    with Terminal([*TFLAB, "open", "linear-classifier"], environment=python) as app:
        app.wait_for(r"learning_rate +0\.1\b")
        app.press("ctrl+q")
        assert app.wait_end() == 0


@pytest.mark.parametrize("name", ["run.json", "events.jsonl", "summary.json", "marks.json"])
def test_a_pipe_in_a_run_is_not_waited_for(name: str, data: Path) -> None:
    run = a_run()
    path = data / "runs" / run / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    assert tflab("runs").returncode == 0
    for done in in_turn([["export", run, "--as", "json"], ["attach", run], ["delete", run]]):
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 2)
        if done.returncode == 2 and name in done.stderr:
            assert "no ordinary file" in done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "settings.json",
        "trust.json",
        "presets.json",
        "progress.json",
        "review.json",
        "environments.json",
    ],
)
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_is_kept_beside_the_runs_may_be_anything(
    name: str, make: Callable[[Path], None], data: Path, tensorflow_stand_in: str
) -> None:
    run = a_run()
    make(data / name)
    make(data / "runs" / "index.jsonl")
    make(data / "runs" / "20260101-000000-abcdef")
    (data / "sweeps").mkdir()
    make(data / "sweeps" / "20260101-000000-abcdef.json")
    (data / "trash").mkdir()
    make(data / "trash" / "20260101-000000-abcdef")
    words = ["runs"], ["sweeps"], ["trash"], ["envs"], ["lessons"], ["review"], ["delete", run]
    for done in in_turn([*words, ["runs"]]):
        assert "Traceback" not in done.stderr, (done.args, done.stderr)
        assert done.returncode in (0, 2), (done.args, done.stderr)
    assert done.args == ["runs"]
    assert run not in done.stdout
    python = {"PYTHONPATH": tensorflow_stand_in}
    with Terminal([*TFLAB, "open", "linear-classifier"], environment=python) as app:
        app.wait_for(r"learning_rate +0\.1\b")
        app.press("ctrl+q")
        assert app.wait_end() == 0


@pytest.mark.usefixtures("restored")
def test_a_place_outside_that_may_not_be_entered_is_no_crash(tmp_path: Path) -> None:
    run, shut = a_run(), tmp_path / "shut"
    shut.mkdir()
    (shut / "a.py").write_text("print(1)\n")
    shut.chmod(0)
    calls = [
        ["check", str(shut / "a.py")],
        ["check", str(shut)],
        ["run", str(shut / "a.py")],
        ["sweep", str(shut / "a.py")],
        ["envs", str(shut / "a.py")],
        ["new", str(shut / "b.py")],
        ["export", run, "--as", "csv", "--to", str(shut / "b.csv")],
        ["export", run, "--as", "tensorboard", "--to", str(shut)],
    ]
    for done in in_turn(calls):
        assert done.returncode in (1, 2), (done.args, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, done.stderr


def test_a_run_that_never_began_can_be_deleted_after_a_while(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`tflab stop` says so; it has no process that could be stopped."""
    request = RunRequest(lesson="a", title="A", path="/a.py", source="# %%\n1", parameters={})
    record = RunStore().create(request)
    assert main(["delete", record.id]) == 2
    assert "about to begin" in capsys.readouterr().err
    path = data / "runs" / record.id / "run.json"
    old = replace(record, created=record.created - 601)
    path.write_bytes(to_json(old))
    assert main(["delete", record.id]) == 0
    assert list(RunStore().ids()) == []


def test_a_strict_umask_leaves_a_folder_that_works(data: Path) -> None:
    """With 177 a folder would get the mode 0600, which lets nobody in."""
    before = os.umask(0o177)
    try:
        assert RunStore(data / "runs").create(
            RunRequest(lesson="a", title="A", path="/a.py", source="# %%\n1", parameters={})
        )
    finally:
        os.umask(before)
    for folder in (data, data / "runs", *(data / "runs").iterdir()):
        if folder.is_dir():
            assert folder.stat().st_mode & 0o777 == 0o700, folder
    assert " starting" in tflab("runs").stdout


@pytest.mark.usefixtures("restored")
def test_doctor_says_how_to_get_at_it(data: Path) -> None:
    a_run()
    (data / "runs").chmod(0o600)
    done = tflab("doctor")
    assert done.returncode == 1
    assert f"chmod -R u+rwX {data / 'runs'}" in done.stdout
