"""Options of argparse and absl.flags, found without running anything; argparse is the oracle."""

from __future__ import annotations

import argparse
import ast
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.programs.code_cells import command_options
from tflab.programs.parameters import check_values
from tflab.programs.program import Parameter, Program
from tflab.programs.reader import parse_program
from tflab.worker.command_line import command_line

PATH = Path("train.py")


def read(*calls: str, rest: str = "args = parser.parse_args()\n") -> Program:
    lines = "".join(f"parser.{call}\n" for call in calls)
    source = f"import argparse\nparser = argparse.ArgumentParser()\n{lines}{rest}print(args)\n"
    return parse_program(source, PATH)


def one(*call: str, **more: Any) -> Parameter:
    (found,) = read(*call, **more).parameters
    return found


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('"--lr", type=float, default=0.1', ("lr", "float", 0.1, "")),
        ('"--lr", type=float, default=1', ("lr", "float", 1.0, "")),
        ('"-l", "--learning-rate", type=float, default=1e-3', ("learning_rate", "float", 1e-3, "")),
        ('"-n", type=int, default=64 * 8', ("n", "int", 512, "")),
        ('"--n", type=int, default="3"', ("n", "int", 3, "")),
        ('"--to", dest="out", default="x"', ("out", "str", "x", "")),
        ('"--name"', ("name", "str", "", "empty: not given")),
        ('"--n", type=int, default=None', ("n", "str", "", "empty: not given")),
        ('"--n", type=int, default=argparse.SUPPRESS', ("n", "str", "", "empty: not given")),
        ('"data"', ("data", "str", "", "required")),
        ('"data", nargs="?", default="d"', ("data", "str", "d", "")),
        ('"--x", required=True, type=int', ("x", "str", "", "required")),
        ('"--fast", action="store_true"', ("fast", "bool", False, "")),
        ('"--slow", action="store_false"', ("slow", "bool", True, "")),
        ('"--b", action=argparse.BooleanOptionalAction', ("b", "bool", False, "")),
        ('"--old", type=bool, default=True', ("old", "bool", True, "")),
        ('"--sizes", nargs="+", type=int, default=[1, 2]', ("sizes", "str", "1 2", "")),
        ('"--seed", type=int, default=3', ("program_seed", "int", 3, "")),
        ('"--f", type=str2bool, default=True', ("f", "str", "True", "")),
    ],
)
def test_what_an_option_becomes(call: str, expected: tuple[Any, ...]) -> None:
    found = one(f"add_argument({call})")
    assert (found.name, found.type, found.default, found.note) == expected
    assert type(found.default) is type(expected[2])
    assert found.option is not None


def test_help_choices_and_bounds() -> None:
    found = one('add_argument("--m", choices=["a", "b"], default="b", help="Of 50%%: %(default)s")')
    assert (found.type, found.choices, found.help) == ("choice", ("a", "b"), "Of 50%: b")
    found = one('add_argument("--k", type=int, choices=range(1, 9), default=2)')
    assert (found.type, found.ge, found.le) == ("int", 1, 8)
    found = one('add_argument("--k", choices=("x", "y"))')
    assert (found.choices, found.default) == (("", "x", "y"), "")


def test_a_default_may_be_a_global_name() -> None:
    source = "LR = 0.25\nK = 1\nK = 2\n" + (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr', default=LR, "
        "type=float)\np.add_argument('--k', default=K)\nprint(p.parse_args())\n"
    )
    program = parse_program(source, PATH)
    assert program.defaults == {"lr": 0.25}
    assert [r.name for r in program.refused] == ["k"]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ('"--v", action="count"', "its action is count"),
        ('"--v", action="append"', "its action is append"),
        ('"--v", action="version"', "its action is version"),
        ("name", "its name is not a literal"),
        ('f"--{name}"', "its name is not a literal"),
        ('"--v", **more', "its settings are not written out"),
        ('"--v", default=os.cpu_count()', "its default is what a call returns"),
        ('"--v", choices=MODELS', "its choices are not written out"),
        ('"--v", choices=[1.5]', "its choices are neither"),
        ('"--v", type=int, default=0.5', "its default is none that it takes"),
        ('"--v", action="store_true", default=True', "its default is what it is set to"),
    ],
)
def test_why_an_option_is_no_parameter(call: str, reason: str) -> None:
    program = read(f"add_argument({call})")
    assert program.parameters == ()
    assert program.refused[0].reason.startswith(reason)
    assert program.refused[0].line == 3


def test_groups_count_and_subcommands_do_not() -> None:
    rest = (
        "group = parser.add_argument_group('x')\ngroup.add_argument('--a', default='1')\n"
        "sub = parser.add_subparsers()\nb = sub.add_parser('b')\nb.add_argument('--c')\n"
        "args = parser.parse_args()\n"
    )
    program = read(rest=rest)
    assert [p.name for p in program.parameters] == ["a"]
    assert [(r.name, "subcommand" in r.reason) for r in program.refused] == [("c", True)]


@pytest.mark.parametrize("given", ["[]", '"".split()', "args=['--x', '1']", '""'])
def test_a_program_that_parses_a_list_of_its_own_takes_no_option(given: str) -> None:
    program = read('add_argument("--x", default="1")', rest=f"args = parser.parse_args({given})\n")
    assert program.parameters == ()
    assert "a list of its own, on line 4" in program.refused[0].reason


@pytest.mark.parametrize("given", ["", "argv", "sys.argv[1:]", "None", "args=None"])
def test_one_that_reads_its_command_line_does(given: str) -> None:
    assert one('add_argument("--x", default="1")', rest=f"args = parser.parse_args({given})\n")


def test_defaults_set_elsewhere_doubles_and_what_the_program_sets() -> None:
    program = read(
        'add_argument("--a", default="1")',
        'add_argument("--b", default="1")',
        'add_argument("--b", default="2")',
        'set_defaults(a="3")',
        rest="args = parser.parse_args()\nargs.a = 'x'\n",
    )
    assert program.defaults == {"a": "3", "b": "1"}
    assert program.parameters[0].note == "set again on line 8"
    rest = "config, _ = parser.parse_known_args()\nconfig.a += 'x'\nargs = config\n"
    assert one('add_argument("--a")', rest=rest).note == "set again on line 5"
    assert program.refused[0].reason == "it is declared twice, first on line 4"


def test_flags_of_absl() -> None:
    source = """\
from absl import flags
flags.DEFINE_integer("steps", 3, "How many", lower_bound=1, upper_bound=9)
flags.DEFINE_float(name="rate", default=1, help="Rate")
flags.DEFINE_boolean("fast", True, "Fast")
flags.DEFINE_enum("mode", "a", ["a", "b"], "Mode")
flags.DEFINE_string("who", None, "Who")
flags.DEFINE_list("sizes", [1, 2], "Sizes")
flags.DEFINE_multi_integer("many", [1], "Many")
flags.mark_flag_as_required("who")
"""
    program = parse_program(source, PATH)
    assert program.defaults == {
        "steps": 3,
        "rate": 1.0,
        "fast": True,
        "mode": "a",
        "who": "",
        "sizes": "1,2",
    }
    assert (program.parameters[0].ge, program.parameters[0].le) == (1, 9)
    assert program.parameters[4].note == "required"
    assert [(r.name, r.reason) for r in program.refused] == [
        ("many", "DEFINE_multi_integer is not known here")
    ]


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
OPTIONS: dict[str, tuple[dict[str, Any], st.SearchStrategy[Any]]] = {
    "--rate": ({"type": float, "default": 0.5}, st.floats(allow_nan=False, allow_infinity=False)),
    "--steps": ({"type": int, "default": 3}, st.integers(-(1 << 62), 1 << 62)),
    "-k": ({"type": int, "default": 1}, st.integers(-99, 99)),
    "--word": ({"default": "w"}, TEXT),
    "-s": ({"default": "s"}, TEXT),
    "--fast": ({"action": "store_true"}, st.booleans()),
    "--no-log": ({"action": "store_false", "dest": "log"}, st.booleans()),
    "--clip": ({"action": argparse.BooleanOptionalAction, "default": True}, st.booleans()),
    "--old": ({"type": bool, "default": True}, st.booleans()),
    "--mode": ({"choices": ["a", "b c"], "default": "a"}, st.sampled_from(["a", "b c"])),
    "place": ({"nargs": "?", "default": "here"}, TEXT.filter(bool)),
    "other": ({"nargs": "?", "default": "there"}, TEXT.filter(bool)),
}


@settings(max_examples=300)
@given(st.data())
def test_argparse_gets_exactly_the_values_of_the_form(drawn: st.DataObject) -> None:
    names = drawn.draw(st.lists(st.sampled_from(sorted(OPTIONS)), unique=True, min_size=1))
    parser = argparse.ArgumentParser()
    calls = []
    values = {}
    for name in names:
        said, strategy = OPTIONS[name]
        dest = parser.add_argument(name, **said).dest
        words = [repr(name)]
        for key, value in said.items():
            text = value.__name__ if isinstance(value, type) else repr(value)
            words.append(f"{key}={'argparse.' * (key == 'action' and 'Bool' in text)}{text}")
        calls.append(f"add_argument({', '.join(words)})")
        values[dest] = drawn.draw(strategy)
    program = read(*calls)
    checked = check_values(program, values)
    arguments = command_line(command_options(program), checked)
    assert vars(parser.parse_args(arguments)) == values
    ast.parse(program.source)
