"""Presets: beside a lesson, of the user's own, and what is said when they do not fit."""

from __future__ import annotations

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.programs.library import course_folder
from tflab.programs.presets import PresetStore, preset_values
from tflab.programs.reader import parse_program, read_program
from tflab.runs.record import Problem

SOURCE = """\
# %% [markdown]
# # Small
# %% tags=["parameters"]
rate = 0.1
steps = 3
"""


@pytest.fixture
def lesson(tmp_path):
    path = tmp_path / "3_small.py"
    path.write_text(SOURCE)
    return read_program(path)


def beside(lesson, text):
    lesson.path.with_suffix(".presets.toml").write_text(text)


def test_those_beside_a_lesson_are_read(lesson):
    assert PresetStore().of(lesson) == []
    beside(lesson, '["A long one"]\nsteps = 90\n[Seeded]\nseed = 4\nrate = 1\n')
    first, second = PresetStore().of(lesson)
    assert (first.name, first.values, first.own) == ("A long one", {"steps": 90}, False)
    assert preset_values(lesson, first) == ({"rate": 0.1, "steps": 90}, None)
    assert preset_values(lesson, second) == ({"rate": 1.0, "steps": 3}, 4)


def test_the_users_own_are_kept_and_replace_their_namesakes(lesson, data):
    beside(lesson, '["A long one"]\nsteps = 90\n')
    store = PresetStore()
    store.save("small", "mine", {"rate": 0.5})
    store.save("small", "A long one", {"steps": 80})
    found = {p.name: (p.values, p.own) for p in PresetStore().of(lesson)}
    assert found == {"mine": ({"rate": 0.5}, True), "A long one": ({"steps": 80}, True)}
    assert stat.S_IMODE((data / "presets.json").stat().st_mode) == 0o600
    assert sorted(path.name for path in data.iterdir()) == ["presets.json", "presets.lock"]
    store.delete("small", "A long one")
    store.delete("small", "never was")
    assert store.find(lesson, "a LONG one").values == {"steps": 90}


def test_every_folder_that_is_made_for_them_is_the_users_alone(lesson, tmp_path):
    PresetStore(tmp_path / "a" / "b" / "presets.json").save("small", "mine", {"rate": 0.5})
    modes = [stat.S_IMODE((tmp_path / folder).stat().st_mode) for folder in ("a", "a/b")]
    assert modes == [0o700, 0o700]


def test_a_name_that_is_none_names_the_closest(lesson):
    with pytest.raises(Problem, match="No such preset"):
        PresetStore().find(lesson, "x")
    PresetStore().save("small", "patience", {})
    with pytest.raises(Problem) as caught:
        PresetStore().find(lesson, "patienec")
    assert "patience" in caught.value.next_step
    with pytest.raises(Problem, match="no name"):
        PresetStore().save("small", " \n", {})


@pytest.mark.parametrize("values", [{"gone": 1}, {"steps": "many"}, {"seed": -1}, {"seed": 0.5}])
def test_values_that_no_longer_fit_are_refused(lesson, values):
    PresetStore().save("small", "old", values)
    with pytest.raises(Problem):
        preset_values(lesson, PresetStore().find(lesson, "old"))


@pytest.mark.parametrize("text", ["[a]\nrate = " + "1" * 5000, "[", "a = ", "\x00"])
def test_a_damaged_file_beside_a_lesson_is_a_problem(lesson, text):
    beside(lesson, text)
    with pytest.raises(Problem, match="cannot be read"):
        PresetStore().of(lesson)


DAMAGED = [b"\xff{", b'{"small": {"mine": {"rate": 0.5}}', b"[]", b""]


def put_aside(data):
    return [path.read_bytes() for path in sorted(data.glob("presets.json.damaged-*"))]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_of_the_user_is_put_aside_said_once_and_counts_as_none(
    lesson, data, content
):
    data.mkdir()
    (data / "presets.json").write_bytes(content)
    with pytest.raises(Problem) as caught:
        PresetStore().of(lesson)
    (aside,) = data.glob("presets.json.damaged-*")
    assert aside.name in caught.value.cause
    assert PresetStore().of(lesson) == []
    PresetStore().save("small", "mine", {})
    assert len(PresetStore().of(lesson)) == 1
    assert put_aside(data) == [content]


@pytest.mark.parametrize("content", DAMAGED)
def test_saving_never_overwrites_a_damaged_file(lesson, data, content):
    data.mkdir()
    for _ in range(2):
        (data / "presets.json").write_bytes(content)
        with pytest.raises(Problem, match="damaged"):
            PresetStore().save("small", "mine", {"rate": 0.5})
    assert put_aside(data) == [content, content]
    assert [preset.values for preset in PresetStore().of(lesson)] == [{"rate": 0.5}]


def test_what_cannot_be_read_is_said_and_not_overwritten(lesson, data):
    (data / "presets.json").mkdir(parents=True)
    for use in (lambda s: s.of(lesson), lambda s: s.save("small", "mine", {})):
        with pytest.raises(Problem):
            use(PresetStore())
    assert (data / "presets.json").is_dir()


@given(
    st.text(min_size=1, max_size=30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(1 << 40), 1 << 40),
)
def test_what_was_saved_is_what_is_found(tmp_path_factory, name, rate, steps):
    store = PresetStore(tmp_path_factory.mktemp("p") / "presets.json")
    lesson = parse_program(SOURCE, tmp_path_factory.getbasetemp() / "small.py")
    try:
        store.save("small", name, {"rate": rate, "steps": steps})
    except Problem as problem:
        assert problem.title == "The preset has no name"  # noqa: PT017
        return
    (found,) = store.of(lesson)
    assert preset_values(lesson, found)[0] == {"rate": rate, "steps": steps}


def test_every_preset_of_the_course_fits_its_lesson():
    files = list(course_folder().glob("*.presets.toml"))
    assert files
    for file in files:
        lesson = read_program(file.with_name(file.name.replace(".presets.toml", ".py")))
        for preset in PresetStore().of(lesson):
            preset_values(lesson, preset)
