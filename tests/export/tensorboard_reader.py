"""TensorBoard's own reader, in a process of its own: it brings TensorFlow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

_READ = """
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import api_pb2, metadata
for folder in sys.argv[1:]:
    found = EventAccumulator(folder, size_guidance={"scalars": 0})
    found.Reload()
    scalars = {tag: [[e.wall_time, e.step, repr(e.value)] for e in found.Scalars(tag)]
               for tag in found.Tags()["scalars"]}
    values, status = {}, ""
    try:
        content = found.PluginTagToContent("hparams")
    except KeyError:
        content = None
    if content:
        start = metadata.parse_session_start_info_plugin_data(
            content[metadata.SESSION_START_INFO_TAG])
        end = metadata.parse_session_end_info_plugin_data(content[metadata.SESSION_END_INFO_TAG])
        values = {name: getattr(value, value.WhichOneof("kind"))
                  for name, value in start.hparams.items()}
        status = api_pb2.Status.Name(end.status)
    print(json.dumps([scalars, values, status]))
"""

Points = dict[str, list[tuple[float, int, float]]]
"""Wall time, step and value of each point, by tag."""


class Read(NamedTuple):
    """What TensorBoard finds in a folder.

    Attributes:
        scalars: Its points.
        values: The values that the HParams tab shows.
        status: The name of the run's status there.
    """

    scalars: Points
    values: dict[str, Any]
    status: str


def read_scalars(folder: Path) -> Points:
    """Return the points of a folder."""
    return read_runs(folder)[0].scalars


def read_runs(*folders: Path) -> list[Read]:
    """Read each of some folders."""
    done = subprocess.run(
        [sys.executable, "-c", _READ, *map(str, folders)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    read = [json.loads(line) for line in done.stdout.splitlines()[-len(folders) :]]
    return [
        Read(
            {tag: [(w, s, float(v)) for w, s, v in points] for tag, points in scalars.items()},
            values,
            status,
        )
        for scalars, values, status in read
    ]
