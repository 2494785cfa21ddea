"""What trying a target says of its machines."""

from __future__ import annotations

import argparse

import pytest

from tflab.cli.commands import targets
from tflab.runs.record import Problem
from tflab.targets.engine import NodeReport
from tflab.targets.target_file import DaskTarget


def test_the_same_of_several_workers_on_a_machine_is_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = "Its clock is 9 s behind."
    reports = [
        NodeReport("vm"),
        NodeReport("vm"),
        NodeReport("vm", remarks=(clock,)),
        NodeReport("other", Problem("It is full", "There is no room.", "Make some.")),
    ]
    monkeypatch.setattr(targets, "find_target", lambda name: DaskTarget(name=name))
    monkeypatch.setattr(targets, "try_target", lambda *_, **__: reports)
    assert targets.run(argparse.Namespace(target="desk", json=False, wait=1.0)) == 1
    assert capsys.readouterr().out.splitlines() == [
        "vm (2 workers): runs work there; it shares the data folder.",
        "vm: runs work there; it shares the data folder.",
        f"  {clock}",
        "other: It is full. There is no room.",
        "  Make some.",
    ]
