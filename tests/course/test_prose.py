"""What the prose claims is so: each number in it comes from the code, or is checked here."""

from __future__ import annotations

import ast
import re

import pytest

from tests.course.claims import CLAIMS, Check
from tests.course.course import LESSONS, Course
from tflab.data import glossary

SOURCED = {
    "why-a-framework": {
        # research.google/blog: "TensorFlow - Google's latest machine learning system,
        # open sourced for everyone", 9 November 2015.
        "2015",
        # blog.tensorflow.org/2019/09/tensorflow-20-is-now-available.html, 30 September 2019.
        "2019",
        # The license's own version: the LICENSE file of github.com/tensorflow/tensorflow.
        "2.0",
        # github.com/keras-team/keras/releases/tag/2.4.0: multi-backend Keras is discontinued.
        "2.4",
        # An example of a pinned version: the one that the course is tested with.
        "2.21.0",
    },
}
"""Facts about the world, which no run can check, and where they stand."""

NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?!\w)")


def prose_of(lesson_id: str) -> str:
    """The prose of a lesson as one line."""
    cells = [cell.source for cell in LESSONS[lesson_id].cells if cell.kind == "prose"]
    return re.sub(r"\s+", " ", " ".join(cells))


@pytest.mark.parametrize(("lesson_id", "claim", "check"), CLAIMS)
def test_claim(course: Course, lesson_id: str, claim: str, check: Check) -> None:
    assert claim in prose_of(lesson_id)
    assert check(course)


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_every_number_in_the_prose_is_computed_or_checked(lesson_id: str) -> None:
    code = " ".join(c.source for c in LESSONS[lesson_id].cells if c.kind == "code")
    known = {number.replace("_", "").replace(",", "") for number in re.findall(r"[\d.,_]+", code)}
    known |= set(NUMBER.findall(code)) | SOURCED.get(lesson_id, set())
    for lesson, claim, _ in CLAIMS:
        if lesson == lesson_id:
            known |= set(NUMBER.findall(claim))
    # A single digit counts something that stands beside it.
    loose = {n for n in NUMBER.findall(prose_of(lesson_id)) if len(n) > 1} - known
    assert loose == set()


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_prose_is_short_and_plain(lesson_id: str) -> None:
    cells = [cell.source for cell in LESSONS[lesson_id].cells if cell.kind == "prose"]
    assert cells[-1].startswith("## What you saw")
    for cell in cells:
        assert len(cell.split()) <= 150, cell
        assert not re.search(r"<\w+[ >]|\$|\\\w+{", cell), cell
        assert max(map(len, cell.splitlines())) <= 100, cell


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_each_ending_asks_what_the_next_lesson_answers(lesson_id: str) -> None:
    ending = [cell.source for cell in LESSONS[lesson_id].cells if cell.kind == "prose"][-1]
    assert ending.rstrip().endswith("?")


GRADIENT_LESSONS = (
    "tape-gradients",
    "second-order",
    "gradient-descent",
    "linear-regression",
    "batches-and-momentum",
)


@pytest.mark.parametrize("lesson_id", GRADIENT_LESSONS)
def test_three_derivatives_stand_side_by_side(course: Course, lesson_id: str) -> None:
    names = r".*tape +off by +difference +off by +formula\n.*\n"
    (head,) = re.findall(names, course.run(lesson_id).output)
    assert max(map(len, head.splitlines())) <= 56
    *_, tape, tape_off, difference, difference_off, formula = head.splitlines()[1].split()
    assert float(tape) == pytest.approx(float(formula), abs=1e-3)
    assert float(difference) == pytest.approx(float(formula), abs=1e-3)
    assert abs(float(tape) - float(formula)) == pytest.approx(float(tape_off), abs=1e-4)
    assert abs(float(difference) - float(formula)) == pytest.approx(float(difference_off), abs=1e-4)


MOVING = {
    "gradient-descent": "J(w) and the path over it",
    "linear-classifier": "Boundary between the clouds",
    "movie-audience": "Clicks and audience",
    "model-styles": "Decision regions",
}


@pytest.mark.parametrize(("lesson_id", "title"), MOVING.items())
def test_pictures_move(course: Course, lesson_id: str, title: str) -> None:
    values = {"style": "functional"} if lesson_id == "model-styles" else {}
    frames = course.run(lesson_id, **values).state.frames[title]
    steps = [frame.step for frame in frames]
    assert 15 <= len(frames) <= 40
    assert steps == sorted(set(steps), key=steps.index)
    assert steps[0] == 0
    assert len({str(frame.layers) for frame in frames}) > 10


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_keras_hears_of_its_backend_before_it_is_imported(lesson_id: str) -> None:
    source = LESSONS[lesson_id].source
    if "import keras" in source:
        assert source.index("KERAS_BACKEND") < source.index("import keras")


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_words_that_a_lesson_introduces_are_in_the_glossary(lesson_id: str) -> None:
    introduced = re.findall(r"\*\*([^*]+)\*\*", prose_of(lesson_id))
    assert [word for word in introduced if word.lower() not in glossary()] == []


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_no_lesson_draws_from_the_state_that_all_share(lesson_id: str) -> None:
    drawn = set(re.findall(r"np\.random\.(\w+)", LESSONS[lesson_id].source))
    assert drawn <= {"default_rng"}
    assert "tf.random.set_seed(" not in re.sub(r"(?m)^#.*$", "", LESSONS[lesson_id].source)


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_the_api_is_spelled_as_it_is_typed(lesson_id: str) -> None:
    """Identifiers that other files hold on to may keep another spelling; text for people not."""
    lesson = LESSONS[lesson_id]
    texts = [cell.source for cell in lesson.cells if cell.kind == "prose"]
    texts += [text for goal in lesson.goals for text in (goal.text, *goal.hints)]
    texts += [text for asked in lesson.questions for text in (asked.text, *asked.choices)]
    texts += [parameter.help for parameter in lesson.parameters]
    words = re.sub(r"`[^`]*`", "", " ".join(texts)).lower()
    assert not re.findall(r"\b\w*(?:optimis|initialis|regularis)\w*", words)


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_no_list_is_made_of_what_is_a_list_already(lesson_id: str) -> None:
    """`[kernel.value for kernel in weights]` says no more than `weights`."""
    assert not re.search(r"\[\s*(\w+)(?:\.value)? for \1 in \w+\s*\]", LESSONS[lesson_id].source)


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_where_flowers_are_held_out_only_the_others_set_the_scale(lesson_id: str) -> None:
    """Whoever scales by all rows says why nothing can leak."""
    source = LESSONS[lesson_id].source
    by_all = re.search(r"(?m)- iris\.features\.mean|- moons\.mean", source)
    held_out = re.search(r"validation_(?:data|split)=|held_out", source)
    said = re.search("(?:n|N)one is held out|the scaling may use", prose_of(lesson_id))
    assert not by_all or (said and not held_out), by_all


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_no_answer_is_written_out_where_it_is_asked(lesson_id: str) -> None:
    for cell in LESSONS[lesson_id].cells:
        if cell.kind == "prose":
            continue
        for node in ast.walk(ast.parse(cell.shown)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "lab.predict":
                assert not isinstance(node.args[1], ast.Constant), ast.unparse(node)
