"""Pictures as pixels: who is asked, what is sent, and which text shows them."""

from __future__ import annotations

import base64
import io
import os
import pty
import re
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.segment import Segment

from tflab.charts.drawing import ChartOptions
from tflab.charts.text import cell_width
from tflab.runs.events import Picture, Tiles
from tflab.ui.terminal import pixels
from tflab.ui.terminal.app_base import ControlFilter
from tflab.ui.terminal.pixels import MARKS, Pixels, in_tmux
from tflab.ui.workbench.figure_rows import PictureStyle
from tflab.ui.workbench.picture_rows import PictureRows

ANSWERS = {"takes it": (b"\x1b_Gi=4211;OK\x1b\\\x1b[?62c", True), "does not": (b"\x1b[?62c", False)}


@pytest.fixture
def sent() -> list[str]:
    return []


def decoded(sent: list[str]) -> bytes:
    return base64.b64decode("".join(re.findall(r";([^\x1b]*)\x1b", "".join(sent))))


@pytest.mark.parametrize("true_colour", [True, False])
def test_a_picture_is_sent_once_and_its_text_says_which_it_is(sent, true_colour):
    shown = Pixels(sent.append, true_colour)
    content = os.urandom(10_000)
    rows = shown.rows("a", content, 30, 10)
    assert decoded(sent) == content
    assert all(len(one) < 4300 for one in sent)
    assert shown.rows("a", content, 30, 10) == rows
    number = int(re.search(r"i=(\d+),c=30,r=10", sent[0])[1])
    ((run,), *_) = rows
    red, green, blue = run.ink.rgb
    if true_colour:
        assert (red << 16 | green << 8 | blue) == number
    else:
        drawn = Color.from_rgb(red, green, blue).downgrade(ColorSystem.EIGHT_BIT)
        assert drawn.number == number
    assert len(rows) == 10
    for row in rows:
        assert cell_len(row[0].text) == cell_width(row[0].text) == 30
    assert len(set(MARKS)) == 129


def test_images_side_by_side_are_pixels_each_over_its_title(sent):
    sheet = Image.effect_noise((32, 16), 90).convert("RGB")
    tiles = Tiles(file="a.png", width=16, height=16, columns=2, count=2, titles=["one", "two"])
    images = SimpleNamespace(image=lambda folder, file: sheet)
    frame = Picture(cell=0, figure=1, file="a.png", width=32, height=16, tiles=tiles)
    style = PictureStyle(ChartOptions(), 20, images=images, pixels=Pixels(sent.append, True))
    rows = [row.content for row in PictureRows([frame], Path("a")).rows(60, style)]
    shown = ["".join(part.text for part in row) for row in rows if isinstance(row, tuple)]
    first = Image.open(io.BytesIO(decoded([one for one in sent if "i=" in one][:1])))
    dots = first.resize((16, 16), Image.Resampling.NEAREST)
    assert dots.tobytes() == sheet.crop((0, 0, 16, 16)).tobytes(), "no dot of it is lost"
    assert sum("a=T" in one for one in sent) == 2
    assert not any("▀" in row for row in shown)
    names = next(place for place, row in enumerate(shown) if row.split() == ["one", "two"])
    assert "\U0010eeee" in shown[names - 1]
    assert all(cell_len(row) <= 60 for row in shown)


def test_only_so_many_are_kept_and_none_at_the_end(sent):
    shown = Pixels(sent.append, True)
    for number in range(600):
        shown.rows(number, b"x", 4, 2)
    shown.forget()
    placed = [re.search(r"i=(\d+)", one)[1] for one in sent if "a=T" in one]
    deleted = [re.search(r"i=(\d+)", one)[1] for one in sent if "a=d" in one]
    assert sorted(placed) == sorted(deleted)
    assert len(set(placed)) == 600


def test_what_keeps_foreign_text_from_steering_the_terminal_leaves_it(sent):
    ((run,),) = Pixels(sent.append, True).rows("a", b"x", 3, 1)
    kept = ControlFilter().apply([Segment(run.text)], Color.parse("black"))
    assert kept[0].text == run.text


def test_tmux_hands_on_what_is_wrapped():
    assert in_tmux("\x1b_Gq=2;\x1b\\") == "\x1bPtmux;\x1b\x1b_Gq=2;\x1b\x1b\\\x1b\\"


@pytest.mark.parametrize("name", ANSWERS)
def test_a_terminal_is_asked_and_believed(name):
    answer, takes = ANSWERS[name]
    outer, inner = pty.openpty()

    def be_terminal() -> None:
        asked = b""
        while b"\x1b[c" not in asked:
            asked += os.read(outer, 1024)
        os.write(outer, b"j" + answer + b"\r")

    thread = threading.Thread(target=be_terminal)
    thread.start()
    try:
        shows, typed = pixels._ask(inner, inner, lambda sequence: sequence)
        assert shows is takes
        assert b"\x1b" not in typed
        assert typed in (b"j", b"j\r"), "what comes after the last answer stays in the terminal"
    finally:
        thread.join()
        os.close(outer)
        os.close(inner)


def test_in_tmux_the_terminal_around_it_is_waited_for():
    """Tmux answers what every terminal answers itself, before the one around it has its turn."""
    outer, inner = pty.openpty()
    asked = bytearray()

    def be_tmux() -> None:
        while not asked.endswith(b"AAAA\x1b\x1b\\\x1b\\") and b"\x1b[c" not in asked:
            asked.extend(os.read(outer, 1024))
        os.write(outer, b"\x1b[?1;2;4c" if b"\x1b[c" in asked else b"\x1b_Gi=4211;OK\x1b\\")

    thread = threading.Thread(target=be_tmux)
    thread.start()
    try:
        assert pixels._ask(inner, inner, in_tmux) == (True, b"")
    finally:
        thread.join()
        os.close(outer)
        os.close(inner)


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, True),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, False),
        ({"TERM": "tmux-256color", "TMUX": "/nowhere,1,0", "KITTY_WINDOW_ID": "1"}, False),
    ],
)
def test_only_a_terminal_that_may_show_pictures_is_asked(monkeypatch, variables, asked):
    for name in ("TERM", "TERM_PROGRAM", "TMUX", "KITTY_WINDOW_ID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(pixels, "_tmux", lambda *_: "off")
    assert (pixels._wrapping() is not None) is asked
