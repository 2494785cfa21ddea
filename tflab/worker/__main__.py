"""`python -m tflab.worker`: the fork server, or one run in a process of its own."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from pathlib import Path

from tflab.worker.capture import install_streams
from tflab.worker.exit_codes import INTERNAL


def main() -> None:
    """Serve the socket, or run the run, that the command line names. Does not return.

    A process that the fork server forks for a run comes back to here first, so that nothing of the
    server lies beneath the lesson.
    """
    parser = argparse.ArgumentParser(prog="python -m tflab.worker", description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--socket", type=int, metavar="FD", help="serve the workbench behind FD")
    chosen.add_argument("--run", type=Path, metavar="FOLDER", help="run the run of FOLDER")
    arguments = parser.parse_args()
    install_streams()
    code = INTERNAL
    try:
        begun = arguments.run or _serve(arguments.socket)
        if isinstance(begun, int):
            code = begun
        else:
            from tflab.worker.run_process import run

            code = run(begun)
    finally:
        if code == INTERNAL:
            _report()
        # Neither waits for threads of a lesson, nor for TensorFlow's slow teardown.
        os._exit(code)


def _serve(descriptor: int) -> int | Path:
    from tflab.worker.fork_server import serve

    return serve(descriptor)


def _report() -> None:
    """Say what failed in tflab itself, where the output goes and where an abort is looked up."""
    traceback.print_exc()
    sys.stdout.flush()
    os.write(2, traceback.format_exc().encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
