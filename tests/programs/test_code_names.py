"""Names to complete, and what they are, from syntax trees and from Jedi in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.programs.code_names import Help, Place, help_at, place_in, word_before
from tflab.programs.reader import parse_program
from tflab.session.code_help import JediProcess

CODE = '''import numpy as np
from tflab import lab

def predict(points, scale=2.0):
    """Turn points into predictions.

    More of it.
    """
    return points * scale

class Model:
    """A model."""
    def __init__(self, units: int = 3):
        self.units = units
    def fit(self): pass

total = 1
'''


def at_end(line: str) -> Place:
    source = CODE + line
    return Place(source, source.count("\n") + 1, len(line))


@pytest.mark.parametrize(
    ("line", "name"),
    [("pred", "predict"), ("tot", "total"), ("n", "np"), ("whi", "while"), ("lab.lo", "log"),
     ("pri", "print"), ("Model.fi", "fit"), ("x = (pred", "predict"), ("    tot", "total")],
)  # fmt: skip
def test_names_of_the_program_of_python_and_of_lab_are_known(line: str, name: str) -> None:
    assert name in help_at(at_end(line)).names


def test_what_a_name_is_comes_with_the_first_lines_of_its_text() -> None:
    found = help_at(at_end("predict"))
    assert found.signature == "predict(points, scale=2.0)"
    assert found.about.startswith("Turn points into predictions.")
    assert help_at(at_end("Model")).signature == "Model(units: int=3)"
    assert help_at(at_end("lab.log")).signature.startswith("log(step: int")


def test_code_that_is_still_typed_is_in_nobodys_way() -> None:
    assert help_at(at_end("f(tot")).names == ("total",)
    assert help_at(Place("(((", 1, 3)) == Help()


@given(st.text(st.sampled_from('ab.1 ("#\n한'), max_size=12))
def test_no_text_is_too_odd(text: str) -> None:
    lines = text.split("\n")
    help_at(Place(text, len(lines), len(lines[-1])))
    assert lines[-1].endswith(word_before(lines[-1], len(lines[-1])))


def test_a_place_in_a_cell_is_one_in_all_of_the_code() -> None:
    program = parse_program("# %%\na = 1\nb = 2\n# %%\n%time\nc = 3\n# %%\nd\n", Path("/x/one.py"))
    place = place_in(program, 1, "x = 1\na.", 1, 2)
    assert place.source.split("\n")[place.line - 1] == "a."
    assert place.source == "a = 1\nb = 2\nx = 1\na.\nd"


@pytest.fixture(scope="module")
def jedi() -> Iterator[JediProcess]:
    process = JediProcess()
    yield process
    process.close()


def test_jedi_knows_what_libraries_have(jedi: JediProcess) -> None:
    names = jedi.ask(at_end("np.linsp"), "names", "")
    assert names is not None
    assert names["names"] == ["linspace"]
    about = jedi.ask(at_end("predict(1, "), "about", "")
    assert about is not None
    assert about["signature"] == "predict(points, scale=2.0)"
    assert about["about"].startswith("Turn points")


def test_nothing_beside_the_program_is_imported(
    jedi: JediProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    (tmp_path / "evil.py").write_text(f"open({str(told)!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    fresh = JediProcess()
    source = "import evil\nevil."
    fresh.ask(Place(source, 2, 5), "names", "")
    fresh.close()
    assert not told.exists()


def test_a_process_that_is_gone_is_started_again() -> None:
    process = JediProcess()
    assert process.ask(at_end("tot"), "names", "") is not None
    running = process._process
    assert running is not None
    running.kill()
    running.wait()
    assert process.ask(at_end("tot"), "names", "") is not None
    process.close()
