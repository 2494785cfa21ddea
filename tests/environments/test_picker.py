"""Choosing an environment in the app: by its list, by a path, and back again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, OptionList

from tests.session.hearing import write_program
from tests.terminal.processes import kill, processes_of
from tflab.programs.library import user_folder
from tflab.session.environments import EnvironmentStore
from tflab.targets.environments import Source
from tflab.ui.app import LabApp
from tflab.ui.dialogs.notice import ProblemScreen
from tflab.ui.dialogs.pick import PickScreen


class Seat:
    """The app, and a person in front of it."""

    def __init__(self, app: LabApp, pilot: Any) -> None:
        self.app, self.pilot = app, pilot

    async def until(self, happened: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not happened():
                await self.pilot.pause(0.01)

    async def choose(self, text: str) -> None:
        """Open the picker, narrow it down to one, and take it."""
        self.app.workbench.action_environment()
        await self.until(lambda: isinstance(self.app.screen, PickScreen))
        screen = self.app.screen
        await self.until(lambda: [o for o in screen.query(OptionList) if o.option_count])
        screen.query_one(Input).value = text
        await self.until(lambda: screen.query_one(OptionList).option_count == 1)
        await self.pilot.press("enter")
        await self.until(lambda: not isinstance(self.app.screen, PickScreen))

    @property
    def source(self) -> Source | None:
        current = self.app.session.environments.current
        return current.candidate.source if current is not None else None


@pytest.fixture
async def seat(data: Path) -> AsyncIterator[Seat]:
    app = LabApp(write_program(user_folder() / "one.py"))
    async with app.run_test(size=(100, 30)) as pilot:
        found = Seat(app, pilot)
        await found.until(lambda: found.source is Source.OWN)
        yield found
    app.session.close()
    kill(processes_of(data))


async def test_choosing_and_going_back(
    seat: Seat, old_tensorflow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = seat.app.workbench.status
    assert status.environment == "", "our own needs no words"
    monkeypatch.setenv("CONDA_PREFIX", str(old_tensorflow))
    await seat.choose(old_tensorflow.name)
    await seat.until(lambda: seat.source is Source.NAMED)
    await seat.until(lambda: status.environment == old_tensorflow.name)
    program = seat.app.session.program
    assert program is not None
    assert EnvironmentStore().chosen(program.path) == str(old_tensorflow / "bin" / "python")
    monkeypatch.delenv("CONDA_PREFIX")
    await seat.choose("whichever")
    await seat.until(lambda: seat.source is Source.OWN)
    await seat.until(lambda: status.environment == "")


async def test_a_path_that_does_not_serve(seat: Seat, bare_python: Path) -> None:
    await seat.choose(str(bare_python))
    await seat.until(lambda: isinstance(seat.app.screen, ProblemScreen))
    assert seat.source is Source.OWN
