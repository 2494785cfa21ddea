"""The program's main module once more, in a process that multiprocessing starts afresh.

Such a process (spawn, forkserver, joblib's loky) imports the main module of the one that started
it, to find the functions that it is to call. Plain `python` lets it read the script again. Here it
has to be the program as the run has it, with the run's values: the main module of a run names
itself after its run folder, as a module of this package, and whoever imports that gets the program.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any


class _Programs:
    """Finds the programs of runs by such names, and loads them."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        package, _, key = fullname.rpartition(".")
        if package != __name__:
            return None
        from tflab.runs.log_writer import RECORD
        from tflab.runs.record import read_record

        folder = Path(os.fsdecode(bytes.fromhex(key)))
        request = read_record(folder / RECORD).request
        # A path that makes it `__file__`, also of the process's own main module.
        return ModuleSpec(fullname, self, origin=request.path)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Let Python make the module."""

    def exec_module(self, module: ModuleType) -> None:
        run_again(module.__dict__, module.__name__)

    def get_code(self, fullname: str) -> CodeType:
        """Return what `runpy` executes for it."""
        call = (
            f"__import__({__name__!r}, fromlist=['run_again']).run_again(globals(), {fullname!r})"
        )
        return compile(call, "<tflab>", "exec")


def run_again(names: dict[str, Any], name: str) -> None:
    """Execute the program that `name` stands for, with the values of its run.

    Args:
        names: The names of the module to execute it in.
        name: What `main_module.spawned_name` returned.
    """
    from tflab.runs.log_writer import RECORD
    from tflab.runs.record import cells_to_run, read_record
    from tflab.worker.ipython import notebook_shell
    from tflab.worker.main_module import Compiler, awaits, prepare_names, run_awaiting

    folder = Path(os.fsdecode(bytes.fromhex(name.rpartition(".")[2])))
    request = read_record(folder / RECORD).request
    names["__package__"] = None
    prepare_names(names, request)
    shell = notebook_shell(names)
    guard: AbstractContextManager[Any] = shell.guard if shell is not None else nullcontext()
    compiler = Compiler(request)
    loop = None
    for cell in cells_to_run(request):
        codes = compiler.compile(cell)
        if awaits(*codes):
            import asyncio

            loop = loop or asyncio.new_event_loop()
            loop.run_until_complete(run_awaiting(*codes, names))
            continue
        with guard:
            for code in codes:
                if code is not None:
                    eval(code, names)


sys.meta_path.append(_Programs())
