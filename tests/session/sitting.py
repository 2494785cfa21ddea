"""A session that tests drive, with one fork server for all of them: TensorFlow loads once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.session.hearing import Heard, until
from tflab.session.edit_book import EditBook
from tflab.session.events import ProgramOpened, RunEnded
from tflab.session.server import Server
from tflab.session.session import Session
from tflab.targets.server_pool import ServerPool

CODE = """\
from tflab import lab
for step in range(steps):
    lab.log(step, loss=1 / (step + 1))
# %%
print("the file's")
"""
LOOP, PRINT = 2, 3


class Sitting:
    """A session that a test drives, and what it said."""

    def __init__(self, program: Path, pool: ServerPool) -> None:
        self.heard = Heard()
        self.session = Session(self.heard, program=program)
        self.session.__dict__["server"] = Server(self.heard, pool)
        self.edits = self.session.edits

    def turn(self) -> None:
        self.session.advance()

    def wait(self, happened: Callable[[], object]) -> None:
        until(happened, self.turn)

    @property
    def book(self) -> EditBook:
        assert self.edits.book is not None
        return self.edits.book

    def until(self, kind: type, count: int = 1) -> Any:
        self.wait(lambda: len(self.heard.of(kind)) >= count)
        return self.heard.of(kind)[count - 1]

    def open(self) -> Sitting:
        self.session.begin()
        self.until(ProgramOpened)
        self.wait(lambda: not self.edits.loading)
        return self

    def settle(self) -> None:
        done = threading.Event()
        self.edits.settle(done.set)
        self.wait(done.is_set)

    def written(self) -> None:
        self.wait(lambda: not self.book.keeper.unwritten)

    def run(self) -> Any:
        count = len(self.heard.of(RunEnded))
        self.session.run()
        return self.until(RunEnded, count + 1).run


class SharedPool(ServerPool):
    """Stays when a session lets go of it: TensorFlow loads once for all of these tests."""

    def close(self) -> None:
        pass
