"""TensorBoard's own reader, in a process of its own: it brings TensorFlow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_OPEN = """
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
found = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
found.Reload()
"""
_SCALARS = """
print(json.dumps({tag: [[e.wall_time, e.step, repr(e.value)] for e in found.Scalars(tag)]
                  for tag in found.Tags()["scalars"]}))
"""
_HPARAMS = """
from tensorboard.plugins.hparams import api_pb2, metadata
content = found.PluginTagToContent("hparams")
start = metadata.parse_session_start_info_plugin_data(content[metadata.SESSION_START_INFO_TAG])
end = metadata.parse_session_end_info_plugin_data(content[metadata.SESSION_END_INFO_TAG])
values = {name: getattr(value, value.WhichOneof("kind")) for name, value in start.hparams.items()}
print(json.dumps([values, api_pb2.Status.Name(end.status)]))
"""


def read_scalars(folder: Path) -> dict[str, list[tuple[float, int, float]]]:
    """Return wall time, step and value of each point, by tag."""
    found = _read(_SCALARS, folder)
    return {tag: [(w, s, float(v)) for w, s, v in points] for tag, points in found.items()}


def read_hparams(folder: Path) -> tuple[dict[str, Any], str]:
    """Return the values that the HParams tab shows, and the name of the run's status."""
    values, status = _read(_HPARAMS, folder)
    return values, status


def _read(code: str, folder: Path) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", _OPEN + code, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads(done.stdout.splitlines()[-1])
