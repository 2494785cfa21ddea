"""What was asked of a run: the content of `run.json`.

The run process reads its record with the standard library alone (`read_record`). The workbench
checks what it reads, which may be damaged: see `store.RunStore.record`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from tflab.runs.code import CodeCell as CodeCell
from tflab.runs.code import CommandOption as CommandOption
from tflab.runs.code import EditedCell as EditedCell
from tflab.runs.code import ExerciseCode as ExerciseCode
from tflab.runs.code import ParameterPlace as ParameterPlace
from tflab.runs.options import LEAST_MEMORY as LEAST_MEMORY
from tflab.runs.options import MOST_NICE as MOST_NICE
from tflab.runs.options import MOST_THREADS as MOST_THREADS
from tflab.runs.options import RunOptions as RunOptions
from tflab.runs.problem import Problem as Problem

RECORD_VERSION = 1

LARGEST_SEED = 2**32 - 1
"""What NumPy takes; Python and TensorFlow take it too."""


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """Everything that decides what a run does.

    Attributes:
        lesson: Id of the lesson.
        title: Title of the lesson.
        path: Absolute path of the lesson file.
        source: Text of the lesson as it is to be run, with the person's edits.
        cells: Its code cells, which are what is executed.
        command: The parameters that the program reads from its command line.
        parameters: A value for every parameter of the lesson.
        device: `cpu` or `gpu:N`.
        seed: Seed of Python, NumPy and TensorFlow.
        until: Index of the last cell to run, or None for the whole lesson.
        guesses: The learner's guesses, by question.
        device_uuid: The GPU's UUID, so that the number means the same card to CUDA; empty for CPU.
        nice: Added to the priority value of the run's process, 0 to 19; 19 yields to all others.
        threads: Threads that TensorFlow computes with; 0 leaves it to TensorFlow.
        memory_limit: Memory for the run in MiB, on top of what TensorFlow itself takes; 0 for none.
        python: The interpreter that it is to run in; empty for the one that tflab runs in.
        shell_commands: Whether the shell commands of a notebook run; they are skipped otherwise.
        solutions: Whether exercises run as their solutions, whatever the learner wrote.
        stdin: What the program reads as its standard input: lines that a person is `asked` for,
            what is `piped` into the command line, or `none`.
        original: Text of the lesson file, where edits make `source` another; empty otherwise.
        edits: The cells that are not as in the file.
        target: The name of the target it runs on; empty for the machine it is started on.
        continues: Id of the run that it goes on from; empty where it begins anew.
        begins: Where it goes on: the last step that the earlier run logged, by what steps count,
            such as `step` or `epoch`.
    """

    lesson: str
    title: str
    path: str
    source: str
    parameters: dict[str, Any]
    cells: tuple[CodeCell, ...] = ()
    command: tuple[CommandOption, ...] = ()
    device: str = "cpu"
    seed: int = 0
    until: int | None = None
    guesses: dict[str, Any] = field(default_factory=dict)
    device_uuid: str = ""
    nice: int = 0
    threads: int = 0
    memory_limit: int = 0
    python: str = ""
    shell_commands: bool = False
    solutions: bool = False
    stdin: Literal["none", "asked", "piped"] = "none"
    original: str = ""
    edits: tuple[EditedCell, ...] = ()
    target: str = ""
    continues: str = ""
    begins: dict[str, int] = field(default_factory=dict)

    @property
    def file_source(self) -> str:
        """Text of the lesson file when the run was asked for, without any edits."""
        return self.original or self.source


@dataclass(frozen=True, kw_only=True)
class Maker:
    """The process that asked for a run, told from any other that gets its number later."""

    pid: int
    process_start: float
    host: str


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """`run.json`: a request with its id, when it was made, and the versions it ran with.

    Attributes:
        number: Its number among the runs of its program, from 1; 0 for one of an older tflab.
        maker: Who asked for it, and sees that it gets a process; None for one of an older tflab.
    """

    id: str
    created: float
    request: RunRequest
    versions: dict[str, str] = field(default_factory=dict)
    number: int = 0
    maker: Maker | None = None
    version: int = RECORD_VERSION


def cells_to_run(request: RunRequest) -> list[CodeCell]:
    """Return the code cells of a run, up to the one that was asked for."""
    return [c for c in request.cells if request.until is None or c.index <= request.until]


def needs_fresh_process(request: RunRequest) -> list[str]:
    """Return the variables for whose sake a run cannot be a fork of a process with TensorFlow."""
    return list(dict.fromkeys(name for c in cells_to_run(request) for name in c.variables))


def to_json(record: RunRecord) -> bytes:
    """Return what `run.json` holds of a run."""
    text = json.dumps(asdict(record), ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def read_record(path: Path) -> RunRecord:
    """Read a record that tflab wrote. Fields that are not known here are passed over.

    Raises:
        OSError: When it cannot be read.
        ValueError: When it is damaged.
    """
    try:
        found = json.loads(path.read_bytes())
        request = found["request"]
        cells = [
            _known(
                CodeCell,
                cell,
                places=tuple(_known(ParameterPlace, p) for p in cell["places"]),
                variables=tuple(cell.get("variables", ())),
                exercise=_known(ExerciseCode, cell["exercise"]) if cell.get("exercise") else None,
            )
            for cell in request.get("cells", ())
        ]
        command = tuple(_known(CommandOption, one) for one in request.get("command", ()))
        edits = tuple(_known(EditedCell, one) for one in request.get("edits", ()))
        asked = _known(RunRequest, request, cells=tuple(cells), command=command, edits=edits)
        maker = _known(Maker, found["maker"]) if found.get("maker") else None
        record: RunRecord = _known(RunRecord, found, request=asked, maker=maker)
        return record
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is no record of a run: {error!r}") from error


def _known(kind: type[Any], values: dict[str, Any], **replaced: Any) -> Any:
    names = {one.name for one in fields(kind)}
    return kind(**{name: value for name, value in values.items() if name in names} | replaced)
