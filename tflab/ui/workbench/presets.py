"""Choosing and keeping presets in the workbench."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tflab.programs.presets import LONGEST_NAME, Preset, PresetStore, preset_values
from tflab.programs.program import Program
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.ui.dialogs.pick import Choice, PickScreen

if TYPE_CHECKING:
    from tflab.ui.app import LabApp
    from tflab.ui.workbench.bench import Bench


def choose_preset(app: LabApp) -> None:
    """Show the presets of the open lesson: use one, save the form's values, or delete one."""
    bench = app.bench
    if bench is None or bench.lesson is None:
        app.notify("Open a lesson first.", severity="warning")
        return
    lesson, store = bench.lesson, PresetStore()
    try:
        presets = store.of(lesson)
    except Problem as problem:
        app.show_problem(problem)
        return

    def find(query: str) -> Sequence[Choice[str]]:
        return _choices(presets, query)

    def take(answer: str | None) -> None:
        what, _, name = (answer or "").partition(":")
        try:
            if what == "use":
                _use(app, bench, lesson, next(p for p in presets if p.name == name))
            elif what == "save":
                _save(app, bench, lesson, store, name)
            elif what == "delete":
                store.delete(lesson.id, name)
                app.notify(f"Preset {name} deleted.")
        except Problem as problem:
            app.show_problem(problem)

    app.push_screen(PickScreen("Presets: choose, or type a name to save", find), take)


def _choices(presets: Sequence[Preset], query: str) -> list[Choice[str]]:
    wanted = query.casefold().strip()
    fits = [p for p in presets if wanted in p.name.casefold()]
    found = [
        Choice(p.name, f"{p.about}{' (yours)' if p.own else ''}", f"use:{p.name}") for p in fits
    ]
    name = plain_line(query)[:LONGEST_NAME]
    if name:
        over = any(p.own and p.name == name for p in presets)
        title = f"Save over {name}" if over else f"Save as {name}"
        found.append(Choice(title, "The values in the form, the seed too.", f"save:{name}"))
        found += [Choice(f"Delete {p.name}", p.about, f"delete:{p.name}") for p in fits if p.own]
    return found or [Choice("No presets yet", "Type a name to save the values in the form.", "")]


def _use(app: LabApp, bench: Bench, lesson: Program, preset: Preset) -> None:
    values, seed = preset_values(lesson, preset)
    form = bench.form
    form.set_values(values, form.seed if seed is None else seed, form.device.key)
    app.notify(f"The form has the values of {preset.name}.")


def _save(app: LabApp, bench: Bench, lesson: Program, store: PresetStore, name: str) -> None:
    bad = bench.form.first_bad
    if bad is not None:
        app.notify(f"{bad.problem}", title="Not saved", severity="error")
        return
    changed = {n: v for n, v in bench.form.values.items() if v != lesson.defaults.get(n)}
    if bench.form.seed:
        changed["seed"] = bench.form.seed
    store.save(lesson.id, name, changed)
    app.notify(f"Saved as {name}.")
