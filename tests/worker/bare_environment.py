"""A virtual environment that holds TensorFlow, what it requires, and nothing else.

Nothing is downloaded: its packages are links to those beside us, so that it is there in a second.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def bare_environment(folder: Path) -> Path:
    """Make the environment in `folder`, and return its interpreter."""
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=60
    )
    (site,) = folder.glob("lib/python3*/site-packages")
    for found in _closure("tensorflow"):
        for name in _top_level(found):
            place = Path(str(found.locate_file(name)))
            if place.exists() and not (site / name).exists():
                (site / name).symlink_to(place)
    return folder / "bin" / "python"


def _closure(name: str) -> Iterable[Distribution]:
    """Yield a distribution, and those that it requires, each once."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        key = canonicalize_name(waiting.pop())
        if key in seen:
            continue
        seen.add(key)
        try:
            found = distribution(key)
        except PackageNotFoundError:
            # Required on other systems only.
            continue
        yield found
        for text in found.requires or ():
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                waiting.append(wanted.name)


def _top_level(found: Distribution) -> set[str]:
    """The files and folders of a distribution that lie in the folder of packages itself."""
    names = {path.parts[0] for path in found.files or ()}
    return {name for name in names if name not in ("..", "__pycache__")}
