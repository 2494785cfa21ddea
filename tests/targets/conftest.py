"""The fixtures of sweeps: one fork server for a module, because TensorFlow takes long to import."""

from tests.sweeps.conftest import lesson, server, start

__all__ = ["lesson", "server", "start"]
