"""Characters in which code could hide are named, each with its line and column."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.cli import main
from tflab.programs.hidden_characters import hidden_characters
from tflab.programs.reader import check_program

LESSON = '# %% [markdown]\n# # Good\n\n# %% tags=["parameters"]\na = 1\n\n# %%\nprint(a)  # x\n'


@pytest.mark.parametrize(
    ("hidden", "name"),
    [
        ("\x1b]0;title\x07", "U+001B ESCAPE"),
        ("\b\b", "U+0008 BACKSPACE"),
        ("\rimport os", "a carriage return alone"),
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\u2066", "U+2066 LEFT-TO-RIGHT ISOLATE"),
        ("\u200b", "U+200B ZERO WIDTH SPACE"),
        ("\u2028", "U+2028 LINE SEPARATOR"),
        ("\x85", "U+0085 control character"),
        ("\u3164", "U+3164 HANGUL FILLER"),
        ("\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A"),
    ],
)
def test_check_names_them_with_line_and_column(hidden, name, tmp_path, capsys) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(LESSON.replace("# x", f"# x{hidden}").encode())
    first = check_program(path)[0]
    assert (first.line, first.column) == (8, 14)
    assert name in first.message
    assert main(["check", str(path)]) == 1
    assert f":8:14: It holds a character that is not seen: {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text", ["\t", "\f\n", "é", "日本語", "👩\u200d🔬", "نامه\u200cای", "a\xa0b", "…\u0301"]
)
def test_what_people_write_is_not_suspected(text, tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(LESSON.replace("# # Good", f"# # Good\n# {text}"))
    assert check_program(path) == []


def test_windows_and_old_line_ends_are_no_secret() -> None:
    for end in ("\n", "\r\n", "\r"):
        assert list(hidden_characters(LESSON.replace("\n", end))) == []


@given(st.text(st.one_of(st.characters(), st.sampled_from("\r\n\f\x1b\u202e\u200b"))))
def test_every_one_is_found_where_it_is(source: str) -> None:
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = list(hidden_characters(source))
    for hidden in found:
        assert hidden.line <= len(lines)
        if hidden.name.startswith("U+"):
            there = lines[hidden.line - 1][hidden.column - 1]
            assert f"U+{ord(there):04X}" == hidden.name.split()[0]
    for bad in "\x1b\u202e\u200b":
        code = f"U+{ord(bad):04X}"
        assert sum(h.name.startswith(code + " ") for h in found) == source.count(bad)


@given(st.characters(categories=["Cc", "Cf", "Zl", "Zp"]))
def test_no_control_or_format_character_is_passed_over(character: str) -> None:
    name = unicodedata.name(character, "")
    scripts = ("ARABIC ", "SYRIAC ", "KAITHI ", "EGYPTIAN ")
    visible = name.startswith(scripts) and name != "ARABIC LETTER MARK"
    named = bool(list(hidden_characters(f"x{character}y")))
    assert named != (visible or character in "\t\n\r\f\u200c\u200d")


def test_many_of_them_are_not_all_told(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(LESSON + "# " + "\u200b" * 100_000)
    assert len(check_program(path)) == 20
