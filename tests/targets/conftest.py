"""The fixtures of sweeps: one fork server for a module, because TensorFlow takes long to import."""

from tests.sweeps.conftest import lesson, server, start
from tests.terminal.conftest import open_app

__all__ = ["lesson", "open_app", "server", "start"]
