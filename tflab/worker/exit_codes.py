"""The exit codes by which a run process says that the trouble is not the lesson's."""

from __future__ import annotations

INTERNAL = 70
"""tflab itself failed."""

DISK_FAILED = 74
"""The run log could not be written to the end."""

NOT_SHARED = 66
"""A job does not find the run folder on its machine."""
