"""A history on a screen, over runs that a test has made."""

from __future__ import annotations

import dataclasses
import time
from contextlib import asynccontextmanager
from types import SimpleNamespace

import msgspec
from textual.app import App
from textual.widgets import Static

from tflab.runs import events as ev
from tflab.runs.log_writer import LogWriter
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import summarise, write_summary
from tflab.ui.history.desk import HistoryDesk
from tflab.ui.terminal.themes import DARK
from tflab.ui.widgets.table import Table

SOURCE = '# %% [markdown]\n# # One\n# %% tags=["parameters"]\nrate = 0.1\nsteps = 3\n'
LESSON = SimpleNamespace(id="one", title="Lesson One", defaults={"rate": 0.1, "steps": 3})


def make_run(rate, loss, lesson="one", source=SOURCE, age=0):
    store = RunStore()
    request = RunRequest(
        lesson=lesson, title=lesson.title(), path=f"/nowhere/{lesson}.py", source=source,
        parameters={"rate": rate, "steps": 3},
    )  # fmt: skip
    record = store.create(request)
    folder = store.folder(record.id)
    record = dataclasses.replace(record, created=time.time() - age)
    (folder / "run.json").write_bytes(msgspec.json.encode(record))
    writer = LogWriter(folder)
    writer.write(
        ev.Started(time=1.0, pid=1),
        ev.Scalars(tag="loss", steps=[0, 1, 2], values=[1.0, 0.7, loss]),
        ev.Scalars(tag="accuracy", steps=[0, 1, 2], values=[0.1, 0.5, 0.9]),
        ev.Ended(state="finished", time=2.0),
    )
    writer.close()
    write_summary(folder, summarise(record, store.load(record.id)))
    return record.id


class Host(App):
    """As much of the workbench as the history needs."""

    def __init__(self, lesson=LESSON):
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        runs = SimpleNamespace(store=RunStore(), own_running=False, history=lambda _: [])
        pane = SimpleNamespace(show_runs=lambda *_: None)
        self.desk = HistoryDesk(self, SimpleNamespace(lesson=lesson, runs=runs, run_list=pane))
        self.problems = []
        self.wishes = []
        self.desk.use = self.note

    async def note(self, run, kind):
        self.wishes.append((kind, run))

    def show_problem(self, problem):
        self.problems.append(problem)


@asynccontextmanager
async def history(size=(120, 40)):
    """Open the history over the runs there are; gives the app's pilot and its screen."""
    app = Host()
    async with app.run_test(size=size) as pilot:
        app.desk.show()
        await settle(pilot)
        yield pilot, app.screen


async def settle(pilot):
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def shown(screen):
    """The rows of the table as text, in order."""
    table = screen.query_one(Table)
    return [" ".join(cell.text for cell in table._cells(i)) for i in range(table.count)]


def said(screen, name):
    return str(screen.query_one(name, Static).content)
