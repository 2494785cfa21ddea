"""The keys of a Dask cluster: files that both ends trust, and nobody else may read."""

from __future__ import annotations

import os
import stat
import sys
from typing import Any

from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.targets.target_file import DaskTarget


def security_of(target: DaskTarget) -> Any:
    """Return what encrypts the way to a cluster; None within this machine, where no keys are named.

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
