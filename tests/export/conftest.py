"""Runs whose logs are written by hand, with everything an export may meet."""

from __future__ import annotations

import time

import pytest

from tflab.export.loaded import load_run
from tflab.runs import events as ev
from tflab.runs.log_writer import LogWriter
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore

SOURCE = """\
# %% [markdown]
# # A small lesson
# With “quotes” and ümlauts.

# %% tags=["parameters"]
from typing import Annotated, Literal
from tflab import Meta

rate: Annotated[float, Meta(gt=0, le=10, description="Größe")] = 0.1; steps = 3  # how many
big: Annotated[int, Meta(ge=1)] = (
    1_000
)
offset = -1.5
mode: Literal["eager", "graph"] = "eager"
fast = False
title = 'it is'

# %%
total = sum(rate for _ in range(steps)) + offset
print(round(total, 6), big, mode, fast, title)

# %%
print("later")
"""

VALUES = {
    "rate": 0.25,
    "steps": 4,
    "big": 7,
    "offset": 2.5,
    "mode": "graph",
    "fast": True,
    "title": 'a "b" \\ ü',
}


@pytest.fixture
def make_run():
    """Make a run of the small lesson with the given series: tag to steps and values.

    `axes` names what the steps of a tag count.
    """

    def make(series=None, state="finished", axes=None, **changes):
        store = RunStore()
        request = RunRequest(
            **{
                "lesson": "small",
                "title": "A small lesson",
                "path": "/nowhere/small.py",
                "source": SOURCE,
                "parameters": VALUES,
            }
            | changes
        )
        record = store.create(request, {"tflab": "0.1.0"})
        writer = LogWriter(store.folder(record.id))
        now = time.time()
        writer.write(ev.Started(time=now, pid=1))
        for tag, (steps, values) in (series or {}).items():
            points = [ev.as_number(value) for value in values]
            axis = (axes or {}).get(tag, "")
            writer.write(ev.Scalars(tag=tag, steps=steps, values=points, time=now + 1, axis=axis))
        writer.write(
            ev.Result(cell=2, name="w", tensor=ev.TensorValue(dtype="int32", shape=[], values=3)),
            ev.Goal(text="get there", passed=True),
            ev.Ended(state=state, time=now + 2),
        )
        writer.close()
        return load_run(store, record.id)

    return make
