"""The end of a program as under plain `python`: its threads, its exit handlers, its objects."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

SCRIPT = """\
import atexit, concurrent.futures, tempfile, threading, time, weakref

class Thing: pass

thing = Thing()
weakref.finalize(thing, print, "finalizer")
folder = tempfile.TemporaryDirectory()
open("folder.txt", "w").write(folder.name)
atexit.register(print, "first", flush=True)
atexit.register(lambda: print("handler sees", done))
pool = concurrent.futures.ThreadPoolExecutor()
done = []

def work():
    time.sleep(0.2)
    done.append("thread")

pool.submit(lambda: (time.sleep(0.1), done.append("pool")))
threading.Thread(target=work).start()

@atexit.register
def bad():
    raise ValueError("in a handler")

print("last line")
"""


def test_a_script_ends_as_under_plain_python(bench, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    run = bench.run_file(path)
    plain = subprocess.run(
        [sys.executable, path], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert run.state.status == "finished"
    said = [line for line in run.output.splitlines() if not line.startswith((" ", "Trace"))]
    expected = ["last line", "handler sees ['pool', 'thread']", "first", "finalizer"]
    assert plain.stdout.splitlines() == expected
    assert [line for line in said if line in expected] == expected
    assert "ValueError: in a handler" in run.output
    assert any("handler bad failed: ValueError" in text for text in run.state.notices)
    assert not os.path.exists((tmp_path / "folder.txt").read_text())


def test_handlers_run_after_an_error_and_on_leaving_early(bench, tmp_path):
    path = tmp_path / "script.py"
    path.write_text("import atexit\natexit.register(print, 'handler')\n1 / 0\n")
    run = bench.run_file(path)
    assert (run.state.status, run.state.error.title) == ("failed", "ZeroDivisionError")
    assert run.output == "handler\n"
    path.write_text("import atexit, sys\natexit.register(print, 'handler')\nsys.exit(3)\n")
    run = bench.run_file(path)
    assert (run.state.ended.exit_code, run.output) == (3, "handler\n")


def test_a_run_that_waits_for_a_thread_says_so_and_stops(bench, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(
        "import atexit, threading\natexit.register(print, 'handler')\n"
        "threading.Thread(target=threading.Event().wait, name='for ever').start()\n"
    )
    run = bench.start_file(path, {})
    run.wait_for(lambda: any("waits for for ever" in text for text in run.state.notices))
    os.kill(run.pid, signal.SIGINT)
    state = run.finish()
    assert state.status == "cancelled"
    stopped = bench.start_file(path, {}, until=0)
    assert stopped.finish().status == "finished"
    assert any("ended with the run: for ever" in text for text in stopped.state.notices)


def test_a_stop_still_calls_the_handlers(bench, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(
        "import atexit, time\natexit.register(print, 'handler')\nprint('go')\ntime.sleep(60)\n"
    )
    run = bench.start_file(path, {})
    run.wait_for(lambda: run.output)
    os.kill(run.pid, signal.SIGINT)
    assert run.finish().status == "cancelled"
    assert run.output == "go\nhandler\n"


def test_a_started_process_is_waited_for(bench, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(
        "import multiprocessing, time\n\ndef work():\n    time.sleep(0.3)\n    print('child')\n\n"
        "if __name__ == '__main__':\n"
        "    multiprocessing.get_context('fork').Process(target=work).start()\n    print('main')\n"
    )
    run = bench.run_file(path)
    assert run.output == "main\nchild\n"


def test_a_notebooks_threads_end_with_it_and_its_handlers_run(bench, tmp_path):
    import nbformat

    book = nbformat.v4.new_notebook()
    source = (
        "import atexit, threading\natexit.register(print, 'handler')\n"
        "threading.Thread(target=threading.Event().wait, name='server').start()"
    )
    book.cells = [nbformat.v4.new_code_cell(source)]
    path = tmp_path / "book.ipynb"
    nbformat.write(book, path)
    run = bench.run_file(path)
    assert run.state.status == "finished"
    assert any("ended with the run: server" in text for text in run.state.notices)
    assert run.output == "handler\n"


LONG = """\
import threading
from tflab.worker.leaving import ExitHandlers

handlers, called = ExitHandlers(seconds=0.05), []
handlers.register(called.append, "never")
handlers.register(threading.Event().wait)
print(handlers.run())
handlers = ExitHandlers()
handlers.register(called.append, 1)
handlers.register(called.append, 2)
handlers.register(called.append, 3)
handlers.unregister(print)
print(handlers.run(), handlers.run(), called)
"""


def test_a_handler_that_takes_too_long_is_ended_and_said():
    # In a process of its own, whose objects it may end.
    done = subprocess.run([sys.executable, "-c", LONG], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert "Event.wait was ended after 0.05 s, and 1 were not called" in first
    assert second == "[] [] [3, 2, 1]"
