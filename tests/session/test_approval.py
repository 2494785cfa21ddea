"""Which lessons may run without asking, and what is remembered."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import HEAD, command
from tflab.programs.library import course_folder, user_folder
from tflab.session.approval import TrustStore, content_hash, is_ours


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


@given(st.binary(max_size=200))
def test_no_bytes_in_the_file_pass_for_trust(tmp_path_factory: Any, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("trust") / "trust.json"
    path.write_bytes(raw)
    assert not TrustStore(path).trusts(path.with_name("own.py"), "print()")


def test_headless_needs_trust_once(tmp_path: Path) -> None:
    tflab = command
    path = tmp_path / "own.py"
    path.write_text(HEAD + "print('ran')\n")
    refused = tflab("run", path, "--json")
    assert refused.returncode == 2
    assert json.loads(refused.stdout)["error"]["title"] == "This lesson is not trusted yet"
    assert "--trust" in refused.stderr
    assert tflab("sweep", path, "-p", "steps=1,2", "--json").returncode == 2
    trusted = tflab("run", path, "--json", "--trust")
    assert json.loads(trusted.stdout)["output"] == "ran\n"
    assert tflab("run", path, "--json").returncode == 0, "remembered"
    path.write_text(HEAD + "print('changed')\n")
    assert tflab("run", path, "--json").returncode == 2, "asked about again"
