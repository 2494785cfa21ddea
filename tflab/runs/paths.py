"""Where tflab keeps things. Small, because the workbench asks before its first paint."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """Return where tflab keeps everything: `TFLAB_DATA`, or the user's data folder."""
    chosen = os.environ.get("TFLAB_DATA")
    if chosen:
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_data_dir("tflab"))
