"""Any text and any bytes are a lesson or a clear error, and cells keep their lines."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.programs.library import course_folder
from tflab.programs.percent import split_cells
from tflab.programs.reader import ProgramError, check_program, parse_program

PATH = course_folder() / "10_good_lesson.py"
MARKS = st.sampled_from(
    [
        "# %%",
        "# %% [markdown]",
        '# %% tags=["parameters"]',
        "# %% title",
        "#%%",
        "  # %%",
        "# %% [raw]",
        '"""',
        "# ```",
        "# # Title",
        "a = 1",
        "b: int = 2 # help",
        "a: Annotated[int, Meta(ge=1)] = 1",
        "if a:",
        "\\",
        "",
        "\f",
        "# %% {",
        '# %% tags=5 active="ipynb" language="R"',
        "lab.goal('a')",
        "lab.predict('a', choices=['b'])",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(st.one_of(MARKS, st.text(max_size=8))).map("\n".join)))
def test_any_text_is_a_lesson_or_a_lesson_error(source: str) -> None:
    try:
        lesson = parse_program(source, PATH)
    except ProgramError as error:
        found = error.problems
    else:
        found = ()
        assert lesson.title
    assert all(problem.message and problem.next_step for problem in found)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_lesson_or_a_lesson_error(tmp_path_factory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.py"
    path.write_bytes(content)
    assert check_program(path)


WORD = st.text("abc xyz=1+", min_size=1, max_size=8).map(str.strip).filter(bool)
BODY = st.lists(WORD, min_size=1, max_size=3)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), BODY, st.integers(0, 3)), min_size=1, max_size=6))
def test_joined_cells_come_back_with_their_lines(parts) -> None:
    lines: list[str] = []
    expected = []
    for prose, body, blanks in parts:
        lines.append("# %% [markdown]" if prose else "# %%")
        kind = "prose" if prose else "code"
        expected.append((kind, "\n".join(body), len(lines) + 1))
        lines += [f"# {line}" if prose else line for line in body] + [""] * blanks
    found = split_cells("\n".join(lines) + "\n")
    assert [(c.kind, c.source, c.line) for c in found] == expected
    assert [c.index for c in found] == list(range(len(found)))
