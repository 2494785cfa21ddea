"""`python -m tflab.worker`: the fork server, or one run in a process of its own."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from pathlib import Path

from tflab.worker.capture import install_streams


def main() -> None:
    """Serve the socket, or run the run, that the command line names. Does not return."""
    parser = argparse.ArgumentParser(prog="python -m tflab.worker", description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--socket", type=int, metavar="FD", help="serve the workbench behind FD")
    chosen.add_argument("--run", type=Path, metavar="FOLDER", help="run the run of FOLDER")
    arguments = parser.parse_args()
    install_streams()
    code = 70
    try:
        code = _run(arguments.run) if arguments.run else _serve(arguments.socket)
    finally:
        if code == 70:
            traceback.print_exc()
            sys.stdout.flush()
        # Neither waits for threads of a lesson, nor for TensorFlow's slow teardown.
        os._exit(code)


def _serve(descriptor: int) -> int:
    from tflab.worker.fork_server import serve

    return serve(descriptor)


def _run(folder: Path) -> int:
    from tflab.worker.imports import import_tensorflow
    from tflab.worker.run_process import run

    return run(folder, prepare=import_tensorflow)


if __name__ == "__main__":
    main()
