"""Going on with a run: what is asked of the new one, and what stands against it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.session.test_past_runs import Bench, made, path_of_one
from tflab.runs.events import Ended, Scalars, Started
from tflab.runs.log_writer import append
from tflab.runs.processes import this_host
from tflab.runs.record import Problem, RunRecord, RunRequest, read_record
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash
from tflab.session.command_line import request_line
from tflab.session.continuing import continuation_of, read_assignments
from tflab.session.events import Notice, ProblemRaised
from tflab.session.past_runs import RunUse
from tflab.session.question_events import LineAsked

EPOCHS = '# %% [markdown]\n# # One\n# %% tags=["parameters"]\nepochs = 10\nrate = 0.1\n'


def ended(state: str = "lost", source: str = EPOCHS) -> RunRecord:
    """Make a run that came to step 357 and epoch 3."""
    path = path_of_one()
    path.write_text(source)
    request = RunRequest(
        lesson="one", title="One", path=str(path), source=source, seed=3,
        parameters={"epochs": 10, "rate": 0.5}, nice=7, python="/a/python",
    )  # fmt: skip
    record = RunStore().create(request)
    append(
        RunStore().folder(record.id),
        Started(time=1.0, pid=1, process_start=0.5, host=this_host()),
        Scalars(tag="loss", steps=[1, 2, 357], values=[3.0, 2.0, 1.0]),
        Scalars(tag="val_loss", steps=[3], values=[3.0], axis="epoch"),
        Scalars(tag="system/cpu_percent", steps=[9999], values=[3.0], axis="second"),
        Ended(state=state, time=2.0),  # type: ignore[arg-type]
    )
    return record


def test_the_new_run_is_asked_the_same_and_knows_where_it_begins() -> None:
    record = ended()
    (RunStore().folder(record.id) / "files" / "weights").touch()
    found = continuation_of(RunStore(), record.id)
    request = found.request
    assert (request.continues, request.begins) == (record.id, {"step": 357, "epoch": 3})
    kept = ("parameters", "seed", "nice", "python", "device", "source", "path")
    assert [getattr(request, n) for n in kept] == [getattr(record.request, n) for n in kept]
    assert not found.finished
    (note,) = found.notes
    assert note == f"Goes on from run {record.id}, which came to step 357, epoch 3."
    path = RunStore().folder(RunStore().create(request).id) / "run.json"
    assert read_record(path).request == request, "the run side reads it too"
    assert RunStore().record(path.parent.name).request == request
    line = f"tflab resume {record.id} -p epochs=10 -p rate=0.5 --device cpu --nice 7"
    assert request_line(request, {"epochs": 10}) == line
    assert json.loads(path.read_text())["request"]["begins"] == {"step": 357, "epoch": 3}


def test_what_a_person_should_know_is_said() -> None:
    record = ended("finished")
    path_of_one().write_text(EPOCHS + "x = 1\n")
    found = continuation_of(RunStore(), record.id, {"epochs": "40"})
    assert found.request.parameters == {"epochs": 40, "rate": 0.5}
    assert found.request.source == EPOCHS
    notes = " ".join(found.notes)
    assert "saved no files in lab.folder()" in notes
    assert "The program's file has changed since" in notes
    assert not found.finished, "it has more to do now"
    assert continuation_of(RunStore(), record.id).length == "epochs=10"


def test_a_run_that_is_still_going_is_refused() -> None:
    record = made()
    with pytest.raises(Problem) as raised:
        continuation_of(RunStore(), record.id)
    assert raised.value.title == "The run is still going"
    assert f"tflab stop {record.id}" in raised.value.next_step


def test_a_deleted_run_is_refused_with_the_way_back() -> None:
    record = ended()
    Trash(RunStore()).delete(record.id)
    with pytest.raises(Problem) as raised:
        continuation_of(RunStore(), record.id)
    assert raised.value.title == "The run was deleted"
    assert f"tflab trash --restore {record.id}" in raised.value.next_step


@pytest.mark.parametrize("text", ["epochs", "epochs=", "=4", "epochs 4"])
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(Problem):
        read_assignments(text)


def test_values_as_a_person_types_them() -> None:
    assert read_assignments(" epochs=40, rate=1e-3  ") == {"epochs": "40", "rate": "1e-3"}
    assert read_assignments("") == {}


def test_one_key_goes_on_with_a_run_that_was_lost() -> None:
    bench, record = Bench(), ended()
    bench.use(record, RunUse.CONTINUE)
    (request,) = bench.started
    assert (request.continues, request.stdin, request.nice) == (record.id, "asked", 0)
    assert any("saved no files" in notice.text for notice in bench.heard.of(Notice))


def test_of_a_run_that_finished_it_is_asked_how_much_longer() -> None:
    bench, record = Bench(), ended("finished")
    bench.use(record, RunUse.CONTINUE)
    assert bench.started == []
    (asked,) = bench.heard.of(LineAsked)
    assert asked.text == "epochs=10"
    asked.take("epochs=much")
    bench.settle()
    assert bench.started == []
    assert bench.heard.of(ProblemRaised)
    asked.take("epochs=25")
    bench.settle()
    (request,) = bench.started
    assert request.parameters["epochs"] == 25


def test_a_file_that_is_gone_does_not_matter(tmp_path: Path) -> None:
    record = ended()
    path_of_one().unlink()
    assert continuation_of(RunStore(), record.id).request.source == EPOCHS
    assert tmp_path.exists()
