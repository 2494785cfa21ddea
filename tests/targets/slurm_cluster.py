"""Slurm on this machine alone, for tests and benchmarks: fetched, started and ended by this script.

The daemons come from Debian's packages, unpacked into a cache and never installed. They listen on
the loopback only, without systemd and without munge, and are ended by their process ids; so is
`slurmstepd`, which outlives both.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs
import psutil

_PACKAGES = ("slurmd", "slurmctld", "slurm-client")
_COMMANDS = ("sbatch", "squeue", "scancel", "sinfo", "scontrol")
_PATIENCE = 30.0

CPUS = 8
"""Cores that the node says it has: so many jobs of one core run at once."""

_CONF = """\
ClusterName=tflab
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/none
CredType=cred/none
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
PluginDir={plugins}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1,batch_sched_delay=0
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
PreemptType=preempt/partition_prio
PreemptMode=CANCEL
KillWait=2
SlurmdTimeout=4
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=debug Nodes={host} Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=first Nodes={host} MaxTime=INFINITE State=UP PriorityTier=9
PartitionName=down Nodes={host} MaxTime=INFINITE State=DOWN PriorityTier=1
"""


class NoSlurmError(Exception):
    """Slurm cannot be had on this machine, with the reason."""


class SlurmCluster:
    """A queue with one node, this machine.

    Args:
        root: Where the packages are unpacked; `/` where Slurm is installed.
        folder: Where its files go.
        cpus: Cores that the node says it has.

    Attributes:
        commands: The folder of its commands, which need no settings.
    """

    def __init__(self, root: Path, folder: Path, cpus: int = CPUS) -> None:
        self._root = root
        self._folder = folder
        self._daemons: dict[str, subprocess.Popen[bytes]] = {}
        plugins = next(root.glob("usr/lib/*/slurm-wlm"))
        self._environment = os.environ | {
            "LD_LIBRARY_PATH": f"{plugins.parent}:{plugins}",
            "SLURM_CONF": str(folder / "slurm.conf"),
        }
        for part in ("state", "spool", "bin"):
            (folder / part).mkdir(parents=True)
        text = _CONF.format(
            host=socket.gethostname(),
            user=psutil.Process().username(),
            ports=_free_ports(2),
            folder=folder,
            plugins=plugins,
            cpus=cpus,
        )
        (folder / "slurm.conf").write_text(text)
        self.commands = folder / "bin"
        for name in _COMMANDS:
            self._wrap(name)

    def start(self, *before: str) -> None:
        """Start what does not run, and wait until the node takes jobs.

        Args:
            before: Words that the node's daemon is started with, such as those of `unshare`.
        """
        stepd = self._root / "usr/sbin/slurmstepd-wlm"
        self._start("slurmctld")
        self._start("slurmd", "-d", str(stepd), before=before)
        self.wait(lambda: "idle" in self.ask("sinfo", "-h", "-p", "debug", "-o", "%T"))

    def end(self, name: str) -> None:
        """End a daemon; `slurmctld` writes down what it knows, as its state is saved seldom."""
        daemon = self._daemons.pop(name)
        daemon.send_signal(signal.SIGTERM if name == "slurmctld" else signal.SIGKILL)
        daemon.wait()

    def stop(self) -> None:
        """End everything, jobs too."""
        # One whose job is gone cannot be told from those of other queues any more.
        steps = self.steps()
        with suppress(subprocess.SubprocessError, OSError):
            if "slurmctld" in self._daemons:
                self.ask("scancel", "--full", "--signal=KILL", f"--user={os.getuid()}")
                self.ask("scancel", f"--user={os.getuid()}")
        for name in list(self._daemons):
            daemon = self._daemons.pop(name)
            daemon.terminate()
            try:
                daemon.wait(5)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        for process in {*steps, *self.steps()}:
            with suppress(psutil.Error):
                process.kill()

    def steps(self) -> list[psutil.Process]:
        """Return the processes that look after jobs: they outlive the daemons."""
        return [
            process
            for process in psutil.process_iter()
            if _is_step(process) and any(map(self._is_ours, process.children()))
        ]

    def _is_ours(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error, OSError):
            return process.environ().get("SLURM_CONF") == self._environment["SLURM_CONF"]
        return False

    def ask(self, command: str, *words: str, text: str | None = None) -> str:
        """Return what a command of Slurm's prints."""
        done = subprocess.run(
            [self.commands / command, *words],
            input=text,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        return done.stdout.strip()

    def wait(self, good: Callable[[], object], patience: float = _PATIENCE) -> None:
        """Wait until something is so."""
        end = time.monotonic() + patience
        while not good():
            for name, daemon in self._daemons.items():
                if daemon.poll() is not None:
                    raise NoSlurmError(f"{name} ended: {self._log(name)[-600:]}")
            if time.monotonic() > end:
                raise NoSlurmError(f"Slurm is not ready: {self._log('slurmctld')[-600:]}")
            time.sleep(0.1)

    @contextmanager
    def settings(self, **lines: int) -> Iterator[None]:
        """Have other settings for a while; `slurmctld` is started again for them."""
        usual = (self._folder / "slurm.conf").read_text()
        self._set(usual + "".join(f"{name}={value}\n" for name, value in lines.items()))
        try:
            yield
        finally:
            self._set(usual)

    def _set(self, text: str) -> None:
        beside = self._folder / "slurm.conf.new"
        beside.write_text(text)
        # Commands read it at any time.
        beside.replace(self._folder / "slurm.conf")
        self.end("slurmctld")
        self.start()

    def _start(self, name: str, *words: str, before: Sequence[str] = ()) -> None:
        if name in self._daemons:
            return
        with (self._folder / f"{name}.out").open("ab") as out:
            self._daemons[name] = subprocess.Popen(
                [*before, self._root / f"usr/sbin/{name}-wlm", "-D", *words],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def _log(self, name: str) -> str:
        texts = []
        for end in ("out", "log"):
            with suppress(OSError):
                texts.append((self._folder / f"{name}.{end}").read_text(errors="replace"))
        return "\n".join(texts)

    def _wrap(self, name: str) -> None:
        """Make a command that finds its libraries and this queue by itself."""
        lines = [f"{key}={shlex.quote(self._environment[key])}" for key in ("SLURM_CONF",)]
        script = self.commands / name
        libraries = shlex.quote(self._environment["LD_LIBRARY_PATH"])
        real = shlex.quote(str(self._root / "usr/bin" / name))
        script.write_text(
            f'#!/bin/sh\n{" ".join(lines)} LD_LIBRARY_PATH={libraries} exec {real} "$@"\n'
        )
        script.chmod(0o755)


def _is_step(process: psutil.Process) -> bool:
    with suppress(psutil.Error, OSError):
        return "slurmstepd" in os.path.basename(process.exe())
    return False


@contextmanager
def slurm_cluster(cpus: int = CPUS) -> Iterator[SlurmCluster]:
    """Give a queue of one node that takes jobs.

    Args:
        cpus: Cores that the node says it has: so many jobs run at once.

    Raises:
        NoSlurmError: When Slurm cannot be had here.
    """
    root = find_slurm()
    with tempfile.TemporaryDirectory(prefix="tflab-slurm-") as folder:
        cluster = SlurmCluster(root, Path(folder) / "queue", cpus)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


def find_slurm() -> Path:
    """Return where Slurm is unpacked; it is fetched the first time.

    Raises:
        NoSlurmError: When it cannot be had here.
    """
    if sys.platform != "linux":
        raise NoSlurmError("Slurm runs on Linux only.")
    if Path("/usr/sbin/slurmctld-wlm").exists() and Path("/usr/sbin/slurmd-wlm").exists():
        return Path("/")
    root = Path(platformdirs.user_cache_dir("tflab-tests")) / "slurm"
    if root.is_dir():
        return root
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise NoSlurmError("It is fetched from Debian's packages, and there is no apt-get here.")
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.parent) as folder:
        _unpack(Path(folder))
        with suppress(OSError):
            # Another test run may have been quicker.
            (Path(folder) / "root").rename(root)
    return root


def _unpack(folder: Path) -> None:
    names = _missing_packages() or (_run("apt-get", "update", "-qq") and _missing_packages())
    if not names:
        raise NoSlurmError("apt-get knows no package of Slurm.")
    if not _run("apt-get", "download", "-qq", *names, folder=folder):
        raise NoSlurmError("Debian's packages of Slurm cannot be fetched.")
    for package in folder.glob("*.deb"):
        if not _run("dpkg-deb", "-x", str(package), str(folder / "root")):
            raise NoSlurmError(f"{package.name} cannot be unpacked.")


def _missing_packages() -> list[str]:
    """Return what would have to be installed, and what it needs."""
    words = ["apt-get", "install", "--no-install-recommends", "--simulate", *_PACKAGES]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    return [line.split()[1] for line in done.stdout.splitlines() if line.startswith("Inst ")]


def _run(*words: str, folder: Path | None = None) -> bool:
    done = subprocess.run(words, cwd=folder, capture_output=True, timeout=300, check=False)
    return done.returncode == 0


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


if __name__ == "__main__":
    # A queue to try things with, until it is interrupted.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with slurm_cluster() as queue:
        print(f"The queue is up. Its commands are in {queue.commands}.", flush=True)
        with suppress(KeyboardInterrupt):
            signal.pause()
