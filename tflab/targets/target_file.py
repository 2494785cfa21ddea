"""`targets.toml` in the configuration folder: the targets that a person has described.

A file that is wrong anywhere describes nothing: a run must not go somewhere else, or with other
limits, because a word was mistyped.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tflab.runs.atomic_files import read_file
from tflab.runs.paths import config_folder, unreadable
from tflab.runs.record import Problem

FILE = "targets.toml"

_MOST_BYTES = 1 << 20
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_RESERVED = re.compile(r"(cpu|gpus?|local|here|auto)(:.*)?", re.IGNORECASE)
_LINE = re.compile(r"at line (\d+)")
_TITLE = "targets.toml cannot be used"


@dataclass(frozen=True, kw_only=True)
class SlurmTarget:
    """A Slurm queue. What is empty or 0 is left to Slurm.

    Attributes:
        name: What people call it.
        partition: The partition of the queue.
        account: The account that pays.
        gpus: GPUs for each run, such as `1` or `a100:1`.
        cpus: Cores for each run.
        memory: Memory for each run, as Slurm writes it: `16G`.
        time: Time limit of each run, as Slurm writes it: minutes, `2:00:00`, `1-12:00:00`.
        at_once: How many runs of a sweep may run at once.
        setup: Lines of shell before each run, such as `module load cuda`.
        options: More options of `sbatch`, such as `--constraint=a100`.
        commands: The folder of Slurm's commands, where they are not on the path.
    """

    name: str
    partition: str = ""
    account: str = ""
    gpus: str = ""
    cpus: int = 0
    memory: str = ""
    time: str = ""
    at_once: int = 0
    setup: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    commands: str = ""


@dataclass(frozen=True, kw_only=True)
class DaskTarget:
    """A Dask cluster: one that is there, or one that is started on some machines.

    Attributes:
        name: What people call it.
        scheduler: The address of a scheduler, such as `tls://head:8786`.
        hosts: Machines to start a cluster on over SSH; the first one gets the scheduler.
        workers: How many workers to start on this machine; each does one run at a time.
        gpus: GPUs for each run; workers offer them as the resource `GPU`.
        authority: File with the certificate that both ends trust.
        certificate: File with this side's certificate.
        key: File with the key to that, private to its user.
        python: The Python of the workers on other hosts; empty for the one that tflab runs in.
    """

    name: str
    scheduler: str = ""
    hosts: tuple[str, ...] = ()
    workers: int = 0
    gpus: int = 0
    authority: str = ""
    certificate: str = ""
    key: str = ""
    python: str = ""


Target = SlurmTarget | DaskTarget

_ENGINES: dict[str, type[SlurmTarget | DaskTarget]] = {"slurm": SlurmTarget, "dask": DaskTarget}
_FILES = ("commands", "authority", "certificate", "key")


def targets_file() -> Path:
    """Return where the targets are described."""
    return config_folder() / FILE


def load_targets(path: Path | None = None) -> dict[str, Target]:
    """Return the targets by name, in the order of the file; none where there is no file.

    Args:
        path: The file, if it is not the usual one.

    Raises:
        Problem: When it cannot be read, or anything in it is wrong.
    """
    path = path or targets_file()
    try:
        text = read_file(path, _MOST_BYTES).decode()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise unreadable(_TITLE, path, error) from error
    except UnicodeDecodeError as error:
        raise Problem(_TITLE, f"{path}: it is no UTF-8 text.", "Write it anew.") from error
    return parse_targets(text, path)


def parse_targets(text: str, path: Path) -> dict[str, Target]:
    """Return the targets that a text describes.

    Args:
        text: The content of the file.
        path: The file, to be named in what is wrong.

    Raises:
        Problem: When anything in it is wrong; it names the line.
    """
    reader = _Reader(text, path)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        place = f"line {line.group(1)}" if line else "its end"
        cause = f"{path}, {place}: it is no TOML: {error}."
        raise Problem(_TITLE, cause, _EXAMPLES) from error
    return {name: reader.target(name, table) for name, table in found.items()}


_EXAMPLES = "See the examples in docs/machines.md, then `tflab targets`."


class _Reader:
    """Turns tables into targets, and knows in which line each thing stands."""

    def __init__(self, text: str, path: Path) -> None:
        self._lines = text.splitlines()
        self._path = path

    def target(self, name: str, table: Any) -> Target:
        if not isinstance(table, dict):
            cause = f"`{name}` stands outside of any target."
            raise self._wrong(name, "", cause, f"Put it below a line such as [{name}_queue].")
        if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
            cause = f"a target cannot be called {name!r}."
            step = "Take letters, digits, - and _; not cpu, gpu, local, here or auto."
            raise self._wrong(name, "", cause, step)
        engine = table.get("engine")
        if not isinstance(engine, str) or engine not in _ENGINES:
            cause = f"`engine` of {name} is {_shown(engine)}."
            raise self._wrong(name, "engine", cause, 'Write engine = "slurm" or engine = "dask".')
        kind = _ENGINES[engine]
        values = {
            key: self._value(name, kind, key, value)
            for key, value in table.items()
            if key != "engine"
        }
        target = kind(name=name, **values)
        if isinstance(target, DaskTarget):
            self._check_dask(target)
        return target

    def _value(self, name: str, kind: type[Any], key: str, value: Any) -> Any:
        known = {f.name: f.default for f in fields(kind) if f.name != "name"}
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            step = f"Do you mean `{near[0]}`? " if near else ""
            step += f"It knows {', '.join(known)}."
            raise self._wrong(name, key, f"{name} has `{key}`, which is not known.", step)
        default = known[key]
        if isinstance(default, tuple):
            return self._texts(name, key, value)
        if isinstance(default, int):
            if type(value) is not int or not 0 <= value <= 100_000:
                cause = f"`{key}` of {name} is {_shown(value)}, not a whole number from 0 on."
                raise self._wrong(name, key, cause, f"Write {key} = 1, for one.")
            return value
        if type(value) is int and key in ("gpus", "time"):
            value = str(value) if value > 0 else ""
        return self._text(name, key, value)

    def _text(self, name: str, key: str, value: Any) -> str:
        if not isinstance(value, str) or not value.isprintable():
            cause = f"`{key}` of {name} is {_shown(value)}, not a text on one line."
            raise self._wrong(name, key, cause, f'Write {key} = "…".')
        if key in _FILES and value:
            return str(Path(value).expanduser())
        return value

    def _texts(self, name: str, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            cause = f"`{key}` of {name} is {_shown(value)}, not a list of texts."
            raise self._wrong(name, key, cause, f'Write {key} = ["…", "…"].')
        return tuple(self._text(name, key, item) for item in value)

    def _check_dask(self, target: DaskTarget) -> None:
        ways = [key for key in ("scheduler", "hosts", "workers") if getattr(target, key)]
        if len(ways) != 1:
            cause = f"{target.name} has {' and '.join(ways) or 'no scheduler, hosts or workers'}."
            step = "Give one of them: an address, machines to start on, or workers on this machine."
            raise self._wrong(target.name, ways[-1] if ways else "", cause, step)
        files = {key: getattr(target, key) for key in ("authority", "certificate", "key")}
        opened = target.scheduler or target.hosts
        missing = [key for key, value in files.items() if not value]
        if opened and missing:
            cause = f"{target.name} opens a port to others without {', '.join(missing)}."
            step = "Name the files; docs/machines.md shows the two commands that make them."
            raise self._wrong(target.name, ways[0], cause, step)
        workers = target.hosts[1:]
        if target.gpus and len(set(workers)) < len(workers):
            cause = f"two workers of {target.name} on one machine would use the same GPU."
            step = "Name each machine once behind the first, or start the workers yourself."
            raise self._wrong(target.name, "hosts", cause, step)
        if target.scheduler and not target.scheduler.startswith("tls://"):
            cause = f"`scheduler` of {target.name} is {target.scheduler!r}, which is not encrypted."
            step = "Start the scheduler with TLS, and write tls://HOST:PORT."
            raise self._wrong(target.name, "scheduler", cause, step)

    def _wrong(self, name: str, key: str, cause: str, step: str) -> Problem:
        return Problem(_TITLE, f"{self._path}, line {self._line_of(name, key)}: {cause}", step)

    def _line_of(self, name: str, key: str) -> int:
        header = re.compile(rf"\s*\[\s*[\"']?{re.escape(name)}[\"']?\s*[\].]")
        word = re.compile(rf"\s*[\"']?{re.escape(key or name)}[\"']?\s*[=.]")
        inside, begins = False, 0
        for number, line in enumerate(self._lines, 1):
            if line.lstrip().startswith("["):
                inside = bool(header.match(line))
                begins = number if inside and not begins else begins
            elif word.match(line) and (inside or not key):
                return number
        return begins or 1


def _shown(value: Any) -> str:
    if value is None:
        return "missing"
    return "a table" if isinstance(value, Mapping) else repr(value)


def find_target(name: str, path: Path | None = None) -> Target:
    """Return the target that a person names.

    Raises:
        Problem: When there is none of that name, or the file is wrong.
    """
    targets = load_targets(path)
    if name in targets:
        return targets[name]
    there = f"There are {', '.join(targets)}." if targets else "None is described yet."
    raise Problem(
        "No such target",
        f"There is no target {name!r} in {path or targets_file()}. {there}",
        "See `tflab targets`; docs/machines.md has an example for each engine.",
    )
