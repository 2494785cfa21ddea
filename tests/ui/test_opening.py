"""From the first paint to a lesson on the screen, whichever of its parts is quicker."""

from __future__ import annotations

import asyncio

from tflab.programs.library import resolve
from tflab.ui.app import LabApp
from tflab.ui.workbench.bench import Bench
from tflab.ui.workbench.parameter_form import ParameterForm
from tflab.ui.workbench.screen import MainScreen


async def test_a_lesson_read_before_the_panes_are_there_waits_for_them(monkeypatch):
    came: list[bool] = []
    show, fill = Bench.show_lesson, MainScreen.fill

    async def note(self, lesson, reloaded):
        came.append(bool(self._app.main.query(ParameterForm)))
        await show(self, lesson, reloaded)

    async def fill_late(self, contents):
        async with asyncio.timeout(30):
            while not came:
                await asyncio.sleep(0)
        await fill(self, contents)

    monkeypatch.setattr(Bench, "show_lesson", note)
    monkeypatch.setattr(MainScreen, "fill", fill_late)
    path = resolve("linear-classifier")
    app = LabApp(path)
    async with app.run_test(size=(120, 40)) as pilot:
        async with asyncio.timeout(30):
            while app.bench is None or app.bench.lesson is None:
                await pilot.pause(0.01)
        await pilot.pause()
        assert came == [False, True]
        assert app.bench.lesson.path == path
        assert set(app.bench.form.values) == set(app.bench.lesson.defaults)
    app.bench.close()
