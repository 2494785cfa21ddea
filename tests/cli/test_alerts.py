"""`tflab alerts`, and what the command line sends to a terminal when something long has ended."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import command
from tests.terminal.terminal import Terminal
from tflab.cli import alerting
from tflab.cli.alerting import LongWait
from tflab.session.alerts import LONG_SECONDS, Alert
from tflab.session.settings import load_settings


def test_a_terminal_gets_a_notice_and_a_bell(data: Path) -> None:
    words = [sys.executable, "-m", "tflab", "alerts", "--test"]
    with Terminal(words, environment={"TERM": "xterm-kitty", "TFLAB_DATA": str(data)}) as app:
        app.wait_end()
        sent = app.raw
    assert b"\x1b]99;i=tflab:p=body;This is what an alert is like.\x1b\\\a" in sent


def test_settings_are_shown_and_changed(data: Path) -> None:
    done = command("alerts", "quiet", "--command", f"{sys.executable} -c 'import sys; sys.exit(4)'")
    assert (done.returncode, "\a" in done.stdout) == (0, False)
    assert load_settings().alerts.command == (sys.executable, "-c", "import sys; sys.exit(4)")
    assert load_settings().alerts.loudness == "quiet"
    tried = command("alerts", "--test")
    assert "Your command for alerts:" in tried.stderr
    assert "failed with code 4" in tried.stderr
    assert "\x1b" not in tried.stdout, "no terminal reads it"
    refused = command("alerts", "--command", "no-such-thing")
    assert "No such command" in refused.stderr
    unclosed = command("alerts", "--command", "sh -c 'true")
    assert (unclosed.returncode, "Traceback" in unclosed.stderr) == (2, False)
    assert "Close every quotation mark" in unclosed.stderr
    assert data.exists()


def test_only_what_took_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Alert] = []
    clock = [0.0]
    monkeypatch.setattr(alerting, "send", sent.append)
    monkeypatch.setattr(alerting.time, "monotonic", lambda: clock[0])
    wait, alert = LongWait(), Alert("test", "one", "two")
    clock[0] = LONG_SECONDS - 0.1
    wait.over(alert)
    assert sent == []
    clock[0] = LONG_SECONDS
    wait.over(alert)
    assert sent == [alert]
