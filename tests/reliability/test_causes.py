"""How a run ended, in words, with a next step; plain causes are tested in tests/worker too."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.worker.conftest import Bench
from tflab.runs.code import CodeCell
from tflab.runs.events import Ended
from tflab.runs.log_writer import NATIVE
from tflab.targets.live_run import LiveRun
from tflab.worker import endings
from tflab.worker.memory import MemoryKills, explain_kill, memory_kills

OUT_OF_MEMORY = (
    "OOM when allocating tensor with shape[9,9] and type float on "
    "/job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc"
)


@pytest.mark.parametrize(
    ("cell", "step"),
    [
        (
            f"raise tf.errors.ResourceExhaustedError(None, None, {OUT_OF_MEMORY!r})",
            "The GPU ran out of memory. Make the data, the batch or the layers smaller",
        ),
        (
            "raise tf.errors.InternalError(None, None, 'CUDA_ERROR_ECC_UNCORRECTABLE: bad')",
            "The GPU was lost",
        ),
        (
            "raise tf.errors.InternalError(None, None, 'failed: CUDA_ERROR_ILLEGAL_ADDRESS')",
            "A computation failed on the GPU",
        ),
        (
            "raise tf.errors.UnknownError(None, None, 'CUDNN_STATUS_NOT_INITIALIZED')",
            "A CUDA library is missing",
        ),
        (
            "raise tf.errors.ResourceExhaustedError(None, None, 'x; No space left on device')",
            "The disk is full",
        ),
        ("raise OSError(122, 'Disk quota exceeded')", "The disk is full"),
    ],
)
def test_troubles_of_device_and_disk_are_explained(bench: Bench, cell: str, step: str) -> None:
    state = bench.run(f"import tensorflow as tf\n{cell}").state
    assert state.error is not None
    assert state.error.next_step.startswith(step)
    assert state.ended is not None
    assert state.ended.state == "failed"


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("Check failed: CUDA_ERROR_UNKNOWN: unknown error", "The GPU was lost"),
        ("NVRM: GPU has fallen off the bus.", "The GPU was lost"),
        ("BFC: CUDA_ERROR_OUT_OF_MEMORY: out of memory", "The GPU ran out of memory"),
    ],
)
def test_a_crash_of_the_device_is_told_from_any_other(bench: Bench, words: str, cause: str) -> None:
    run = bench.run(f"import os\nos.write(2, {words.encode()!r} + b'\\n')\nos.abort()")
    ended = run.state.ended
    assert ended is not None
    assert ended.cause.startswith(cause)
    assert "SIGABRT" in ended.cause
    assert ended.next_step


def kernel(
    root: Path, group: int | None, machine: int | None, version: int = 2
) -> tuple[Path, Path]:
    """Write what a kernel tells, as far as it tells it."""
    proc, groups = root / "proc", root / "cgroup"
    (proc / "self").mkdir(parents=True, exist_ok=True)
    line = "0::/user.slice/job" if version == 2 else "4:memory:/job\n0::/"
    (proc / "self" / "cgroup").write_text(line + "\n")
    if machine is not None:
        (proc / "vmstat").write_text(f"pgfault 9\noom_kill {machine}\nx 1\n")
    if group is not None:
        place = groups / ("user.slice/job" if version == 2 else "memory/job")
        place.mkdir(parents=True, exist_ok=True)
        name = "memory.events" if version == 2 else "memory.oom_control"
        (place / name).write_text(f"oom 7\noom_kill {group}\n")
    return proc, groups


@pytest.mark.parametrize("version", [1, 2])
def test_the_kernel_is_asked_for_both_counts(tmp_path: Path, version: int) -> None:
    assert memory_kills(*kernel(tmp_path, 3, 5, version)) == MemoryKills(3, 5)
    assert memory_kills(tmp_path / "no", tmp_path / "where") == MemoryKills(None, None)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (MemoryKills(0, 0), MemoryKills(1, 1), "this login, job or container"),
        (MemoryKills(0, 0), MemoryKills(0, 1), "most likely because the machine"),
        (MemoryKills(None, 4), MemoryKills(None, 5), "most likely because the machine"),
        (MemoryKills(2, 2), MemoryKills(2, 2), ""),
        (MemoryKills(None, None), MemoryKills(None, None), ""),
    ],
)
def test_only_what_the_kernel_says_is_said(
    before: MemoryKills, after: MemoryKills, words: str
) -> None:
    found = explain_kill(before, after)
    assert words in found
    assert bool(found) == bool(words)


@pytest.mark.parametrize("told", [True, False])
def test_a_kill_names_memory_only_with_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    monkeypatch.setattr(endings, "memory_kills", lambda: MemoryKills(int(told), int(told)))
    ended = endings.ending(tmp_path, signal.SIGKILL, MemoryKills(0, 0))
    assert isinstance(ended, Ended)
    assert (ended.state, ended.signal) == ("failed", "SIGKILL")
    assert ("ran out of the memory" in ended.cause) == told
    assert ("the kernel does not say so" in ended.cause) == (not told)
    assert "smaller" in ended.next_step


def test_a_crash_in_a_notebook_is_told_with_its_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [CodeCell(index=1, source="import x\nx.fall()", line=9, label="cell 2 (In [1])")]
    request = SimpleNamespace(path="/work/a.ipynb", cells=cells)
    monkeypatch.setattr(endings, "read_record", lambda _: SimpleNamespace(request=request))
    trace = 'Fatal Python error: Segmentation fault\n  File "/work/a.ipynb", line 10 in <module>\n'
    (tmp_path / NATIVE).write_text(trace)
    ended = endings.ending(tmp_path, signal.SIGSEGV, MemoryKills(0, 0))
    assert isinstance(ended, Ended)
    assert "at cell 2 (In [1]), line 2 of the program" in ended.cause


def test_a_signal_that_nobody_here_sent_is_told_from_a_stop(bench: Bench) -> None:
    state = bench.run("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)").state
    assert state.ended is not None
    assert state.ended.state == "cancelled"
    assert state.ended.cause.startswith("Stopped by SIGTERM, which tflab did not send")


@pytest.mark.parametrize("killed", [False, True])
def test_a_run_whose_folder_was_deleted_says_so(bench: Bench, tmp_path: Path, killed: bool) -> None:
    go_on = tmp_path / "go on"
    run = bench.start(
        f"import os, time\nprint('here')\nwhile not os.path.exists({str(go_on)!r}):\n"
        "    time.sleep(0.01)"
    )
    live = LiveRun(bench.store.record(run.folder.name), run.folder)
    while live.state.started is None or not live.state.cells:
        bench.hear(0.01)
        live.advance()
    shutil.rmtree(run.folder)
    if killed:
        os.kill(live.state.started.pid, signal.SIGKILL)
    else:
        go_on.touch()
    while not live.over:
        bench.hear(0.05)
        live.advance()
    assert live.state.ended is not None
    assert live.state.ended.state == "lost"
    assert live.state.ended.cause.startswith("Its folder was deleted")
    assert live.state.ended.next_step == "Run it again."
    assert not run.folder.exists(), "nothing brings half of it back"
