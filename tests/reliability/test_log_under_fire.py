"""Run folders in every state of damage: a true prefix or a clear error, never a crash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tflab.cli import main
from tflab.runs.events import (
    LOG_VERSION,
    CellEnded,
    CellStarted,
    Ended,
    Notice,
    Scalars,
    Started,
)
from tflab.runs.history import History
from tflab.runs.log_reader import LogReader
from tflab.runs.log_writer import EVENTS, OUTPUT, RECORD, LogWriter, append
from tflab.runs.record import Problem, RunRequest
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.runs.summary import SUMMARY
from tflab.session.discovery import look_at, unseen
from tflab.targets.live_run import LiveRun

REQUEST = RunRequest(lesson="t", title="T", path="/x/t.py", source="# %%\n1", parameters={"n": 3})
EXAMPLES = int(os.environ.get("TFLAB_FUZZ", "300"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def new_run(store: RunStore) -> Path:
    return store.folder(store.create(REQUEST).id)


def whole_log(folder: Path) -> list[Scalars]:
    batches = [
        Scalars(
            tag="loss", steps=list(range(n, n + 10)), values=[1 / (k + 1) for k in range(n, n + 10)]
        )
        for n in range(0, 100, 10)
    ]
    writer = LogWriter(folder)
    writer.write(Started(time=1.0, pid=2**22 + 7), CellStarted(cell=2, time=1.0), *batches)
    writer.write(CellEnded(cell=2, seconds=1.0, at=0), Ended(state="finished", time=2.0))
    writer.close()
    return batches


def losses(state: RunState) -> list[float]:
    return list(state.series["loss"].values) if "loss" in state.series else []


@pytest.fixture(scope="module")
def stores() -> Iterator[Callable[[], RunStore]]:
    with tempfile.TemporaryDirectory() as root:
        count = iter(range(1 << 30))
        yield lambda: RunStore(Path(root) / str(next(count)) / "runs")


damage = st.one_of(
    st.tuples(st.just("cut"), st.floats(0, 1), st.binary(max_size=3)),
    st.tuples(st.just("insert"), st.floats(0, 1), st.binary(max_size=200)),
    st.tuples(st.just("overwrite"), st.floats(0, 1), st.binary(max_size=40)),
)


@FUZZ
@given(
    damages=st.lists(damage, min_size=1, max_size=4), name=st.sampled_from([EVENTS, RECORD, OUTPUT])
)
def test_whatever_happens_to_a_file_reading_it_never_crashes(
    stores: Callable[[], RunStore], damages: list[tuple[str, float, bytes]], name: str
) -> None:
    store = stores()
    folder = new_run(store)
    whole_log(folder)
    path = folder / name
    content = path.read_bytes()
    for how, where, junk in damages:
        at = int(where * len(content))
        rest = {"cut": b"", "insert": content[at:], "overwrite": content[at + len(junk) :]}[how]
        content = content[:at] + junk + rest
    path.write_bytes(content)
    true = [1 / (step + 1) for step in range(100)]
    state = store.load(folder.name)
    if [how for how, _, _ in damages] == ["cut"] and name == EVENTS:
        assert losses(state) == true[: len(losses(state))]
    history = History(store)
    for row in history.rows():
        assert history.mend(row.id) is None or row.id == folder.name
    for run in unseen(store):
        look_at(store, run)
    with suppress(Problem):
        live = LiveRun(store.record(folder.name), folder)
        live.poll()
        live.poll()


@FUZZ
@given(st.lists(st.binary(max_size=120), min_size=4, max_size=4))
def test_a_folder_of_any_bytes_is_a_run_that_cannot_be_read(
    stores: Callable[[], RunStore], contents: list[bytes]
) -> None:
    store = stores()
    folder = new_run(store)
    for name, content in zip((EVENTS, RECORD, OUTPUT, SUMMARY), contents, strict=True):
        (folder / name).write_bytes(content)
    store.load(folder.name)
    History(store).rows()
    look_at(store, folder.name)


def test_a_garbage_line_longer_than_a_reading_costs_only_itself() -> None:
    store = RunStore()
    folder = new_run(store)
    append(folder, Started(time=1.0, pid=1))
    with (folder / EVENTS).open("ab") as file:
        file.write(b"x" * (20 << 20) + b"\n")
    append(folder, Notice(text="after"))
    append(folder, Ended(state="finished", time=2.0))
    state = store.load(folder.name)
    assert state.status == "finished"
    assert state.notices == ["after", "A line of the run log could not be read; the rest is shown."]
    live = LiveRun(store.record(folder.name), folder)
    while not live.over:
        live.poll()
    assert "A line of the run log could not be read; the rest is shown." in live.state.notices


def test_a_log_cut_short_while_it_is_followed_does_no_harm() -> None:
    folder = new_run(RunStore())
    batches = whole_log(folder)
    reader = LogReader(folder)
    found = reader.poll()
    os.truncate(folder / EVENTS, 30)
    assert reader.poll() == []
    append(folder, Notice(text="later"))
    assert reader.poll() == []
    assert [event for event in found if isinstance(event, Scalars)] == batches


def test_a_run_without_its_record_is_passed_over_and_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    store = RunStore()
    bad, good = new_run(store), new_run(store)
    for folder in (bad, good):
        whole_log(folder)
    (bad / RECORD).unlink()
    assert main(["runs"]) == 0
    out, err = capsys.readouterr()
    assert good.name in out
    assert "1 run folder has no readable run.json" in err
    assert main(["attach", bad.name]) == 2
    assert "run.json" in capsys.readouterr().err
    assert losses(store.load(bad.name))[:2] == [1.0, 0.5], "its log is still readable"


def test_what_a_newer_tflab_wrote_is_read_as_far_as_it_is_understood() -> None:
    store = RunStore()
    folder = new_run(store)
    started = {"type": "started", "time": 1.0, "pid": 1, "log_version": LOG_VERSION + 1, "moon": 1}
    hologram = {"type": "hologram", "depth": [1, 2]}
    with (folder / EVENTS).open("ab") as file:
        file.write(b"".join(json.dumps(line).encode() + b"\n" for line in (started, hologram)))
    append(folder, Scalars(tag="loss", steps=[0], values=[0.5]))
    append(folder, Ended(state="finished", time=2.0))
    record = msgspec.json.decode((folder / RECORD).read_bytes())
    record |= {"version": 99, "new": {"x": 1}}
    (folder / RECORD).write_bytes(msgspec.json.encode(record))
    assert store.record(folder.name).request == REQUEST
    state = store.load(folder.name)
    assert losses(state) == [0.5]
    assert any("newer tflab" in text for text in state.notices)


def test_the_first_format_stays_readable() -> None:
    """A log as version 1 wrote it, byte for byte. This test may be added to, never changed."""
    folder = new_run(RunStore())
    (folder / EVENTS).write_bytes(
        b'{"type":"started","time":1.0,"pid":7,"process_start":1.5}\n'
        b'{"type":"cell","cell":2,"time":1.0}\n'
        b'{"type":"scalars","tag":"loss","steps":[0,1],"values":[0.5,"nan"],"time":1.1}\n'
        b'{"type":"progress","cell":2,"done":1,"total":null,"time":1.1}\n'
        b'{"type":"result","cell":2,"name":"w","tensor":{"dtype":"float32","shape":[1],"values":[2]}}\n'
        b'{"type":"figure","cell":2,"title":"f","layers":[{"kind":"line","x":[0],"y":["inf"]}]}\n'
        b'{"type":"goal","text":"g","passed":true}\n'
        b'{"type":"prediction","question":"q","answer":3,"guess":2,"correct":false}\n'
        b'{"type":"notice","text":"n"}\n'
        b'{"type":"cell_ended","cell":2,"seconds":0.5}\n'
        b'{"type":"ended","state":"finished","time":3.0,"exit_code":0}\n'
    )
    reader, state = LogReader(folder), RunState()
    for event in reader.poll():
        state.apply(event)
    assert reader.damaged == 0
    assert (state.status, state.seconds) == ("finished", 2.0)
    assert state.series["loss"].first_nonfinite_step == 1
    assert (state.goals["g"].passed, state.predictions["q"].guess) == (True, 2)
    assert (list(state.results), list(state.frames), state.notices) == (["w"], ["f"], ["n"])


WRITER = """
import sys
from pathlib import Path
from tflab.runs.events import Notice
from tflab.runs.log_writer import LogWriter
writer = LogWriter(Path(sys.argv[1]))
for n in range(400):
    writer.write(Notice(text=f"{sys.argv[2]} {n} " + "x" * (n % 97)))
"""


def test_writers_at_once_keep_each_others_lines_whole() -> None:
    folder = new_run(RunStore())
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), name]) for name in "abc"
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    reader = LogReader(folder)
    texts = [event.text.split() for event in reader.poll() if isinstance(event, Notice)]
    assert reader.damaged == 0
    for name in "abc":
        assert [int(t[1]) for t in texts if t[0] == name] == list(range(400))
