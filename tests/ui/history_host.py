"""A history on a screen, over runs that a test has made."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from contextlib import asynccontextmanager
from types import SimpleNamespace

import msgspec
from textual.app import App
from textual.widgets import Static

from tflab.runs import events as ev
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.log_writer import LogWriter
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import summarise, write_summary
from tflab.runs.trash import Trash
from tflab.session.events import Notice, ProblemRaised
from tflab.session.history import RunHistory
from tflab.session.history_list import HistoryView
from tflab.session.history_work import HistoryWork
from tflab.ui.history.screen import HistoryScreen
from tflab.ui.terminal.themes import DARK
from tflab.ui.widgets.table import Table

SOURCE = '# %% [markdown]\n# # One\n# %% tags=["parameters"]\nrate = 0.1\nsteps = 3\n'
LESSON = SimpleNamespace(id="one", title="Lesson One", defaults={"rate": 0.1, "steps": 3})


def make_run(rate, loss, lesson="one", source=SOURCE, age=0, told=()):
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
        *told,
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
        self.lesson = lesson
        self.problems = []
        self.chosen = []
        self.copied = []
        self.disk = DiskQueue(lambda: self.is_running and self.call_later(self.disk.deliver))
        store = RunStore()
        trash = Trash(store)
        self.history = RunHistory(store, trash, self.disk, self.hear)
        self.work = HistoryWork(store, trash, self.disk, self.hear)
        self.view = HistoryView()

    def open_history(self):
        title, defaults = (self.lesson.id, self.lesson.title), self.lesson.defaults
        screen = HistoryScreen(
            self.history, self.work, self.copied.append, self.view, title, defaults
        )
        self.push_screen(screen, self.chosen.append)

    def hear(self, event):
        if isinstance(event, Notice):
            self.notify(event.text, title=event.title, severity=event.severity)
        elif isinstance(event, ProblemRaised):
            self.problems.append(event.problem)
        for screen in self.screen_stack:
            if isinstance(screen, HistoryScreen):
                screen.take_event(event)


@asynccontextmanager
async def history(size=(120, 40)):
    """Open the history over the runs there are; gives the app's pilot and its screen."""
    app = Host()
    async with app.run_test(size=size) as pilot:
        app.open_history()
        await settle(pilot)
        yield pilot, app.screen


async def settle(pilot):
    """Wait until all that was asked of the disk is done and shown."""
    for _ in range(3):
        await pilot.pause()
        assert await asyncio.to_thread(pilot.app.disk.finish, 30)
        while pilot.app.history._measuring:
            await asyncio.sleep(0.001)
    await pilot.pause()


def shown(screen):
    """The rows of the table as text, in order."""
    table = screen.query_one(Table)
    return [" ".join(cell.text for cell in table._cells(i)) for i in range(table.count)]


def said(screen, name):
    return str(screen.query_one(name, Static).content)
