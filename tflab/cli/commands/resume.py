"""`tflab resume RUN`: a new run that goes on where an earlier one ended."""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import asdict, replace

from tflab.cli.answering import input_of
from tflab.cli.command import Command, UsageProblem
from tflab.cli.one_run import EXIT_CODES, run_one
from tflab.cli.options import (
    add_json,
    add_limits,
    add_on,
    add_parameter,
    add_plain,
    add_run,
    add_trust,
    check_place,
    chosen_limits,
)
from tflab.cli.questions import require_trust, tell_others
from tflab.cli.run_json import refused
from tflab.cli.run_views import run_view
from tflab.cli.terminal import print_json, print_problem
from tflab.runs.record import Problem, RunOptions, RunRequest
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash
from tflab.session.continuing import Continuation, continuation_of
from tflab.session.past_runs import same_device
from tflab.targets.devices import find_device, list_devices
from tflab.targets.host import Host
from tflab.targets.server_pool import ServerPlace, make_server
from tflab.targets.target import device_on, make_sure, open_host
from tflab.targets.target_file import find_target


def run(arguments: argparse.Namespace) -> int:
    """Go on with a run to its end and return the exit code; `arguments` describes them all."""
    try:
        check_place(arguments)
        found = _continuation(arguments)
        require_trust(found.program, arguments)
        request = _request(found.request, arguments)
        view = run_view(arguments)
        stdin = None if request.stdin == "piped" else subprocess.DEVNULL
        server = _host(request, stdin)
        server.start()
    except Problem as problem:
        if arguments.json:
            print_json(refused(problem, None))
        print_problem(problem)
        return 2
    try:
        for note in found.notes:
            print(note, file=sys.stderr, flush=True)
        return run_one(server, request, view)
    finally:
        server.close()


def _host(request: RunRequest, stdin: int | None) -> Host:
    """Return what takes the run: the target that the earlier one was on, or this machine."""
    place = ServerPlace(request.python)
    if not request.target:
        return make_server(place, stdin)
    target = find_target(request.target)
    make_sure(target, place, lambda text: print(text, file=sys.stderr))
    return open_host(target, place)


def _continuation(arguments: argparse.Namespace) -> Continuation:
    store, texts = RunStore(), dict(arguments.parameter)
    if len(texts) < len(arguments.parameter):
        raise UsageProblem("Wrong usage", "A value is given twice.", "Keep one of them.")
    wanted = arguments.run.strip()
    try:
        run = store.find(wanted)
    except Problem:
        deleted = [one for one in Trash(store).ids() if wanted and one.startswith(wanted)]
        if len(deleted) != 1:
            raise
        run = deleted[0]
    found = continuation_of(store, run, texts)
    if found.finished:
        example = found.length.partition("=")[0] or "epochs"
        print(
            f"It came to its own end. To have it go on for longer, give another value, such as "
            f"-p {example}=…",
            file=sys.stderr,
        )
    return found


def _request(request: RunRequest, arguments: argparse.Namespace) -> RunRequest:
    """Return the request with the device as it is found now, and with the limits that are given."""
    if arguments.on:
        request = replace(request, target=arguments.on)
    elif arguments.device:
        request = replace(request, target="")
    if request.target:
        request = replace(request, device=device_on(find_target(request.target)), device_uuid="")
    elif arguments.device or request.device != "cpu":
        devices = list_devices()
        if arguments.device:
            device = find_device(arguments.device, devices)
        else:
            device = same_device(request, devices)
        tell_others([device])
        request = replace(request, device=device.key, device_uuid=device.uuid)
    limits = chosen_limits(arguments)
    if limits != RunOptions():
        request = replace(request, **asdict(limits))
    return replace(request, stdin=input_of(arguments))


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    add_parameter(parser, "NAME=VALUE", "another value, such as more epochs")
    parser.add_argument("--device", metavar="cpu|gpu:N", default="", help="default: the same")
    add_on(parser)
    add_trust(parser)
    add_limits(parser)
    add_json(parser, "one JSON object at the end")
    add_plain(parser)


COMMAND = Command(
    "go on with a run that was stopped, lost or finished",
    "tflab resume last\n  tflab resume last -p epochs=40",
    run,
    _add_options,
    "A new run gets a copy of what the earlier one saved in lab.folder(), its values, code,\n"
    "environment and device; both show as one curve.\n\n" + EXIT_CODES,
)
