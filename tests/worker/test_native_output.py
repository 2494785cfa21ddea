"""What is written to descriptor 2: the program's part is output, a C++ library's log is not."""

from __future__ import annotations

import errno
import itertools
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.recording.journal import Journal
from tflab.worker.native_output import NativeOutput, forward_rest, is_noise

NOISE = (
    b"2026-11-24 20:44:03.123456: I tensorflow/core/platform/cpu_feature_guard.cc:210] This ...\n"
    b"To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow.\n"
    b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    b"I0000 00:00:1795553549.045317   22379 port.cc:153] oneDNN custom operations are on.\n"
    b"E1124 20:44:03.123456   22379 cuda_executor.cc:1015] no device\n"
)


def test_tf_print_is_output_in_its_place(bench):
    run = bench.run(
        "import tensorflow as tf\nprint('one')\ntf.print('two', tf.constant([2]))\nprint('three')",
        "@tf.function\ndef f(x):\n    tf.print('four', x)\n    return x\nf(1);",
        "tf.print('five')\ntf.print('no end', end='')",
    )
    assert run.printed == "one\ntwo [2]\nthree\nfour 1\nfive\nno end"
    said = {c: "".join(i.text() for i in run.state.cells[c].items) for c in (2, 3, 4)}
    assert said == {2: "one\ntwo [2]\nthree\n", 3: "four 1\n", 4: "five\nno end"}


def test_a_program_that_was_started_is_heard(bench):
    cell = """
    import subprocess, sys
    print("before", flush=True)
    subprocess.run([sys.executable, "-c", "import sys; print('out'); sys.stderr.write('err\\\\n')"])
    print("after")
    """
    assert bench.run(cell).printed == "before\nout\nerr\nafter\n"


def test_the_traceback_of_a_spawned_process_is_seen(bench):
    cell = """
    import multiprocessing

    def fails():
        raise ValueError("in the child")

    if __name__ == "__main__":
        process = multiprocessing.get_context("spawn").Process(target=fails)
        process.start()
        process.join()
        print("code", process.exitcode)
    """
    printed = bench.run(cell).printed
    assert "ValueError: in the child\n" in printed
    assert "in fails" in printed
    assert printed.endswith("code 1\n")


def test_the_log_of_tensorflow_stays_out_of_the_way(bench):
    run = bench.run(f"import os\nos.write(2, {NOISE!r})\nos.write(2, b'mine\\n')")
    assert run.printed == "mine\n"
    assert NOISE + b"mine\n" in (run.folder / "stderr.log").read_bytes()


def test_no_trace_of_the_crash_itself_is_output(bench):
    run = bench.run("import ctypes\nprint('said')\nctypes.string_at(0)")
    assert run.printed == "said\n"
    assert b"Fatal Python error" in (run.folder / "stderr.log").read_bytes()


def test_a_child_that_crashes_is_heard_and_what_comes_after_it(bench):
    cell = """
    import ctypes, os, time

    os.write(2, b"before\\n")
    if (child := os.fork()) == 0:
        ctypes.string_at(0)
    os.waitpid(child, 0)
    os.write(2, b"after\\n")
    """
    printed = bench.run(cell).printed
    assert printed.startswith("before\nFatal Python error: Segmentation fault\n")
    assert printed.endswith("after\n")


@pytest.mark.parametrize("line", NOISE.splitlines())
def test_noise_is_told(line):
    assert is_noise(line)


@pytest.mark.parametrize(
    "line", [b"I think so", b"2026-11-24 is a date", b"E = mc2] ", b"", b"I0000 00:00: no]"]
)
def test_what_a_person_writes_is_no_noise(line):
    assert not is_noise(line)


lines = st.lists(
    st.one_of(st.sampled_from(NOISE.splitlines(keepends=True)), st.binary(max_size=9)), max_size=9
)


@given(lines, st.data())
def test_however_it_comes_in_the_same_goes_out(tmp_path_factory, pieces, data):
    text = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    bounds = [0, *cuts, len(text)]
    whole, bitwise = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("bitwise")
    for folder, ends in ((whole, [0, len(text)]), (bitwise, bounds)):
        native = NativeOutput(folder, Journal())
        for start, end in itertools.pairwise(ends):
            with (folder / "stderr.log").open("ab") as file:
                file.write(text[start:end])
            native.forward()
        native.forward(whole_lines=False)
    assert (whole / "output.log").read_bytes() == (bitwise / "output.log").read_bytes()


@given(lines, st.floats(0, 1), st.booleans(), st.integers(0, 9))
def test_text_is_in_the_output_once_however_far_its_writing_came(
    tmp_path_factory, pieces, part, noted, others
):
    """A process may end while what it copies is written, and before it can say that it was."""
    folder = tmp_path_factory.mktemp("run")
    journal = Journal()
    native, output = folder / "stderr.log", folder / "output.log"
    first = b"".join(f"{number}: ".encode() + piece for number, piece in enumerate(pieces)) + b"\n"
    native.write_bytes(first)
    output.write_bytes(b"earlier\n")
    NativeOutput(folder, journal).forward()
    copied = output.read_bytes()[len(b"earlier\n") :]
    # As if it had been gone before it could say so; children may have written in between.
    count = len(copied) if others else round(part * len(copied))
    output.write_bytes(b"earlier\n" + b"x" * others + copied[:count])
    if not noted:
        journal.forwarded = 0
    elif count < len(copied):
        output.write_bytes(b"earlier\n" + copied)
    with native.open("ab") as file:
        file.write(b"last\n")
    forward_rest(folder, journal)
    assert output.read_bytes() == b"earlier\n" + b"x" * others + copied + b"last\n"


def test_what_a_full_disk_did_not_take_is_copied_once_there_is_room(tmp_path, monkeypatch):
    journal = Journal()
    (tmp_path / "stderr.log").write_bytes(b"one\ntwo\n")
    native = NativeOutput(tmp_path, journal)
    write = os.write
    answers = iter([2])

    def fill(descriptor: int, data: bytes) -> int:
        if (room := next(answers, None)) is None:
            raise OSError(errno.ENOSPC, "full")
        return write(descriptor, data[:room])

    with monkeypatch.context() as patch:
        patch.setattr("tflab.worker.native_output.os.write", fill)
        with pytest.raises(OSError, match="full"):
            native.forward()
    native.forward()
    assert (tmp_path / "output.log").read_bytes() == b"one\ntwo\n"
