"""The stop ladder against real runs that do not want to stop."""

from __future__ import annotations

import time

import psutil
import pytest

from tflab.runs.record import Problem
from tflab.targets.stop import StopLadder, mark_stop, stop_run

LOOP = """
    import signal, time
    import tensorflow as tf
    from tflab import lab
    {before}
    step = 0
    while True:
        {body}
"""
LOG = "lab.log(step, loss=1.0 / (step + 1)); step += 1; time.sleep(0.001)"


def stop(run, quick=True):
    """Climb the ladder as fast as its rungs are tried, or at its own pace."""
    clock = iter(range(0, 10_000, 3)).__next__ if quick else time.monotonic
    ladder = StopLadder(run.pid, clock=clock, folder=run.folder)
    ladder.begin()
    run.wait_for(lambda: ladder.tick() == "done")
    return ladder


def test_an_interrupt_stops_a_loop_and_keeps_its_history(bench):
    run = bench.start(LOOP.format(before="", body=LOG), "print('never')")
    run.logged("loss")
    began = time.monotonic()
    ladder = stop(run, quick=False)
    assert time.monotonic() - began < 2
    assert ladder.stages == ["interrupting", "done"]
    state = run.finish()
    assert (state.ended.state, state.ended.writer) == ("cancelled", "run")
    steps = list(state.series["loss"].steps)
    assert steps == list(range(len(steps)))
    assert state.error is None
    assert run.printed == ""


def test_a_lesson_that_swallows_the_interrupt_and_finishes_is_cancelled(bench):
    cell = """
        import time
        from tflab import lab
        try:
            while True:
                lab.log(0, loss=1.0)
                time.sleep(0.001)
        except KeyboardInterrupt:
            print("tidied up")
        """
    run = bench.start(cell, "print('never')")
    run.logged("loss")
    stop(run, quick=False)
    assert run.finish().ended.state == "cancelled"
    assert run.printed == "tidied up\n"


def test_an_error_that_comes_of_the_interrupt_is_no_failure(bench):
    cell = """
        import time
        from tflab import lab
        lab.log(0, loss=1.0)
        try:
            while True: time.sleep(0.001)
        finally:
            1 / 0
        """
    run = bench.start(cell)
    run.logged("loss")
    stop(run, quick=False)
    state = run.finish()
    assert state.ended.state == "cancelled"
    assert "division by zero" in state.ended.cause


@pytest.mark.parametrize(
    ("before", "body", "last", "name"),
    [
        ("signal.signal(signal.SIGINT, signal.SIG_IGN)", LOG, "terminating", "SIGTERM"),
        (
            "for s in (signal.SIGINT, signal.SIGTERM): signal.signal(s, signal.SIG_IGN)",
            LOG,
            "killing",
            "SIGKILL",
        ),
        (
            "n = tf.constant(0); "
            "forever = tf.function(lambda n: tf.while_loop(lambda n: True, lambda n: n, [n])); "
            "forever.get_concrete_function(n); lab.log(0, loss=1.0)",
            "forever(n)",
            "terminating",
            "SIGTERM",
        ),
    ],
    ids=["ignores-SIGINT", "ignores-SIGTERM", "stuck-in-a-kernel"],
)
def test_stubborn_runs_go_in_the_end(bench, before, body, last, name):
    run = bench.start(LOOP.format(before=before, body=body))
    run.logged("loss")
    if "while_loop" in body:
        # Building the graph takes less than this; only the kernel itself goes on for so long.
        run.wait_for(lambda: psutil.Process(run.pid).cpu_times().user > 2)
    ladder = StopLadder(run.pid, folder=run.folder)
    began = time.monotonic()
    ladder.begin()
    run.wait_for(lambda: ladder.tick() == "done")
    assert time.monotonic() - began < 5
    assert ladder.stages[-2:] == [last, "done"]
    state = run.finish()
    assert (state.ended.state, state.ended.signal) == ("cancelled", name)
    assert state.series["loss"].values[0] == 1.0


def test_a_run_with_children_of_its_own_is_gone_with_them(bench):
    body = "import subprocess; child = subprocess.Popen(['sleep', '600']); print(child.pid)"
    run = bench.start(LOOP.format(before=body, body=LOG))
    run.logged("loss")
    stop(run, quick=False)
    run.finish()
    child = int(run.printed)
    run.wait_for(lambda: not psutil.pid_exists(child) or _is_dead(child))


def test_one_that_floods_its_output_stops(bench):
    run = bench.start(LOOP.format(before="lab.log(0, loss=1.0)", body="print('flood ' * 100)"))
    run.logged("loss")
    began = time.monotonic()
    stop(run, quick=False)
    assert time.monotonic() - began < 5
    assert run.finish().ended.state == "cancelled"


REASON = "Stopped early: loss 0.9 at step 40 was worse than 75 % of the earlier runs."


@pytest.mark.parametrize("deaf", [False, True], ids=["interrupted", "killed"])
def test_a_run_that_a_search_stops_is_pruned_with_its_reason(bench, deaf):
    ignore = "signal.signal(signal.SIGINT, lambda *_: None)" if deaf else ""
    run = bench.start(LOOP.format(before=ignore, body=LOG))
    run.logged("loss")
    mark_stop(run.folder, REASON)
    mark_stop(run.folder)
    stop(run, quick=deaf)
    ended = run.finish().ended
    assert (ended.state, ended.cause) == ("pruned", REASON)


def test_a_run_that_a_person_stops_first_is_cancelled(bench):
    run = bench.start(LOOP.format(before="", body=LOG))
    run.logged("loss")
    mark_stop(run.folder)
    mark_stop(run.folder, REASON)
    stop(run, quick=False)
    assert run.finish().ended.state == "cancelled"


def test_stop_run_waits_until_the_log_says_so(bench):
    run = bench.start(LOOP.format(before="", body=LOG))
    run.logged("loss")
    stop_run(run.folder)
    run.read()
    assert run.state.ended.state == "cancelled"
    run.finish()
    with pytest.raises(Problem, match="ended already"):
        stop_run(run.folder)


def _is_dead(pid):
    return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
