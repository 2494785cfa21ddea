"""Processes that a program starts compute with the values of its run, and find its functions."""

from __future__ import annotations

from pathlib import Path

import pytest

FUNCTION = """
import inspect, os, pickle, sys
from pathlib import Path

factor = size * 10

def times(n):
    return n * factor

def about(_):
    main = sys.modules["__main__"]
    return [
        __name__, __file__, sys.argv, factor, main.__spec__ is not None,
        inspect.getsource(times), Path(__file__).name,
    ]
"""
POOL = """
if __name__ == "__main__":
    import multiprocessing
    context = multiprocessing.get_context({method!r})
    with context.Pool(2) as pool:
        print(pool.map(times, range(4)))
        for said in pool.map(about, range(1)):
            print(said)
"""
SIZE = {"size": 7}


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_a_pool_has_the_values_of_the_run(bench, method):
    run = bench.run(FUNCTION, POOL.format(method=method), parameters=SIZE)
    assert run.state.ended.state == "finished", run.state.ended
    first, second = run.printed.splitlines()
    assert first == "[0, 70, 140, 210]"
    name, path, argv, factor, named, source, file = eval(second)
    assert name == ("__main__" if method == "fork" else "__mp_main__")
    assert (path, argv, file) == (str(run.lesson), [str(run.lesson)], "lesson.py")
    assert (factor, named) == (70, True)
    assert source == "def times(n):\n    return n * factor\n"


def test_an_executor_has_the_values_of_the_run(bench):
    cell = """
    if __name__ == "__main__":
        import concurrent.futures, multiprocessing
        spawn = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as pool:
            print(list(pool.map(times, range(4))))
    """
    assert bench.run(FUNCTION, cell, parameters=SIZE).printed == "[0, 70, 140, 210]\n"


@pytest.mark.parametrize("backend", ["loky", "multiprocessing"])
def test_joblib_has_the_values_of_the_run(bench, backend):
    cell = f"""
    if __name__ == "__main__":
        from joblib import Parallel, delayed
        print(Parallel(2, backend={backend!r})(delayed(times)(n) for n in range(4)))
    """
    assert bench.run(FUNCTION, cell, parameters=SIZE).printed == "[0, 70, 140, 210]\n"


def test_a_process_of_a_spawned_process_has_them_too(bench):
    cell = """
    def inner(queue):
        queue.put(times(2))

    def outer(queue):
        import multiprocessing
        process = multiprocessing.get_context("spawn").Process(target=inner, args=(queue,))
        process.start()
        process.join()

    if __name__ == "__main__":
        import multiprocessing
        spawn = multiprocessing.get_context("spawn")
        queue = spawn.Queue()
        process = spawn.Process(target=outer, args=(queue,))
        process.start()
        print(queue.get(timeout=60))
        process.join()
    """
    assert bench.run(FUNCTION, cell, parameters=SIZE).printed == "140\n"


def test_the_file_may_be_another_one_by_now(bench):
    """The program is what the run was asked for; the file on disk does not count."""
    cell = """
    if __name__ == "__main__":
        Path(__file__).write_text("factor = 'of another file'")
    """
    run = bench.run(FUNCTION, cell, POOL.format(method="spawn"), parameters=SIZE)
    assert run.printed.splitlines()[0] == "[0, 70, 140, 210]"


def test_the_main_module_is_like_that_of_a_script(bench):
    cell = """
    main = sys.modules["__main__"]
    print(__name__, main.__dict__ is globals(), __package__, __loader__.get_filename() == __file__)
    print(pickle.loads(pickle.dumps(times))(1), inspect.getfile(main) == __file__)
    """
    run = bench.run(FUNCTION, cell, parameters=SIZE)
    assert run.printed == "__main__ True None True\n70 True\n"


def test_a_pool_that_nobody_closed_leaves_nothing_behind(bench):
    """Plain `python` clears up at its end, which a run does not come to."""
    cell = """
    import multiprocessing
    if __name__ == "__main__":
        pool = multiprocessing.get_context("spawn").Pool(1)
        lock = multiprocessing.get_context("spawn").Lock()
        print(pool.map(times, [1]), lock._semlock.name)
    """
    run = bench.run(FUNCTION, cell, parameters=SIZE)
    value, _, name = run.printed.rstrip("\n").rpartition(" ")
    assert value == "[70]"
    assert not Path(f"/dev/shm/sem.{name.lstrip('/')}").exists()
    assert "leaked" not in (run.folder / "stderr.log").read_text()
