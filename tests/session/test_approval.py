"""Which lessons may run without asking, and what is remembered."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import HEAD, command
from tflab.programs.library import course_folder, user_folder
from tflab.session.trust import TrustStore, content_hash, is_ours, origin


def test_trust_is_by_content_and_kept_private(tmp_path: Path, data: Path) -> None:
    store, path = TrustStore(), tmp_path / "own.py"
    assert not store.trusts(path, "a = 1")
    store.trust(path, "a = 1")
    assert TrustStore().trusts(tmp_path / "moved.py", "a = 1"), "the same text elsewhere"
    assert not TrustStore().trusts(path, "a = 2"), "changed text"
    kept = data / "trust.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o700
    assert "a = 1" not in kept.read_text()
    assert json.loads(kept.read_text())["trusted"][content_hash("a = 1")]["path"] == str(path)


def test_a_damaged_file_trusts_nothing_and_is_mended(tmp_path: Path, data: Path) -> None:
    data.mkdir()
    (data / "trust.json").write_bytes(b'{"trusted": {"x": 1')
    store = TrustStore()
    assert not store.trusts(tmp_path / "own.py", "a")
    store.trust(tmp_path / "own.py", "a")
    assert store.trusts(tmp_path / "own.py", "a")


def test_two_that_trust_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    lessons = [(tmp_path / f"{number}.py", f"text {number}") for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda lesson: TrustStore().trust(*lesson), lessons))
    assert all(TrustStore().trusts(*lesson) for lesson in lessons)


def test_course_and_own_lessons_need_no_trust(tmp_path: Path) -> None:
    own = user_folder()
    own.mkdir(parents=True)
    assert is_ours(course_folder() / "10_linear_classifier.py")
    assert is_ours(own / "mine.py")
    assert not is_ours(own / ".." / "elsewhere.py")
    assert not is_ours(tmp_path / "mine.py")
    outside = tmp_path / "outside.py"
    outside.write_text("")
    (own / "link.py").symlink_to(outside)
    assert not is_ours(own / "link.py"), "a link does not speak for what it leads to"


def own_lesson(data: Path, text: str = "print('theirs')") -> Path:
    path = data / "lessons" / "own.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    path.write_text(HEAD + text + "\n")
    return path


@pytest.mark.parametrize("place", ["", "lessons", "lessons/own.py"])
def test_where_others_may_write_no_lesson_is_ours(place: str, data: Path) -> None:
    path = own_lesson(data)
    data.chmod(0o755)
    assert is_ours(path)
    (data / place).chmod(0o777)
    assert not is_ours(path)
    assert not is_ours(path.with_name("gone.py")) or place == "lessons/own.py"
    assert str(data / place) in origin(path)


def test_what_nobody_else_can_reach_is_ours_whatever_its_mode(data: Path) -> None:
    path = own_lesson(data)
    path.chmod(0o666)
    path.parent.chmod(0o777)
    assert is_ours(path), "nobody else may enter the data folder"


def test_a_folder_that_others_may_swap_is_not_ours(tmp_path: Path, monkeypatch: Any) -> None:
    shared = tmp_path / "shared"
    monkeypatch.setenv("TFLAB_DATA", str(shared / "data"))
    path = own_lesson(shared / "data")
    assert is_ours(path)
    shared.chmod(0o777)
    assert not is_ours(path)
    shared.chmod(0o1777)
    assert is_ours(path), "in a sticky folder each may only move their own"


def test_a_file_that_belongs_to_somebody_else_is_not_ours(data: Path) -> None:
    path = own_lesson(data)
    try:
        os.chown(path, 4321, -1)
    except PermissionError:
        pytest.skip("only root may give a file away")
    assert not is_ours(path)
    assert "others own" in origin(path)


def test_a_list_of_trust_that_others_may_write_trusts_nothing(data: Path, tmp_path: Path) -> None:
    data.mkdir(mode=0o700)
    store, path = TrustStore(), tmp_path / "own.py"
    store.trust(path, "a = 1")
    assert store.trusts(path, "a = 1")
    data.chmod(0o777)
    assert not store.trusts(path, "a = 1")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_their_file_among_our_lessons_does_not_run_unasked(data: Path) -> None:
    path = own_lesson(data)
    data.chmod(0o777)
    refused = command("run", "own", "--json")
    assert refused.returncode == 2
    assert "others may write" in json.loads(refused.stdout)["error"]["cause"]
    assert command("run", path, "--json", "--trust").returncode == 0
    assert command("run", path, "--json").returncode == 2, "what they wrote there trusts nothing"
    data.chmod(0o700)
    assert command("run", "own", "--json").returncode == 0


@given(st.binary(max_size=200))
def test_no_bytes_in_the_file_pass_for_trust(tmp_path_factory: Any, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("trust") / "trust.json"
    path.write_bytes(raw)
    assert not TrustStore(path).trusts(path.with_name("own.py"), "print()")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_headless_needs_trust_once(tmp_path: Path) -> None:
    tflab = command
    path = tmp_path / "own.py"
    path.write_text(HEAD + "print('ran')\n")
    refused = tflab("run", path, "--json")
    assert refused.returncode == 2
    assert json.loads(refused.stdout)["error"]["title"] == "This program is not trusted yet"
    assert "--trust" in refused.stderr
    assert tflab("sweep", path, "-p", "steps=1,2", "--json").returncode == 2
    trusted = tflab("run", path, "--json", "--trust")
    assert json.loads(trusted.stdout)["output"] == "ran\n"
    assert tflab("run", path, "--json").returncode == 0, "remembered"
    path.write_text(HEAD + "print('changed')\n")
    assert tflab("run", path, "--json").returncode == 2, "asked about again"
