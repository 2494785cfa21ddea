"""`tflab delete`, `tflab trash` and the filter of `tflab runs`, called in this process."""

from __future__ import annotations

import json
import os
import time

import pytest

from tflab.cli import main
from tflab.runs import events as ev
from tflab.runs.log_writer import LogWriter
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore


@pytest.fixture
def make_run():
    def make(rate, loss, over=True):
        store = RunStore()
        request = RunRequest(
            lesson="t", title="T", path="/x/t.py", source="# %%\n1", parameters={"rate": rate}
        )
        record = store.create(request)
        writer = LogWriter(store.folder(record.id))
        writer.write(ev.Started(time=time.time(), pid=1 if over else os.getpid()))
        writer.write(ev.Scalars(tag="loss", steps=[0], values=[loss]))
        if over:
            writer.write(ev.Ended(state="finished", time=time.time()))
        writer.close()
        return record.id

    return make


def test_a_run_is_deleted_brought_back_and_gone(make_run, capsys):
    first, second = make_run(0.1, 0.5), make_run(0.2, 0.1)
    assert main(["delete", first, second]) == 0
    assert "2 runs" in capsys.readouterr().out
    assert list(RunStore().ids()) == []
    assert main(["trash", "--restore", first]) == 0
    assert list(RunStore().ids()) == [first]
    assert main(["trash", "--empty"]) == 0
    assert "1 run deleted for good" in capsys.readouterr().out
    assert main(["trash", "--restore", "all"]) == 2
    assert list(RunStore().ids()) == [first]


def test_a_run_that_goes_on_is_not_deleted(make_run, capsys):
    run = make_run(0.1, 0.5, over=False)
    assert main(["delete", run]) == 2
    assert "tflab stop" in capsys.readouterr().err
    assert list(RunStore().ids()) == [run]


def test_runs_are_filtered(make_run, capsys):
    make_run(0.1, 0.5)
    wanted = make_run(0.2, 0.1)
    assert main(["runs", "--json", "--filter", "loss<0.3 rate>0.15"]) == 0
    assert [row["run"] for row in json.loads(capsys.readouterr().out)] == [wanted]
    assert main(["runs", "--filter", "rte<1"]) == 2
    assert "Did you mean rate" in capsys.readouterr().err
    assert main(["runs", "--filter", "rate<0.01"]) == 0
    assert "No run fits" in capsys.readouterr().out
