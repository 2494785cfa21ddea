"""Lists to choose from in the workbench: sections, words, lessons, presets, environments."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple, TypeVar

from tflab.programs.library import LessonEntry, search
from tflab.programs.presets import LONGEST_NAME, Preset
from tflab.programs.program import Program
from tflab.runs.text import plain_line
from tflab.session.settings import AlertSettings
from tflab.targets.environments import Environment, package_words
from tflab.ui.dialogs.pick import Choice, Find, PickScreen
from tflab.ui.terminal.notices import Loudness
from tflab.ui.workbench.glossary import terms_in

_T = TypeVar("_T")


class PresetWork(Enum):
    """What is to be done with a preset."""

    USE = "use"
    SAVE = "save"
    DELETE = "delete"


class PresetChoice(NamedTuple):
    """A preset, or a name for a new one, and what is to be done with it."""

    work: PresetWork
    name: str
    preset: Preset | None = None


def pick_section(headings: Sequence[tuple[int, str]]) -> PickScreen[int]:
    """Return a dialog that asks for a section of the lesson, by its place."""
    return PickScreen("Contents", _narrow([Choice(text, "", place) for place, text in headings]))


def pick_term(program: Program, glossary: Mapping[str, str]) -> PickScreen[str]:
    """Return a dialog that explains the technical words of the lesson."""
    found = [Choice(word, about, word) for word, about in terms_in(program, glossary)]
    return PickScreen("Words used here", _narrow(found))


def pick_lesson(entries: Sequence[LessonEntry], texts: Mapping[Path, str]) -> PickScreen[Path]:
    """Return a dialog that finds a lesson by title or content.

    Args:
        entries: All lessons.
        texts: What stands in them.
    """

    def find(query: str) -> Sequence[Choice[Path]]:
        hits = search(entries, query, texts)
        return [Choice(_title(hit.entry), hit.line, hit.entry.path) for hit in hits]

    return PickScreen("Find a lesson", find)


def pick_preset(presets: Sequence[Preset]) -> PickScreen[PresetChoice]:
    """Return a dialog that asks which preset to use or delete, or for the name of a new one."""

    def find(query: str) -> Sequence[Choice[PresetChoice]]:
        return _preset_choices(presets, query)

    return PickScreen("Presets: choose, or type a name to save", find)


def pick_environment(environments: Sequence[Environment], current: str) -> PickScreen[str]:
    """Return a dialog that asks for the interpreter that a program runs in; empty to find one.

    Args:
        environments: What is known.
        current: The choice in use.
    """
    known = [_environment_choice(e, e.choice == current) for e in environments]
    known.append(Choice("Whichever is found first", "Forget what was chosen for this program.", ""))
    narrow = _narrow(known)

    def find(query: str) -> Sequence[Choice[str]]:
        found = narrow(query)
        if os.sep not in query:
            return found
        return [*found, Choice(f"Use {query}", "An interpreter, or an environment.", query.strip())]

    return PickScreen("Environments: choose, or type a path", find)


def _environment_choice(environment: Environment, current: bool) -> Choice[str]:
    title = f"{environment.candidate.name}{' (in use)' if current else ''}"
    parts = [package_words(environment)] if environment.installed is not None else []
    if environment.problem is not None:
        parts.append(f"Does not serve: {environment.problem.title}")
    parts.append(environment.interpreter)
    return Choice(title, ". ".join(parts), environment.choice)


def _preset_choices(presets: Sequence[Preset], query: str) -> list[Choice[PresetChoice]]:
    wanted = query.casefold().strip()
    fits = [p for p in presets if wanted in p.name.casefold()]
    found = [
        Choice(
            p.name,
            f"{p.about}{' (yours)' if p.own else ''}",
            PresetChoice(PresetWork.USE, p.name, p),
        )
        for p in fits
    ]
    name = plain_line(query)[:LONGEST_NAME]
    if name:
        over = any(p.own and p.name == name for p in presets)
        title = f"Save over {name}" if over else f"Save as {name}"
        about = "The values in the form, the seed too."
        found.append(Choice(title, about, PresetChoice(PresetWork.SAVE, name)))
        found += [
            Choice(f"Delete {p.name}", p.about, PresetChoice(PresetWork.DELETE, p.name))
            for p in fits
            if p.own
        ]
    nothing = PresetChoice(PresetWork.USE, "")
    about = "Type a name to save the values in the form."
    return found or [Choice("No presets yet", about, nothing)]


def _narrow(choices: Sequence[Choice[_T]]) -> Find[_T]:
    """Return a search over fixed choices, by title and text."""

    def find(query: str) -> Sequence[Choice[_T]]:
        words = query.casefold().split()
        return [c for c in choices if all(w in f"{c.title} {c.about}".casefold() for w in words)]

    return find


def _title(entry: LessonEntry) -> str:
    return entry.title if entry.number is None else f"{entry.number}  {entry.title}"


def pick_loudness(alerts: AlertSettings) -> PickScreen[Loudness]:
    """Return a dialog that asks how loud alerts are to be; the present choice comes first."""
    about: dict[Loudness, str] = {
        "loud": "The terminal's bell and a notice, when you are not looking at it.",
        "quiet": "A notice only, where the terminal can show one.",
        "off": "Nothing.",
    }
    order = sorted(about, key=lambda one: one != alerts.loudness)
    choices = [
        Choice(
            one,
            f"{about[one]} Then your command is run: {alerts.command[0]}"
            if alerts.command and one != "off"
            else about[one],
            one,
        )
        for one in order
    ]

    def find(query: str) -> list[Choice[Loudness]]:
        return [c for c in choices if query.casefold() in f"{c.title} {c.about}".casefold()]

    return PickScreen("Alerts of runs that end, diverge or are the best", find)
