"""The keys of a Dask cluster: files that both ends trust, and nobody else may read.

A port of 127.0.0.1 is open to everybody who is logged in here, so a cluster within this machine has
keys too: where a person names none, some are made once and lie in the data folder.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from tflab.runs.atomic_files import make_private_folder
from tflab.runs.paths import data_folder
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.targets.target_file import DaskTarget


def security_of(target: DaskTarget) -> Any:
    """Return what encrypts the way to a cluster; None for a job of before there were keys of ours.

    Raises:
        Problem: When a file is missing, or others may read the key.
    """
    if not target.authority:
        return None
    for path in (target.authority, target.certificate, target.key):
        if not os.access(path, os.R_OK):
            raise Problem(
                "A key cannot be read",
                f"{path} of {target.name} is not there, or not readable.",
                "docs/machines.md has the two commands that make all three files.",
            )
    if stat.S_IMODE(os.stat(target.key).st_mode) & 0o077:
        raise Problem(
            "Others may read the key",
            f"Whoever has {target.key} can run code on the cluster, and others may read it.",
            f"`chmod 600 {target.key}`, and make a new one if others use this machine.",
        )
    return dask_module().Security(
        tls_ca_file=target.authority,
        tls_client_cert=target.certificate,
        tls_client_key=target.key,
        tls_scheduler_cert=target.certificate,
        tls_scheduler_key=target.key,
        tls_worker_cert=target.certificate,
        tls_worker_key=target.key,
        require_encryption=True,
    )


def cluster_folder(target: DaskTarget) -> Path:
    """Return where the address, the log and the keys of a target's cluster lie."""
    return data_folder().absolute() / "clusters" / target.name


def with_keys(target: DaskTarget) -> DaskTarget:
    """Return a target with keys: those that it names, or else some of ours, made where need be.

    Raises:
        Problem: When they cannot be made.
    """
    if target.authority or not target.workers:
        return target
    folder = cluster_folder(target)
    keys = folder / "keys.pem"
    try:
        if not keys.exists():
            make_private_folder(folder)
            _make_keys(keys)
    except (OSError, subprocess.SubprocessError) as error:
        raise Problem(
            "The keys of the cluster cannot be made",
            f"Without them everybody on this machine could run code as you: "
            f"{plain_line(str(error))}.",
            f"Install `openssl`, or name your own keys in [{target.name}] of targets.toml.",
        ) from error
    return replace(target, authority=str(keys), certificate=str(keys), key=str(keys))


def _make_keys(keys: Path) -> None:
    """Put a key and a certificate for it into one file, so that two makers never mix theirs."""
    with tempfile.TemporaryDirectory(dir=keys.parent) as place:
        key, certificate, both = (Path(place) / name for name in ("key", "certificate", "both"))
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:3072", "-nodes", "-days", "36500"),
                *("-subj", "/CN=tflab", "-keyout", str(key), "-out", str(certificate)),
            ],
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
        )
        both.touch(0o600)
        both.write_bytes(key.read_bytes() + certificate.read_bytes())
        # Whoever comes second takes what the first has made.
        with suppress(FileExistsError):
            os.link(both, keys)


def dask_module() -> Any:
    """Return the module `distributed`.

    Raises:
        Problem: When it is not installed.
    """
    try:
        import distributed
    except ImportError as error:
        raise Problem(
            "Dask is not installed",
            f"This Python has no `distributed`: {plain_line(str(error))}.",
            f"`{sys.executable} -m pip install 'tflab-workbench[cluster]'`, then try again.",
        ) from error
    return distributed
