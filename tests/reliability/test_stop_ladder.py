"""Runs that will not stop: within five seconds they are gone, all of them, their history kept."""

from __future__ import annotations

import time
from typing import Any

import psutil
import pytest

from tests.worker.conftest import Bench, Run
from tflab.targets.stop import StopLadder, stop_run

LOG = "lab.log(step, loss=1.0 / (step + 1)); step += 1; time.sleep(0.001)"
BOTH = "for s in (signal.SIGINT, signal.SIGTERM): signal.signal(s, signal.SIG_IGN)"
STRAYS = """
import os, signal, subprocess, sys
CODE = "import signal, sys, time\\\\nfor s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):\\\\n"
CODE += "    signal.signal(s, signal.SIG_IGN)\\\\nprint(1, flush=True)\\\\ntime.sleep(600)"
pids = []
for session in (False, True):
    child = subprocess.Popen([sys.executable, "-S", "-c", CODE], start_new_session=session,
                             stdout=subprocess.PIPE)
    child.stdout.readline()
    pids.append(child.pid)
twice = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.write(twice[1], b"%d\\\\n" % os.getpid())
        time.sleep(600)
    os._exit(0)
pids.append(int(os.read(twice[0], 99)))
lab.show(pids=pids)
"""


def cell(before: str, body: str) -> str:
    head = "import signal, time\nimport tensorflow as tf\nfrom tflab import lab\nstep = 0\n"
    return f"{head}{before}\nwhile True:\n    {body}"


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def climb(run: Run) -> tuple[StopLadder, float]:
    """Climb the ladder at its own pace; return it and the seconds that it took, and print them."""
    ladder = StopLadder(run.pid, folder=run.folder)
    began = time.monotonic()
    ladder.begin()
    run.wait_for(lambda: ladder.tick() == "done")
    seconds = time.monotonic() - began
    print(f"\ngone after {seconds:.2f} s")
    return ladder, seconds


@pytest.mark.parametrize(
    ("before", "body", "busy"),
    [
        ("signal.signal(signal.SIGINT, signal.SIG_IGN)", LOG, False),
        (BOTH, LOG, False),
        (
            f"{BOTH}\nlab.log(0, loss=1.0)\nbig = tf.random.normal((4000, 4000))",
            "tf.linalg.svd(big)",
            True,
        ),
        (f"{BOTH}\nlab.log(0, loss=1.0)", "print('flood ' * 1000)", False),
    ],
    ids=["ignores-SIGINT", "ignores-both", "in-a-C++-kernel", "floods-its-output"],
)
def test_it_is_gone_in_five_seconds_and_its_history_stays(
    bench: Bench, before: str, body: str, busy: bool
) -> None:
    run = bench.start(cell(before, body))
    run.logged("loss")
    if busy:
        # Nothing before the kernel takes so long, and no signal handler runs inside it.
        run.wait_for(lambda: psutil.Process(run.pid).cpu_times().user > 2)
    ladder, seconds = climb(run)
    assert seconds < 5, ladder.stages
    state = run.finish()
    assert state.ended is not None
    assert state.ended.state == "cancelled"
    assert state.series["loss"].values[0] == 1.0
    steps = list(state.series["loss"].steps)
    assert steps == list(range(len(steps)))
    assert is_gone(run.pid)


@pytest.mark.parametrize("stubborn", [False, True], ids=["gently", "by-force"])
def test_everything_that_it_started_goes_with_it(bench: Bench, stubborn: bool) -> None:
    """One child in its group, one with a session of its own, one orphaned in a third session."""
    before = STRAYS.replace("\\\\n", "\\n") + (BOTH if stubborn else "")
    run = bench.start(cell(before, LOG))
    pids: list[int] = run.wait_for(lambda: run.state.results.get("pids")).value
    assert len(pids) == 3
    assert not any(map(is_gone, pids))
    _, seconds = climb(run)
    assert seconds < 5
    run.finish()
    run.wait_for(lambda: all(map(is_gone, pids)))


def test_what_a_run_leaves_behind_at_its_own_end_goes_too(bench: Bench) -> None:
    before = STRAYS.replace("\\\\n", "\\n")
    run = bench.run(f"import time\nfrom tflab import lab\n{before}")
    assert run.state.status == "finished"
    pids: list[int] = run.state.results["pids"].value
    began = time.monotonic()
    run.wait_for(lambda: all(map(is_gone, pids)))
    print(f"\nall gone {time.monotonic() - began:.2f} s after the server saw the run off")


def test_a_stopped_process_is_stopped_too(bench: Bench) -> None:
    """SIGSTOP leaves every gentler signal lying; only the last rung works."""
    run = bench.start(cell("", LOG))
    run.logged("loss")
    psutil.Process(run.pid).suspend()
    began = time.monotonic()
    stop_run(run.folder)
    seconds = time.monotonic() - began
    print(f"\ngone after {seconds:.2f} s")
    assert seconds < 5
    state = run.finish()
    assert state.status == "cancelled"
    assert len(state.series["loss"]) > 0


def test_stopping_twice_at_once_does_no_harm(bench: Bench) -> None:
    run = bench.start(cell("", LOG))
    run.logged("loss")
    ladders: list[Any] = [StopLadder(run.pid, folder=run.folder) for _ in range(2)]
    for ladder in ladders:
        ladder.begin()
    run.wait_for(lambda: {ladder.tick() for ladder in ladders} == {"done"})
    assert run.finish().status == "cancelled"
