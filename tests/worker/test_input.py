"""What a program reads as its standard input: answers of a person, or nothing, and it is said."""

from __future__ import annotations

import os
import signal

import pytest

from tflab.runs.answers import ANSWERS, Answer, give_answer
from tflab.runs.record import Problem


def answer(run, text: str = "", end: bool = False):
    """Wait until the run asks, and answer."""
    question = run.wait_for(lambda: run.state.question)
    give_answer(run.folder, question.number, Answer(text=text, end=end))
    run.wait_for(lambda: run.state.question is not question)
    return question


def written(folder) -> bytes:
    """Everything that a run keeps."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_input_waits_for_a_person_and_shows_what_was_typed(bench):
    run = bench.start("name = input('Name: ')\nprint('hello', name)", stdin="asked")
    question = run.wait_for(lambda: run.state.question)
    assert (question.number, question.prompt, question.cell) == (1, "Name: ", 2)
    assert not question.secret
    place = run.folder / ANSWERS
    assert place.stat().st_mode & 0o777 == 0o700
    answer(run, "Änne 안나")
    assert run.finish().status == "finished"
    assert run.printed == "Name: Änne 안나\nhello Änne 안나\n"
    assert not place.exists()


def test_a_password_is_kept_nowhere(bench):
    run = bench.start("import getpass\nprint(len(getpass.getpass()))", stdin="asked")
    question = answer(run, "very-secret-words")
    assert question.secret
    assert question.prompt == "Password: "
    assert run.finish().status == "finished"
    assert run.printed == f"Password: \n{len('very-secret-words')}\n"
    assert b"secret-words" not in written(run.folder)


def test_lines_are_read_as_from_a_terminal(bench):
    run = bench.start(
        "import sys\nprint(repr(sys.stdin.readline()), sys.stdin.fileno())",
        "print([line for line in sys.stdin])",
        "try:\n    input()\nexcept EOFError:\n    print('no more')",
        "print(input('after: '))",
        stdin="asked",
    )
    answer(run, "one")
    answer(run, "two")
    answer(run, "three")
    answer(run, end=True)
    answer(run, end=True)
    answer(run, "four")
    assert run.finish().status == "finished"
    assert run.printed == (
        "one\n'one\\n' 0\ntwo\nthree\n\n['two\\n', 'three\\n']\n\nno more\nafter: four\nfour\n"
    )


def test_an_answer_reaches_its_question_alone(bench):
    first = bench.start("a = input('a? ')\nb = input('b? ')\nprint(a, b)", stdin="asked")
    other = bench.start("print(input('c? '))", stdin="asked")
    other.wait_for(lambda: other.state.question)
    question = answer(first, "one")
    first.wait_for(lambda: first.state.question)
    give_answer(first.folder, question.number, Answer(text="late"))
    answer(first, "two")
    first.finish()
    other.read()
    # An answer that came too late for the first question is not that of the second.
    assert first.printed == "a? one\nb? two\none two\n"
    assert other.state.question is not None
    answer(other, "three")
    assert other.finish().status == "finished"
    with pytest.raises(Problem, match="asks no more"):
        give_answer(other.folder, 2, Answer(text="nobody reads this"))


def test_a_run_that_waits_can_be_stopped_and_killed(bench):
    run = bench.start("input('wait: ')", stdin="asked")
    run.wait_for(lambda: run.state.question)
    os.kill(run.pid, signal.SIGINT)
    assert run.finish().status == "cancelled"
    killed = bench.start("import getpass\ngetpass.getpass()", stdin="asked")
    killed.wait_for(lambda: killed.state.question)
    os.kill(killed.pid, signal.SIGSTOP)
    give_answer(killed.folder, 1, Answer(text="never-read"))
    os.kill(killed.pid, signal.SIGKILL)
    assert killed.finish().status == "failed"
    assert b"never-read" not in written(killed.folder)


def test_threads_ask_one_after_the_other_and_children_have_no_input(bench):
    run = bench.start(
        """
        import os, threading
        names = []
        threads = [threading.Thread(target=lambda: names.append(input('? '))) for _ in range(2)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(sorted(names))
        """,
        """
        import sys
        child = os.fork()
        if child == 0:
            print("child", repr(sys.stdin.readline()))
            os._exit(0)
        os.waitpid(child, 0)
        """,
        stdin="asked",
    )
    answer(run, "x")
    answer(run, "y")
    assert run.finish().status == "finished"
    assert "['x', 'y']\n" in run.printed
    assert "child ''\n" in run.printed


def test_where_nobody_can_answer_it_is_said(bench):
    run = bench.run("print('first')\ninput('Your name: ')")
    error = run.state.error
    assert error.title == "EOFError"
    assert "“Your name”" in error.cause
    assert "nobody is there to answer" in error.cause
    assert "pipe the answers in" in error.next_step
    assert error.line == 10
    secret = bench.run("import getpass\ngetpass.getpass('Key: ')").state.error
    assert "“Key”" in secret.cause
    caught = bench.run("try:\n    input()\nexcept EOFError:\n    print('default')")
    assert (caught.state.status, caught.printed) == ("finished", "default\n")
    read = bench.run("import sys\nprint(repr(sys.stdin.read()))")
    assert read.printed == "''\n"
    assert any("this run has none" in notice for notice in read.state.notices)


def test_a_program_may_set_its_own_input(bench):
    cell = "import io, sys\nsys.stdin = io.StringIO('five\\n')\nprint(input('? '))"
    for stdin in ("asked", "none"):
        assert bench.run(cell, stdin=stdin).printed == "? five\n"
    # The next run has one of its own again.
    assert bench.run("input()").state.error.title == "EOFError"
