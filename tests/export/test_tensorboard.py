"""Event files, read with TensorBoard's own reader in a process of its own."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export.tensorboard_reader import read_scalars
from tflab.export.tensorboard import write_event_file

STEPS = [0, 1, 127, 128, 16_383, 16_384, 3_000_000_000, 1 << 40, (1 << 62) - 512]


def test_tensorboard_reads_every_point(make_run, tmp_path):
    values = [0.5, math.nan, math.inf, -math.inf, 1e-40, 3.0, -2.5, 0.0, 0.1]
    run = make_run({"loss": (STEPS, values), "häufig/val_loss": ([5], [0.125])})
    write_event_file(run, tmp_path)
    found = read_scalars(tmp_path)
    assert set(found) == {"loss", "häufig/val_loss"}
    assert [step for _, step, _ in found["loss"]] == [int(float(step)) for step in STEPS]
    read_back = [value for _, _, value in found["loss"]]
    assert str(read_back) == str([float(np.float32(value)) for value in values])
    assert found["loss"][0][0] == pytest.approx(run.state.started.time + 1)


def test_a_long_log_of_single_points_is_quick_and_whole(make_run, tmp_path):
    import time

    from tflab.runs.events import Scalars
    from tflab.runs.log_writer import LogWriter

    run = make_run()
    writer = LogWriter(run.folder)
    writer.write(*(Scalars(tag="loss", steps=[i], values=[i / 7], time=i) for i in range(100_000)))
    writer.close()
    began = time.perf_counter()
    path = write_event_file(run, tmp_path)
    assert time.perf_counter() - began < 10
    assert path.stat().st_size > 100_000 * 40
    found = read_scalars(tmp_path)["loss"]
    assert [step for _, step, _ in found] == list(range(100_000))
    assert found[99_999][0] == 99_999


def test_it_does_not_load_tensorflow(make_run, tmp_path):
    run = make_run({"loss": ([0], [1.0])})
    code = (
        "import sys; from pathlib import Path\n"
        "from tflab.export.loaded import load_run; from tflab.runs.store import RunStore\n"
        "from tflab.export.tensorboard import write_event_file\n"
        "write_event_file(load_run(RunStore(), sys.argv[1]), Path(sys.argv[2]))\n"
        "sys.exit('tensorflow' in sys.modules or 'tensorboard' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, run.record.id, str(tmp_path)], check=False, timeout=60
    )
    assert done.returncode == 0


@given(st.binary(max_size=40))
def test_the_checksum_is_the_one_of_the_standard(content):
    from tflab.export.tensorboard import _checksum

    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    row = np.frombuffer(content, np.uint8)[None]
    assert _checksum(row).tobytes() == masked.to_bytes(4, "little")
