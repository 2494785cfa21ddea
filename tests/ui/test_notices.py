"""Notices of the terminal: each terminal's own sequence, through tmux, and who is looking."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.ui.terminal.notices import Kind, Presence, alert_sequence, notice_kind, notice_sequence


@pytest.mark.parametrize(
    ("environ", "kind"),
    [
        ({"TERM": "xterm-kitty"}, "99"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "99"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "9"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "9"),
        ({"TERM": "foot-extra"}, "777"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "777"),
        ({"TERM": "xterm-256color"}, ""),
        ({"TERM": "linux", "VTE_VERSION": "7600"}, ""),
        ({"TERM": "screen.xterm", "KITTY_WINDOW_ID": "1"}, ""),
        ({}, ""),
    ],
)
def test_each_terminal_gets_what_it_knows(environ: dict[str, str], kind: Kind) -> None:
    assert notice_kind(environ, lambda: "") == kind


def test_through_tmux_the_terminal_around_it_counts() -> None:
    environ = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux,1,0"}
    sent = alert_sequence("One", "two", "quiet", environ, lambda: "foot")
    assert sent == "\x1bPtmux;\x1b\x1b]777;notify;One;two\x1b\x1b\\\x1b\\"
    assert alert_sequence("One", "two", "loud", environ, lambda: "") == "\a"


def test_quiet_is_without_a_bell_and_off_is_nothing() -> None:
    environ = {"TERM": "xterm-kitty"}
    quiet = alert_sequence("One", "two", "quiet", environ)
    assert quiet == "\x1b]99;i=tflab:d=0;One\x1b\\\x1b]99;i=tflab:p=body;two\x1b\\"
    assert alert_sequence("One", "two", "loud", environ) == quiet + "\a"
    assert alert_sequence("One", "two", "off", environ) == ""


@given(st.text(), st.text(), st.sampled_from(["9", "99", "777"]))
def test_no_text_ends_a_sequence_early(title: str, text: str, kind: Kind) -> None:
    for part in re.split("(?<=\x1b\\\\)", notice_sequence(title, text, kind))[:-1]:
        assert re.fullmatch("\x1b][^\x00-\x1f\x7f-\x9f]*\x1b\\\\", part)
    if kind == "777":
        assert notice_sequence(title, "", kind).count(";") == 3


def test_a_terminal_that_tells_of_its_focus_is_believed() -> None:
    clock = [0.0]
    presence = Presence(lambda: clock[0])
    assert not presence.away
    clock[0] = 61.0
    assert presence.away, "nobody has pressed a key for a minute"
    presence.touched()
    assert not presence.away
    presence.focused(False)
    assert presence.away
    presence.touched()
    assert presence.away, "a paste by mouse says nothing against the terminal's own word"
    presence.focused(True)
    clock[0] = 1000.0
    assert not presence.away
