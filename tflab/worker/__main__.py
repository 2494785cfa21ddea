"""`python -m tflab.worker`: the fork server, or one run in a process of its own."""

from __future__ import annotations

import argparse
import mmap
import os
import sys
import traceback
from pathlib import Path
from typing import NamedTuple

from tflab.recording.journal import SIZE, Journal
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
    chosen.add_argument("--job", type=Path, metavar="FOLDER", help="the same, as a queue's job")
    parser.add_argument("--journal", type=int, metavar="FD", help="where the points of a run wait")
    arguments = parser.parse_args()
    install_streams()
    code = INTERNAL
    try:
        if arguments.run is not None:
            begun: int | Begun = _begun_afresh(arguments.run, arguments.journal)
        elif arguments.job is not None:
            begun = _begun_in_queue(arguments.job)
        else:
            begun = _serve(arguments.socket)
        if isinstance(begun, int):
            code = begun
        else:
            from tflab.worker.run_process import run

            code = run(begun.folder, begun.journal)
    finally:
        if code == INTERNAL:
            _report()
        # Neither waits for threads of a lesson, nor for TensorFlow's slow teardown.
        os._exit(code)


class Begun(NamedTuple):
    """A run that this process is to run."""

    folder: Path
    journal: Journal


def _begun_afresh(folder: Path, descriptor: int | None) -> Begun:
    if descriptor is None:
        return Begun(folder, Journal())
    memory = mmap.mmap(descriptor, SIZE)
    # The mapping stays; the number is the program's to use.
    os.close(descriptor)
    return Begun(folder, Journal(memory))


def _serve(descriptor: int) -> int | Begun:
    from tflab.worker.fork_server import serve

    begun = serve(descriptor)
    return begun if isinstance(begun, int) else Begun(*begun)


def _begun_in_queue(folder: Path) -> int | Begun:
    from tflab.worker.job import serve

    begun = serve(folder)
    return begun if isinstance(begun, int) else Begun(*begun)


def _report() -> None:
    """Say what failed in tflab itself, where the output goes and where an abort is looked up."""
    traceback.print_exc()
    sys.stdout.flush()
    os.write(2, traceback.format_exc().encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
