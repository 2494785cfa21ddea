"""Exercises in a real run: what a learner wrote is tried, and whatever it does stops nothing."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.worker.conftest import Run
from tflab.programs.edits import with_edits
from tflab.programs.reader import parse_program
from tflab.runs.events import Check
from tflab.runs.state import RunState
from tflab.targets.requests import new_request

HEAD = """# %% [markdown]
# # T
# %% tags=["parameters"]
steps = 1
# %%
import random
import numpy as np
import tensorflow as tf
from tflab import lab
random.seed(1)
kept, array, weight = [1, [2]], np.zeros(3), tf.Variable(1.0)
"""


def exercise(name: str, body: str = "return x / 2", seconds: float = 2) -> str:
    return f"""# %% The {name} id="{name}" tags=["exercise"] seconds={seconds}
def {name}(x):
    ### BEGIN SOLUTION
    {body}
    ### END SOLUTION
# %%
lab.check("{name}", {name}, cases=[(2, 1), (4, 2)])
"""


def run(bench: Any, source: str, answers: Mapping[str, str], **said: Any) -> RunState:
    """Run a program with these answers, by the exercise's id."""
    path = bench.root / "lessons" / said.pop("name", "t.py")
    path.parent.mkdir(parents=True, exist_ok=True)
    program = parse_program(source, path)
    texts = {e.cell: answers[e.id] for e in program.exercises if e.id in answers}
    request = new_request(with_edits(program, texts), program.defaults, **said)
    record = bench.store.create(request)
    folder = bench.store.folder(record.id)
    bench.server.start_run(folder)
    made = Run(bench, folder, path)
    made.finish()
    made.state.printed_text = made.printed  # type: ignore[attr-defined]
    assert made.state.status == "finished", made.state.error
    return made.state


WAYS_TO_FAIL = {
    "wrong": ("def wrong(x):\n    return x * 2", "wrong(2): expected 1, got 4.", None),
    "raises": (
        "def raises(x):\n    y = 1\n    return x / 0",
        "raises(2): It raised ZeroDivisionError: division by zero (line 3).",
        None,
    ),
    "at_top": (
        "a = 1\nraise KeyError('k')\ndef at_top(x): pass",
        "KeyError: There is no key 'k'. (line 2)",
        2,
    ),
    "hangs": (
        "def hangs(x):\n    return x / 2\nwhile True:\n    pass",
        "It was ended after 0.2 seconds. Is there a loop without an end?",
        None,
    ),
    "leaves": ("import sys\nsys.exit(3)", "It calls sys.exit, which would end the program.", None),
    "unreadable": ("def unreadable(x)\n    pass", "SyntaxError: expected ':' (line 1)", 1),
    "gone": ("", "`gone` is not defined; it should be, here.", None),
    "arguments": (
        "def arguments():\n    return 1",
        "arguments(2): It cannot be called with 1 argument: too many positional arguments. It is "
        "written as `arguments()`.",
        None,
    ),
    "value": ("value = 3", "It is 3; a function is expected.", None),
    "stub": (
        "def stub(x):\n    raise NotImplementedError()",
        "stub(2): It is not written yet.",
        None,
    ),
    "interrupt": ("raise KeyboardInterrupt", "It raised KeyboardInterrupt.", None),
    "mutates": (
        "kept.append(7); kept[1].clear(); array[:] = 5; weight.assign(9.0); random.random()\n"
        "import os; os.environ['LEFT'] = '1'; steps = 77; del np\n"
        "def mutates(x): return 0",
        "mutates(2): expected 1, got 0.",
        None,
    ),
}


def test_every_way_to_fail_is_said_and_the_rest_runs_on_the_solution(bench):
    names = [*WAYS_TO_FAIL, "right", "untouched"]
    cells = [exercise(name, seconds=0.2 if name == "hangs" else 5) for name in names]
    end = f"""# %%
import os
lab.show(
    halves=[f(8) for f in ({", ".join(names)})], kept=str(kept), array=array, weight=float(weight),
    left=os.environ.get("LEFT"), steps=steps, number=random.random(),
)
"""
    answers = {name: answer for name, (answer, _, _) in WAYS_TO_FAIL.items()}
    answers["right"] = "print('trying')\ndef right(x):\n    return 0.5 * x\n"
    state = run(bench, HEAD + "".join(cells) + end, answers)
    said = {name: (o.message, o.line) for name, o in state.exercises.items()}
    assert said == {
        **{name: (message, line) for name, (_, message, line) in WAYS_TO_FAIL.items()},
        "right": ("", None),
        "untouched": ("untouched(2): It is not written yet.", None),
    }
    outcomes = state.exercises
    assert [name for name, o in outcomes.items() if o.passed] == ["right"]
    assert [name for name, o in outcomes.items() if not o.written] == ["untouched"]
    assert not any(o.broken for o in outcomes.values())
    results = {name: result.value for name, result in state.results.items()}
    assert results["halves"] == [4.0] * len(names)
    # Nothing of a failed attempt is left.
    assert (results["kept"], results["weight"], results["steps"]) == ("[1, [2]]", 1.0, 1)
    assert (state.results["array"].tensor.values, results["left"]) == ([0.0] * 3, None)
    random.seed(1)
    assert results["number"] == random.random()
    assert state.printed_text == "trying\n"


def test_after_a_failed_answer_the_rest_draws_the_numbers_that_it_draws_on_the_solution(bench):
    source = (
        HEAD
        + """# %%
first = tf.random.normal([2])
tf.random.set_global_generator(tf.random.Generator.from_seed(3))
layer = tf.keras.layers.Dropout(0.5)
"""
        + exercise("drawn", "tf.random.normal([3]); return x / 2")
        + """# %%
lab.show(
    operation=tf.random.normal([4]), generator=tf.random.get_global_generator().normal([2]),
    layer=layer(tf.ones([8]), training=True), keras=tf.keras.random.normal([2]),
    weights=tf.keras.layers.Dense(2).compute_output_shape((1, 2)) and
    tf.keras.initializers.GlorotUniform()((2, 2)), plain=random.random(),
)
"""
    )
    failing = """
tf.random.set_seed(5)
tf.random.normal([4]); tf.random.normal([3]); tf.random.get_global_generator().normal([9])
tf.random.set_global_generator(tf.random.Generator.from_seed(8))
layer(tf.ones([8]), training=True); tf.keras.random.normal([2]); random.random()
tf.keras.initializers.GlorotUniform()((2, 2))
def drawn(x): return tf.random.normal([4])
"""
    quiet = failing.replace("tf.random.set_seed(5)", "")
    solved, *failed = (
        run(bench, source, {"drawn": answer}, name=f"{number}.py").results
        for number, answer in enumerate(["def drawn(x): return x / 2", failing, quiet])
    )
    # The solution draws in its checks what the answer that passes does not.
    untouched = run(bench, source, {}, name="untouched.py").results
    for results in failed:
        assert {n: (r.value, r.tensor) for n, r in results.items()} == {
            n: (r.value, r.tensor) for n, r in untouched.items()
        }
    assert solved["operation"].tensor != untouched["operation"].tensor


def test_what_stands_between_runs_on_the_answer_and_again_unheard_on_the_solution(bench):
    source = (
        HEAD
        + exercise("half").partition("# %%\nlab.check")[0]
        + "# %%\nprint('half of 8 is', half(8))\nlab.log(1, loss=half(8))\nseen = half(8)\n"
        + '# %%\nlab.check("half", half, cases=[(2, 1)])\n'
        + "# %%\nlab.show(seen=seen)\n"
    )
    state = run(bench, source, {"half": "print('mine')\ndef half(x): return x"})
    assert state.printed_text == "mine\nhalf of 8 is 8\n"
    assert list(state.series["loss"].values) == [8.0]
    assert state.results["seen"].value == 4.0
    (check,) = [i for c in state.cells.values() for i in c.items if isinstance(i, Check)]
    assert (check.passed, check.cell) == (False, 5)


def test_solutions_run_on_request(bench):
    source = HEAD + exercise("half") + exercise("other", body="return x")
    state = run(bench, source, {"half": "def half(x): return 0"}, solutions=True)
    half, other = state.exercises.values()
    assert (half.passed, half.message, half.broken) == (True, "It ran as its solution.", "")
    assert (other.passed, other.broken) == (False, "other(2): expected 1, got 2.")


def test_a_solution_that_fails_its_own_check_is_said(bench):
    state = run(bench, HEAD + exercise("half", body="return x"), {})
    assert state.exercises["half"].broken == "half(2): expected 1, got 2."


def test_tf_function_and_classes_of_an_answer_are_read_from_it(bench):
    source = HEAD + exercise("half", body="return x / 2", seconds=20)
    answer = """@tf.function
def half(x):
    total = tf.constant(0.0)
    for _ in tf.range(1):
        if x > 0:
            total += tf.cast(x, tf.float32) / 2
    return float(0.5) * 2 * total
"""
    check = "lab.check"
    source = source.replace(check, 'half(tf.constant(2.0))\nlab.check("own", True)\n#', 1)
    state = run(bench, source, {"half": answer})
    assert state.exercises["half"].passed, state.exercises["half"].message


def graded(source: str, name: str, **said: Any) -> dict[str, Any]:
    metadata = {"nbgrader": {"grade_id": name, "schema_version": 3, **said}}
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": []}


def test_a_notebook_for_nbgrader_checks(bench, tmp_path: Path):
    stub = "def half(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    hidden = "### BEGIN HIDDEN TESTS\nassert half(4) == 2, 'secret'\n### END HIDDEN TESTS"
    cells = [
        graded(stub, "half", solution=True),
        graded("print('demo', half(8))", "demo"),
        graded(f"assert half(2) == 1\n{hidden}", "test", grade=True, locked=True),
        graded("essay = 1", "essay", solution=True, grade=True),
        graded("twice = half(8) * 2\nprint(twice)", "after"),
        graded("print('end')", "end"),
    ]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    state = run(bench, text, {"essay": "essay = 2"}, name="n.ipynb")
    assert {n: (o.passed, o.message) for n, o in state.exercises.items()} == {
        "half": (False, "Nothing is written here yet."),
        "essay": (True, "It ran without an error; a person grades it."),
    }
    # What needs it is said, and the rest goes on.
    assert state.printed_text.endswith("not solved yet: half.\nend\n")
    state = run(bench, text, {"half": "def half(x): return 1"}, name="n.ipynb")
    assert state.exercises["half"].message == "A hidden check does not pass."
    state = run(bench, text, {"half": "def half(x):\n  if x < 4: return 1 / 0"}, name="n.ipynb")
    half = state.exercises["half"]
    assert (half.message, half.line) == ("ZeroDivisionError: division by zero (line 2)", 2)
    state = run(bench, text, {"half": "def half(x): return x"}, name="n.ipynb")
    assert state.exercises["half"].message == "This does not hold: half(2) == 1"
    state = run(bench, text, {"half": "def half(x): return x / 2"}, name="n.ipynb")
    assert state.exercises["half"].passed
    assert "8.0\nend" in state.printed_text


def test_what_nothing_checks_and_nobody_wrote_runs_on_its_solution(bench):
    fill = "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION"
    cells = [graded(fill, "half", solution=True), graded("print('eighth', half(half(1)))", "on")]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    state = run(bench, text, {}, name="n.ipynb")
    half = state.exercises["half"]
    assert (half.passed, half.message, half.trivial) == (
        False,
        "Nothing is written here yet.",
        False,
    )
    assert "eighth 0.25" in state.printed_text


def apart(with_solutions: bool) -> str:
    """Two exercises, one after the other, then a check of each and one more of the first."""

    def solution(body: str) -> str:
        if not with_solutions:
            return "    # YOUR CODE HERE\n    raise NotImplementedError()"
        return f"    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"

    cells = [
        graded(f"def half(x):\n{solution('return x / 2')}", "half", solution=True),
        graded(f"def twice(x):\n{solution('return x * 2')}", "twice", solution=True),
        graded("assert half(2) == 1", "test1", grade=True, locked=True),
        graded("assert twice(2) == 4", "test2", grade=True, locked=True),
        graded("assert half(4) == 2", "test3", grade=True, locked=True),
        graded("print('end')", "end"),
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


RIGHT = {"half": "def half(x): return x / 2", "twice": "def twice(x): return x * 2"}
EMPTY = (False, "Nothing is written here yet.")


def test_checks_that_stand_after_another_exercise_check_the_one_that_they_name(bench):
    for solved in (True, False):
        text = apart(with_solutions=solved)

        def outcomes(answers, text=text):
            state = run(bench, text, answers, name="n.ipynb")
            assert state.printed_text == "end\n"
            assert not any(o.broken for o in state.exercises.values())
            return {n: (o.passed, o.message) for n, o in state.exercises.items()}

        assert outcomes(RIGHT) == {"half": (True, ""), "twice": (True, "")}
        assert outcomes({}) == {"half": EMPTY, "twice": EMPTY}
        assert outcomes({"twice": RIGHT["twice"]}) == {"half": EMPTY, "twice": (True, "")}
        assert outcomes({"half": RIGHT["half"]}) == {"half": (True, ""), "twice": EMPTY}
        wrong = "def half(x): return 1"
        assert outcomes({**RIGHT, "half": wrong}) == {
            "half": (False, "This does not hold: half(4) == 2"),
            "twice": (True, ""),
        }
        with_twice_wrong = outcomes({**RIGHT, "twice": "def twice(x): return 1"})
        assert with_twice_wrong["half"] == (True, "")
        assert not with_twice_wrong["twice"][0]


def test_a_stop_ends_a_trial_at_once(bench):
    source = HEAD + exercise("half", seconds=60)
    path = bench.root / "t.py"
    program = parse_program(source, path)
    answer = "print('begun', flush=True)\nwhile True:\n    pass"
    request = new_request(with_edits(program, {3: answer}), program.defaults)
    folder = bench.store.folder(bench.store.create(request).id)
    bench.server.start_run(folder)
    made = Run(bench, folder, path)
    made.wait_for(lambda: "begun" in made.printed)
    os.kill(made.pid, signal.SIGINT)
    assert made.finish().status == "cancelled"
