"""Which environment variables a program sets that count when a library is loaded."""

from __future__ import annotations

import ast

import pytest

from tflab.programs.environment_variables import UNKNOWN, loading_variables, may_set_variables
from tflab.programs.library import course_folder


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('os.environ["KERAS_BACKEND"] = "jax"', ("KERAS_BACKEND",)),
        ('environ["XLA_FLAGS"] += " --x"', ("XLA_FLAGS",)),
        (
            'import os as o; o.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")',
            ("TF_ENABLE_ONEDNN_OPTS",),
        ),
        ('os.environ.update(OMP_NUM_THREADS="1", HOME="/x")', ("OMP_NUM_THREADS",)),
        ('os.environ.update({"JAX_PLATFORMS": "cpu"})', ("JAX_PLATFORMS",)),
        ('os.environ |= {"CUDA_LAUNCH_BLOCKING": "1"}', ("CUDA_LAUNCH_BLOCKING",)),
        ('os.environ |= dict(TF_XLA_FLAGS="")', ("TF_XLA_FLAGS",)),
        ('del os.environ["KERAS_HOME"]', ("KERAS_HOME",)),
        ('os.environ.pop("TF_CONFIG", None)', ("TF_CONFIG",)),
        ('os.putenv("TF2_BEHAVIOR", "0")', ("TF2_BEHAVIOR",)),
        ('def f():\n    os.environ["KERAS_BACKEND"] = backend', ("KERAS_BACKEND",)),
        ("for k, v in a.items(): os.environ[k] = v", (UNKNOWN,)),
        ("os.environ.update(settings)", (UNKNOWN,)),
        ('get_ipython().run_line_magic("env", "KERAS_BACKEND=jax")', ("KERAS_BACKEND",)),
        ('get_ipython().run_line_magic("env", "KERAS_BACKEND")', ()),
        # What a fork takes in time, or what is nobody's affair.
        ('os.environ["KERAS_BACKEND"] = "tensorflow"', ()),
        ('os.environ.setdefault("KERAS_BACKEND", "tensorflow")', ()),
        ('os.environ["CUDA_VISIBLE_DEVICES"] = "0"', ()),
        ('os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"', ()),
        ('os.environ["WANDB_MODE"] = "offline"', ()),
        ('print(os.environ["KERAS_BACKEND"], os.environ.get("TF_CONFIG"))', ()),
        ('table["TF_CONFIG"] = 1', ()),
    ],
)
def test_what_is_found(code, found):
    assert loading_variables(ast.parse(code)) == found
    assert may_set_variables(code) or not found


@pytest.mark.parametrize(("code", "may"), [("a = 1", False), ("os.ｅnviron['TF_X'] = '1'", True)])
def test_most_code_need_not_be_parsed_for_it(code, may):
    """Python reads some other letters as those of ASCII, so code with any of them is looked at."""
    assert may_set_variables(code) is may


def test_no_lesson_of_the_course_needs_a_fresh_process():
    for path in course_folder().glob("*.py"):
        assert loading_variables(ast.parse(path.read_text())) == (), path
