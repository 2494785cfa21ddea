"""Lessons that raise, leave, crash or are killed: the log says why, in words, with what to do."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from tflab.runs.events import Notice


def test_an_exception_names_cell_and_line_with_the_lessons_own_lines_only(bench):
    run = bench.run(
        "def inner(x):\n    return 1 / x\n",
        "import tensorflow as tf\nprint('before')\nlist(map(inner, [0]))",
    )
    state = run.state
    error = state.error
    assert (error.title, error.cell, error.line) == ("ZeroDivisionError", 3, 10)
    assert error.cause == "division by zero"
    assert "Line 10" in error.next_step
    assert error.traceback.splitlines() == [
        "lesson.py, line 15",
        "    list(map(inner, [0]))",
        "lesson.py, line 10, in inner",
        "    return 1 / x",
        "ZeroDivisionError: division by zero",
    ]
    assert (state.ended.state, state.ended.exit_code) == ("failed", 1)
    assert state.cells[3].running
    assert run.printed == "before\n"


@pytest.mark.parametrize(
    ("cell", "title", "hint"),
    [
        ("learning = 1\nlerning", "NameError", "Did you mean `learning`?"),
        ("import numpyy", "ModuleNotFoundError", "pip install numpyy"),
        ("raise ModuleNotFoundError(name='cv2')", "ModuleNotFoundError", "install opencv-python"),
        ("import numpy.lib.nothing", "ModuleNotFoundError", "numpy of this environment has no"),
        ("import google.colab.files", "ModuleNotFoundError", "Only Google Colab has it"),
        ("input('?')", "EOFError", "make what it asks for a parameter"),
        ("exec('1 +')", "SyntaxError", "executed as text"),
        ("{}['a']", "KeyError", "keys"),
        ("raise MemoryError", "MemoryError", "smaller"),
        ("from .model import build", "ImportError", "a file beside the package"),
        (
            "raise OSError('[Errno -2] Name or service not known')",
            "OSError",
            "does not reach that address",
        ),
        (
            "raise ValueError('Use: add_weight(shape=..., name=1).')",
            "ValueError",
            "Change the program at that line",
        ),
        ("def f(): f()\nf()", "RecursionError", "calls itself"),
        (
            "import tensorflow as tf\ntf.matmul(tf.ones((2, 3)), tf.ones((2, 3)))",
            "InvalidArgumentError",
            "shapes",
        ),
        (
            "class Odd(Exception):\n    def __str__(self): return 'wide ' * 900\nraise Odd",
            "Odd",
            "Change the program at that line",
        ),
    ],
)
def test_common_errors_come_with_a_next_step(bench, cell, title, hint):
    error = bench.run(cell).state.error
    assert error.title == title
    assert hint in error.next_step
    assert error.line is not None
    assert 0 < len(error.cause) <= 2000


def test_an_error_inside_a_traced_function_names_the_line_in_it(bench):
    run = bench.run(
        """
        import tensorflow as tf
        @tf.function
        def step(x):
            y = x + 1
            return tf.matmul(y, y)
        step(tf.ones((2, 3)))
        """
    )
    error = run.state.error
    assert error.line == 13, error
    assert "user code" not in error.cause
    assert "site-packages" not in error.cause
    assert "shape" in error.next_step


def test_a_symbol_handed_to_log_is_explained_where_it_happens(bench):
    run = bench.run(
        """
        import tensorflow as tf
        from tflab import lab
        @tf.function
        def step(x):
            lab.log(0, loss=x * 2)
            return x
        step(tf.constant(1.0))
        """
    )
    error = run.state.error
    assert "'loss'" in error.title
    assert "symbol in a graph" in error.cause
    assert "tf.function" in error.next_step
    assert error.line == 13


def test_a_vector_handed_to_log_fails_the_cell_by_its_end(bench):
    run = bench.run(
        "import tensorflow as tf\nfrom tflab import lab\nlab.log(0, good=1.0, bad=tf.ones(3))",
        "print('never')",
    )
    error = run.state.error
    assert "'bad'" in error.title
    assert "(3,)" in error.cause
    assert error.cell == 2
    assert run.printed == ""
    assert list(run.state.series["good"].values) == [1.0]


@pytest.mark.parametrize(
    ("cell", "state", "code", "cause"),
    [
        ("import sys\nsys.exit()", "finished", 0, "left early"),
        ("import sys\nsys.exit(4)", "failed", 4, "code 4"),
        ("import sys\nsys.exit('no data')", "failed", 1, "no data"),
        ("import os\nos._exit(3)", "failed", 3, "exit code 3"),
        ("import os\nos._exit(0)", "finished", 0, "ended its own process"),
    ],
)
def test_a_lesson_that_leaves(bench, cell, state, code, cause):
    ended = bench.run("print('kept')", cell, "print('never')").state.ended
    assert (ended.state, ended.exit_code) == (state, code)
    assert cause in ended.cause


@pytest.mark.parametrize(
    ("cell", "name", "cause"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL", "may have been for want of memory"),
        ("ctypes.string_at(0)", "SIGSEGV", "at line 15 of the program"),
        ("os.write(2, b'bad things\\n'); os.abort()", "SIGABRT", "bad things"),
        ("os.kill(os.getpid(), signal.SIGILL)", "SIGILL", "instruction"),
        ("os.kill(os.getpid(), signal.SIGFPE)", "SIGFPE", "divided by zero"),
        ("os.kill(os.getpid(), signal.SIGALRM)", "SIGALRM", "ended by SIGALRM"),
    ],
)
def test_a_run_that_dies_keeps_its_history_and_gets_a_cause(bench, cell, name, cause):
    run = bench.run(
        "import ctypes, os, signal\nfrom tflab import lab\nlab.log(0, loss=1.0)\nprint('kept')",
        cell,
    )
    state = run.state
    assert (state.ended.state, state.ended.signal, state.ended.writer) == ("failed", name, "server")
    assert cause in state.ended.cause
    assert state.ended.next_step
    assert list(state.series["loss"].values) == [1.0]
    # What it wrote to descriptor 2 is its output too; the trace of the crash is not.
    assert run.printed == ("kept\nbad things\n" if "bad" in cell else "kept\n")
    assert state.cells[3].running


@pytest.mark.parametrize(
    ("code", "title"),
    [
        (
            "class Bad(Exception):\n    def __str__(self): raise ValueError('no text')\nraise Bad",
            "Bad",
        ),
        ("class Key:\n    def __repr__(self): raise ValueError('no')\n{}[Key()]", "KeyError"),
        ("class Code:\n    def __str__(self): 1 / 0\nraise SystemExit(Code())", ""),
    ],
)
def test_an_error_whose_text_cannot_be_made_is_the_lesson_s(bench, code, title):
    state = bench.run(code).state
    assert state.ended.state == "failed"
    assert state.ended.writer == "run"
    assert "text cannot be made" in state.ended.cause
    assert (state.error.title if state.error else "") == title


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        ("raise ValueError('in the child')", 1, "ValueError: in the child"),
        ("sys.exit(7)", 7, ""),
        ("sys.exit('for a reason')", 1, "for a reason"),
        ("pass", 0, ""),
    ],
)
def test_a_forked_child_ends_as_under_plain_python(bench, end, code, said):
    run = bench.run(
        f"""
        import os, sys
        child = os.fork()
        if child == 0:
            {end}
        else:
            print("code", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """
    )
    assert run.state.ended.state == "finished", run.state.error
    assert f"code {code}\n" in run.printed
    assert said in run.printed


def test_what_a_forked_child_logs_is_not_dropped_without_a_word(bench):
    run = bench.run(
        """
        import os
        from tflab import lab
        lab.log(0, loss=1.0)
        child = os.fork()
        if child == 0:
            for step in range(5):
                lab.log(step, loss=2.0, new=1)
            os._exit(0)
        os.waitpid(child, 0)
        lab.log(1, loss=0.5)
        """
    )
    assert run.printed.count("is not recorded, since the program forked it") == 1
    assert list(run.state.series["loss"].values) == [1.0, 0.5]
    assert list(run.state.series) == ["loss"]


def test_a_cell_may_await_at_its_top_level(bench):
    run = bench.run("1;")
    cells = (
        "size = 3\nimport asyncio\nqueue = asyncio.Queue()\nawait queue.put(size)",
        "task = asyncio.ensure_future(queue.get())\nawait asyncio.sleep(0)",
        "await task",
        "print(asyncio.run(asyncio.sleep(0, 'as a script')))",
        "await asyncio.sleep(0, 1 / 0)",
    )
    again = bench.start_cells(run, cells)
    state = again.finish()
    assert [item.text for item in state.cells[2].items] == ["3"]
    assert again.printed == "as a script\n"
    assert (state.error.title, state.error.cell) == ("ZeroDivisionError", 4)


def test_children_left_behind_go_with_the_run(bench):
    run = bench.run(
        """
        import os, signal, subprocess, time
        sleeper = subprocess.Popen(["sleep", "600"])
        stubborn = os.fork()
        if stubborn == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            time.sleep(600)
        print(sleeper.pid, stubborn);
        """
    )
    assert run.state.ended.state == "finished"
    left = list(map(int, run.printed.split()))
    assert len(left) == 2
    run.wait_for(lambda: all(map(_is_gone, left)))


def test_a_forked_child_that_runs_on_leaves_the_log_to_its_parent(bench):
    run = bench.run(
        """
        import os
        from tflab import lab
        child = os.fork()
        lab.log(0, loss=float(child == 0))
        lab.show(child=child == 0)
        if child:
            os.waitpid(child, 0)
        """
    )
    assert list(run.state.series["loss"].values) == [0.0]
    assert run.state.results["child"].value is False
    assert [type(e).__name__ for e in run.events].count("Ended") == 1


def test_a_thread_that_never_ends_does_not_hold_a_run_to_a_cell(bench):
    # A whole script waits for it, as under plain `python`: see `test_leaving.py`.
    run = bench.run(
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(600,), name='saver').start()",
        until=2,
    )
    assert run.state.ended.state == "finished"
    (notice,) = [event.text for event in run.events if isinstance(event, Notice)]
    assert "ended with the run: saver. Join them" in notice


def test_threads_of_a_lesson_may_log(bench):
    run = bench.run(
        """
        import threading
        from tflab import lab
        def work(tag):
            for step in range(2000):
                lab.log(step, **{tag: step})
        threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """
    )
    assert {tag: len(series) for tag, series in run.state.series.items()} == {
        f"t{n}": 2000 for n in range(4)
    }


def test_a_damaged_record_ends_the_run_with_a_word(bench):
    record = bench.start("1").folder
    folder = bench.root / "runs" / "damaged"
    folder.mkdir()
    (folder / "run.json").write_bytes(b"{")
    bench.server.start_run(folder)
    while not {folder, record} <= bench.reaped:
        bench.hear(1)
    from tflab.runs.log_reader import last_event

    ended = last_event(folder)
    assert ended.state == "failed"
    assert "tflab itself failed" in ended.cause


def test_a_run_starts_with_default_signals_and_no_descriptors_of_the_server(bench):
    run = bench.run(
        """
        import os, signal
        print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)
        print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)
        print(os.getsid(0) == os.getpgid(0) == os.getpid())
        names = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
                 if os.path.lexists(f"/proc/self/fd/{fd}")]
        print(sorted(n for n in names if n.startswith("socket")))
        """
    )
    assert run.printed == "True\nTrue\nTrue\n[]\n"
    assert os.getpgid(bench.server.pid) == bench.server.pid
    assert signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL


def _is_gone(pid):
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie"
