"""What a lesson prints can not reach the terminal itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

ATTACK = (
    r"print('\x1b[2J\x1b[1;1HPWNED\x1b]0;stolen title\x07\x1b]52;c;c3RvbGVu\x07', flush=True)",
    r"import os; os.write(1, b'\x1b[5;5Hdeep\x1b[?1049l\x9b2J\n'); os.write(2, b'\x1b[31mred')",
    r"print('\x1b[?25h\x1bcreset me')",
    "'\\x1b]0;stolen by a value\\x07'",
)


def test_printed_control_sequences_do_nothing(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    """The printed words show; cursor, screen, title and clipboard stay the workbench's."""
    app = open_app(write_lesson(*ATTACK))
    app.wait_for(r"steps +\d")
    before = len(app.raw)
    app.press("ctrl+r")
    app.wait_for("finished in")
    app.press("f3", "end")
    app.wait_for(r"^.*│.*PWNED")
    app.wait_for(r"^.*│.*reset me")
    sent = bytes(app.raw[before:])
    for sequence in (b"\x1b[2J", b"\x1b]", b"\x1bc", b"\x1b[?1049l", b"\x9b2J", b"\x1b[1;1HPWNED"):
        assert sequence not in sent.replace("\u2502".encode(), b""), sequence
    assert "stolen" not in app.title
    first_row, *_ = app.text.splitlines()
    assert first_row.startswith(" tflab · A lesson of our own")
