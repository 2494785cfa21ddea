"""Python, and the packages that tflab needs."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, requires, version

from tflab.session.doctor.check import Check, ok, problem, warning

_TENSORFLOW = re.compile(r"tensorflow\b(?!-)")
OLDEST, NEWEST = (3, 11), (3, 13)


def check_python(found: tuple[int, int] = sys.version_info[:2]) -> Check:
    """Look at Python's version."""
    words = platform.python_version()
    if found < OLDEST:
        return problem("Python", f"{words} is too old.", "Install Python 3.11 or later.")
    if found > NEWEST:
        return warning(
            "Python",
            f"{words} is newer than any that this TensorFlow was built for.",
            "Use Python 3.11 to 3.13 if TensorFlow cannot be installed.",
        )
    return ok("Python", words)


def check_packages(needed: Sequence[str] | None = None) -> Check:
    """Look whether every package that tflab needs is there, in a version that it allows.

    Args:
        needed: Requirements as in `pyproject.toml`; those of the installed tflab by default.
    """
    if needed is None:
        try:
            needed = requires("tflab-workbench") or ()
        except PackageNotFoundError:
            return warning(
                "Packages",
                "tflab itself is not installed, so what it needs is not known.",
                "Set it up with `make lab`, or `pip install tflab-workbench`.",
            )
    # Programs may have TensorFlow in another environment, which has a line of its own.
    wanted = [line for line in needed if "extra ==" not in line and not _TENSORFLOW.match(line)]
    wrong = [words for words in map(_wrong, wanted) if words]
    if wrong:
        return problem(
            "Packages",
            f"{'; '.join(wrong)}.",
            "Set it up anew: `make lab` in a checkout, else install tflab-workbench again.",
        )
    return ok("Packages", f"all {len(wanted)} that tflab needs, in versions that it allows")


def _wrong(line: str) -> str:
    from packaging.requirements import Requirement

    requirement = Requirement(line)
    if requirement.marker is not None and not requirement.marker.evaluate():
        return ""
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        return f"{requirement.name} is missing"
    if not requirement.specifier.contains(found, prereleases=True):
        return f"{requirement.name} is {found}, but must be {requirement.specifier}"
    return ""
