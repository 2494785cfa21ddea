"""`python -m tflab.worker.node_probe FOLDER`: what a machine of a target sees, told in a file.

It reads the mark that the workbench has left in a folder and writes what it found beside it. Where
the two do not share the folder, nothing comes back, which is told too.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tflab import __version__
from tflab.runs.processes import this_host

MARK = "mark"
ANSWER = "answer.json"


def look() -> dict[str, Any]:
    """Return what there is to know of this machine and this Python."""
    from tflab.worker.environment import environment

    return {
        "host": this_host(),
        "time": time.time(),
        "tflab": __version__,
        "user": os.getuid(),
        "visible": os.environ.get("CUDA_VISIBLE_DEVICES", ""),
        **asdict(environment()),
    }


def main() -> None:
    """Answer in the folder that the command line names."""
    folder = Path(sys.argv[1])
    found = look() | {"mark": (folder / MARK).read_text()}
    beside = folder / f".{ANSWER}"
    beside.write_text(json.dumps(found))
    beside.replace(folder / ANSWER)


if __name__ == "__main__":
    main()
