"""The built wheel holds everything: installed by itself, it lists and reads every lesson."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tflab.programs.library import find_lessons

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the installed wheel and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(target), str(wheel)], check=True, timeout=120)
    return target


def tflab(site: Path, folder: Path, *words: str) -> str:
    """Run the installed command in `folder`, away from the checkout."""
    environment = os.environ | {"PYTHONPATH": str(site)}
    code = "import tflab.cli, sys; sys.exit(tflab.cli.main())"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def test_the_wheel_brings_the_whole_course(site: Path, tmp_path: Path):
    lessons = json.loads(tflab(site, tmp_path, "lessons", "--json"))
    assert [lesson["id"] for lesson in lessons] == [entry.id for entry in find_lessons()]
    assert all(str(site) in lesson["path"] for lesson in lessons)
    assert all(lesson["parameters"] for lesson in lessons)


def test_the_wheel_brings_style_sheets_and_data(site: Path):
    source, installed = ROOT / "tflab", site / "tflab"
    for pattern in ("**/*.tcss", "data/*.csv", "data/*.toml", "**/py.typed"):
        names = {path.relative_to(source) for path in source.glob(pattern)}
        assert names, pattern
        assert {path.relative_to(installed) for path in installed.glob(pattern)} == names
