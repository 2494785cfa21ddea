"""Presets of the open program: listed, put into the form, saved from it, deleted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from tflab.programs.presets import Preset, PresetStore, preset_values
from tflab.programs.program import Program
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem
from tflab.session.events import Emit, Notice, PresetsListed, ProblemRaised
from tflab.session.form import Form


class Presets:
    """What a person does with presets.

    Args:
        form: Gives and takes the values.
        disk: Where presets are read and written.
        emit: Is told what comes of it.
        store: Keeps them.
    """

    def __init__(
        self, form: Form, disk: DiskQueue, emit: Emit, store: PresetStore | None = None
    ) -> None:
        self._form = form
        self._disk = disk
        self._emit = emit
        self._store = store or PresetStore()

    def list(self, program: Program) -> None:
        """Read the presets of a program; `PresetsListed` follows."""

        def take(read: Future[list[Preset]]) -> None:
            try:
                self._emit(PresetsListed(program, read.result()))
            except Problem as problem:
                self._emit(ProblemRaised(problem))

        self._disk.do_then(lambda: self._store.of(program), take)

    def use(self, program: Program, preset: Preset) -> None:
        """Put the values of a preset into the form; a seed that it has not stays."""
        try:
            values, seed = preset_values(program, preset)
        except Problem as problem:
            self._emit(ProblemRaised(problem))
            return
        form = self._form
        form.set_values(values, form.seed if seed is None else seed, form.device_key)
        self._emit(Notice(f"The form has the values of {preset.name}."))

    def save(self, program: Program, name: str) -> None:
        """Keep what the form has, where it differs from the program's defaults, under a name."""
        form, bad = self._form, self._form.first_bad
        if bad is not None:
            self._emit(Notice(f"{bad.problem}", title="Not saved", severity="error"))
            return
        changed = {n: v for n, v in form.values.items() if v != program.defaults.get(n)}
        if form.seed:
            changed["seed"] = form.seed
        self._write(lambda: self._store.save(program.id, name, changed), f"Saved as {name}.")

    def delete(self, program: Program, name: str) -> None:
        """Forget one of the person's presets."""
        self._write(lambda: self._store.delete(program.id, name), f"Preset {name} deleted.")

    def _write(self, write: Callable[[], None], said: str) -> None:
        def take(done: Future[None]) -> None:
            try:
                done.result()
            except Problem as problem:
                self._emit(ProblemRaised(problem))
            else:
                self._emit(Notice(said))

        self._disk.do_then(write, take)
