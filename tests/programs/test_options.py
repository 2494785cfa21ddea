"""Options of argparse and absl.flags, found without running anything; argparse is the oracle."""

from __future__ import annotations

import argparse
import ast
import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.programs.code_cells import command_options
from tflab.programs.option_arguments import COMPUTED
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
        ('"--n", type=int, default=6e7', ("n", "int", 60_000_000, "")),
        ('"--to", dest="out", default="x"', ("out", "str", "x", "")),
        ('"--name"', ("name", "str", "", "empty: not given")),
        ('"--n", type=int, default=None', ("n", "int", "", "empty: not given")),
        ('"--n", type=float', ("n", "float", "", "empty: not given")),
        ('"--n", type=int, default=argparse.SUPPRESS', ("n", "int", "", "empty: not given")),
        ('"data"', ("data", "str", "", "required")),
        ('"data", nargs="?", default="d"', ("data", "str", "d", "")),
        ('"--x", required=True, type=int', ("x", "int", "", "required")),
        ('"--fast", action="store_true"', ("fast", "bool", False, "")),
        ('"--slow", action="store_false"', ("slow", "bool", True, "")),
        ('"--b", action=argparse.BooleanOptionalAction', ("b", "bool", False, "")),
        ('"--old", type=bool, default=True', ("old", "bool", True, "")),
        ('"--sizes", nargs="+", type=int, default=[1, 2]', ("sizes", "str", "1 2", "")),
        ('"--seed", type=int, default=3', ("program_seed", "int", 3, "")),
        ('"--f", type=str2bool, default=True', ("f", "bool", True, "")),
        ('"--f", type=lambda x: x == "True", default=False', ("f", "bool", False, "")),
        ('"--f", default=True', ("f", "str", "True", "")),
        ('"-v", action="count"', ("v", "int", 0, "")),
        ('"-v", action="count", default=2', ("v", "int", 2, "")),
        ('"--x", action="append"', ("x", "str", "", "empty: not given")),
        ('"--x", action="append", default=[1]', ("x", "str", "", "added to [1]")),
        ('"--n", type=int, default=os.cpu_count()', ("n", "int", "", COMPUTED)),
        ('"--n", default=os.environ.get("N", 3), type=int', ("n", "int", "", COMPUTED)),
        ('"--m", choices=MODELS, default="a"', ("m", "str", "a", "")),
        ('"--m", choices=[0.5, 1.5], type=float, default=0.5', ("m", "float", 0.5, "")),
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
    assert program.defaults == {"lr": 0.25, "k": ""}
    assert program.parameters[1].note == COMPUTED


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ('"--v", action="count", default=X', "it counts from what is no whole number"),
        ('"--v", action="append_const", const=1', "its action is append_const"),
        ('"--v", action="version"', "its action is version"),
        ("name", "its name is not a literal"),
        ('f"--{name}"', "its name is not a literal"),
        ('"--v", **more', "its settings are not written out"),
        ('"--v", type=int, default=0.5', "its default is none that it takes"),
        ('"--v", action="store_true", default=True', "its default is what it is set to"),
    ],
)
def test_why_an_option_is_no_parameter(call: str, reason: str) -> None:
    program = read(f"add_argument({call})")
    assert program.parameters == ()
    assert program.refused[0].reason.startswith(reason)
    assert program.refused[0].line == 3


def test_groups_count_and_subcommands_are_chosen() -> None:
    rest = (
        "group = parser.add_argument_group('x')\ngroup.add_argument('--a', default='1')\n"
        "sub = parser.add_subparsers()\nb = sub.add_parser('b')\nb.add_argument('--c')\n"
        "args = parser.parse_args()\n"
    )
    program = read(rest=rest)
    assert [p.name for p in program.parameters] == ["command", "a", "c"]
    assert program.parameters[0].choices == ("", "b")
    assert program.parameters[2].option.under == ("b",)
    values = {"command": "", "a": "2", "c": "3"}
    assert command_line(command_options(program), values) == ["--a=2"]
    values["command"] = "b"
    assert command_line(command_options(program), values) == ["--a=2", "b", "--c=3"]


SUBCOMMANDS = """\
import argparse
shared = argparse.ArgumentParser(add_help=False)
shared.add_argument("--data", default="d")
parser = argparse.ArgumentParser()
parser.add_argument("--sizes", nargs="+", default=["1"])
parser.add_argument("--verbose", action="store_true")
sub = parser.add_subparsers(dest="task", required=True)

def common(p):
    p.add_argument("--lr", type=float, default=0.1)

train = sub.add_parser("train", parents=[shared])
common(train)
extra = train.add_argument_group("extra")
extra.add_argument("--epochs", type=int, default=3)
p = sub.add_parser("test", parents=[shared])
common(p)
p.add_argument("model", nargs="?", default="m")
p = sub.add_parser("show")
p.add_argument("--wide", action="count", default=0)
for each in (train, p):
    each.add_argument("--tag", action="append")


class Setup:
    def more(self, its_parser):
        its_parser.add_argument("--extra", default="e")


Setup().more(p)
args = parser.parse_args()
"""


def test_options_of_subcommands_are_found_wherever_they_are_declared() -> None:
    program = parse_program(SUBCOMMANDS, PATH)
    under = {p.name: p.option.under for p in program.parameters if p.option}
    assert under == {
        "task": (),
        "data": ("train", "test"),
        "sizes": (),
        "verbose": (),
        "lr": ("train", "test"),
        "epochs": ("train",),
        "model": ("test",),
        "wide": ("show",),
        "tag": ("train", "show"),
        "extra": ("show",),
    }
    assert program.refused == ()
    assert program.parameters[0].note == "required"


@given(
    task=st.sampled_from(["train", "test", "show"]),
    lr=st.floats(0, 1),
    epochs=st.integers(0, 9),
    wide=st.integers(0, 3),
    sizes=st.sampled_from(["1", "2 3"]),
    verbose=st.booleans(),
    model=st.sampled_from(["m", "-n", "o"]),
    tag=st.sampled_from(["", "a", "a 'b c'"]),
)
def test_a_subcommand_gets_exactly_the_values_of_the_form(**values: Any) -> None:
    values["verbose"] |= values["sizes"] == "2 3"
    program = parse_program(SUBCOMMANDS, PATH)
    arguments = command_line(command_options(program), program.defaults | values)
    names: dict[str, Any] = {}
    source = SUBCOMMANDS.replace("parse_args()", "parse_args(arguments)")
    exec(compile(source, "train.py", "exec"), names | {"arguments": arguments}, names)
    read = vars(names["args"])
    # Several values end where another option begins; `argparse` has no other way before a command.
    expected = values | {"sizes": shlex.split(values["sizes"]), "data": "d", "extra": "e"}
    expected["tag"] = shlex.split(values["tag"]) or None
    assert read.items() <= expected.items()
    assert {"task", "sizes", "verbose"} <= read.keys()


def test_an_option_that_two_subcommands_declare_otherwise_is_two_parameters() -> None:
    source = """\
import argparse
parser = argparse.ArgumentParser()
sub = parser.add_subparsers(dest="task")
train = sub.add_parser("train")
train.add_argument("--lr", type=float, default=0.1)
check = sub.add_parser("fine-tune")
check.add_argument("--lr", type=float, default=0.5)
print(parser.parse_args(), file=FILE)
"""
    program = parse_program(source, PATH)
    assert program.defaults == {"task": "", "train_lr": 0.1, "fine_tune_lr": 0.5}
    for task, expected in (("train", 3.0), ("fine-tune", 4.0)):
        values = {"task": task, "train_lr": 3.0, "fine_tune_lr": 4.0}
        words = command_line(command_options(program), values)
        assert words == [task, f"--lr={expected}"]


MODULE = """\
import argparse
MOST = 7

def build():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=0.1, help="How fast")
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument(SOME)
    return parser

def of_its_own():
    return argparse.ArgumentParser().add_argument("--other")

class Options:
    def parse(self):
        return build().parse_args()

if __name__ == "__main__":
    argparse.ArgumentParser().add_argument("--guarded")
"""


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("options.py", "from options import Options\nargs = Options().parse()\n"),
        ("options.py", "import options\nprint(options.build().parse_args())\n"),
        ("tools/options.py", "from tools import options\nargs = options.Options().parse()\n"),
        ("tools/options.py", "import tools.options as o\nargs = o.Options().parse()\n"),
        (
            "tools/__init__.py",
            "def main():\n    import tools\n    tools.Options().parse()\nmain()\n",
        ),
    ],
)
def test_options_that_a_module_beside_the_program_declares(
    tmp_path: Path, file: str, source: str
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(MODULE)
    program = parse_program(f"# A line\n{source}", tmp_path / "train.py")
    assert program.defaults == {"rate": 0.1, "most": 7}
    rate = program.parameters[0]
    assert rate.help == f"How fast (in {file}, line 6)"
    assert "import" in program.source.splitlines()[rate.line - 1]
    (refused,) = program.refused
    assert refused.reason == f"its name is not a literal ({file}, line 8)"
    assert "-" not in refused.name
    assert command_line(command_options(program), {"rate": 2.0, "most": 7}) == ["--rate=2.0"]


def test_modules_import_modules_and_the_program_adds_options_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "__init__.py").write_text("from .options import parser\nimport train\n")
    (tmp_path / "tools" / "options.py").write_text(
        "from argparse import ArgumentParser\nfrom . import parts\n"
        "parser = ArgumentParser()\nparser.add_argument('--a', default='1')\n"
    )
    (tmp_path / "tools" / "parts.py").write_text("def broken(:")
    program = parse_program(
        "from tools import parser\nparser.add_argument('--b', default='2')\n"
        "args = parser.parse_args()\n",
        tmp_path / "train.py",
    )
    assert program.defaults == {"a": "1", "b": "2"}


def test_a_module_with_a_command_line_of_its_own_gives_no_options(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(
        "import argparse\nSIZE = 3\ndef main():\n    parser = argparse.ArgumentParser()\n"
        "    parser.add_argument('--a', default='1')\n    parser.parse_args()\n"
        "if __name__ == '__main__':\n    main()\n"
    )
    source = "from model import SIZE\nsteps = 4\nprint(SIZE * steps)\n"
    assert parse_program(source, tmp_path / "train.py").defaults == {"steps": 4}


@pytest.mark.parametrize(
    ("call", "read_here"),
    [
        ("main(['--x', '2'])", False),
        ("main(argv=['--x', '2'])", False),
        ("main()", True),
        ("main(None)", True),
        ("main(sys.argv[1:])", True),
        ("main(['--x', '2']) if notebook else main()", True),
    ],
)
def test_a_list_that_is_handed_on_is_found(call: str, read_here: bool) -> None:
    rest = f"def main(argv=None):\n    return parser.parse_args(argv)\n{call}\nargs = 1\n"
    program = read('add_argument("--x", default="1")', rest=rest)
    assert bool(program.parameters) is read_here
    own = "words = ['--x', '2']\nargs = parser.parse_args(words)\n"
    assert read('add_argument("--x", default="1")', rest=own).parameters == ()


@pytest.mark.parametrize("given", ["[]", '"".split()', "args=['--x', '1']", '""'])
def test_a_program_that_parses_a_list_of_its_own_takes_no_option(given: str) -> None:
    program = read('add_argument("--x", default="1")', rest=f"args = parser.parse_args({given})\n")
    assert program.parameters == ()
    assert "a list of its own, on line 4" in program.refused[0].reason


@pytest.mark.parametrize("line", ["sys.argv = ['']", "sys.argv[1:] = []"])
def test_a_program_that_sets_its_command_line_takes_no_option(line: str) -> None:
    program = read('add_argument("--x", default="1")', rest=f"{line}\nargs = parser.parse_args()\n")
    assert program.parameters == ()
    assert program.refused[0].reason == "the program sets sys.argv itself, on line 4"


@pytest.mark.parametrize(
    "rest",
    [
        "config = parser.parse_args()\nconfig.x = 2\n",
        "known, rest = parser.parse_known_args()\nknown.x = 2\n",
        "args = parser.parse_args()\nsetattr(args, 'x', 2)\n",
    ],
)
def test_what_the_program_sets_on_its_options_is_noted(rest: str) -> None:
    assert one('add_argument("--x", default="1")', rest=rest).note == "set again on line 5"


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
flags.DEFINE_multi_integer("many", [1, 2], "Many")
flags.DEFINE_integer("batch", "0", "Batch")
flags.DEFINE_float("decay", None, "Decay")
flags.DEFINE_spaceseplist("names", ["a", "b"], "Names")
flags.DEFINE_string("home", os.environ["HOME"], "Home")
flags.DEFINE_enum("kind", "a", KINDS, "Kind")
flags.DEFINE_alias("step", "steps")
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
        "many": "1 2",
        "batch": 0,
        "decay": "",
        "names": "a b",
        "home": "",
        "kind": "a",
    }
    assert (program.parameters[0].ge, program.parameters[0].le) == (1, 9)
    assert program.parameters[4].note == "required"
    assert [(r.name, r.reason) for r in program.refused] == [
        ("step", "DEFINE_alias is not known here")
    ]


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
PARTS = st.lists(st.text("ab '\"", min_size=1), min_size=1)
OPTIONS: dict[str, tuple[dict[str, Any], st.SearchStrategy[Any]]] = {
    "--rate": ({"type": float, "default": 0.5}, st.floats(allow_nan=False, allow_infinity=False)),
    "--steps": ({"type": int, "default": 3}, st.integers(-(1 << 62), 1 << 62)),
    "--limit": ({"type": int}, st.none() | st.integers(-9, 9)),
    "--clip-at": ({"type": float, "default": None}, st.none() | st.floats(-9, 9)),
    "-k": ({"type": int, "default": 1}, st.integers(-99, 99)),
    "--word": ({"default": "w"}, TEXT),
    "-s": ({"default": "s"}, TEXT),
    "--fast": ({"action": "store_true"}, st.booleans()),
    "--no-log": ({"action": "store_false", "dest": "log"}, st.booleans()),
    "--clip": ({"action": argparse.BooleanOptionalAction, "default": True}, st.booleans()),
    "--old": ({"type": bool, "default": True}, st.booleans()),
    "--mode": ({"choices": ["a", "b c"], "default": "a"}, st.sampled_from(["a", "b c"])),
    "-rate": ({"type": float, "default": -1e-3}, st.floats(allow_nan=False, allow_infinity=False)),
    "-r": ({"default": "r"}, TEXT),
    "--parts": ({"nargs": "+", "default": ["a b", "c"]}, st.just(["a b", "c"]) | PARTS),
    "--more": ({"nargs": "*", "type": int, "default": [1]}, st.lists(st.integers(-9, 9))),
    "place": ({"nargs": "?", "default": "here"}, TEXT.filter(bool)),
    "--verbose": ({"action": "count", "default": 1}, st.integers(1, 4)),
    "--add": ({"action": "append"}, st.none() | PARTS),
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
    checked = check_values(
        program,
        {
            n: shlex.join(map(str, v)) if isinstance(v, list) else "" if v is None else v
            for n, v in values.items()
        },
    )
    arguments = command_line(command_options(program), checked)
    assert vars(parser.parse_args(arguments)) == values
    ast.parse(program.source)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("import click", "click"),
        ("import fire as f", "fire"),
        ("from typer import Option", "typer"),
        ("from transformers import HfArgumentParser", "HfArgumentParser"),
        ("from ml_collections import config_flags", "config_flags"),
    ],
)
def test_a_library_whose_options_are_not_recognised_is_named(line: str, name: str) -> None:
    program = parse_program(f"import os\n{line}\nrate = 0.5\nprint(rate)\n", PATH)
    (found,) = [r for r in program.remarks if "whose options are not recognised" in r.message]
    assert f"with {name}," in found.message
    assert found.line == 2
