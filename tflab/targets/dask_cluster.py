"""`python -m tflab.targets.dask_cluster NAME`: keeps the Dask cluster of a target.

A cluster that is started for a target has a process of its own, in a session of its own, so that
its runs outlive the workbench. It leaves when it has had nothing to do for ten minutes. Where its
scheduler is found stands in a file of the data folder, private to the user.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tflab.runs.atomic_files import make_private_folder, read_file, replace_atomically
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.targets.dask_keys import cluster_folder, security_of, with_keys
from tflab.targets.target_file import DaskTarget, find_target

_IDLE_SECONDS = 600.0
_LOOK_SECONDS = 1.0
_START_SECONDS = 60.0

# Clusters that outlive this process. Kept so that nobody waits for them, and nobody complains.
_left_behind: list[subprocess.Popen[bytes]] = []


def address_of(target: DaskTarget) -> str:
    """Return the address of the scheduler of a target; its cluster is started where need be.

    Raises:
        Problem: When the cluster does not start.
    """
    if target.scheduler:
        return target.scheduler
    folder = cluster_folder(target)
    found = _running(folder)
    if found:
        return found
    make_private_folder(folder)
    log = folder / "log"
    with log.open("wb") as out:
        os.fchmod(out.fileno(), 0o600)
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tflab.targets.dask_cluster", target.name],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    _left_behind.append(process)
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        found = _running(folder)
        if found:
            return found
        if process.poll() is not None:
            break
        time.sleep(0.1)
    said = plain_line(" ".join(log.read_text("utf-8", "replace").split())[-400:])
    raise Problem(
        "The cluster does not start",
        f"It says: {said or 'nothing yet'}",
        f"{log} has all that it says; see [{target.name}] in targets.toml.",
    )


def _running(folder: Path) -> str:
    """Return the address of a cluster whose process lives; empty where there is none."""
    try:
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return ""
    except BlockingIOError:
        with suppress(OSError):
            return read_file(folder / "address").decode()
    except OSError:
        return ""
    return ""


def main() -> None:
    """Keep the cluster of the target that the command line names, while it has anything to do."""
    target = find_target(sys.argv[1])
    assert isinstance(target, DaskTarget)
    target = with_keys(target)
    folder = cluster_folder(target)
    make_private_folder(folder)
    with (folder / "lock").open("wb") as lock:
        with suppress(OSError):
            (folder / "address").unlink()
        # Held for as long as this process lives, however it ends.
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with _cluster(target) as cluster:
            replace_atomically(folder / "address", str(cluster.scheduler_address).encode())
            _wait_until_idle(target, cluster)


def _cluster(target: DaskTarget) -> Any:
    security = security_of(target)
    if target.hosts:
        from distributed import SSHCluster

        _have_all_encrypted(target)
        return SSHCluster(
            list(target.hosts),
            security=security,
            remote_python=target.python or sys.executable,
            worker_options={"nthreads": 1, "protocol": "tls://", "resources": _resources(target)},
            scheduler_options={"dashboard": False, "port": 0, "protocol": "tls://"},
        )
    return _cluster_here(target, security)


def _have_all_encrypted(target: DaskTarget) -> None:
    """Have every process that is started by SSH use the keys: it gets this process's settings.

    `SSHCluster` keeps its `security` to itself. What travels are paths, never the key.
    """
    import dask

    dask.config.set(
        {
            "distributed.comm.require-encryption": True,
            "distributed.comm.default-scheme": "tls",
            "distributed.comm.tls.ca-file": target.authority,
        }
    )
    for end in ("scheduler", "worker", "client"):
        files = {"cert": target.certificate, "key": target.key}
        dask.config.set({f"distributed.comm.tls.{end}.{name}": files[name] for name in files})


def _cluster_here(target: DaskTarget, security: Any) -> Any:
    from distributed import Nanny, Scheduler, SpecCluster

    common = {
        "host": "127.0.0.1",
        "protocol": "tls://",
        "security": security,
        "dashboard": False,
    }
    options = common | {"nthreads": 1, "resources": _resources(target)}
    # `LocalCluster` gives all workers one environment, and so the same GPU.
    workers = {
        place: {"cls": Nanny, "options": options | {"env": _cards(target, place)}}
        for place in range(target.workers)
    }
    return SpecCluster(
        workers=workers,
        scheduler={"cls": Scheduler, "options": common | {"port": 0}},
        security=security,
    )


def _cards(target: DaskTarget, place: int) -> dict[str, str]:
    """Return what shows a worker its own GPUs alone, of those that this process may use."""
    if not target.gpus:
        return {}
    given = [part for part in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if part]
    numbers = range(place * target.gpus, (place + 1) * target.gpus)
    own = given[numbers.start : numbers.stop] if given else map(str, numbers)
    return {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": ",".join(own)}


def _resources(target: DaskTarget) -> dict[str, float]:
    return {"GPU": float(target.gpus)} if target.gpus else {}


def _wait_until_idle(target: DaskTarget, cluster: Any) -> None:
    from distributed import Client

    last = time.monotonic()
    with Client(cluster.scheduler_address, security=security_of(target)) as client:
        while time.monotonic() - last < _IDLE_SECONDS:
            if any(client.processing().values()):
                last = time.monotonic()
            time.sleep(_LOOK_SECONDS)


if __name__ == "__main__":
    main()
