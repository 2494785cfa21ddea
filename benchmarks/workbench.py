"""Opening the real workbench for a measurement, with a data folder that goes away afterwards."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.terminal.processes import kill, processes_of
from tests.terminal.terminal import Terminal
from tflab.runs.events import Ended, Event, Scalars, Started
from tflab.runs.log_writer import LogWriter
from tflab.runs.record import RunRequest
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.runs.summary import summarise, write_summary
from tflab.session.approval import TrustStore

SIZE = (120, 40)
READY = r"● (ready|finished in)"
"""No run goes on; the last run of a lesson is shown again when it is opened."""
LOADING = "TensorFlow is loading"
# A row of a chart ends with what is right of its axis, and the border of its pane.
_CURVE_ROW = re.compile(r"[┤│]([^┤│]*)│?\s*$")
_LABEL = re.compile(r" ?⠒\S⠒ +\S")
BATCH = 500
"""Points in one line of a log that we write ourselves."""

# Else Python waits up to 5 ms before it lets the thread that stamps what arrives have its turn.
sys.setswitchinterval(0.0005)


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """Give everything that runs meanwhile a data folder of its own; end what still lives in it."""
    before = os.environ.get("TFLAB_DATA")
    with tempfile.TemporaryDirectory(prefix="tflab-bench-") as name:
        data = Path(name) / "data"
        os.environ["TFLAB_DATA"] = str(data)
        try:
            yield data
        finally:
            kill(processes_of(data))
            del os.environ["TFLAB_DATA"]
            if before is not None:
                os.environ["TFLAB_DATA"] = before


def open_workbench(lesson: str | Path, size: tuple[int, int] = SIZE) -> Terminal:
    """Open the workbench at a lesson."""
    return Terminal([sys.executable, "-m", "tflab", "open", str(lesson)], size)


def open_peer(name: str, *arguments: str, size: tuple[int, int] = SIZE) -> Terminal:
    """Open one of the apps of `benchmarks.peers`."""
    return Terminal([sys.executable, "-m", f"benchmarks.peers.{name}", *arguments], size)


def wait_until_warm(app: Terminal) -> None:
    """Wait until the lesson is on the screen and TensorFlow is loaded."""
    app.wait_for(r"^.*\bseed\b")
    app.wait_gone(LOADING)
    app.wait_for(READY)


def curve_rows(text: str) -> list[str]:
    """Return the rows of the loss chart: what is right of its y axis, without labels of lines."""
    rows = []
    for line in text.splitlines():
        found = _CURVE_ROW.search(line)
        if found is not None:
            rows.append(_LABEL.split(found[1])[0])
    return rows


def write_lesson(data: Path, name: str, *lines: str, **parameters: float) -> Path:
    """Write a lesson of one code cell to the person's own, which need no trust; return its path."""
    head = ["# %% [markdown]", f"# # {name.capitalize()}", '# %% tags=["parameters"]']
    values = [f"{key} = {value!r}" for key, value in parameters.items()]
    path = data / "lessons" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*head, *values, "# %%", "from tflab import lab", *lines, ""]))
    TrustStore().trust(path, path.read_text())
    return path


def write_run(lesson: Path, tags: list[str], points: int) -> Path:
    """Write a finished run with `points` points in each series; return its folder."""
    store = RunStore()
    request = replace(request_for(lesson.stem), path=str(lesson), source=lesson.read_text())
    record = store.create(request)
    folder = store.folder(record.id)
    writer, state = LogWriter(folder), RunState()
    events: list[Event] = [Started(time=record.created, pid=1)]
    for start in range(0, points, BATCH):
        steps = list(range(start, min(start + BATCH, points)))
        for place, tag in enumerate(tags):
            values = [level(step / points, place) for step in steps]
            events.append(Scalars(tag=tag, steps=steps, values=list(values), time=record.created))
    events.append(Ended(state="finished", time=record.created + 60))
    writer.write(*events)
    writer.close()
    for event in events:
        state.apply(event)
    write_summary(folder, summarise(record, state))
    return folder


def level(done: float, place: int = 0) -> float:
    """Return a loss that falls and ripples, and differs from the last digit to the first."""
    return (1 + place / 5) / (1 + 9 * done) + ((done * 7919) % 1) / 50


def request_for(lesson: str) -> RunRequest:
    """Return a request for a lesson without parameters."""
    return RunRequest(lesson=lesson, title=lesson, path="", source="", parameters={})


def newest_state() -> RunState:
    """Return the run that was started last."""
    store = RunStore()
    return store.load(max(store.ids(), key=lambda run: store.record(run).created))


def newest_results() -> dict[str, object]:
    """Return what the run that was started last reported with `lab.show`."""
    return {name: result.value for name, result in newest_state().results.items()}
