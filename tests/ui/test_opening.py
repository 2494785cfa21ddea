"""From the first paint to a lesson on the screen, whichever of its parts is quicker."""

from __future__ import annotations

import asyncio

import pytest

from tflab.programs.library import resolve
from tflab.ui.app import LabApp
from tflab.ui.workbench.panes import PaneScreen
from tflab.ui.workbench.parameter_field import ParameterField


@pytest.mark.parametrize("early", [True, False], ids=["before the panes", "after them"])
async def test_a_lesson_is_shown_once_whether_it_or_the_panes_are_there_first(monkeypatch, early):
    fill, shown = PaneScreen.fill, []

    async def fill_late(self, panes):
        async with asyncio.timeout(30):
            while early and app.session.program is None:
                app.session.deliver()
                await asyncio.sleep(0)
        assert bool(app.session.program) is early
        show = panes.form.show_fields

        async def note():
            shown.append(app.session.program)
            await show()

        panes.form.show_fields = note
        await fill(self, panes)

    monkeypatch.setattr(PaneScreen, "fill", fill_late)
    path = resolve("linear-classifier")
    app = LabApp(path)
    if not early:
        # Read only once the panes are there.
        monkeypatch.setattr(app.session, "deliver", lambda: shown and None)
    async with app.run_test(size=(120, 40)) as pilot:
        if not early:
            async with asyncio.timeout(30):
                while not app.workbench.query(ParameterField):
                    await pilot.pause(0.01)
            monkeypatch.undo()
            app.session.deliver()
        async with asyncio.timeout(30):
            while len(app.workbench.query(ParameterField)) < 4:
                app.session.deliver()
                await pilot.pause(0.01)
        await pilot.pause()
        program = app.session.program
        assert program.path == path
        fields = {field.parameter for field in app.workbench.query(ParameterField)}
        assert fields == {*program.defaults, "seed"}
        assert shown == [program]
    app.session.close()
