"""A Dask cluster that is started by SSH: a real server on the loopback, keys, TLS, two workers."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.targets.test_dask import make_keys
from tests.targets.test_slurm import Handed
from tests.terminal.processes import kill, processes_of
from tflab.runs.record import Problem
from tflab.targets.dask_engine import Dask
from tflab.targets.target import try_target
from tflab.targets.target_file import DaskTarget, find_target

_SERVER = """\
import asyncio, subprocess, sys
import asyncssh

async def serve(process):
    words = ("sh", "-c", process.command)
    pipe = subprocess.PIPE
    child = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe)
    await process.redirect(stdin=child.stdin, stdout=child.stdout, stderr=child.stderr)
    code = await asyncio.to_thread(child.wait)
    await process.stdout.drain()
    process.exit(code)

async def main(folder):
    server = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[folder + "/host"],
        authorized_client_keys=folder + "/id.pub", process_factory=serve, encoding=None,
    )
    print(server.get_port(), flush=True)
    await asyncio.Event().wait()

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture
def desk(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DaskTarget]:
    """A machine that is reached by SSH as `desk`, which is this one, and the target on it."""
    for name in ("distributed", "asyncssh"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"engine: Dask cannot use SSH on this machine. There is no {name}.")
    import asyncssh

    ssh = tmp_path / ".ssh"
    ssh.mkdir(mode=0o700)
    host = asyncssh.generate_private_key("ssh-ed25519")
    own = asyncssh.generate_private_key("ssh-ed25519")
    host.write_private_key(str(ssh / "host"))
    own.write_private_key(str(ssh / "id"))
    own.write_public_key(str(ssh / "id.pub"))
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(ssh)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    with server.stdout:
        port = server.stdout.readline().strip()
    public = host.export_public_key().decode().strip()
    (ssh / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}\n[desk]:{port} {public}\n")
    (ssh / "config").write_text(
        f"Host desk\n  HostName 127.0.0.1\n  Port {port}\n  IdentityFile {ssh}/id\n"
    )
    key, certificate = make_keys(tmp_path)
    files = f'authority = "{certificate}"\ncertificate = "{certificate}"\nkey = "{key}"\n'
    hosts = '[desks]\nengine = "dask"\nhosts = ["desk", "desk", "desk"]\n'
    (tmp_path / "targets.toml").write_text(hosts + files)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TFLAB_CONFIG", str(tmp_path))
    found = find_target("desks")
    assert isinstance(found, DaskTarget)
    yield found
    kill(processes_of(data))
    server.kill()
    server.wait()


def test_cluster_is_started_by_ssh_and_everything_is_encrypted(
    desk: DaskTarget, tmp_path: Path
) -> None:
    assert Dask(desk).check() == "it starts on desk, desk, desk with the first run"
    # The first worker may answer before the second has come.
    deadline = time.monotonic() + 60
    while len(reports := try_target(desk, patience=60)) < 2:
        assert time.monotonic() < deadline
    assert [report.problem for report in reports] == [None, None], "the first has the scheduler"
    path = tmp_path / "small.py"
    path.write_text("from tflab import lab\nrate = 0.1\nlab.log(0, loss=rate)\n")
    assert Handed(desk, path).over().state.status == "finished"
    log = (tmp_path / "data/clusters/desks/log").read_text()
    assert "tls://" in log
    assert "tcp://" not in log


def test_missing_asyncssh_is_told(desk: DaskTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    with monkeypatch.context() as patch:
        patch.setattr(importlib.util, "find_spec", lambda n: None if n == "asyncssh" else find(n))
        with pytest.raises(Problem, match="Dask cannot use SSH"):
            Dask(desk).check()
