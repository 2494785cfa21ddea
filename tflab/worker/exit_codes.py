"""The exit codes by which a run process says that the trouble is not the lesson's; leaving."""

from __future__ import annotations

import os
import sys
import traceback
from typing import NoReturn

INTERNAL = 70
"""tflab itself failed."""

DISK_FAILED = 74
"""The run log could not be written to the end."""

NOT_SHARED = 66
"""A job does not find the run folder on its machine."""


def leave(code: int) -> NoReturn:
    """End this process at once; where tflab itself failed, say what it was.

    Neither waits for threads of a lesson, nor for TensorFlow's slow teardown.
    """
    try:
        if code == INTERNAL:
            # Where the output goes, and where an abort is looked up.
            traceback.print_exc()
            sys.stdout.flush()
            os.write(2, traceback.format_exc().encode("utf-8", "replace"))
    finally:
        os._exit(code)
