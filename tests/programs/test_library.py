"""Finding lessons by id, number and path, and starting a new one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tflab.programs import library
from tflab.programs.reader import parse_program
from tflab.programs.template import new_lesson
from tflab.runs.record import Problem


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    monkeypatch.setattr(library, "course_folder", lambda: folder)
    for name, title in [("10_linear_classifier", "Lines"), ("02_tensors", "Tensors")]:
        (folder / f"{name}.py").write_text(f"# licence\n# %% [markdown]\n# # {title}\n# text\n")
    (folder / "__init__.py").write_text("")
    (folder / "notes.txt").write_text("")
    return folder


def test_lessons_come_by_number(course: Path, data: Path) -> None:
    own = data / "lessons"
    own.mkdir(parents=True)
    (own / "mine.py").write_bytes(b"\xff\0 no lesson at all")
    (own / "5_five.py").write_text('# %% [markdown]\n"""\n# Five\n"""\n')
    found = library.find_lessons()
    assert [(e.number, e.id, e.title, e.shipped) for e in found] == [
        (2, "tensors", "Tensors", True),
        (5, "five", "Five", False),
        (10, "linear-classifier", "Lines", True),
        (None, "mine", "mine", False),
    ]


def test_missing_folders_are_empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(library, "course_folder", lambda: tmp_path / "none")
    assert library.find_lessons(tmp_path / "neither") == []


@pytest.mark.parametrize("text", ["linear-classifier", "10", "010"])
def test_resolve_id_and_number(course: Path, text: str) -> None:
    assert library.resolve(text) == course / "10_linear_classifier.py"


def test_resolve_path(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert library.resolve("x.py") == tmp_path / "x.py"
    assert library.resolve("./x") == tmp_path / "x"


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("linear_clasifier", "Did you mean linear-classifier?"),
        ("tensor", "Did you mean tensors?"),
        ("zzz", "See `tflab lessons` for all of them."),
        ("99", "See `tflab lessons` for all of them."),
        ("", "See `tflab lessons` for all of them."),
    ],
)
def test_unknown_lesson_names_the_closest(course: Path, text: str, step: str) -> None:
    with pytest.raises(Problem) as caught:
        library.resolve(text)
    assert caught.value.next_step == step


def test_a_number_of_thousands_of_digits_is_no_lesson(course: Path) -> None:
    with pytest.raises(Problem, match="no lesson"):
        library.resolve("1" * 5000)


def test_the_home_of_nobody_is_a_path_like_any_other(course: Path) -> None:
    assert library.resolve("~nobody-here/x.py").name == "x.py"


def test_listing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from tflab.programs.library import find_lessons; find_lessons();"
        "print(sorted({'jupytext', 'numpy', 'psutil', 'nbformat', 'textual'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_template_is_a_good_lesson() -> None:
    lesson = parse_program(new_lesson("My \x1b[31mown\n"), Path("my_own.py"))
    assert lesson.title == "My own"
    assert [p.name for p in lesson.parameters] == ["learning_rate", "steps", "start"]
    assert len(lesson.goals) == 2
    assert len(lesson.questions) == 1
