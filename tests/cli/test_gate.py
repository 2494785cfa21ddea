"""The gate that everything printed on the command line passes."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tflab.cli.output import Gate, gated

EVIL = "\x1b]0;title\x07\x9b2J\u202eabc\b\b\r\x00\ud800"
SHOWN = "␛]0;title␇<U+009B>2J<U+202E>abc␈␈␍\n␀<U+D800>"


class Line(io.TextIOWrapper):
    """A stream that says it is a terminal, or is none."""

    def __init__(self, encoding: str, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def written(self) -> bytes:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue()


@contextlib.contextmanager
def terminal() -> Iterator[tuple[Line, Line]]:
    """Make stdout and stderr a terminal's."""
    out, err = Line("utf-8", True), Line("utf-8", True)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield out, err


def test_whatever_is_printed_is_inert() -> None:
    with terminal() as (out, err):
        with gated():
            print(EVIL)
            print("\x1b", "[2J", sep="")
            sys.stderr.write(EVIL)
        assert (sys.stdout, sys.stderr) == (out, err)
    assert out.written.decode() == f"{SHOWN}\n␛[2J\n"
    assert err.written.decode() == SHOWN


def test_only_colours_are_painted() -> None:
    out = Line("utf-8", True)
    Gate(out).painted("\x1b[38;5;4mblue\x1b[0m \x1b[2J \x1b]52;c;x\x07")
    assert out.written.decode() == "\x1b[38;5;4mblue\x1b[0m ␛[2J ␛]52;c;x␇\n"


def test_drawing_over_obeys_us_alone() -> None:
    out = Line("utf-8", True)
    Gate(out).draw_over("a\x1b[A")
    Gate(out).draw_block_over(2, ["b\x1b[A"])
    assert out.written.decode() == "\r\x1b[Ka␛[A\x1b[2A\r\x1b[Jb␛[A\n"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_a_document_goes_into_a_file_as_it_is(encoding: str) -> None:
    out = Line(encoding, False)
    Gate(out).document("한국 = '\x9b'\n\ud800")
    assert out.written == "한국 = '\x9b'\n\ufffd".encode()


def test_a_terminal_shows_a_document_and_hears_what_is_missing() -> None:
    with terminal() as (out, err):
        Gate(out).document("fine\n")
        assert err.written == b""
        Gate(out).document("한국\x1b[2J\n")
    assert out.written.decode() == "fine\n한국␛[2J\n"
    assert b"a file or a pipe gets them as they are" in err.written


def test_a_narrow_terminal_shows_numbers_not_question_marks() -> None:
    narrow = Line("ascii", True)
    with terminal() as (_, err):
        Gate(narrow).document("'한'\n")
    assert narrow.written == b"'\\ud55c'\n"
    assert b"are shown as marks" in err.written


def test_a_crash_is_printed_inert() -> None:
    code = (
        "import tflab.cli.parser as p\n"
        "def parse(words): raise RuntimeError('\\x1b]0;t\\x07\\u202e')\n"
        "p.parse = parse\n"
        "from tflab.cli import main; main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "runs"],
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 1
    assert "RuntimeError: ␛]0;t␇<U+202E>" in done.stderr.decode()
    assert b"\x1b" not in done.stderr
