"""Real workbenches, fork servers and runs, and the faults that befall them."""

from __future__ import annotations

from tests.terminal.conftest import open_app, write_lesson
from tests.worker.conftest import bench, server

__all__ = ["bench", "open_app", "server", "write_lesson"]
