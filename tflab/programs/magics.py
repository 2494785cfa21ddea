"""The habits of notebooks as plain Python: magics, shell commands, help.

Each line stays on its line. What only sets up a notebook passes; what runs code becomes that code;
the rest becomes a call of `get_ipython()`, as IPython itself would write it, which the run side
answers (`tflab/worker/ipython.py`).
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import NamedTuple

from tflab.runs.magic_names import SETUP_MAGICS

_SHELL_LINES = frozenset(
    ["pip", "pip3", "conda", "mamba", "micromamba", "uv", "system", "sx", "sc", "bash", "sh"]
)
_SHELL_CELLS = frozenset(
    [
        "!",
        "bash",
        "sh",
        "script",
        "system",
        "sx",
        "cmd",
        "perl",
        "ruby",
        "pypy",
        "python2",
        "python3",
    ]
)
# What stands in these cells is run as it is; the rest of their first line is not.
_OPEN_CELLS = frozenset(
    ["time", "capture", "prun", "memit", "mprun", "lprun", "scalene", "snakeviz"]
)
_TYPED_ALONE = frozenset(
    ["pip", "pip3", "conda", "mamba", "ls", "cd", "mkdir", "rmdir", "cat", "cp", "mv", "rm", "pwd"]
)

_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.)(?: |$)")
_SIGNS = re.compile(
    r"(?P<triple>\"{3}|'{3})|(?:\"(?:[^\"\\\n]+|\\.)*+\"?|'(?:[^'\\\n]+|\\.)*+'?)"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>#.*|\\$)|\\.",
    re.DOTALL,
)
_CLOSING = {q: re.compile(rf"(?:[^\\{q}]+|\\.?|{q}(?!{q}{q}))*+", re.DOTALL) for q in "\"'"}
_SPECIAL = re.compile(r"(\s*)(%{1,2}|!{1,2})\s*(.*)", re.DOTALL)
_TARGET = re.compile(r"(\s*[\w.,\s\[\]'\"*]+?\s*=\s*)(%|!{1,2})\s*(?=[^=\s])(.*)", re.DOTALL)
_HELP = re.compile(r"(\s*)(\?{1,2}\s*[%\w.*\[\]\"']+|[%\w.*\[\]\"'()]+\?{1,2})\s*(?:#.*)?")
_TYPED = re.compile(r"(\s*)(\w+)(?:\s+(?![=,(\[])(.*)|\s*)", re.DOTALL)


class Command(NamedTuple):
    """A shell command of a notebook: its line in the cell, from 1, and its text."""

    line: int
    text: str


class PlainCell(NamedTuple):
    """A cell's code as plain Python, and the shell commands that it would run."""

    source: str
    commands: tuple[Command, ...] = ()


def plain_python(source: str) -> PlainCell:
    """Return a cell's code with its magics as Python; code that Python can read stays as it is."""
    lines = _without_indent(_without_prompts(source.split("\n")))
    source = "\n".join(lines)
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None or not _needs_work(source):
        return PlainCell(source)
    if lines[first].startswith("%%"):
        return _cell_magic(lines, first)
    return _lines(lines)


def _without_indent(lines: list[str]) -> list[str]:
    """Return the lines without the indent of the first one: IPython runs what was pasted so."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines] if indent else lines


def _without_prompts(lines: list[str]) -> list[str]:
    """Return what was pasted from a Python prompt without `>>> ` and `... `."""
    first = next((line for line in lines if line.strip()), "")
    if not first.lstrip().startswith(">>> "):
        return lines
    return [_PROMPT.sub("", line, count=1) for line in lines]


def _needs_work(source: str) -> bool:
    if not any(sign in source for sign in "%!?") and not _TYPED_ALONE & set(source.split()):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False


def _cell_magic(lines: list[str], first: int) -> PlainCell:
    name, _, rest = lines[first].removeprefix("%%").strip().partition(" ")
    name, rest = (name or rest.split(" ")[0]), rest.strip()
    body = lines[first + 1 :]
    if name in _OPEN_CELLS or name == "timeit":
        plain = plain_python("\n".join(body))
        commands = tuple(Command(line + first + 1, text) for line, text in plain.commands)
        if name == "timeit":
            return _asked(lines, first, (name, rest, plain.source.split("\n")), commands)
        opened = _capturing(rest) if name == "capture" else ""
        opened = "get_ipython().timed()" if name == "time" else opened
        rest_of_it = [plain.source] if body else []
        return PlainCell("\n".join([*lines[:first], opened, *rest_of_it]), commands)
    commands = ()
    if name in _SHELL_CELLS or name.startswith("!"):
        commands = (Command(first + 1, "\n".join([lines[first], *body])),)
    return _asked(lines, first, (name, rest, body), commands)


def _asked(
    lines: list[str], first: int, asked: tuple[str, str, list[str]], commands: tuple[Command, ...]
) -> PlainCell:
    """Return a cell that asks the notebook's shell for what it does with its text."""
    name, rest, body = asked
    text = "".join(f"{line}\n" for line in body)
    call = f"get_ipython().run_cell_magic({name!r}, {rest!r}, {text!r})"
    empty = ("" for _ in lines[first + 1 :])
    return PlainCell("\n".join([*lines[:first], call, *empty]), commands)


def _capturing(rest: str) -> str:
    """Return what begins a cell whose output is kept from sight, under a name if it has one."""
    words = rest.split()
    named = bool(words) and words[-1].isidentifier()
    return f"{f'{words[-1]} = ' if named else ''}get_ipython().captured({rest!r})"


def _lines(lines: list[str]) -> PlainCell:
    made: list[str] = []
    commands: list[Command] = []
    place, state = 0, _State()
    while place < len(lines):
        line, number = lines[place], place + 1
        size = 1
        if state.at_start:
            while line.endswith("\\") and _is_special(line) and place + size < len(lines):
                line = line[:-1] + lines[place + size]
                size += 1
            found = _line(line)
            if found is not None:
                text, command = found
                if command:
                    commands.append(Command(number, command))
                made += [text, *("" for _ in range(size - 1))]
                state.take(text)
                place += size
                continue
        made.append(lines[place])
        state.take(lines[place])
        place += 1
    return PlainCell("\n".join(made), tuple(commands))


def _is_special(line: str) -> bool:
    return bool(_SPECIAL.fullmatch(line) or _TARGET.fullmatch(line))


def _line(line: str) -> tuple[str, str] | None:
    """Return a line as Python, and the shell command in it; None when it is Python already."""
    if match := _SPECIAL.fullmatch(line):
        indent, sign, rest = match.groups()
        return _special("", indent, sign, rest)
    if match := _TARGET.fullmatch(line):
        target, sign, rest = match.groups()
        return _special(target, "", sign, rest)
    if match := _HELP.fullmatch(line):
        return f"{match[1]}get_ipython().asked({match[2]!r})", ""
    if (match := _TYPED.fullmatch(line)) and match[2] in _TYPED_ALONE and not _is_python(line):
        return _special("", match[1], "%", line.strip())
    return None


def _special(target: str, indent: str, sign: str, rest: str) -> tuple[str, str]:
    shell = "get_ipython()"
    if sign.startswith("!"):
        kept = target or sign == "!!"
        method = "getoutput" if kept else "system"
        return f"{indent}{target}{shell}.{method}({rest!r})", sign + rest
    name, _, words = rest.partition(" ")
    words = words.strip()
    if name in SETUP_MAGICS:
        return f"{indent}{target or 'pass'}{'None' if target else ''}", ""
    if name == "time" and words:
        return f"{indent}{_timed(target, words)}", ""
    command = f"%{rest}" if name in _SHELL_LINES | _TYPED_ALONE - {"cd", "pwd"} else ""
    return f"{indent}{target}{shell}.run_line_magic({name!r}, {words!r})", command


def _timed(target: str, code: str) -> str:
    """Return code that tells how long it took; the value of an expression stays what it is."""
    shell = "get_ipython()"
    try:
        ast.parse(code, mode="eval")
    except (SyntaxError, ValueError):
        return f"with {shell}.timing(): {target}{code}"
    return f"{target}{shell}.took({shell}.clock(), {code})"


def _is_python(line: str) -> bool:
    try:
        ast.parse(line.strip())
    except (SyntaxError, ValueError):
        return False
    return True


class _State:
    """Whether a line begins a statement: it stands in no brackets, no text, and continues none."""

    def __init__(self) -> None:
        self._depth = 0
        self._quotes = ""
        self._goes_on = False

    @property
    def at_start(self) -> bool:
        return not (self._depth or self._quotes or self._goes_on)

    def take(self, line: str) -> None:
        """Go over a line of Python."""
        place, self._goes_on = 0, False
        while place <= len(line):
            if self._quotes:
                match = _CLOSING[self._quotes[0]].match(line, place)
                place = match.end() if match else len(line)
                if place >= len(line):
                    return
                place, self._quotes = place + 3, ""
            sign = _SIGNS.search(line, place)
            if sign is None:
                return
            place = sign.end()
            if sign["triple"]:
                self._quotes = sign["triple"]
            elif sign["open"]:
                self._depth += 1
            elif sign["close"]:
                self._depth = max(0, self._depth - 1)
            elif sign["end"]:
                self._goes_on = sign["end"] == "\\"
                return
