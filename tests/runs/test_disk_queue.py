"""The thread that works on files beside the screen's."""

from __future__ import annotations

import threading

import pytest

from tflab.runs.disk_queue import DiskQueue, Inline

PATIENCE = 30.0


def test_work_is_done_in_order_and_what_it_raises_is_told_to_whoever_asked() -> None:
    disk, done = DiskQueue(), []
    first = disk.do(lambda: done.append(1))
    refused = disk.do(lambda: 1 / 0)
    assert disk.do(lambda: done[:]).result(PATIENCE) == [1]
    assert first.result(0) is None
    assert isinstance(refused.exception(0), ZeroDivisionError)


def test_work_that_is_called_off_while_it_waits_holds_nothing_else_up() -> None:
    disk, hung, done = DiskQueue(), threading.Event(), []
    disk.do(hung.wait)
    called_off = disk.do(lambda: done.append("never"))
    assert called_off.cancel()
    hung.set()
    assert disk.do(lambda: "next").result(PATIENCE) == "next"
    assert not done


@pytest.mark.parametrize("given", [False, True])
def test_leaving_waits_for_the_rest_and_no_longer_than_it_may(given: bool) -> None:
    disk, hung = DiskQueue(), threading.Event()
    if given:
        disk.do(hung.wait)
        assert not disk.finish(0.01)
        hung.set()
    assert disk.finish(PATIENCE)


def test_what_came_back_is_handed_over_on_the_thread_that_asks_for_it():
    woken = threading.Event()
    queue = DiskQueue(wake=woken.set)
    taken: list[tuple[int, str]] = []
    queue.do_then(lambda: 7, lambda done: taken.append((done.result(), current_name())))
    assert woken.wait(10)
    assert taken == []
    assert queue.deliver()
    assert taken == [(7, current_name())]
    assert not queue.deliver()


def test_a_queue_beside_holds_nothing_up_and_comes_back_the_same_way():
    queue, hung = DiskQueue(), threading.Event()
    slow, taken = queue.beside(), []
    slow.do_then(hung.wait, lambda done: taken.append((done.result(), current_name())))
    assert queue.do(lambda: "at once").result(PATIENCE) == "at once"
    assert not queue.finish(0.01), "leaving waits for what is beside as well"
    hung.set()
    assert queue.finish(PATIENCE)
    assert queue.deliver()
    assert taken == [(True, current_name())]


def test_leaving_waits_for_queues_beside_queues_but_for_those_that_need_not_be_waited_for():
    queue, hung = DiskQueue(), threading.Event()
    far = queue.beside().beside()
    unwaited = queue.beside(waited_for=False)
    unwaited.do(hung.wait)
    assert queue.finish(PATIENCE)
    far.do(hung.wait)
    assert not queue.finish(0.01)
    hung.set()
    assert queue.finish(PATIENCE)


def test_without_a_thread_it_is_done_at_once_and_told_the_same_way():
    queue, taken = Inline(), []
    assert queue.do(current_name).result(0) == current_name()
    assert isinstance(queue.do(lambda: 1 / 0).exception(0), ZeroDivisionError)
    queue.do_then(lambda: 7, lambda done: taken.append(done.result()))
    assert taken == []
    assert queue.deliver()
    assert taken == [7]
    assert queue.finish(0)


def current_name() -> str:
    return threading.current_thread().name
