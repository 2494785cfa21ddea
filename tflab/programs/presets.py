"""Presets: named sets of values, kept with a lesson or by the user.

Those of a lesson stand beside it in TOML: `10_linear_classifier.presets.toml` has a table for each,
such as `["A step too long"]` with `learning_rate = 0.2` below. Those of the user are in
`presets.json` of the data folder. Names that are left out keep the lesson's defaults; `seed` may be
among them.
"""

from __future__ import annotations

import difflib
import itertools
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tflab.programs.parameters import check_values, format_value
from tflab.programs.program import Program
from tflab.runs.atomic_files import (
    locked,
    make_private_folder,
    read_file,
    replace_atomically,
)
from tflab.runs.paths import data_folder
from tflab.runs.record import LARGEST_SEED, Problem
from tflab.runs.system_errors import what_to_do
from tflab.runs.text import plain_line

LONGEST_NAME = 60


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of values. `own` tells the user's from the lesson's."""

    name: str
    values: dict[str, Any]
    own: bool

    @property
    def about(self) -> str:
        """The values in one line."""
        return ", ".join(f"{name} {format_value(value)}" for name, value in self.values.items())


_Kept = dict[str, dict[str, dict[str, Any]]]


class _DamagedError(Exception):
    """The user's file is no list of presets."""


class PresetStore:
    """Reads and writes presets. Two workbenches may use it at once.

    Args:
        path: The user's file; by default `presets.json` in the data folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or data_folder() / "presets.json"

    def of(self, lesson: Program) -> list[Preset]:
        """Return the presets of a lesson, its own first; one of the user's replaces its namesake.

        Raises:
            Problem: When a file of presets cannot be read. A damaged one of the user's is put
                aside first, so that it is said once and nothing in it is lost.
        """
        found = {name: Preset(name=name, values=values, own=False)
                 for name, values in _beside(lesson.path).items()}  # fmt: skip
        try:
            own = self._own(lesson.id)
        except OSError as error:
            raise Problem(
                "Your presets cannot be read",
                f"{self._path}: {error.strerror}.",
                "Give read and write access to it, and to its folder.",
            ) from error
        for name, values in own.items():
            found[name] = Preset(name=name, values=values, own=True)
        return list(found.values())

    def find(self, lesson: Program, name: str) -> Preset:
        """Return the preset of that name; case does not matter.

        Raises:
            Problem: When there is none; it names the closest.
        """
        presets = self.of(lesson)
        for preset in presets:
            if preset.name.casefold() == name.strip().casefold():
                return preset
        names = [preset.name for preset in presets]
        close = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
        if close:
            next_step = f"Did you mean {close[0]!r}?"
        else:
            listed = ", ".join(map(repr, names))
            next_step = f"There are {listed}." if names else "Save one in the workbench with ^n."
        raise Problem(
            "No such preset", f"{lesson.id} has no preset {plain_line(name)!r}.", next_step
        )

    def save(self, lesson: str, name: str, values: Mapping[str, Any]) -> None:
        """Keep values under a name, in place of what was there.

        Raises:
            Problem: When the name is none or the file cannot be written; and after it was written,
                when what was there before was damaged and put aside.
        """
        name = plain_line(name)[:LONGEST_NAME]
        if not name:
            raise Problem("The preset has no name", "It was empty.", "Type a name.")

        def change(kept: dict[str, dict[str, Any]]) -> None:
            kept[name] = dict(values)

        self._change(lesson, change)

    def delete(self, lesson: str, name: str) -> None:
        """Forget one of the user's presets; one that is gone already is no error.

        Raises:
            Problem: When the file cannot be written.
        """
        self._change(lesson, lambda kept: kept.pop(name, None))

    def _read(self) -> _Kept:
        try:
            data = read_file(self._path)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        try:
            return msgspec.json.decode(data, type=_Kept)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _DamagedError(str(error)) from error

    def _change(self, lesson: str, change: Callable[[dict[str, dict[str, Any]]], object]) -> None:
        damaged: Problem | None = None
        try:
            make_private_folder(self._path.parent)
            with locked(self._path.with_suffix(".lock")):
                try:
                    kept = self._read()
                except _DamagedError as error:
                    kept, damaged = {}, self._set_aside(error)
                change(kept.setdefault(lesson, {}))
                replace_atomically(self._path, msgspec.json.encode(kept))
        except OSError as error:
            raise Problem(
                "The preset cannot be kept",
                f"{self._path}: {error.strerror}.",
                what_to_do(error),
            ) from error
        if damaged is not None:
            raise damaged

    def _own(self, lesson: str) -> dict[str, dict[str, Any]]:
        """Return the user's presets of a lesson. A damaged file is put aside first, and said."""
        try:
            return self._read().get(lesson, {})
        except _DamagedError:
            with locked(self._path.with_suffix(".lock")):
                try:
                    # Another workbench may have put it aside meanwhile.
                    return self._read().get(lesson, {})
                except _DamagedError as error:
                    raise self._set_aside(error) from error

    def _set_aside(self, error: _DamagedError) -> Problem:
        """Move a damaged file out of the way, and return what is to be said of it."""
        stem = f"{self._path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
        names = (f"{stem}-{turn}" if turn else stem for turn in itertools.count())
        aside = next(p for name in names if not (p := self._path.with_name(name)).exists())
        self._path.rename(aside)
        return Problem(
            "Your presets were damaged",
            f"{self._path} is no list of presets ({error}). It is kept as {aside.name}; those "
            "saved from now on go into a new file.",
            f"Mend {aside} and give it its old name to have them back.",
        )


def preset_values(lesson: Program, preset: Preset) -> tuple[dict[str, Any], int | None]:
    """Return a value for every parameter, and the seed if the preset has one.

    Raises:
        Problem: When the lesson does not take a value any more.
    """
    values = dict(preset.values)
    seed = values.pop("seed", None)
    if seed is not None and (type(seed) is not int or not 0 <= seed <= LARGEST_SEED):
        raise Problem(
            "Bad value for seed", f"The preset {preset.name!r} has {seed!r}.", "Save it anew."
        )
    return check_values(lesson, values), seed


def _beside(path: Path) -> dict[str, dict[str, Any]]:
    """Return the presets in the file beside a lesson; none where there is no such file."""
    file = path.with_suffix(".presets.toml")
    try:
        found = tomllib.loads(read_file(file).decode())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        # Not only what is no TOML: Python reads no number of thousands of digits.
        raise Problem(
            "The presets beside the program cannot be read",
            f"{file}: {error}.",
            "Mend or remove the file.",
        ) from error
    return {name: values for name, values in found.items() if isinstance(values, dict)}
