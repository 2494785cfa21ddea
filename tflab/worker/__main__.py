"""`python -m tflab.worker`: the fork server, or one run in a process of its own."""

from __future__ import annotations

import argparse
import mmap
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn

from tflab.recording.journal import SIZE, Journal
from tflab.worker.capture import install_streams
from tflab.worker.exit_codes import INTERNAL, leave


def main() -> Callable[[], NoReturn]:
    """Serve the socket, or begin the run, that the command line names.

    Returns:
        What executes a run and leaves the process with it. It comes back in the process of a run
        only, so that neither the server nor this function lies beneath the lesson.
    """
    arguments = _arguments()
    install_streams()
    code, execute_run = INTERNAL, None
    try:
        begun = _begun(arguments)
        if isinstance(begun, int):
            code = begun
        else:
            from tflab.worker.run_process import execute

            execute_run = partial(execute, begun.folder, begun.journal)
    finally:
        if execute_run is None:
            leave(code)
    return execute_run


class Begun(NamedTuple):
    """A run that this process is to run."""

    folder: Path
    journal: Journal


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tflab.worker", description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--socket", type=int, metavar="FD", help="serve the workbench behind FD")
    chosen.add_argument("--run", type=Path, metavar="FOLDER", help="run the run of FOLDER")
    chosen.add_argument("--job", type=Path, metavar="FOLDER", help="the same, as a queue's job")
    parser.add_argument("--journal", type=int, metavar="FD", help="where the points of a run wait")
    return parser.parse_args()


def _begun(arguments: argparse.Namespace) -> int | Begun:
    if arguments.run is not None:
        return _begun_afresh(arguments.run, arguments.journal)
    if arguments.job is not None:
        return _begun_in_queue(arguments.job)
    return _serve(arguments.socket)


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


if __name__ == "__main__":
    # Called from here, so that no more frames lie beneath the lesson than have to.
    execute_run = main()
    execute_run()
