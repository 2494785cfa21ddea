"""Runs through a real Dask cluster of two workers, over TLS: watched, stopped, found again."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from msgspec import structs

from tests.targets.test_slurm import Handed, prune_one, running
from tests.targets.watched_sweep import watch_sweep
from tests.terminal.conftest import OpenApp
from tests.terminal.processes import kill, processes_of
from tflab.programs.reader import read_program
from tflab.runs.job import read_job
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.sweeps.plan import make_plan
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep, open_sweep
from tflab.targets.dask_cluster import address_of
from tflab.targets.dask_engine import Dask
from tflab.targets.dask_keys import with_keys
from tflab.targets.live_run import LiveRun
from tflab.targets.placement import Slot
from tflab.targets.requests import new_request
from tflab.targets.run_executor import RunExecutor
from tflab.targets.runner import stop_job
from tflab.targets.server_pool import ServerPlace
from tflab.targets.target import make_sure, try_target
from tflab.targets.target_file import DaskTarget
from tflab.targets.target_host import TargetHost

_SECONDS = 60.0
_LOOP = """\
import time
from tflab import lab
rate = 0.1
for step in lab.track(range({steps})):
    lab.log(step, loss=rate / (step + 1))
    time.sleep(0.05)
"""
_HIDDEN = 'mount -t tmpfs none "$0" && exec "$@"'
_CARD = """\
import os
import time
from pathlib import Path
from tflab import lab
rate = 0.1
lab.log(0, card=int(os.environ["CUDA_VISIBLE_DEVICES"]))
while not Path({gate!r}).exists():
    time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskTarget]:
    """A cluster as a person has it: described in the file, started by its own process."""
    for name in ("distributed", "openssl"):
        there = importlib.util.find_spec(name) if name == "distributed" else shutil.which(name)
        if there is None:
            pytest.skip(f"engine: Dask cannot be had on this machine. There is no {name}.")
    folder = tmp_path_factory.mktemp("dask")
    key, certificate = make_keys(folder)
    text = (
        f'[two]\nengine = "dask"\nworkers = 2\ngpus = 1\nauthority = "{certificate}"\n'
        f'certificate = "{certificate}"\nkey = "{key}"\n'
    )
    (folder / "targets.toml").write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFLAB_CONFIG", str(folder))
        patch.setenv("TFLAB_DATA", str(folder / "data"))
        here = DaskTarget(
            name="two", workers=2, gpus=1, authority=certificate, certificate=certificate, key=key
        )
        address = address_of(here)
        assert address_of(here) == address, "it is started once"
    [keeper] = [
        process
        for process in psutil.process_iter(["cmdline", "environ"])
        if "tflab.targets.dask_cluster" in (process.info["cmdline"] or ())
        and (process.info["environ"] or {}).get("TFLAB_CONFIG") == str(folder)
    ]
    assert address.startswith("tls://127.0.0.1:")
    yield replace(here, name="cluster", workers=0, gpus=0, scheduler=address)
    family = [keeper, *keeper.children(recursive=True)]
    keeper.terminate()
    _, alive = psutil.wait_procs(family, 10)
    for process in alive:
        process.kill()


def make_keys(folder: Path) -> tuple[str, str]:
    """Make a key and a certificate for it, as docs/machines.md shows."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=tflab", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    key.chmod(0o600)
    return str(key), str(certificate)


@pytest.fixture
def program(tmp_path: Path) -> Callable[[int], Path]:
    def write(steps: int) -> Path:
        path = tmp_path / "loop.py"
        path.write_text(_LOOP.format(steps=steps))
        return path

    return write


def test_sweep_of_sixteen_outlives_its_workbench(
    cluster: DaskTarget, program: Callable[[int], Path]
) -> None:
    plan = make_plan(read_program(program(6)), {"rate": [n / 10 for n in range(16)]})
    plan = structs.replace(plan, each=replace(plan.each, target="cluster"))
    executor = RunExecutor([Slot()] * 16, threaded=False, make=lambda: TargetHost(Dask(cluster)))
    sweep = Sweep(SweepStore().create(plan), executor)
    sweep.start()
    end = time.monotonic() + _SECONDS
    seen: set[str] = set()
    while not sweep.count("running") or sweep.count("queued") < 4:
        sweep.poll()
        seen |= {run.status for run in sweep.runs}
        assert time.monotonic() < end, seen
    sweep.stop(sweep.runs[-1])
    while not sweep.runs[-1].over:
        sweep.poll()
        assert time.monotonic() < end
    sweep.close()

    again = open_sweep(sweep.id)
    while not again.over:
        again.poll()
        time.sleep(0.03)
        assert time.monotonic() < end
    assert (again.count("finished"), again.count("cancelled")) == (15, 1)


def test_sweep_of_sixteen_watched_in_the_workbench(
    cluster: DaskTarget, open_app: OpenApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = ("scheduler", "authority", "certificate", "key")
    lines = [f'{name} = "{getattr(cluster, name)}"' for name in files]
    text = "\n".join(["[cluster]", 'engine = "dask"', *lines, ""])
    (tmp_path / "targets.toml").write_text(text)
    monkeypatch.setenv("TFLAB_CONFIG", str(tmp_path))
    watch_sweep(open_app, tmp_path, "cluster", 2, "waits for one of 2 workers")


def test_running_task_is_stopped_by_its_mark(
    cluster: DaskTarget, program: Callable[[int], Path]
) -> None:
    handed = Handed(cluster, program(2000))
    live = handed.until(running)
    began = time.monotonic()
    stop_job(live.record, live.folder)
    assert handed.over().state.status == "cancelled"
    assert time.monotonic() - began < 15


def test_probe_looks_at_every_worker(cluster: DaskTarget) -> None:
    reports = try_target(cluster, patience=_SECONDS)
    assert len(reports) == 2
    assert all(report.problem is None for report in reports)
    broken = Dask(cluster).probe(ServerPlace("/nowhere/bin/python"), _SECONDS)
    assert all(report.problem is not None for report in broken)


def test_each_worker_has_a_gpu_of_its_own_and_takes_one_run(
    cluster: DaskTarget, tmp_path: Path
) -> None:
    path, gate = tmp_path / "card.py", tmp_path / "gate"
    path.write_text(_CARD.format(gate=str(gate)))
    asks = replace(cluster, gpus=1)
    made = new_request(read_program(path), {"rate": 0.1}, target="cluster")
    made = replace(made, device="gpu:0")
    runs = [Handed(asks, path, request=made) for _ in range(3)]

    def look(live: LiveRun) -> object:
        for run in runs:
            run.live.advance()
        return sum(run.live.state.points > 0 for run in runs) == 2

    for run in runs:
        run.until(lambda live: read_job(live.folder))
    runs[0].until(look)
    [last] = [run for run in runs if not run.live.state.points]
    last.until(lambda live: "waits for one of 2 workers" in live.state.queued)
    gate.touch()
    ended = [run.over().state for run in runs]
    assert [state.status for state in ended] == ["finished"] * 3
    begun = [run.live.state.series["card"].values[0] for run in runs if run is not last]
    assert sorted(begun) == [0.0, 1.0], "each worker has a GPU of its own"


def test_worker_that_offers_no_gpu_is_told(
    cluster: DaskTarget, program: Callable[[int], Path]
) -> None:
    asks = replace(cluster, gpus=2)
    reports = try_target(asks, patience=_SECONDS)
    assert len(reports) == 2
    assert all("offers no GPU" in str(report.problem) for report in reports)
    with pytest.raises(Problem, match="offers no GPU"):
        make_sure(asks, ServerPlace())
    handed = Handed(asks, program(5))
    live = handed.until(lambda live: "no worker offers the GPUs" in live.state.queued)
    stop_job(live.record, live.folder)
    assert handed.over().state.status == "cancelled"


def test_worker_that_has_another_data_folder_is_told_before_a_run_goes_there(
    cluster: DaskTarget, data: Path
) -> None:
    data.mkdir(exist_ok=True)
    hidden = ("unshare", "--map-root-user", "--mount", "sh", "-c", _HIDDEN, str(data))
    if subprocess.run([*hidden, "true"], capture_output=True, check=False).returncode:
        pytest.skip("A folder cannot be hidden from a process on this machine.")
    keys = [
        f"--tls-ca-file={cluster.authority}",
        f"--tls-cert={cluster.certificate}",
        f"--tls-key={cluster.key}",
    ]
    worker = [sys.executable, "-m", "dask", "worker", cluster.scheduler, *keys, "--nthreads=1"]
    apart = subprocess.Popen(
        [*hidden, *worker, "--no-nanny", "--no-dashboard"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + _SECONDS
        while "3 workers" not in (words := Dask(cluster).check()):
            assert time.monotonic() < end, words
            time.sleep(0.1)
        said: list[str] = []
        make_sure(cluster, ServerPlace(), said.append)
        [told] = said
        assert "does not share the data folder" in told
        assert str(data) in told
    finally:
        apart.kill()
        apart.wait()


def test_poor_run_of_a_search_is_stopped_early_in_the_cluster(
    cluster: DaskTarget, tmp_path: Path
) -> None:
    prune_one(lambda: TargetHost(Dask(cluster)), "cluster", tmp_path, 2)


def test_lost_worker_is_told_and_the_run_has_one_life(
    cluster: DaskTarget, program: Callable[[int], Path]
) -> None:
    handed = Handed(cluster, program(2000))
    live = handed.until(running)
    assert live.state.started is not None
    worker = _worker_of(psutil.Process(live.state.started.pid))
    os.kill(worker.pid, signal.SIGKILL)
    ended = handed.over().state.ended
    assert ended is not None
    assert ended.state == "lost"
    assert "does not say why" in ended.cause
    assert RunStore().load(live.record.id).status == "lost"


def _worker_of(process: psutil.Process) -> psutil.Process:
    """Return the Dask worker above a run: the parent of the run's own keeper."""
    keeper = process.parent()
    assert keeper is not None
    worker = keeper.parent()
    assert worker is not None
    return worker


def test_keys_that_others_may_read_are_refused(cluster: DaskTarget, tmp_path: Path) -> None:
    loose = tmp_path / "key.pem"
    shutil.copy(cluster.key, loose)
    loose.chmod(0o644)
    with pytest.raises(Problem, match="Others may read the key"):
        Dask(replace(cluster, key=str(loose))).check()


def test_others_on_this_machine_are_kept_out_of_a_cluster_without_named_keys(
    cluster: DaskTarget, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its port is open to everybody who is logged in; whoever reaches it could run code as you."""
    (tmp_path / "targets.toml").write_text('[one]\nengine = "dask"\nworkers = 1\n')
    monkeypatch.setenv("TFLAB_CONFIG", str(tmp_path))
    here = DaskTarget(name="one", workers=1)
    engine = Dask(here)
    engine.check()
    keys = data / "clusters" / "one" / "keys.pem"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    made = keys.read_bytes()
    try:
        address = address_of(here)
        host, port = address.removeprefix("tls://").split(":")
        assert host == "127.0.0.1"
        plain, anybody = socket.create_connection((host, int(port))), ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        with (
            anybody.wrap_socket(plain, do_handshake_on_connect=False) as strange,
            pytest.raises(OSError, match=r"alert|EOF|reset|handshake"),
        ):
            # The refusal comes with the first answer.
            strange.recv(1)
        assert engine.check().startswith("it starts")
        reached = Dask(replace(with_keys(here), workers=0, scheduler=address))
        assert reached.check()
        reached.close()
        assert keys.read_bytes() == made, "they are made once"
    finally:
        kill(processes_of(data))


def test_scheduler_that_is_not_there_is_told(
    cluster: DaskTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tflab.targets.dask_engine._SECONDS", 1.0)
    with pytest.raises(Problem, match="does not answer") as raised:
        Dask(replace(cluster, scheduler="tls://127.0.0.1:1")).check()
    assert "go on" in raised.value.next_step


def test_refused_run_is_told_at_once(
    cluster: DaskTarget, program: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tflab.targets.dask_engine._SECONDS", 1.0)
    live = Handed(replace(cluster, scheduler="tls://127.0.0.1:1"), program(5)).over()
    assert live.state.ended is not None
    assert "does not answer" in live.state.ended.cause
    assert read_job(live.folder) is None
