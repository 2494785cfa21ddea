"""What follows the first paint: the fork server, and the bench behind the panes."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tflab.ui.app import LabApp
    from tflab.ui.workbench.bench import Bench


def make_bench(app: LabApp) -> Bench:
    """Make the bench of an app that has painted. TensorFlow loads meanwhile: that takes longest."""
    gc.freeze()
    gc.enable()
    from tflab.runs.record import Problem
    from tflab.targets.server_keeper import ServerKeeper

    keeper = ServerKeeper()
    # What stands in its way is said when the bench, once there, starts the server again.
    with contextlib.suppress(Problem):
        keeper.start()
    from tflab.ui.workbench.bench import Bench

    return Bench(app, keeper)
