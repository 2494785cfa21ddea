"""A value given for an option is what the program computes with, or what it used is recorded."""

from __future__ import annotations

import pytest

from tflab.runs.state import result_value

HEAD = """\
import argparse, os, sys
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--name", default="a")
parser.add_argument("--size", type=lambda text: tuple(map(int, text.split("x"))), default="2x2")
parser.add_argument("--workers", type=int, default=os.cpu_count())
"""
HANDED = "def main(words=None):\n    return parser.parse_args(words)\n"


def used(bench, tmp_path, rest: str, values=None):
    """Run a program, and return what is recorded as used, and the notices."""
    path = tmp_path / "train.py"
    path.write_text(HEAD + rest)
    run = bench.run_file(path, values or {})
    assert run.state.status == "finished", run.output
    results = {n: result_value(r) for n, r in run.state.results.items() if n.endswith("as used")}
    notices = [text for text in run.state.notices if "was given as" in text]
    return results, notices


@pytest.mark.parametrize(
    ("rest", "values"),
    [
        ("args = parser.parse_args()\n", {"lr": 0.5, "name": "b", "size": "3x4", "workers": 2}),
        ("args = parser.parse_args()\n", {}),
        (HANDED + "args = main()\n", {"lr": 0.5}),
        (HANDED + "args = main(sys.argv[1:])\n", {"lr": 0.5, "size": "1x1"}),
        ("args, rest = parser.parse_known_args()\n", {"lr": 0.5}),
        (
            "first = argparse.ArgumentParser(add_help=False)\nfirst.add_argument('--conf')\n"
            "conf, rest = first.parse_known_args()\nargs = parser.parse_args(rest)\n",
            {"lr": 0.5, "size": "3x4", "conf": "c"},
        ),
    ],
)
def test_a_program_that_reads_what_is_given_needs_no_word(bench, tmp_path, rest, values):
    assert used(bench, tmp_path, rest, values) == ({}, [])


def test_a_list_of_the_programs_own_is_told(bench, tmp_path):
    rest = HANDED + "words = sys.argv[1:]\nwords = ['--lr', '0.7']\nargs = main(words)\n"
    results, notices = used(bench, tmp_path, rest, {"lr": 0.5, "name": "b"})
    assert results == {"lr as used": 0.7, "name as used": "a"}
    assert notices == [
        "lr was given as 0.5, and the program used 0.7.",
        "name was given as 'b', and the program used 'a'.",
    ]
    # What was not given, and is another all the same, too.
    assert used(bench, tmp_path, rest)[0] == {"lr as used": 0.7}


def test_a_default_that_only_a_run_knows_is_told(bench, tmp_path):
    rest = "parser.set_defaults(**{'lr': 0.3})\nargs = parser.parse_args()\n"
    assert used(bench, tmp_path, rest)[0] == {"lr as used": 0.3}
    assert used(bench, tmp_path, rest, {"lr": 0.5})[0] == {}


def test_an_option_that_nothing_parses_is_told(bench, tmp_path):
    rest = "if len(sys.argv) > 9:\n    args = parser.parse_args()\n"
    results, notices = used(bench, tmp_path, rest, {"lr": 0.5})
    assert results == {}
    assert notices == ["lr was given as 0.5, and no parser of the program read it."]


def test_flags_of_absl_that_are_not_as_given_are_told(bench, tmp_path):
    source = """\
from absl import app, flags
FLAGS = flags.FLAGS
flags.DEFINE_float("lr", 0.1, "Rate")
flags.DEFINE_list("sizes", ["1", "2"], "Sizes")

def main(_):
    print(FLAGS.lr, FLAGS.sizes)

app.run(main{})
"""
    path = tmp_path / "train.py"
    path.write_text(source.format(""))
    run = bench.run_file(path, {"lr": 0.5, "sizes": "3,4"})
    assert run.output == "0.5 ['3', '4']\n"
    assert not run.state.results
    path.write_text(source.format(", argv=['x', '--lr=0.7']"))
    run = bench.run_file(path, {"lr": 0.5})
    assert result_value(run.state.results["lr as used"]) == 0.7


def test_what_a_program_says_as_it_refuses_its_options_is_told(bench, tmp_path):
    path = tmp_path / "train.py"
    path.write_text(
        HEAD + "args = parser.parse_args()\nif args.lr > 1:\n    parser.error('too fast')\n"
    )
    ended = bench.run_file(path, {"lr": 2.0}).state.ended
    assert (ended.state, ended.exit_code) == ("failed", 2)
    assert ended.cause == "The program refused its options: too fast."
    assert "tflab check --parameters" in ended.next_step


def test_a_switch_that_a_function_of_the_programs_reads(bench, tmp_path):
    path = tmp_path / "train.py"
    path.write_text(
        "import argparse\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--aug', type=lambda x: str(x).lower() == 'true', default=True)\n"
        "parser.add_argument('--fast', type=lambda x: x in ('yes', 'True'), default=False)\n"
        "print(parser.parse_args())\n"
    )
    run = bench.run_file(path, {"aug": False, "fast": True})
    assert run.output == "Namespace(aug=False, fast=True)\n"
    assert not run.state.results
    assert bench.run_file(path).output == "Namespace(aug=True, fast=False)\n"
