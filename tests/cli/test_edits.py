"""Edits of the workbench on the command line: told, taken when asked for, trusted or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tflab.programs.edit_store import EditStore, KeptEdit
from tflab.programs.edits import new_edit
from tflab.programs.reader import read_program
from tflab.runs.store import RunStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")


def keep_edit(path: Path, cell: int, text: str) -> None:
    program = read_program(path)
    edit = new_edit(program, cell, text)
    kept = KeptEdit(text=text, before=edit.before, place=edit.place, token="a-1", time=1.0)
    EditStore().write(program, [kept], ())


def test_edits_are_told_and_taken_when_asked_for(
    lesson: Callable[[str], Path], tflab: Any, data: Path
) -> None:
    path = lesson("print('the file')\n")
    keep_edit(path, 2, "from tflab import lab\nprint('mine')\nlab.log(0, loss=2.0)")
    plain = tflab("run", path, "--json")
    assert plain.returncode == 0
    assert "You have edits of cell 2; this runs the file as it is. --edits takes them." in (
        plain.stderr
    )
    edited = tflab("run", path, "--json", "--edits")
    assert edited.returncode == 0, edited.stderr
    store = RunStore()
    ran = [store.record(json.loads(one.stdout)["run"]).request for one in (plain, edited)]
    assert [bool(request.edits) for request in ran] == [False, True]
    assert ran[1].original == ran[0].source
    (data / "edits").chmod(0o777)
    data.chmod(0o755)
    refused = tflab("run", path, "--json", "--edits")
    assert refused.returncode == 2
    assert "not trusted" in refused.stderr


def test_an_edit_that_is_no_python_is_said_with_its_cell(
    lesson: Callable[[str], Path], tflab: Any
) -> None:
    path = lesson("print('the file')\n")
    keep_edit(path, 2, "x = 1\ny = (")
    refused = tflab("run", path, "--edits")
    assert refused.returncode == 2
    assert "Cell 2 as edited, line 2" in refused.stderr
