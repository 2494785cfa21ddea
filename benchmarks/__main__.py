"""Measures every figure in turn: each benchmark in a process of its own, one after the other."""

from __future__ import annotations

import subprocess
import sys

NAMES = (
    "first_paint",
    "first_point",
    "edit",
    "nudge",
    "training_rate",
    "fit_rate",
    "lab_log",
    "key_latency",
    "chart_traffic",
    "redraw",
    "open_run",
    "open_notebook",
    "notebook_run",
    "list_runs",
    "memory",
    "sweep",
    "search",
)
LIMIT = 600
"""Seconds that a benchmark may take. All stay below 60, but for sweeps, whose peers are slow, and
rates, which take many rounds."""


def main() -> int:
    """Run the benchmarks; return 1 when one could not be measured."""
    failed = [name for name in NAMES if not _measure(name)]
    if failed:
        print(f"\nNot measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _measure(name: str) -> bool:
    """Run one benchmark. What C++ libraries write to stderr shows only when it fails."""
    print(f"\n{name}", file=sys.stderr)
    try:
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"],
            stderr=subprocess.PIPE,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        print(f"{name} took longer than {LIMIT} s", file=sys.stderr)
        return False
    if done.returncode:
        sys.stderr.buffer.write(done.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
