"""What `get_ipython()` answers in a notebook: the magics that run code, set something up, or ask
for a shell. Shell commands are skipped, and said, unless the person allowed them.
"""

from __future__ import annotations

import ast
import contextlib
import linecache
import os
import re
import shlex
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from tflab.runs.magic_names import SETUP_MAGICS
from tflab.worker.notebook_help import tell
from tflab.worker.notebook_history import Captured, CellGuard, Events, History, Lines
from tflab.worker.notebook_magics import (
    change_folder,
    environment_variable,
    import_pylab,
    own_names,
    print_values,
    run_file,
    write_file,
)
from tflab.worker.notebook_timing import Clock, clock, measure, tell_time

_NAME = re.compile(r"\{([^{}]+)\}|\$(\w+)|\$\{(\w+)\}")
_SHELLS = ("pip", "pip3", "conda", "mamba", "micromamba", "uv")
_TYPED = ("ls", "mkdir", "rmdir", "cat", "cp", "mv", "rm")
_SHOWN_ELSEWHERE = ("html", "javascript", "js", "latex", "svg", "markdown")


class UsageError(Exception):
    """A magic that does not exist here, or is used in a way that it does not understand."""


class Shell:
    """The notebook's shell.

    Args:
        names: The notebook's global names.
        allowed: Whether shell commands run.
    """

    def __init__(self, names: dict[str, Any], allowed: bool) -> None:
        self.user_ns = names
        self.config: dict[str, Any] = {}
        self.events = Events()
        self._allowed = allowed
        self._line_magics: dict[str, Callable[..., Any]] = {}
        self._cell_magics: dict[str, Callable[..., Any]] = {}
        self._cells = 0
        self.guard = CellGuard()
        self.history = History(names)
        self._own: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return "<the shell of a notebook, in tflab>"

    def begin(self) -> None:
        """Take that the notebook begins: what is there by now is none of its own names."""
        self._own = frozenset(self.user_ns)

    def has_trait(self, name: str) -> bool:  # noqa: ARG002
        """Return that there is no such part of IPython's own here, as a kernel is one."""
        return False

    def system(self, command: str) -> None:
        """Run a shell command, as `!` does; what it prints is the run's output."""
        if self._may_run("!", command):
            self.user_ns["_exit_code"] = self._run_program(self._filled(command), shell=True)

    def _run_program(self, program: Any, **more: Any) -> int:
        """Run a program, and return what it left with; `%%capture` has what it prints."""
        sys.stdout.flush()
        if self.guard.on:
            more.update(stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        done = subprocess.run(program, check=False, text=True, **more)
        if done.stdout:
            sys.stdout.write(done.stdout)
        return done.returncode

    def getoutput(self, command: str, split: bool = True) -> Any:
        """Return the lines that a shell command prints; none when it is skipped."""
        if not self._may_run("!", command):
            return Lines() if split else ""
        done = subprocess.run(
            self._filled(command), shell=True, check=False, stdout=subprocess.PIPE, text=True
        )
        self.user_ns["_exit_code"] = done.returncode
        return Lines(done.stdout.splitlines()) if split else done.stdout

    def register_magic_function(
        self, function: Callable[..., Any], magic_kind: str = "line", magic_name: str | None = None
    ) -> None:
        """Know a magic of the notebook's own, as `register_cell_magic` asks for."""
        name = magic_name or function.__name__
        if "line" in magic_kind:
            self._line_magics[name] = function
        if "cell" in magic_kind:
            self._cell_magics[name] = function

    def run_cell(self, source: str, *_: Any, **__: Any) -> None:
        """Run some code as a cell of its own; an error in it is shown, and stops nothing else."""
        self._cells += 1
        name = f"<cell run by a magic, {self._cells}>"
        lines = source.splitlines(keepends=True)
        # AutoGraph wants to read it.
        linecache.cache[name] = (len(source), None, lines, name)
        try:
            tree = ast.parse(source, name)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, name, "exec"), self.user_ns)
            if isinstance(last, ast.Expr):
                code = compile(ast.Expression(last.value), name, "eval")
                sys.displayhook(eval(code, self.user_ns))
        except Exception:  # noqa: BLE001
            traceback.print_exc(file=sys.stdout)

    def timed(self) -> None:
        """Measure the rest of the cell, and print at its end how long it took."""
        self.guard.time()

    @contextlib.contextmanager
    def timing(self) -> Iterator[None]:
        """Measure a statement, and print how long it took; one that raises prints nothing."""
        began = clock()
        yield
        tell_time(began)

    clock = staticmethod(clock)

    def took(self, began: Clock, value: Any) -> Any:
        """Print how long an expression took, and return its value."""
        tell_time(began)
        return value

    def asked(self, text: str) -> None:
        """Say what something is, as `x?` asks for; `x??` with its source."""
        tell(text.strip("? "), "??" in text, self.user_ns)

    def captured(self, line: str = "") -> Captured:
        """Keep what the rest of the cell prints from sight, and return where it is kept."""
        return self.guard.begin(line)

    def run_line_magic(self, name: str, line: str, *_: Any) -> Any:
        """Do what `%name line` asks for.

        Raises:
            UsageError: When there is no such magic here.
        """
        known: dict[str, Callable[[str], Any]] = {
            "cd": change_folder,
            "pwd": lambda _: os.getcwd(),
            "env": environment_variable,
            "set_env": environment_variable,
            "run": lambda words: run_file(words, self.user_ns),
            "time": self._time,
            "pinfo": self.asked,
            "pinfo2": lambda words: self.asked(f"{words}??"),
            "timeit": lambda words: measure(words, None, self.user_ns, _place()),
            "who": lambda words: print(*self._names(words), sep="\t"),
            "who_ls": self._names,
            "whos": lambda words: print_values(self._names(words), self.user_ns),
            "pylab": lambda _: import_pylab(self.user_ns),
            "reset": lambda _: None,
        }
        if name in self._line_magics:
            return self._line_magics[name](line)
        if name in SETUP_MAGICS:
            return None
        if name in known:
            return known[name](self._filled(line))
        if name in _SHELLS:
            program = [sys.executable, "-m", "pip"] if name in ("pip", "pip3") else [name]
            return self.system(f"{shlex.join(program)} {line}")
        if name in ("system", "sx", "sc", "bash", "sh", *_TYPED):
            return self.system(f"{name} {line}" if name in _TYPED else line)
        raise UsageError(f"There is no line magic %{name} here. Remove the line, or what it does.")

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """Do what `%%name line` asks for with the rest of its cell.

        Raises:
            UsageError: When there is no such magic here.
        """
        if name in self._cell_magics:
            return self._cell_magics[name](line, cell)
        if name in ("writefile", "file"):
            words = shlex.split(line)
            return write_file(self._filled(words[-1]), cell, append="-a" in words)
        if name == "timeit":
            return measure(line, cell, self.user_ns, _place())
        if name in ("time", "prun"):
            return self.run_cell(cell)
        if name in ("bash", "sh", "system", "sx", "!"):
            words = shlex.split(self._filled(line))
            # Options of IPython's own, such as `--out`, are none of the shell's.
            given = [] if any(word.startswith("--") for word in words) else words
            shell = "bash" if name == "bash" else "sh"
            return self._script([shell, *given], f"%%{name} {line}".strip(), cell)
        if name == "script" or name in ("perl", "ruby", "pypy", "python2", "python3", "cmd"):
            return self._script(shlex.split(line) or [name], f"%%{name} {line}".strip(), cell)
        if name in _SHOWN_ELSEWHERE:
            print(f"(%%{name} is shown by a browser only)")
            return None
        raise UsageError(f"There is no cell magic %%{name} here. Remove the cell, or write Python.")

    def magic(self, line: str) -> Any:
        """Do what an old way of asking for a magic wants."""
        name, _, rest = line.lstrip("%").partition(" ")
        return self.run_line_magic(name, rest)

    def _may_run(self, sign: str, command: str) -> bool:
        if not self._allowed:
            first = command.partition("\n")[0]
            print(f"Skipped, since shell commands are not allowed in this run: {sign}{first}")
        return self._allowed

    def _script(self, program: list[str], said: str, cell: str) -> None:
        if self._may_run("", said):
            code = self._run_program(program, input=cell)
            if code:
                raise subprocess.CalledProcessError(code, program)

    def _filled(self, text: str) -> str:
        """Put in the values of names and expressions, as `{name}` and `$name` ask for."""

        def fill(match: re.Match[str]) -> str:
            wanted = match[1] or match[2] or match[3]
            try:
                return str(eval(wanted, self.user_ns))
            except Exception:  # noqa: BLE001
                # The shell may know it, or it is meant as it stands; IPython does the same.
                return match[0]

        return _NAME.sub(fill, text)

    def _names(self, line: str) -> list[str]:
        return own_names(line, self.user_ns, self._own)

    def _time(self, line: str) -> None:
        with self.timing():
            exec(line, self.user_ns)


# By this libraries tell a terminal from a notebook in a browser, whose kernel they would speak to.
Shell.__module__ = f"{__name__}.terminal"


def notebook_shell(names: dict[str, Any]) -> Shell | None:
    """Return the shell of a main module, if it is a notebook's."""
    found = names.get("get_ipython")
    shell = found() if callable(found) else None
    return shell if isinstance(shell, Shell) else None


def _place() -> tuple[str, int]:
    """Return the file and the line of the cell that asks for a magic."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno
