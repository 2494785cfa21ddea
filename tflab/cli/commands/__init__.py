"""One module for each command of the command line. Each declares itself as `COMMAND`."""

NAMES = (
    "open",
    "lessons",
    "place",
    "review",
    "run",
    "resume",
    "sweep",
    "sweeps",
    "runs",
    "attach",
    "stop",
    "devices",
    "targets",
    "delete",
    "trash",
    "export",
    "envs",
    "alerts",
    "doctor",
    "check",
    "new",
)
"""Every command, in the order of the help. Plain text, so that the first paint imports nothing."""
