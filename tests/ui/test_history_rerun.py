"""Running a run of the history again: it passes the questions and limits of every other run."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest
from textual.app import App

from tflab.programs.code_cells import with_cells
from tflab.programs.library import user_folder
from tflab.runs.record import RunOptions, RunRequest
from tflab.runs.store import RunStore
from tflab.session.past_runs import RunUse
from tflab.targets.devices import Device, DeviceList, DeviceOwner
from tflab.ui.dialogs.confirm import ConfirmScreen
from tflab.ui.terminal.themes import DARK
from tflab.ui.workbench.past_runs import PastRuns
from tflab.ui.workbench.trust import Gate

CPU = Device("cpu", "A CPU", 0, "", 8 << 30, 4 << 30, cores=2)
BUSY = Device(
    "gpu:0", "A GPU", 0, "GPU-abc", 80 << 30, 10 << 30,
    owners=(DeviceOwner("ann", 12, 70 << 30, False),),
)  # fmt: skip
SOURCE = '# %% [markdown]\n# # One\n# %% tags=["parameters"]\nrate = 0.1\n'


class Host(App):
    """As much of the workbench as running again needs."""

    def __init__(self, devices, options):
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.settings = SimpleNamespace(options=options)
        self.started, self.problems = [], []
        runs = SimpleNamespace(store=RunStore(), own_running=False, start=self.started.append)
        device = SimpleNamespace(devices=DeviceList((CPU, *devices)))
        bench = SimpleNamespace(
            lesson=None, runs=runs, gate=Gate(self), form=SimpleNamespace(device=device),
            show_as_run=self.shown,
        )  # fmt: skip
        self.past = PastRuns(self, bench)

    async def shown(self, lesson):
        self.lesson = lesson

    def show_problem(self, problem):
        self.problems.append(problem)


def made(device, uuid=""):
    path = user_folder() / "one.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SOURCE)
    request = RunRequest(
        lesson="one", title="One", path=str(path), source=SOURCE, parameters={"rate": 0.5},
        device=device, device_uuid=uuid, seed=3,
    )  # fmt: skip
    return RunStore().create(request)


async def test_a_gpu_that_others_use_is_asked_about_and_the_limits_of_now_hold():
    record = made("gpu:0", "GPU-abc")
    app = Host([BUSY], RunOptions(nice=5, threads=2, memory_limit=4096))
    async with app.run_test() as pilot:
        await app.past.use(record.id, RunUse.RERUN)
        await pilot.pause()
        assert isinstance(app.screen, ConfirmScreen)
        assert "ann" in app.screen._text
        assert app.started == []
        await pilot.press("escape")
        assert app.started == [], "no answer is a no"
        await app.past.use(record.id, RunUse.RERUN)
        await pilot.pause()
        await pilot.press("y")
        await pilot.pause()
        (request,) = app.started
        # The record of an older tflab has no cells; they are read from its source.
        asked = with_cells(record.request)
        assert request == dataclasses.replace(asked, nice=5, threads=2, memory_limit=4096)


async def test_a_card_that_has_another_number_now_is_found_by_its_own_name():
    moved = Device("gpu:1", "A GPU", 1, "GPU-abc", 80 << 30, 80 << 30)
    other = Device("gpu:0", "A GPU", 0, "GPU-xyz", 80 << 30, 80 << 30)
    app = Host([other, moved], RunOptions())
    async with app.run_test() as pilot:
        await app.past.use(made("gpu:0", "GPU-abc").id, RunUse.RERUN)
        await pilot.pause()
        assert [(r.device, r.device_uuid) for r in app.started] == [("gpu:1", "GPU-abc")]


@pytest.mark.parametrize("devices", [[], [BUSY]])
async def test_a_device_that_is_not_there_is_a_problem(devices):
    app = Host(devices, RunOptions())
    async with app.run_test() as pilot:
        await app.past.use(made("gpu:3").id, RunUse.RERUN)
        await pilot.pause()
        assert app.started == []
        assert "There is no device gpu:3 here" in app.problems[0].cause
